"""Rules 1, 4 and 7 of docs/escalation.md together: a decliner names somebody, and nobody waits for who is not there."""

from dataclasses import replace
from datetime import timedelta

import pytest

from backend.alerts.rules.alert import Alert
from backend.alerts.rules.answers import MUST_NAME, accept, decline
from backend.alerts.rules.ladder import begin, wake
from backend.staff.rules import Person
from shared_schemas.alerts import AlertClass, AlertState, DeclineReason
from tests.alerts.cast import (
    ANNA,
    BORIS,
    CHARLOTTE,
    DUC,
    EUNJI,
    NINE,
    WARD,
    Ward,
    an_alert,
    asked_now,
    at,
    nurse,
    told,
)

RED, AMBER, PLAIN = AlertClass.RED, AlertClass.AMBER, AlertClass.PLAIN
ALONE = WARD.without("buddy", "charge", "on_call")
AWAY = [
    (nurse(EUNJI, on_duty=False), "off_duty"),
    (nurse(EUNJI, on_break=True), "on_break"),
    (nurse(EUNJI, on_duty=False, reachable=False), "off_duty"),
]
UNREACHABLE = [
    nurse(EUNJI, reachable=False),
    nurse(EUNJI, last_contact_at=None),
    nurse(EUNJI, last_contact_at=NINE - timedelta(minutes=14, seconds=1)),
]


def names(alert: Alert, who: str, named: Person, minutes: float = 1, ward: Ward = WARD) -> tuple[Alert, str | None]:
    """Somebody declines and names a colleague."""
    moment = at(minutes, ward)
    return decline(alert, who, DeclineReason.WITH_A_PATIENT, named, moment.now, moment)


@pytest.mark.parametrize("alert_class", AlertClass)
@pytest.mark.parametrize(("eunji", "reason"), AWAY)
def test_a_named_person_who_is_not_there_is_recorded_and_the_ladder_goes_on_at_once(
    alert_class: AlertClass, eunji: Person, reason: str
) -> None:
    alert, flag = names(begin(an_alert(alert_class), at(0)), ANNA, eunji)
    assert flag is None
    assert [row[2:] for row in told(alert)] == [("Anna", "declined"), ("Eunji", reason), ("Boris", "asked")]
    assert alert.steps[0].named_staff_id == EUNJI


def test_a_named_person_who_declined_or_had_her_turn_is_skipped_too() -> None:
    alert = wake(begin(an_alert(), at(0)), at(0.5))
    alert, _ = names(alert, BORIS, nurse(ANNA))
    assert told(alert)[-2:] == [(2, "buddy", "Anna", "asked_before"), (2, "charge", "Charlotte", "asked")]
    climb_later = replace(WARD, owner=None)
    alert = accept(begin(an_alert(), at(0)), BORIS, NINE, at(0))
    alert, _ = decline(alert, BORIS, DeclineReason.WITH_A_PATIENT, None, NINE, at(1, climb_later))
    alert, _ = names(alert, CHARLOTTE, nurse(BORIS), 2, climb_later)
    assert [row[2:] for row in told(alert)[-2:]] == [("Boris", "declined_before"), ("Duc", "asked")]


def test_a_named_person_whose_turn_runs_is_asked_once() -> None:
    ward = replace(WARD, owner=nurse(ANNA, reachable=False))
    alert = begin(an_alert(), at(0, ward))
    assert asked_now(alert) == ["Anna", "Boris"]
    alert, _ = names(alert, ANNA, nurse(BORIS), 1, ward)
    assert [row[2:] for row in told(alert)] == [("Anna", "declined"), ("Boris", "asked")]


def test_a_named_person_who_went_on_a_break_while_she_was_asked_holds_nothing_up() -> None:
    ward = replace(WARD, owner=nurse(ANNA, reachable=False))
    alert, _ = names(begin(an_alert(), at(0, ward)), ANNA, nurse(BORIS, on_break=True), 1, ward)
    assert asked_now(alert) == ["Boris", "Charlotte"]
    alert, _ = names(begin(an_alert(), at(0, ward)), BORIS, nurse(ANNA, on_break=True), 1, ward)
    assert asked_now(alert) == ["Anna", "Charlotte"]


@pytest.mark.parametrize("eunji", UNREACHABLE)
def test_rule_7_a_named_person_who_cannot_be_reached_is_asked_in_parallel_with_the_next(eunji: Person) -> None:
    alert, flag = names(begin(an_alert(), at(0)), ANNA, eunji)
    assert (flag, asked_now(alert)) == (None, ["Eunji", "Boris"])
    assert alert.clock_until_at == NINE + timedelta(minutes=4)


def test_contact_fifteen_minutes_ago_is_contact_and_she_alone_is_asked() -> None:
    eunji = nurse(EUNJI, last_contact_at=NINE - timedelta(minutes=14))
    assert asked_now(names(begin(an_alert(), at(0)), ANNA, eunji)[0]) == ["Eunji"]


@pytest.mark.parametrize(("eunji", "asked"), [(AWAY[0][0], ["Anna"]), (UNREACHABLE[0], ["Anna", "Eunji"])])
def test_the_last_person_stays_asked_about_a_red_when_whom_she_names_can_not_take_it(
    eunji: Person, asked: list[str]
) -> None:
    before = begin(an_alert(), at(0, ALONE))
    alert, flag = names(before, ANNA, eunji, ward=ALONE)
    assert (flag, asked_now(alert)) == (MUST_NAME, asked)
    assert alert.clock_until_at == before.clock_until_at, "her clock runs on"
    assert asked_now(names(alert, ANNA, eunji, ward=ALONE)[0]) == asked, "nor by saying it again"


@pytest.mark.parametrize(("eunji", "asked"), [(AWAY[0][0], []), (UNREACHABLE[0], ["Eunji"])])
def test_the_last_person_asked_about_an_amber_may_decline_and_the_repeat_asks_again(
    eunji: Person, asked: list[str]
) -> None:
    alert, flag = names(begin(an_alert(AMBER), at(0, ALONE)), ANNA, eunji, ward=ALONE)
    assert (flag, asked_now(alert)) == (None, asked)
    assert asked_now(wake(alert, at(16, ALONE))) == ["Anna"]


def test_at_the_top_naming_who_is_away_leaves_whoever_is_asked() -> None:
    alert = begin(an_alert(), at(0))
    for minutes, who in ((1, ANNA), (2, BORIS), (3, CHARLOTTE)):
        alert, _ = names(alert, who, nurse(EUNJI, on_duty=False), minutes)
    assert asked_now(alert) == ["Duc"]
    alert, flag = names(alert, DUC, nurse(CHARLOTTE), 4)
    assert (flag, asked_now(alert)) == (MUST_NAME, ["Duc"])


def test_an_accepter_who_gives_up_and_names_who_is_away_passes_it_one_step_up() -> None:
    alert = accept(begin(an_alert(), at(0)), ANNA, NINE, at(0))
    alert, flag = names(alert, ANNA, nurse(EUNJI, on_break=True))
    assert (flag, alert.state, asked_now(alert)) == (None, AlertState.OPEN, ["Boris"])
    assert told(alert)[-1][2:] == ("Eunji", "on_break")
