"""The one way in which words change visits: hold the stays, then the visits; decide by the rules; write all at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.stays.actions import own_stays
from backend.stays.queries import Facts, facts
from backend.tasks.actions import VisitChange, change_visit_tasks
from backend.visits.actions.write import save_visits
from backend.visits.queries import held_visits, latest_starts
from backend.visits.rules.visit import Decision, Visit, Word
from shared_schemas.flags import HeldDetail
from shared_schemas.visits import VisitState
from shared_schemas.wire import HeldReason

UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_VISIT)
Decide = Callable[[Visit, Arrived], Decision]
# What the word means for the care task, where it took effect.
Follow = Callable[[Visit, Arrived], VisitChange]


async def decide_visits(work: Work, run: Sequence[Arrived], decide: Decide, follow: Follow) -> list[Outcome]:
    """Apply a run of entries that name a visit each; the same few statements for three entries or thirty.

    Whoever comes to a patient's home is the first to be asked about the patient, until somebody else owns her. A start
    that arrives late takes her from nobody: not from who was at her home after it, nor from whom she was given to.
    """
    stays = await facts(work.connection, {arrived.body.stay_id for arrived in run}, lock=True)
    before = await held_visits(work.connection, {arrived.body.visit_id for arrived in run})
    after, outcomes = dict(before), []
    changes: dict[str, list[VisitChange]] = {}
    for arrived in run:
        visit = after.get(arrived.body.visit_id)
        if visit is None or visit.stay_id != arrived.body.stay_id:
            outcomes.append(UNKNOWN)
            continue
        decision = decide(visit, arrived)
        after[visit.visit_id] = decision.visit
        outcomes.append(Outcome(decision.flags))
        if decision.took:
            changes.setdefault(visit.visit_id, []).append(follow(decision.visit, arrived))
    changed = [visit for visit_id, visit in after.items() if visit != before[visit_id]]
    await save_visits(work, changed, stays)
    await change_visit_tasks(work, changes, stays)
    came = [v for v in changed if v.state is VisitState.STARTED and before[v.visit_id].started is None]
    await _own(work, came, stays)
    return outcomes


async def _own(work: Work, came: Sequence[Visit], stays: Mapping[str, Facts]) -> None:
    latest = await latest_starts(work.connection, {visit.stay_id for visit in came}) if came else {}
    for staff_id in sorted({visit.staff_id for visit in came if visit.staff_id}):
        hers = [
            visit for visit in came if visit.staff_id == staff_id and stays[visit.stay_id].owner_staff_id != staff_id
        ]
        await own_stays(work, [v.stay_id for v in hers if _is_newest(v, latest[v.stay_id], stays[v.stay_id])], staff_id)


def _is_newest(visit: Visit, latest_at: datetime, stay: Facts) -> bool:
    at = visit.started.observed_at if visit.started else None
    return at is not None and at >= latest_at and (stay.assigned_at is None or stay.assigned_at <= at)


def word(arrived: Arrived) -> Word:
    """Who says it, when it was true, and what she had seen."""
    return Word(arrived.author.staff_id, arrived.observed_at, arrived.body.base_version)
