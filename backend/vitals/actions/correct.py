"""Corrections: the original stays visible, what supersedes it is scored, and the next set follows from what is left."""

from collections.abc import Sequence
from dataclasses import replace as with_fields

from msgspec.structs import replace

from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.tasks.actions import replace_observation_tasks
from backend.vitals.actions.chart import scored
from backend.vitals.actions.duty import first_cause, first_set_at, planned_by, replan, unless_due
from backend.vitals.actions.effects import apply_effects
from backend.vitals.actions.gather import Gathered, gather, stays_of
from backend.vitals.actions.late import drop_late_sets, tell_late_sets
from backend.vitals.actions.write import save_sets
from backend.vitals.queries import held_sets
from backend.vitals.rules.charting import After, Said, charted
from backend.vitals.rules.kept import KeptSet, flagged, newer, taken_of
from backend.vitals.rules.taken import SAME_TIME, Taken, governing
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.vitals import VitalSignsCorrected
from shared_schemas.wire import HeldReason

UNKNOWN = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_SET)
Corrected = Arrived[VitalSignsCorrected]


async def correct_vital_signs(work: Work, run: Sequence[Corrected]) -> list[Outcome]:
    """Supersede sets or strike them out, with a reason. A set corrected before is corrected at the end of its chain."""
    return [await _correct(work, arrived) for arrived in run]


async def _correct(work: Work, arrived: Corrected) -> Outcome:
    body = arrived.body
    original, flags = await _newest_of_chain(work, body.corrects)
    if original is None or original.stay_id != body.stay_id:
        return UNKNOWN
    # The set was taken when it was taken: a correction does not move it in time.
    taken_at = with_fields(arrived, observed_at=original.observed_at)
    gathered = (await gather(work, {body.stay_id: original.observed_at - SAME_TIME}))[body.stay_id]
    left = [one for one in gathered.kept.known if one.entry_id != original.entry_id]
    struck = newer(replace(original, correction_reason=body.reason))
    feeds = {body.stay_id: gathered.stay.feed}
    await drop_late_sets(work, [original.entry_id])
    if body.values is None:
        await save_sets(work, [replace(struck, entered_in_error=True)], feeds)
        await _plan_without(work, gathered, original, left)
        return Outcome(flags=flags) if flags else APPLIED
    kept, taken = scored(taken_at, body.values, gathered)
    kept = flagged(replace(kept, supersedes=original.entry_id, correction_reason=body.reason), *flags)
    kept = flagged(kept, *_after(work, gathered, left, taken).flags[taken.entry_id])
    await save_sets(work, [replace(struck, superseded_by=kept.entry_id), kept], feeds)
    await tell_late_sets(work, [kept], stays_of([gathered]))
    if not taken.complete and await _plan_without(work, gathered, original, left):
        # What an incomplete set says is said of the plan that is left without the one that was complete.
        gathered = (await gather(work, {body.stay_id: original.observed_at - SAME_TIME}))[body.stay_id]
    after = _after(work, gathered, left, taken)
    if original.complete:
        # What that set did is done; the task that is open followed from it.
        after = with_fields(after, done_by=None)
    await apply_effects(work, [(gathered, after, arrived.author.staff_id)])
    if taken.complete and not after.plans:
        await _plan_without(work, gathered, original, [*left, taken])
    return Outcome(flags=tuple(kept.flags)) if kept.flags else APPLIED


def _after(work: Work, gathered: Gathered, left: list[Taken], taken: Taken) -> After:
    return charted(with_fields(gathered.before(work.now), known=left), [(taken, Said())])


async def _newest_of_chain(work: Work, entry_id: str) -> tuple[KeptSet | None, tuple[Flag, ...]]:
    """The set that stands for an entry now, and a flag when that is another one."""
    flags: tuple[Flag, ...] = ()
    kept = (await held_sets(work.connection, [entry_id])).get(entry_id)
    while kept is not None and kept.superseded_by is not None:
        flags = (Flag.CORRECTED_BEFORE,)
        next_id = kept.superseded_by
        kept = (await held_sets(work.connection, [next_id])).get(next_id)
    return kept, flags


async def _plan_without(work: Work, gathered: Gathered, original: KeptSet, left: list[Taken]) -> bool:
    """When the corrected set governed, the next set follows from the one that governs now, or is a first set again.

    True: it governed.
    """
    if governing([*left, taken_of(original)]) == governing(left):
        return False
    rest = with_fields(gathered, kept=gathered.kept._replace(known=left))
    if governing(left) is not None:
        await replan(work, rest, gathered.duty, work.now, stays_overdue=False)
    elif gathered.observes(gathered.duty, work.now):
        due_at = max(first_set_at(gathered), unless_due(gathered.observation, work.now))
        await replace_observation_tasks(
            work, [planned_by(rest, due_at, first_cause(gathered))], stays=stays_of([gathered])
        )
    return True
