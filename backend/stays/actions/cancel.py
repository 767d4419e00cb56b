"""A placement was a mistake: the latest of a stay is taken back, and unit, bed and owner are as they were."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

import asyncpg
from msgspec import structs

from backend.access.actions import end_stay_scope, place_stay
from backend.changes.actions import append, exit_stay, move_stay
from backend.changes.rules import unit_feed
from backend.db import Work
from backend.places.queries import hold_beds
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.actions.move import CHANGED_MEANWHILE, GONE, claim_bed, placing, waiting_for_a_bed
from backend.stays.actions.write import Stay, change_stay, held_stay, held_stays, tell_bed_use
from backend.stays.queries import patient_row
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.stays import PlacementCancelled, PlacementKind
from shared_schemas.wire import HeldReason

UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_PLACEMENT)
CANCELLED_BEFORE = Outcome(flags=(Flag.CANCELLED_BEFORE,))
IN_A_STAY = Outcome(held=HeldReason.ALREADY_CHANGED, detail=HeldDetail.IN_A_STAY_ALREADY)
RECORDED_BEFORE = "select placed_entry_id from swap_recorded_again where entry_id = $1"
STAYS_OF = "select distinct stay_id::text from placement where entry_id = $1"
OF_STAYS = """
select * from placement where stay_id = any($1::uuid[]) and (cancelled_by is null or entry_id = $2)
order by stay_id, placement_id
"""
STRIKE = """
update bed_stay set entered_in_error = true, to_at = from_at
where stay_id = any($1::uuid[]) and entry_id = $2 and not entered_in_error returning bed_id
"""
REOPEN = """
update bed_stay set to_at = null, ended_by = null where stay_id = $1 and ended_by = $2 and not entered_in_error
returning bed_id, from_at
"""
CANCEL = "update placement set cancelled_by = $2, cancelled_at = $3 where placement_id = any($1::bigint[])"
LATEST = """
select entry_id, how, observed_at from placement where stay_id = $1 and cancelled_by is null
order by placement_id desc limit 1
"""
NURSE_SINCE = "select staff_id from bed_nurse where bed_id = $1 and since_at > $2"


class Undone(NamedTuple):
    """What became of a cancel: which stays are as they were, how they had been placed, whether their rows had gone.

    `made_at`: when the server learned of the placement that is taken back; `cancels`: the entry that made it.
    """

    outcome: Outcome
    stay_ids: tuple[str, ...] = ()
    how: PlacementKind | None = None
    made_at: datetime | None = None
    departed_at: datetime | None = None
    had_exited: bool = False
    cancels: str = ""


async def undo_placements(work: Work, run: Sequence[Arrived[PlacementCancelled]]) -> list[Undone]:
    """Take back placements; applied again, only a bed that was taken meanwhile is tried."""
    return [await _undo(work, await _by_its_first_name(work, arrived)) for arrived in run]


async def _by_its_first_name(work: Work, arrived: Arrived[PlacementCancelled]) -> Arrived[PlacementCancelled]:
    """A swap that two people recorded is one, and each takes it back by her own entry."""
    first = await work.connection.fetchval(RECORDED_BEFORE, arrived.body.cancels)
    return replace(arrived, body=structs.replace(arrived.body, cancels=str(first))) if first else arrived


async def _undo(work: Work, arrived: Arrived[PlacementCancelled]) -> Undone:
    body = arrived.body
    found = [row["stay_id"] for row in await work.connection.fetch(STAYS_OF, body.cancels)]
    if body.stay_id not in found:
        return Undone(UNKNOWN)
    stays = await held_stays(work, found)
    kept = await work.connection.fetch(OF_STAYS, found, body.cancels)
    mine = [row for row in kept if str(row["entry_id"]) == body.cancels]
    if all(row["cancelled_by"] is not None for row in mine):
        own = [row for row in mine if str(row["cancelled_by"]) == arrived.entry_id]
        return Undone(await _claim_again(work, arrived, own) if own else CANCELLED_BEFORE)
    runs = {stay_id: _latest_run(kept, stay_id, body.cancels) for stay_id in found}
    if not all(runs.values()):
        return Undone(CHANGED_MEANWHILE)
    before = stays[body.stay_id]
    try:
        async with work.savepoint():
            outcome = await _take_back(work, arrived, stays, runs)
    except asyncpg.ExclusionViolationError:
        return Undone(IN_A_STAY)
    first = runs[body.stay_id][0]
    how, made_at = PlacementKind(first["how"]), first["made_at"]
    return Undone(
        outcome, tuple(found), how, made_at, before["departed_at"], before["exited_at"] is not None, body.cancels
    )


def _latest_run(kept: Iterable[asyncpg.Record], stay_id: str, entry_id: str) -> list[asyncpg.Record]:
    """The stay's latest placements as far as this entry made them, oldest first."""
    run: list[asyncpg.Record] = []
    for row in kept:
        if str(row["stay_id"]) == stay_id and row["cancelled_by"] is None:
            run = [*run, row] if str(row["entry_id"]) == entry_id else []
    return run


