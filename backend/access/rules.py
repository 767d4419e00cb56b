"""Gates: may this author do this to that subject? And the delays and spans of proofs."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from backend.slice import Author, Gate, Scope
from shared_schemas.staff import Grant, Role

REGISTERED = frozenset({Role.WARD_NURSE, Role.CHARGE_NURSE, Role.HEAD_NURSE, Role.HOME_CARE_NURSE})
AT_THE_BEDSIDE = REGISTERED | {Role.HEALTHCARE_ASSISTANT}
# A coordinator leads a home-care team as a charge nurse leads a ward (docs/glossary.md).
LEADING = frozenset({Role.CHARGE_NURSE, Role.HEAD_NURSE, Role.COORDINATOR})
# Who answers a score: a doctor or site nurse is called for just that (RCP NEWS2, chart 4: the clinical response), and
# at home a coordinator before them.
ANSWERING = REGISTERED | {Role.DUTY_CLINICIAN, Role.COORDINATOR}
ON_THE_LADDER = AT_THE_BEDSIDE | {Role.DUTY_CLINICIAN, Role.COORDINATOR}

SESSION_LASTS = timedelta(hours=12)  # a shift
PAIRING_LASTS = timedelta(hours=24)
FREE_TRIES = 3
LONGEST_WAIT = timedelta(minutes=15)


def _roles(author: Author, scope: Scope) -> set[Role]:
    """Roles where the subject is or was; anywhere, when the entry names neither stay nor unit (its handler looks)."""
    if scope.unit_id is None:
        return {grant.role for grant in author.grants}
    here = author.roles_in(scope.unit_id)
    return here | author.roles_in(scope.unit_id_at_observed) if scope.unit_id_at_observed else here


def _gate(name: str, promise: str, roles: frozenset[Role]) -> Gate:
    def gate(author: Author, scope: Scope) -> bool:
        return not roles.isdisjoint(_roles(author, scope))

    gate.__name__ = gate.__qualname__ = name
    gate.__doc__ = promise
    return gate


may_chart = _gate("may_chart", "Record what was seen and done at the bedside.", AT_THE_BEDSIDE)
may_respond = _gate("may_respond", "Write down what was done about a score.", AT_THE_BEDSIDE | ANSWERING)
may_end_response = _gate("may_end_response", "Say that a score is answered.", ANSWERING)
may_plan = _gate("may_plan", "Plan, put off or cancel care.", REGISTERED)
may_plan_visits = _gate("may_plan_visits", "Plan visits, and say who goes and where.", REGISTERED | {Role.COORDINATOR})
may_say_not_visited = _gate(
    "may_say_not_visited", "Say that a visit did not take place.", AT_THE_BEDSIDE | {Role.COORDINATOR}
)
may_prescribe = _gate("may_prescribe", "Record what a named prescriber ordered.", REGISTERED)
may_admit = _gate("may_admit", "Admit, move and discharge patients.", REGISTERED | {Role.COORDINATOR})
may_mark_beds = _gate("may_mark_beds", "Say what a bed is like.", AT_THE_BEDSIDE)
may_close_beds = _gate("may_close_beds", "Close beds and open them again.", LEADING)
may_assign = _gate("may_assign", "Send an alert, a patient or a task to somebody else.", LEADING)
may_take_duty = _gate("may_take_duty", "Be on duty in a unit.", ON_THE_LADDER)
may_answer_alert = _gate("may_answer_alert", "Accept, decline or put off an alert.", ON_THE_LADDER)
may_resolve_held = _gate(
    "may_resolve_held", "Answer a held entry: one's own, or any as its unit's lead.", ON_THE_LADDER
)
may_review = _gate("may_review", "See for the unit what came too late for anybody to act on it.", LEADING)
may_administer = _gate("may_administer", "Set up units, people and tablets.", frozenset({Role.ADMINISTRATOR}))


def may_lead(author: Author, unit_id: str) -> bool:
    """Decide where others may not, in that unit."""
    return not LEADING.isdisjoint(author.roles_in(unit_id))


def in_scope(author: Author, scope: Scope) -> bool:
    """The author works where the subject is or was at `observed_at`."""
    return bool(_roles(author, scope))


def may_read_feed(feed: str, unit_id: str, staff_ids: Iterable[str]) -> bool:
    """A tablet reads the reference tables, its own unit, and the people signed in on it."""
    return feed in feeds_of(unit_id, staff_ids)


def feeds_of(unit_id: str, staff_ids: Iterable[str]) -> list[str]:
    """The feeds of a tablet."""
    return ["reference", f"unit:{unit_id}", *(f"user:{staff_id}" for staff_id in sorted(staff_ids))]


def wait_after(failures: int) -> timedelta:
    """How long a person waits on a tablet after that many wrong PINs: nothing for three, then doubling from 2 s."""
    if failures < FREE_TRIES:
        return timedelta(0)
    return min(timedelta(seconds=2 ** min(failures - FREE_TRIES + 1, 20)), LONGEST_WAIT)


class GrantSpan(NamedTuple):
    """A role in a unit and when it holds."""

    unit_id: str
    role: str
    from_at: datetime
    to_at: datetime | None


def grants_at(spans: Sequence[GrantSpan], at: datetime) -> tuple[Grant, ...]:
    """The roles that held at an instant."""
    return tuple(
        Grant(unit_id=span.unit_id, role=Role(span.role))
        for span in spans
        if span.from_at <= at and (span.to_at is None or at < span.to_at)
    )


class Contact(NamedTuple):
    """When any of a person's tablets was last heard of, and whether a push reached one; None: never tried."""

    last_contact_at: datetime
    push_works: bool | None


class ScopeSpan(NamedTuple):
    """A unit in which a stay was, and when."""

    unit_id: str
    from_at: datetime
    to_at: datetime | None


def scope_before(stay_id: str, spans: Sequence[ScopeSpan]) -> Scope:
    """Where a stay is and where it was before that: who sent a patient away may take that back. `spans` as below."""
    last, before = spans[-1], spans[-2:][0]
    return Scope(stay_id, last.unit_id, before.unit_id, last.to_at)


def scope_at(stay_id: str, spans: Sequence[ScopeSpan], observed_at: datetime) -> Scope:
    """Where a stay is (or last was) and where it was at `observed_at`. `spans` oldest first, not empty.

    A fact from before the arrival counts for the first unit, one from after the departure for the last.
    """
    last = spans[-1]
    then = spans[0]
    for span in spans:
        if span.from_at <= observed_at:
            then = span
    return Scope(stay_id, last.unit_id, then.unit_id, last.to_at)
