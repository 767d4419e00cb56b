"""What becomes of a task when somebody says something about it, in whatever order it arrives.

Done > not done > cancelled > deferred > in progress > open. What loses is kept as a flag, never dropped.
"""

from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec.structs import replace

from backend.tasks.rules.task import Task
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.tasks import CareKind, NotDoneCareReason, Reply, TaskState
from shared_schemas.wire import HeldReason

# Care that ends by what was charted, not by a tick.
CHARTED = {CareKind.OBSERVATION, CareKind.RESPONSE}
# The reviews of a dying patient's stopped observations or modified response: their instant is the prescriber's.
REVIEWS = {"task.review_stop", "task.review_response"}
# How far care may be put off; what recurs, no further than its next slot. Source: wardlight; awaits sign-off.
LONGEST_DEFERRAL = timedelta(hours=4)


class Said(NamedTuple):
    """Who said it, and when it was true."""

    staff_id: str | None
    at: datetime


class Decision(NamedTuple):
    """The task afterwards; what a person reviews; or why the word waits for an answer."""

    task: Task
    flags: tuple[Flag, ...] = ()
    held: HeldReason | None = None
    detail: HeldDetail | None = None


def _flagged(task: Task, *flags: Flag) -> Decision:
    return Decision(replace(task, flags=[*task.flags, *(f for f in flags if f not in task.flags)]), flags)


def done(task: Task, said: Said) -> Decision:
    """Done: the first to reach the server is the completer, another is recorded; done after cancel stays done."""
    if task.state is TaskState.COMPLETED:
        others = task.also_done_by_staff_ids
        if said.staff_id is not None and said.staff_id not in others:
            others = [*others, said.staff_id]
        return _flagged(replace(task, also_done_by_staff_ids=others), Flag.ALSO_DONE)
    flags: tuple[Flag, ...] = ()
    if task.state is TaskState.CANCELLED:
        flags = (Flag.DONE_AFTER_CANCEL,)
    elif task.state is TaskState.FAILED and task.ended_by_staff_id is not None:
        flags = (Flag.DONE_AFTER_NOT_DONE,)
    completed = replace(task, state=TaskState.COMPLETED, ended_at=said.at, ended_by_staff_id=said.staff_id)
    return _flagged(completed, *flags)


def done_by_hand(task: Task, said: Said) -> Decision:
    """A tick: an observation is done only by a complete set, a response by its fields, a review by a new decision."""
    if task.text_key in REVIEWS:
        return _flagged(task, Flag.REVIEW_NEEDS_DECISION)
    return _flagged(task, Flag.NEEDS_CHARTING) if task.kind in CHARTED else done(task, said)


def not_done(
    task: Task, said: Said, reason: NotDoneCareReason, text: str | None, *, red: bool = False, registered: bool
) -> Decision:
    """Not done, with a reason.

    An observation stays overdue, a red answer and a review stay wanted, and a response is ended by a registered author
    only: elsewhere the reason is kept and the care stays open.
    """
    told = replace(task, reason=reason, reason_text=text)
    if task.is_open and task.text_key in REVIEWS:
        return _flagged(told, Flag.REVIEW_NEEDS_DECISION)
    if task.is_open and task.kind is CareKind.OBSERVATION:
        return Decision(told)
    if task.is_open and red:
        return _flagged(told, Flag.RED_STAYS)
    if task.is_open and task.kind is CareKind.RESPONSE and not registered:
        return _flagged(told, Flag.NEEDS_REGISTERED)
    if task.state is TaskState.COMPLETED:
        return _flagged(task, Flag.NOT_DONE_AFTER_DONE)
    if task.state is TaskState.FAILED and task.ended_by_staff_id is not None:
        return _flagged(task, Flag.ALSO_NOT_DONE)
    flags = (Flag.NOT_DONE_AFTER_CANCEL,) if task.state is TaskState.CANCELLED else ()
    failed = replace(told, state=TaskState.FAILED, ended_at=said.at, ended_by_staff_id=said.staff_id)
    return _flagged(failed, *flags)


def not_done_by_next(task: Task, now: datetime) -> Task:
    """The slot ends because the next one falls due; nobody said why."""
    return replace(task, state=TaskState.FAILED, ended_at=task.next_slot_at or now)


