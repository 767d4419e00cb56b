"""What cancels of placements mean for visits: a departure that never was has cancelled none."""

from collections.abc import Sequence

from msgspec.structs import replace

from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.stays.actions import Undone
from backend.stays.queries import Facts, admitted_by, facts
from backend.tasks.actions import change_visit_tasks
from backend.tasks.rules.visiting import standing
from backend.visits.actions.write import save_visits, show_all
from backend.visits.queries import visited_stays, visits_of
from backend.visits.rules.visit import OPEN, Visit
from backend.vitals import actions as vitals
from shared_schemas.stays import PlacementCancelled, PlacementKind
from shared_schemas.visits import VisitState


async def cancel_placements(work: Work, run: Sequence[Arrived[PlacementCancelled]]) -> list[Outcome]:
    """An admission, transfer, move, swap or discharge is taken back, with all that followed from it.

    An admission waits for a person when somebody was visited under it, or a note or signature of a visit stands: that
    was of somebody, who can only be discharged.
    """
    held = await _of_somebody(work, run)
    taken_back = iter(await vitals.undo_placements(work, [one for one in run if one.entry_id not in held]))
    undone = [vitals.CHARTED if arrived.entry_id in held else next(taken_back) for arrived in run]
    for one in undone:
        if one.how is PlacementKind.DISCHARGE:
            for stay in (await facts(work.connection, one.stay_ids, lock=True)).values():
                await _visit_again(work, stay, one)
    return [one.outcome for one in undone]


async def _of_somebody(work: Work, run: Sequence[Arrived[PlacementCancelled]]) -> set[str]:
    admissions = await admitted_by(work.connection, {(one.body.stay_id, one.body.cancels) for one in run})
    if not admissions:
        return set()
    # The stays first, so that no visit begins between the look and the end of the stay.
    await facts(work.connection, admissions, lock=True)
    kept = {admissions[stay_id] for stay_id in await visited_stays(work.connection, admissions)}
    return {one.entry_id for one in run if one.body.cancels in kept}


async def _visit_again(work: Work, stay: Facts, undone: Undone) -> None:
    """Visits that nobody cancelled but the departure are planned again, and each task stands where its visit does."""
    visits = [_planned_again(visit, undone) for visit in await visits_of(work.connection, stay.stay_id)]
    if undone.had_exited:
        await show_all(work, stay, [visit for visit, again in visits if not again])
    stays = {stay.stay_id: stay}
    await save_visits(work, [visit for visit, again in visits if again], stays)
    is_on = {visit.visit_id: visit.state is VisitState.STARTED for visit, _ in visits if visit.state in OPEN}
    await change_visit_tasks(
        work, {key: [lambda task, _, begun=begun: standing(task, begun=begun)] for key, begun in is_on.items()}, stays
    )


def _planned_again(visit: Visit, undone: Undone) -> tuple[Visit, bool]:
    departed_at, at = undone.departed_at, visit.closed_at
    by_nobody = visit.state is VisitState.CANCELLED and visit.closed_by_staff_id is None
    if not by_nobody or at is None or departed_at is None or at < departed_at:
        return visit, False
    return replace(visit, state=VisitState.PLANNED, closed_at=None), True
