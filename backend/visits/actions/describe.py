"""Where a home patient lives and how to get in."""

from collections.abc import Sequence

import msgspec

from backend.changes.actions import append
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.queries import facts
from shared_schemas.flags import Flag
from shared_schemas.visits import HomeDescribed, HomeRow

NAMES = HomeRow.__struct_fields__
# The newest description stands, whenever it arrives; of what is older nothing comes back.
DESCRIBE = f"""
insert into home ({", ".join(NAMES)})
select {", ".join(NAMES)} from jsonb_populate_recordset(null::home, $1::jsonb)
on conflict (stay_id) do update set {", ".join(f"{name} = excluded.{name}" for name in NAMES if name != "stay_id")},
    version = home.version + 1
where excluded.described_at >= home.described_at
returning stay_id::text, version
"""


async def describe_homes(work: Work, run: Sequence[Arrived[HomeDescribed]]) -> list[Outcome]:
    """Keep the newest description of each home."""
    stays = await facts(work.connection, {arrived.body.stay_id for arrived in run}, lock=True)
    newest: dict[str, Arrived[HomeDescribed]] = {}
    for arrived in sorted(run, key=lambda each: each.observed_at):
        newest[arrived.body.stay_id] = arrived
    rows = {stay_id: _row(arrived) for stay_id, arrived in newest.items()}
    found = await work.connection.fetch(DESCRIBE, msgspec.json.encode(list(rows.values())).decode())
    for stay_id, version in found:
        feed = stays[stay_id].feed
        if feed is not None:
            append(work, feed, rows[stay_id], row_id=stay_id, version=version, stay_id=stay_id)
    stands = {newest[stay_id].entry_id for stay_id, _ in found}
    return [APPLIED if arrived.entry_id in stands else Outcome(flags=(Flag.NEWER_KNOWN,)) for arrived in run]


def _row(arrived: Arrived[HomeDescribed]) -> HomeRow:
    body = arrived.body
    return HomeRow(
        stay_id=body.stay_id,
        address=body.address,
        way_in=body.way_in,
        phone=body.phone,
        described_at=arrived.observed_at,
        described_by_staff_id=arrived.author.staff_id,
    )