def cancelled(task: Task, said: Said, reason: str | None) -> Decision:
    """No longer wanted; against done or not done it is only noted."""
    if not task.is_open:
        return _flagged(task, Flag.CANCELLED_AFTER_END)
    ended = replace(
        task,
        state=TaskState.CANCELLED,
        ended_at=said.at,
        ended_by_staff_id=said.staff_id,
        reason_text=reason or task.reason_text,
    )
    return Decision(ended)


def cancelled_by_hand(task: Task, said: Said, reason: str) -> Decision:
    """A person's cancel: a patient's observations are paused or stopped, never cancelled; a response is answered."""
    if task.is_open and task.kind in CHARTED:
        return Decision(task, held=HeldReason.INVALID, detail=HeldDetail.PAUSE_OR_ANSWER)
    if task.is_open and task.text_key in REVIEWS:
        return _flagged(task, Flag.REVIEW_NEEDS_DECISION)
    return cancelled(task, said, reason)


def deferred(task: Task, due_at: datetime, reason: str, *, at: datetime) -> Decision:
    """Put off, said at `at`; never past the next slot of recurring care, and never an observation or a response.

    What is overdue is answered, not put off (rule 5), and so is the review of a stop. Once: a second word only
    brings it forward.
    """
    if not task.is_open:
        return _flagged(task, Flag.DEFERRED_AFTER_END)
    if task.kind in CHARTED:
        return Decision(task, held=HeldReason.INVALID, detail=HeldDetail.NEVER_DEFERRED)
    if task.next_slot_at is not None and due_at >= task.next_slot_at:
        return Decision(task, held=HeldReason.INVALID, detail=HeldDetail.PAST_NEXT_SLOT)
    if task.text_key in REVIEWS:
        return _flagged(task, Flag.REVIEW_NOT_DEFERRED)
    if at >= task.overdue_at:
        return _flagged(task, Flag.DEFERRED_AFTER_OVERDUE)
    if task.state is TaskState.ON_HOLD and due_at > task.due_at:
        return _flagged(task, Flag.DEFERRED_BEFORE)
    if due_at - task.due_at > LONGEST_DEFERRAL:
        return _flagged(task, Flag.DEFERRED_TOO_FAR)
    moved: timedelta = due_at - task.due_at
    later = replace(
        task,
        state=TaskState.ON_HOLD,
        due_at=due_at,
        due_soon_at=task.due_soon_at + moved,
        overdue_at=task.overdue_at + moved,
        reason_text=reason,
        alerted_at=None,
    )
    return Decision(later)


def claimed(task: Task, staff_id: str) -> Decision:
    """The first who says "I do it" to the server has it; the other is told who."""
    if not task.is_open:
        return _flagged(task, Flag.CLAIMED_AFTER_END)
    if task.owner_staff_id == staff_id:
        return Decision(task)
    if task.owner_staff_id is not None:
        return Decision(task, (Flag.CLAIMED_BEFORE,))
    state = TaskState.ACCEPTED if task.state is TaskState.READY else task.state
    return Decision(replace(task, state=state, owner_staff_id=staff_id))


def answered(
    task: Task, said: Said, reply: Reply, closed_note: str | None, *, registered: bool, better: bool = False
) -> Decision:
    """Fields of a response: what is new is added. All five complete it, or a closing note where the score is better.

    Only a registered nurse or the clinician on call ends it (rule 6); what another wrote is kept, and both response and
    alert stay.
    """
    if task.kind is not CareKind.RESPONSE:
        return Decision(task, held=HeldReason.INVALID, detail=HeldDetail.NOT_A_RESPONSE)
    known = task.response or Reply()
    merged = Reply(**{name: getattr(reply, name) or getattr(known, name) for name in Reply.__struct_fields__})
    told = replace(task, response=merged, reason_text=closed_note or task.reason_text)
    if not task.is_open:
        return _flagged(told, Flag.ANSWERED_AFTER_END)
    complete = all(getattr(merged, name) is not None for name in Reply.__struct_fields__)
    if not complete and not closed_note:
        return Decision(told)
    if not registered:
        return _flagged(told, Flag.NEEDS_REGISTERED)
    return done(told, said) if complete or better else _flagged(told, Flag.NOT_BETTER)
