"""What cancels of placements mean for what was charted: it is shown where the stay is again, and never hidden."""

from collections.abc import Sequence

from backend.alerts.queries import with_open_red
from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.stays.actions import Undone
from backend.stays.queries import Facts, admitted_by, facts
from backend.tasks import actions as tasks
from backend.tasks.queries import cared_for_stays
from backend.vitals.actions.judge import judge_again
from backend.vitals.actions.write import show_all
from backend.vitals.queries import charted_stays
from shared_schemas.flags import HeldDetail
from shared_schemas.stays import PlacementCancelled, PlacementKind
from shared_schemas.wire import HeldReason

Run = Sequence[Arrived[PlacementCancelled]]
CHARTED = Undone(Outcome(held=HeldReason.INVALID, detail=HeldDetail.CHARTED_SINCE))


async def undo_placements(work: Work, run: Run) -> list[Undone]:
    """Placements are taken back; what was charted of a stay whose rows had gone is shown again.

    What was charted of a patient who never left calls for what it asks. An admission under which something was charted
    or care was done, or about which somebody is asked in red, was of somebody: the cancel waits until a person has
    struck that out and answered, or discharges her.
    """
    held = await _of_somebody(work, run)
    taken_back = iter(await tasks.undo_placements(work, [one for one in run if one.entry_id not in held]))
    undone = [CHARTED if arrived.entry_id in held else next(taken_back) for arrived in run]
    returned = [stay_id for one in undone if one.had_exited for stay_id in one.stay_ids]
    stays: dict[str, Facts] = await facts(work.connection, returned) if returned else {}
    for stay in stays.values():
        await show_all(work, stay)
    for one in undone:
        if one.how is PlacementKind.DISCHARGE and one.made_at is not None:
            await judge_again(work, one.stay_ids, one.made_at)
    return undone


async def _of_somebody(work: Work, run: Run) -> set[str]:
    admissions = await admitted_by(work.connection, {(one.body.stay_id, one.body.cancels) for one in run})
    if not admissions:
        return set()
    # The stays first, so that nothing is charted between the look and the end of the stay.
    await facts(work.connection, admissions, lock=True)
    stays = await charted_stays(work.connection, admissions) | await with_open_red(work.connection, admissions)
    stays |= await cared_for_stays(work.connection, admissions)
    kept = {admissions[stay_id] for stay_id in stays}
    return {one.entry_id for one in run if one.body.cancels in kept}
