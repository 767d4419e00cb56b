"""Two patients exchange their beds: both move or neither does."""

from collections.abc import Sequence

from backend.db import Work
from backend.places.queries import hold_beds
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.actions.move import CHANGED_MEANWHILE, GONE, UNKNOWN, leave_bed, lie_down, nurse_of
from backend.stays.actions.write import Placing, Stay, held_stays, place
from backend.stays.rules import overtaken
from shared_schemas.stays import BED_NOT_NAMED, BedsSwapped, PlacementKind

RECORDED_AGAIN = """
insert into swap_recorded_again (entry_id, placed_entry_id) values ($1, $2) on conflict do nothing
"""


async def swap_beds(work: Work, run: Sequence[Arrived[BedsSwapped]]) -> list[Outcome]:
    """Each of two stays of one unit takes the other's bed; whoever moved meanwhile holds the entry.

    A swap that somebody else has recorded already is the same swap.
    """
    return [await _swap(work, arrived) for arrived in run]


async def _swap(work: Work, arrived: Arrived[BedsSwapped]) -> Outcome:
    body = arrived.body
    stays = await held_stays(work, {body.stay_id, body.other_stay_id})
    if len(stays) < 2:
        return UNKNOWN
    one, other = stays[body.stay_id], stays[body.other_stay_id]
    if one["departed_at"] is not None or other["departed_at"] is not None:
        return GONE
    beds = (str(one["bed_id"]), str(other["bed_id"]))
    if beds == (body.other_bed_id, body.bed_id):
        if one["placed_how"] == PlacementKind.SWAP.value and one["placed_entry_id"] == other["placed_entry_id"]:
            await work.connection.execute(RECORDED_AGAIN, arrived.entry_id, one["placed_entry_id"])
        return APPLIED
    # An exchange puts people where nobody meant them to lie when either bed is another one by now.
    said = zip((body.bed_id, body.other_bed_id), beds, strict=True)
    named = tuple(bed if seen == BED_NOT_NAMED else seen for seen, bed in said)
    lie = one["bed_id"] is not None and other["bed_id"] is not None
    as_seen = lie and beds == named and one["unit_id"] == other["unit_id"]
    if not as_seen or overtaken(body.base_version, one["placed_version"]):
        return CHANGED_MEANWHILE
    await hold_beds(work.connection, beds)
    at = max(arrived.observed_at, one["bed_since_at"], other["bed_since_at"])
    how = Placing(arrived.entry_id, PlacementKind.SWAP, at)
    for stay_id in stays:
        await leave_bed(work, stay_id, at, how.entry_id)
    await _take(work, one, other, how)
    await _take(work, other, one, how)
    return APPLIED


async def _take(work: Work, stay: Stay, other: Stay, how: Placing) -> None:
    bed_id = str(other["bed_id"])
    await lie_down(work, str(stay["stay_id"]), bed_id, how.at, how.entry_id)
    owner = await nurse_of(work, bed_id) or stay["owner_staff_id"]
    await place(work, stay, how, bed_id=bed_id, bed_since_at=how.at, owner_staff_id=owner)
