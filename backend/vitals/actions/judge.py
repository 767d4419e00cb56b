"""Sets that came while their patient was wrongly thought to have left: what they ask for is done when that is known."""

from collections.abc import Sequence
from dataclasses import replace as with_fields
from datetime import datetime

from backend.db import Work
from backend.vitals.actions.effects import apply_effects
from backend.vitals.actions.gather import Gathered, gather
from backend.vitals.actions.late import drop_late_sets
from backend.vitals.queries import held_sets
from backend.vitals.rules.charting import Said, charted
from backend.vitals.rules.kept import KeptSet, values_of
from backend.vitals.rules.scales import scale_at
from backend.vitals.rules.taken import SAME_TIME, Taken, measured
from shared_schemas.flags import Flag

CAME = """
select entry_id::text from vital_signs
where stay_id = any($1::uuid[]) and received_at >= $2 and $3 = any(flags)
  and superseded_by is null and not entered_in_error
"""


async def judge_again(work: Work, stay_ids: Sequence[str], since_at: datetime) -> None:
    """Sets received since then as those of a departed patient say what they would have said of one who is here.

    They raise their alerts and plan the next set, and leave the tray of who leads the unit: the patient has them again.
    """
    came = await work.connection.fetch(CAME, stay_ids, since_at, Flag.RECEIVED_AFTER_DEPARTURE)
    sets = await held_sets(work.connection, [row[0] for row in came])
    by_stay: dict[str, list[KeptSet]] = {}
    for kept in sets.values():
        by_stay.setdefault(kept.stay_id, []).append(kept)
    from_at = {stay_id: min(one.observed_at for one in own) - SAME_TIME for stay_id, own in by_stay.items()}
    decided = []
    for stay_id, gathered in (await gather(work, from_at)).items():
        own = by_stay[stay_id]
        known = [one for one in gathered.kept.known if one.entry_id not in sets]
        before = with_fields(gathered.before(work.now), known=known)
        after = charted(before, [(_taken(kept, gathered), Said()) for kept in own])
        decided.append((gathered, after, max(own, key=lambda each: each.observed_at).author_staff_id))
    await apply_effects(work, decided)
    await drop_late_sets(work, sets)


def _taken(kept: KeptSet, gathered: Gathered) -> Taken:
    scale, conflict = scale_at(gathered.kept.settings, kept.observed_at)
    no_score = gathered.no_score(kept.observed_at)
    _, counts = measured(values_of(kept), scale, no_score, conflict=conflict)
    identity = {"entry_id": kept.entry_id, "stay_id": kept.stay_id}
    return Taken(**identity, observed_at=kept.observed_at, received_at=kept.received_at, **counts)
