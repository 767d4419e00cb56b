"""Who is asked at a step, who is skipped and why, and who cannot be reached (rules 1, 7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.alerts.rules.alert import Alert, declined, this_climb, was_asked
from backend.staff.rules import Ladder, Person
from shared_schemas.alerts import Step, StepEnd
from shared_schemas.policy import Policy

ORDER = (Step.ASSIGNEE, Step.BUDDY, Step.CHARGE, Step.DUTY)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a decision needs beside the alert. `night`: by the unit's clock and its policy."""

    now: datetime
    ladder: Ladder
    policy: Policy
    night: bool = False


def person_at(ladder: Ladder, step: Step) -> Person | None:
    """The person of a step, from the duty table of this moment."""
    return {
        Step.ASSIGNEE: ladder.owner,
        Step.BUDDY: ladder.buddy,
        Step.CHARGE: ladder.charge,
        Step.DUTY: ladder.on_call,
    }.get(step)


def step_of(ladder: Ladder, staff_id: str) -> Step | None:
    """The highest step at which a person stands; None when she is not on the ladder."""
    standing = [s for s in ORDER if (p := person_at(ladder, s)) and p.staff_id == staff_id]
    return standing[-1] if standing else None


def unavailable(person: Person | None) -> StepEnd | None:
    """Why nobody can be asked here; None when the person is on duty and not on a break."""
    if person is None:
        return StepEnd.NOBODY
    if not person.on_duty:
        return StepEnd.OFF_DUTY
    return StepEnd.ON_BREAK if person.on_break else None


def is_there(ladder: Ladder, staff_id: str) -> bool:
    """True when she is on duty in this unit and not on a break, on the ladder of the stay or beside it."""
    hers = [person for step in ORDER if (person := person_at(ladder, step)) and person.staff_id == staff_id]
    return unavailable(hers[0]) is None if hers else staff_id in ladder.there


def skip_reason(alert: Alert, person: Person | None, passed: set[str], *, forgiving: bool) -> StepEnd | None:
    """Why a step is skipped at once (rule 1), or None.

    `passed` are people who had their turn in another way. `forgiving`: nobody else is left, so that who declined
    in an earlier round is asked again.
    """
    reason = unavailable(person)
    if reason is not None or person is None:
        return reason
    if any(row.staff_id == person.staff_id and was_asked(row) for row in this_climb(alert)):
        return StepEnd.ASKED_BEFORE
    if forgiving:
        return None
    if person.staff_id in passed:
        return StepEnd.ASKED_BEFORE
    return StepEnd.DECLINED_BEFORE if person.staff_id in declined(alert) else None


def cannot_be_reached(person: Person, policy: Policy, now: datetime) -> bool:
    """True when the push self-test failed or no tablet of hers was in contact for long (rule 7)."""
    if person.reachable is False or person.last_contact_at is None:
        return True
    return now - person.last_contact_at > timedelta(minutes=policy.no_contact_minutes)


def somebody_is_there(moment: Moment, steps: tuple[Step, ...]) -> bool:
    """True when at least one of these steps has a person on duty and not on a break."""
    return any(unavailable(person_at(moment.ladder, step)) is None for step in steps)
