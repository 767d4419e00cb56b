"""Housekeeping says what a bed is like; who lies in it is never touched."""

from collections.abc import Sequence

from backend.access.rules import may_close_beds, may_mark_beds, may_plan
from backend.beds.queries import HeldBed, held_bed, status_row
from backend.beds.rules.marks import Judged, Needs, judged_mark, needed_for
from backend.beds.rules.state import CLEAN_STATES, bed_state
from backend.changes.actions import append
from backend.changes.rules import unit_feed
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from shared_schemas.beds import BedMarked, Readiness
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.wire import HeldReason

UNKNOWN_BED = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_BED)
OUTCOMES = {
    Judged.APPLIED: APPLIED,
    Judged.SAME: APPLIED,
    Judged.OVERTAKEN: Outcome(flags=(Flag.NEWER_BED_MARK,)),
    Judged.NOT_IN_TURN: Outcome(flags=(Flag.NOT_IN_TURN,)),
}
GATES = {Needs.BEDSIDE: may_mark_beds, Needs.REGISTERED: may_plan, Needs.LEAD: may_close_beds}
REFUSED = {
    Needs.REGISTERED: Outcome(held=HeldReason.NOT_PERMITTED, detail=HeldDetail.BED_NEEDS_REGISTERED),
    Needs.LEAD: Outcome(held=HeldReason.NOT_PERMITTED, detail=HeldDetail.BED_NEEDS_LEAD),
}
KEEP = """
insert into bed_mark (mark_id, bed_id, readiness, observed_at, received_at, author_staff_id, reason, applied)
values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (mark_id) do update set applied = excluded.applied
"""
APPLY = """
insert into bed_status as s (bed_id, mark_id, readiness, marked_at, marked_by_staff_id, reason)
values ($1, $2, $3, $4, $5, $6)
on conflict (bed_id) do update set mark_id = $2, readiness = $3, marked_at = $4, marked_by_staff_id = $5, reason = $6,
    version = s.version + 1
returning s.*, (select unit_id from bed where bed.bed_id = s.bed_id) as unit_id
"""


async def mark_beds(work: Work, run: Sequence[Arrived[BedMarked]]) -> list[Outcome]:
    """Marks in their turn become the bed's status; every mark is kept."""
    return [await _mark_bed(work, arrived) for arrived in run]


async def _mark_bed(work: Work, arrived: Arrived[BedMarked]) -> Outcome:
    body = arrived.body
    bed = await held_bed(work.connection, body.bed_id, work.now)
    if bed is None or bed.unit_id != body.unit_id:
        return UNKNOWN_BED
    marked, shown = _readiness(bed, arrived)
    needs = needed_for(body.readiness, marked)
    if not GATES[needs](arrived.author, arrived.scope):
        return REFUSED[needs]
    judged = judged_mark(body.readiness, marked, shown, unseen=body.seen_mark_id != bed.mark_id)
    await work.connection.execute(
        KEEP,
        arrived.entry_id,
        body.bed_id,
        body.readiness.value,
        arrived.observed_at,
        arrived.received_at,
        arrived.author.staff_id,
        body.reason,
        judged is Judged.APPLIED,
    )
    if judged is Judged.APPLIED:
        await _apply(work, arrived)
    return OUTCOMES[judged]


def _readiness(bed: HeldBed, arrived: Arrived[BedMarked]) -> tuple[Readiness, Readiness]:
    """What was marked last, and what follows from it and the last departure."""
    marked = bed.standing.marked.readiness if bed.standing.marked else Readiness.CLEAN
    state = bed_state(bed.standing, arrived.received_at).state
    return marked, Readiness.CLEAN if state in CLEAN_STATES else Readiness(state.value)


async def _apply(work: Work, arrived: Arrived[BedMarked]) -> None:
    body = arrived.body
    [status] = await work.connection.fetch(
        APPLY,
        body.bed_id,
        arrived.entry_id,
        body.readiness.value,
        arrived.observed_at,
        arrived.author.staff_id,
        body.reason,
    )
    append(work, unit_feed(body.unit_id), status_row(status), row_id=body.bed_id, version=status["version"])
