"""A visit, and what becomes of it when somebody says something, in whatever order it arrives.

Ended > started > not done > cancelled > planned. What loses is kept as a flag, never dropped; the coordinator reads it
on the visit.
"""

from datetime import datetime
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from shared_schemas.base import Id
from shared_schemas.flags import Flag
from shared_schemas.visits import NotVisitedReason, VisitKind, VisitMoment, VisitRow, VisitState

OPEN = {VisitState.PLANNED, VisitState.STARTED}
TOOK_PLACE = {VisitState.STARTED, VisitState.ENDED}


class Visit(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of `VisitRow`, the row's version, and what it was at the latest reassignment and the latest window."""

    visit_id: Id
    stay_id: Id
    kind: VisitKind
    state: VisitState
    window_from_at: datetime
    window_to_at: datetime
    plan: str | None = None
    bring: list[str] = []
    staff_id: Id | None = None
    planned_by_staff_id: Id
    planned_at: datetime
    started: VisitMoment | None = None
    ended: VisitMoment | None = None
    reason: NotVisitedReason | None = None
    reason_text: str | None = None
    closed_at: datetime | None = None
    closed_by_staff_id: Id | None = None
    flags: list[Flag] = []
    assigned_version: int = 1
    window_version: int = 1
    version: int = 0


class Decision(NamedTuple):
    """The visit afterwards, what a person reviews, and whether the word took effect on what is due."""

    visit: Visit
    flags: tuple[Flag, ...] = ()
    took: bool = True


class Word(NamedTuple):
    """Who says something of a visit, when it was true, and the version of the visit that she had seen."""

    staff_id: str | None
    at: datetime
    base_version: int | None = None


def _flagged(visit: Visit, *flags: Flag, took: bool = True) -> Decision:
    return Decision(replace(visit, flags=[*visit.flags, *(f for f in flags if f not in visit.flags)]), flags, took)


def _too_late(visit: Visit) -> Decision | None:
    """A word about the plan of a visit that is not planned any more; the coordinator is told."""
    if visit.state in TOOK_PLACE:
        return _flagged(visit, Flag.VISIT_BEGAN, took=False)
    if visit.state is not VisitState.PLANNED:
        return Decision(visit, (Flag.CANCELLED_AFTER_END,), took=False)
    return None


def _unseen(base_version: int | None, version: int) -> bool:
    return base_version is not None and base_version < version


def reassigned(visit: Visit, word: Word, staff_id: str | None) -> Decision:
    """Another nurse goes; of two who decide without knowing of each other the first to reach the server stands."""
    late = _too_late(visit)
    if late is not None:
        return late
    if visit.staff_id == staff_id:
        return Decision(visit, took=False)
    if _unseen(word.base_version, visit.assigned_version):
        return Decision(visit, (Flag.CLAIMED_BEFORE,), took=False)
    return Decision(replace(visit, staff_id=staff_id, assigned_version=visit.version + 1))


def rescheduled(visit: Visit, word: Word, from_at: datetime, to_at: datetime) -> Decision:
    """Another window; decided without knowing of a newer one, it changes nothing."""
    late = _too_late(visit)
    if late is not None:
        return late
    if _unseen(word.base_version, visit.window_version):
        return Decision(visit, (Flag.NEWER_KNOWN,), took=False)
    moved = replace(visit, window_from_at=from_at, window_to_at=to_at, window_version=visit.version + 1)
    return Decision(moved)


def cancelled(visit: Visit, word: Word, reason: str | None) -> Decision:
    """No longer wanted; one that took place is never cancelled."""
    late = _too_late(visit)
    if late is not None:
        return late
    return Decision(
        replace(
            visit,
            state=VisitState.CANCELLED,
            reason_text=reason,
            closed_at=word.at,
            closed_by_staff_id=word.staff_id,
        )
    )


def not_done(visit: Visit, word: Word, reason: NotVisitedReason, text: str | None) -> Decision:
    """It did not take place. Of one that goes on, only who began it may say so: she stood before a closed door."""
    if visit.state is VisitState.NOT_DONE:
        return _flagged(visit, Flag.ALSO_NOT_DONE, took=False)
    began_by = visit.started.staff_id if visit.started else None
    if visit.state is VisitState.ENDED or (visit.state is VisitState.STARTED and began_by != word.staff_id):
        return _flagged(visit, Flag.NOT_DONE_AFTER_DONE, took=False)
    flags = (Flag.NOT_DONE_AFTER_CANCEL,) if visit.state is VisitState.CANCELLED else ()
    said = replace(
        visit,
        state=VisitState.NOT_DONE,
        reason=reason,
        reason_text=text,
        closed_at=word.at,
        closed_by_staff_id=word.staff_id,
    )
    return _flagged(said, *flags)


def _overruled(visit: Visit) -> tuple[Flag, ...]:
    """What was said of the visit and is not so, for it took place."""
    if visit.state is VisitState.CANCELLED:
        return (Flag.DONE_AFTER_CANCEL,)
    return (Flag.DONE_AFTER_NOT_DONE,) if visit.state is VisitState.NOT_DONE else ()


def started(visit: Visit, moment: VisitMoment) -> Decision:
    """The nurse is there: it beats every plan. A second start is kept as a flag, one after the end is filled in.

    Who began it answers for it from now on; the coordinator is told when another was to go.
    """
    if visit.started is not None:
        return _flagged(visit, Flag.ALSO_DONE, took=False)
    flags = _overruled(visit)
    if visit.staff_id not in (None, moment.staff_id):
        flags = (*flags, Flag.ANOTHER_NURSE)
    state = VisitState.ENDED if visit.state is VisitState.ENDED else VisitState.STARTED
    began = replace(visit, state=state, started=moment, staff_id=moment.staff_id, **_reopened(visit))
    return _flagged(began, *flags, took=state is VisitState.STARTED)


def ended(visit: Visit, moment: VisitMoment) -> Decision:
    """It took place, whatever was planned or said meanwhile; the first end stands."""
    if visit.state is VisitState.ENDED:
        return _flagged(visit, Flag.ALSO_DONE, took=False)
    flags = _overruled(visit)
    if visit.staff_id not in (None, moment.staff_id):
        flags = (*flags, Flag.ANOTHER_NURSE)
    over = replace(visit, state=VisitState.ENDED, ended=moment, staff_id=moment.staff_id, **_reopened(visit))
    return _flagged(over, *flags)


def _reopened(visit: Visit) -> dict[str, None]:
    """Of a visit that was said not to take place, only the flag stays; what was said is in its entry."""
    names = ("reason", "reason_text", "closed_at", "closed_by_staff_id") if visit.closed_at else ()
    return dict.fromkeys(names)


_ROW_FIELDS = VisitRow.__struct_fields__


def row_of(visit: Visit) -> VisitRow:
    """The visit as tablets keep it."""
    return VisitRow(**{name: getattr(visit, name) for name in _ROW_FIELDS})
