"""Sets that come after their patient has left alert nobody: who leads the unit is told until she has seen them."""

from collections.abc import Iterable, Mapping, Sequence

from backend.access.rules import may_lead
from backend.changes.actions import append, gone
from backend.changes.rules import unit_feed
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.queries import Departure, Facts, departures
from backend.vitals.rules.kept import KeptSet, row_of
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.late_sets import LateSetRow, LateSetSeen
from shared_schemas.wire import HeldReason

UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_SET)
TELL = "insert into late_set (entry_id, unit_id) select * from unnest($1::uuid[], $2::uuid[])"
LOCK = """
select entry_id::text, unit_id::text, version, closed_at is null as open
from late_set where entry_id = any($1::uuid[]) order by entry_id for update
"""
CLOSE = """
update late_set set closed_at = $2, seen_by_staff_id = $3, version = version + 1
where entry_id = any($1::uuid[])
"""


async def tell_late_sets(work: Work, sets: Iterable[KeptSet], stays: Mapping[str, Facts]) -> None:
    """Put into the unit's tray those sets whose patient has left; `stays` are theirs, held."""
    late = [kept for kept in sets if stays[kept.stay_id].departed_at is not None]
    if not late:
        return
    units = [stays[kept.stay_id].unit_id for kept in late]
    await work.connection.execute(TELL, [kept.entry_id for kept in late], units)
    who = await departures(work.connection, {kept.stay_id for kept in late})
    for kept, unit_id in zip(late, units, strict=True):
        # Without its stay: the row stays when the patient's rows leave the feed.
        append(work, unit_feed(unit_id), _row(kept, who[kept.stay_id]), row_id=kept.entry_id, version=1)


def _row(kept: KeptSet, departure: Departure) -> LateSetRow:
    charted = row_of(kept)
    return LateSetRow(
        entry_id=kept.entry_id,
        patient_name=departure.name,
        patient_lang=departure.lang,
        bed_id=departure.bed_id,
        departed_at=departure.departed_at,
        observed_at=kept.observed_at,
        recorded_at=kept.recorded_at,
        received_at=kept.received_at,
        author_staff_id=kept.author_staff_id,
        values=charted.values,
        score=charted.score,
        flags=kept.flags,
        supersedes=kept.supersedes,
        correction_reason=kept.correction_reason,
    )


async def drop_late_sets(work: Work, entry_ids: Iterable[str]) -> None:
    """Corrected, struck out, or not late after all: nobody needs to see these sets any more, if anybody did."""
    found = await work.connection.fetch(LOCK, list(entry_ids))
    await _close(work, [late for late in found if late["open"]], None)


async def see_late_sets(work: Work, run: Sequence[Arrived[LateSetSeen]]) -> list[Outcome]:
    """Somebody who leads the unit has seen late sets; they leave the tray, and who saw them is kept."""
    found = await work.connection.fetch(LOCK, [arrived.body.set_entry_id for arrived in run])
    known = {late["entry_id"]: late for late in found}
    closed = {late["entry_id"] for late in found if not late["open"]}
    outcomes = []
    for arrived in run:
        late = known.get(arrived.body.set_entry_id)
        if late is None:
            outcomes.append(UNKNOWN)
        elif not may_lead(arrived.author, late["unit_id"]):
            outcomes.append(Outcome(held=HeldReason.NOT_PERMITTED))
        elif late["entry_id"] in closed:
            outcomes.append(Outcome(flags=(Flag.ALREADY_RESOLVED,)))
        else:
            closed.add(late["entry_id"])
            await _close(work, [late], arrived.author.staff_id)
            outcomes.append(APPLIED)
    return outcomes


async def _close(work: Work, sets: Sequence[Mapping], seen_by: str | None) -> None:
    if not sets:
        return
    await work.connection.execute(CLOSE, [late["entry_id"] for late in sets], work.now, seen_by)
    for late in sets:
        gone(work, unit_feed(late["unit_id"]), LateSetRow.type_name, late["entry_id"], late["version"] + 1)