async def _take_back(
    work: Work,
    arrived: Arrived[PlacementCancelled],
    stays: Mapping[str, Stay],
    runs: Mapping[str, list[asyncpg.Record]],
) -> Outcome:
    entry_id, rows = arrived.body.cancels, [row for run in runs.values() for row in run]
    beds = {row["from_bed_id"] for row in rows} | {stay["bed_id"] for stay in stays.values()}
    await hold_beds(work.connection, beds)
    struck = await work.connection.fetch(STRIKE, list(stays), entry_id)
    ids = [row["placement_id"] for row in rows]
    await work.connection.execute(CANCEL, ids, arrived.entry_id, work.now)
    outcome = APPLIED
    for stay_id, stay in stays.items():
        first, last = runs[stay_id][0], runs[stay_id][-1]
        if first["from_unit_id"] is None:
            await _never_came(work, stay, arrived.observed_at)
        else:
            stay = await _as_it_was(work, stay, first, last, arrived.observed_at)  # noqa: PLW2901
            if first["from_bed_id"] is not None and not await _lies_again(work, stay, entry_id):
                refused = await claim_bed(work, stay, str(first["from_bed_id"]), placing(arrived, PlacementKind.BED))
                outcome = outcome if refused is None else waiting_for_a_bed(refused)
    left = {row["bed_id"] for row in struck} | {row["from_bed_id"] for row in rows if row["from_bed_id"]}
    if left:
        await tell_bed_use(work, sorted(left))
    return outcome


async def _never_came(work: Work, stay: Stay, at: datetime) -> None:
    """An admission that was a mistake: the stay has no time of its own, and its rows leave the tablets at once."""
    stay_id = str(stay["stay_id"])
    await end_stay_scope(work, stay_id, max(at, stay["arrived_at"]))
    exit_stay(work, unit_feed(str(stay["unit_id"])), stay_id)
    await change_stay(
        work,
        stay_id,
        placed=True,
        entered_in_error=True,
        departed_at=stay["admitted_at"],
        settled_at=work.now,
        exited_at=work.now,
        **NO_BED,
        **NO_OFFER,
    )


NO_BED = {"bed_id": None, "bed_since_at": None}
NO_OFFER = {
    **dict.fromkeys(("offered_to_staff_id", "offered_at", "offer_until_at")),
    **dict.fromkeys(("declined_by_staff_id", "declined_at")),
}


async def _as_it_was(work: Work, stay: Stay, first: asyncpg.Record, last: asyncpg.Record, at: datetime) -> Stay:
    """The stay in the unit and with the owner that it had, not yet in its bed."""
    stay_id, unit_id = str(stay["stay_id"]), str(first["from_unit_id"])
    departed_at, here = stay["departed_at"], stay["unit_id"] == first["from_unit_id"]
    if departed_at is not None or not here:
        await place_stay(work, stay_id, unit_id, max(at, departed_at or stay["arrived_at"]))
    if not here:
        move_stay(work, stay_id, unit_feed(str(stay["unit_id"])), unit_feed(unit_id))
    latest = await work.connection.fetchrow(LATEST, stay_id)
    changed = await change_stay(
        work,
        stay_id,
        placed=True,
        unit_id=first["from_unit_id"],
        arrived_at=first["from_arrived_at"],
        moved_from_unit_id=first["from_moved_from_unit_id"],
        owner_staff_id=await _owner(work, stay, first, last),
        departed_at=None,
        settled_at=None,
        exited_at=None,
        placed_entry_id=latest and latest["entry_id"],
        placed_how=latest and latest["how"],
        placed_at=latest and latest["observed_at"],
        **NO_BED,
        **({} if here else NO_OFFER),
    )
    if stay["exited_at"] is not None:
        patient = await work.connection.fetchrow("select * from patient where patient_id = $1", stay["patient_id"])
        assert patient is not None  # a foreign key holds it
        row, version = patient_row(patient, stay_id), patient["version"]
        append(work, unit_feed(unit_id), row, row_id=row.patient_id, version=version, stay_id=stay_id)
    return changed


async def _owner(work: Work, stay: Stay, first: asyncpg.Record, last: asyncpg.Record) -> object | None:
    """The owner before; but a handover since then counts in the same unit, and so does who took the bed since then."""
    if stay["unit_id"] == first["from_unit_id"] and stay["owner_staff_id"] != last["owner_staff_id"]:
        return stay["owner_staff_id"]
    nurse = await work.connection.fetchval(NURSE_SINCE, first["from_bed_id"], first["made_at"])
    return nurse or first["from_owner_staff_id"]


async def _lies_again(work: Work, stay: Stay, entry_id: str) -> bool:
    """Whether the stay's time in its old bed goes on as if nobody had ended it; not when the bed was used since."""
    try:
        async with work.savepoint():
            reopened = await work.connection.fetchrow(REOPEN, str(stay["stay_id"]), entry_id)
    except asyncpg.ExclusionViolationError:
        return False
    if reopened is None:
        return False
    await change_stay(work, str(stay["stay_id"]), bed_id=reopened["bed_id"], bed_since_at=reopened["from_at"])
    return True


async def _claim_again(work: Work, arrived: Arrived[PlacementCancelled], own: Sequence[asyncpg.Record]) -> Outcome:
    """The cancel has been applied, only the bed was taken then."""
    outcome = APPLIED
    for row in {row["stay_id"]: row for row in reversed(own)}.values():
        stay = await held_stay(work, str(row["stay_id"]))
        if stay is None or stay["departed_at"] is not None:
            return GONE
        if stay["bed_id"] is None and row["from_bed_id"] is not None:
            refused = await claim_bed(work, stay, str(row["from_bed_id"]), placing(arrived, PlacementKind.BED))
            outcome = outcome if refused is None else waiting_for_a_bed(refused)
    return outcome
