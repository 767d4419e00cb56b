"""Which mark of a bed holds: transitions in their turn, and the more careful mark where the author saw another one."""

from enum import Enum

from shared_schemas.beds import Readiness

# The enum lists them from the most careful to the least.
_CARE = {readiness: len(Readiness) - place for place, readiness in enumerate(Readiness)}
# A bed that is out of use comes back dirty: nobody knows what happened to it.
NEXT = {
    Readiness.CLEAN: frozenset({Readiness.DIRTY, Readiness.CLEANING, Readiness.BLOCKED, Readiness.CLOSED}),
    Readiness.DIRTY: frozenset({Readiness.CLEANING, Readiness.BLOCKED, Readiness.CLOSED}),
    Readiness.CLEANING: frozenset({Readiness.CLEAN, Readiness.DIRTY, Readiness.BLOCKED, Readiness.CLOSED}),
    Readiness.BLOCKED: frozenset({Readiness.DIRTY, Readiness.CLOSED}),
    Readiness.CLOSED: frozenset({Readiness.DIRTY}),
}


class Judged(Enum):
    """What becomes of a mark; only `APPLIED` changes the bed."""

    APPLIED = "applied"
    SAME = "same"
    OVERTAKEN = "overtaken"
    NOT_IN_TURN = "not_in_turn"


def judged_mark(wanted: Readiness, marked: Readiness, shown: Readiness, *, unseen: bool) -> Judged:
    """What becomes of a mark of a bed that was `marked` last and is `shown` (dirty once a patient has left it).

    `unseen`: the author had not seen the last mark; then only a more careful one counts.
    """
    if wanted is shown:
        return Judged.SAME
    if unseen:
        return Judged.APPLIED if _CARE[wanted] > _CARE[shown] else Judged.OVERTAKEN
    return Judged.APPLIED if wanted in NEXT[shown] | NEXT[marked] else Judged.NOT_IN_TURN


class Needs(Enum):
    """Who may make a mark, from anybody at the bedside to who leads."""

    BEDSIDE = "bedside"
    REGISTERED = "registered"
    LEAD = "lead"


def needed_for(wanted: Readiness, marked: Readiness) -> Needs:
    """Closing and opening again is for who leads, blocking and its end for a registered nurse."""
    if Readiness.CLOSED in (wanted, marked):
        return Needs.LEAD
    return Needs.REGISTERED if Readiness.BLOCKED in (wanted, marked) else Needs.BEDSIDE
