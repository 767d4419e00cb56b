"""What cancels of placements mean for what was charted: it is shown where the stay is again."""

from collections.abc import Sequence

from backend.db import Work
from backend.slice import Arrived
from backend.stays.actions import Undone
from backend.stays.queries import Facts, facts
from backend.tasks import actions as tasks
from backend.vitals.actions.write import show_all
from shared_schemas.stays import PlacementCancelled


async def undo_placements(work: Work, run: Sequence[Arrived[PlacementCancelled]]) -> list[Undone]:
    """Placements are taken back; what was charted of a stay whose rows had gone is shown again."""
    undone = await tasks.undo_placements(work, run)
    returned = [stay_id for one in undone if one.had_exited for stay_id in one.stay_ids]
    stays: dict[str, Facts] = await facts(work.connection, returned) if returned else {}
    for stay in stays.values():
        await show_all(work, stay)
    return undone
