"""The cast of the ladder: four people of a ward, an alert about bed 7, and moments of a morning."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from backend.alerts.rules.alert import Alert, alert_id_of
from backend.alerts.rules.people import Moment
from backend.staff.rules import Ladder, Person
from shared_schemas.alerts import AlertCause, AlertClass, AlertState, Step, StepEnd
from shared_schemas.policy import default_policy

NINE = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def uid(number: int) -> str:
    """A canonical id that a reader can tell apart."""
    return f"00000000-0000-7000-8000-{number:012d}"


ANNA, BORIS, CHARLOTTE, DUC, EUNJI = (uid(n) for n in range(1, 6))
NAMES = {ANNA: "Anna", BORIS: "Boris", CHARLOTTE: "Charlotte", DUC: "Duc", EUNJI: "Eunji"}
UNIT, OTHER_UNIT, STAY, TASK = uid(10), uid(11), uid(20), uid(30)


# Tablets of the cast were heard of just now, whenever a test looks.
ALWAYS = datetime(9999, 1, 1, tzinfo=UTC)


def nurse(
    staff_id: str,
    *,
    on_duty: bool = True,
    on_break: bool = False,
    reachable: bool | None = True,
    last_contact_at: datetime | None = ALWAYS,
) -> Person:
    """A person of the ladder; reachable and on duty unless said otherwise."""
    return Person(staff_id, on_duty, on_break, reachable, last_contact_at)


@dataclass(frozen=True)
class Ward(Ladder):
    """The ladder of one stay; Eunji, beside it, is on duty too."""

    there: frozenset[str] = frozenset({EUNJI})

    def without(self, *posts: str) -> "Ward":
        """The same ward with nobody at these posts."""
        return replace(self, **dict.fromkeys(posts))


WARD = Ward(nurse(ANNA), nurse(BORIS), nurse(CHARLOTTE), nurse(DUC))
EMPTY = WARD.without("owner", "buddy", "charge", "on_call")


def at(minutes: float, ward: Ward = WARD, *, night: bool = False) -> Moment:
    """A moment so many minutes after nine."""
    return Moment(NINE + timedelta(minutes=minutes), ward, default_policy(), night)


def an_alert(alert_class: AlertClass = AlertClass.RED) -> Alert:
    """An alert that began at nine; nobody is asked yet."""
    return Alert(
        alert_id=alert_id_of(AlertCause.OVERDUE_TASK, TASK, 0),
        stay_id=STAY,
        alert_class=alert_class,
        cause=AlertCause.OVERDUE_TASK,
        cause_id=TASK,
        state=AlertState.OPEN,
        began_at=NINE,
        round=1,
        step=Step.ASSIGNEE,
        text_key="alert.observation_overdue",
        policy_version=1,
        unit_id=UNIT,
    )


def told(alert: Alert) -> list[tuple[int, str, str, str]]:
    """The rows of proof as (round, step, name, why it ended or "asked")."""
    return [
        (
            row.round,
            row.step.value,
            NAMES.get(row.staff_id or "", "nobody"),
            row.why_ended.value if row.why_ended else "asked",
        )
        for row in alert.steps
    ]


def asked_now(alert: Alert) -> list[str]:
    """Names of those whose turn it is."""
    return [name for _, _, name, why in told(alert) if why == "asked" and name != "nobody"]


def skips(alert: Alert) -> dict[str, StepEnd | None]:
    """Why each step was skipped, by step."""
    return {row.step.value: row.why_ended for row in alert.steps if row.why_ended}
