"""Rules 1, 2, 3, 7, 9, 10 and 12 of docs/escalation.md, at their edges, without a database."""

from dataclasses import replace
from datetime import time, timedelta
from itertools import pairwise

import pytest

from backend.alerts.rules.alert import Alert
from backend.alerts.rules.answers import accept, received
from backend.alerts.rules.ladder import begin, wake
from backend.alerts.rules.timing import is_night, sound
from backend.staff.rules import Person
from shared_schemas.alerts import AlertClass, AlertState, ReceiptKind, Step
from shared_schemas.policy import default_policy
from tests.alerts.cast import (
    ANNA,
    BORIS,
    DUC,
    EMPTY,
    EUNJI,
    NINE,
    WARD,
    Ward,
    an_alert,
    asked_now,
    at,
    nurse,
    skips,
    told,
)

RED, AMBER, PLAIN = AlertClass.RED, AlertClass.AMBER, AlertClass.PLAIN


def shown(alert: Alert, minutes: float, ward: Ward = WARD) -> Alert:
    """The alert with every asking shown on a tablet, so that nobody is silent."""
    for row in alert.steps:
        if row.staff_id and row.ended_at is None:
            alert = received(alert, row.step_id, ReceiptKind.SHOWN, NINE, at(minutes, ward))
    return alert


def run(alert: Alert, until: float, ward: Ward = WARD) -> Alert:
    """Let time pass to the second; every asking is shown at once and nobody answers."""
    alert = shown(alert, 0, ward)
    while alert.next_at is not None and alert.next_at <= NINE + timedelta(minutes=until):
        minutes = (alert.next_at - NINE).total_seconds() / 60
        alert = shown(wake(alert, at(minutes, ward)), minutes, ward)
    return alert


@pytest.mark.parametrize(("alert_class", "instants"), [(RED, (3, 6, 9)), (AMBER, (5, 10, 20)), (PLAIN, (15, 30, None))])
def test_rule_1_an_unanswered_alert_climbs_at_each_time_out(
    alert_class: AlertClass, instants: tuple[int, int, int | None]
) -> None:
    alert = begin(an_alert(alert_class), at(0))
    for minutes, name in zip(instants, ("Boris", "Charlotte", "Duc"), strict=True):
        if minutes is None:
            assert asked_now(run(alert, 600)) == ["Charlotte"]
        else:
            assert name not in asked_now(run(alert, minutes - 0.001))
            assert asked_now(run(alert, minutes)) == [name]


@pytest.mark.parametrize(
    ("ward", "reason"),
    [
        (WARD.without("owner"), "nobody"),
        (replace(WARD, owner=nurse(ANNA, on_duty=False)), "off_duty"),
        (replace(WARD, owner=nurse(ANNA, on_break=True)), "on_break"),
    ],
)
def test_rule_1_a_step_without_a_person_is_skipped_at_once_with_its_reason(ward: Ward, reason: str) -> None:
    alert = begin(an_alert(), at(0, ward))
    assert asked_now(alert) == ["Boris"]
    assert skips(alert)["assignee"].value == reason  # type: ignore[union-attr]
    assert alert.steps[0].ended_at == NINE


def test_rule_1_who_was_asked_already_at_another_post_is_skipped() -> None:
    ward = replace(WARD, buddy=nurse(ANNA))
    alert = run(begin(an_alert(), at(0, ward)), 3, ward)
    assert told(alert) == [
        (1, "assignee", "Anna", "timed_out"),
        (1, "buddy", "Anna", "asked_before"),
        (1, "charge", "Charlotte", "asked"),
    ]


def test_rule_1_everyone_asked_keeps_the_alert_until_it_is_answered() -> None:
    alert = run(begin(an_alert(), at(0)), 6)
    alert = accept(alert, ANNA, NINE + timedelta(minutes=7), at(7))
    assert alert.state is AlertState.ACCEPTED
    assert alert.accepted_by_staff_id == ANNA


def test_rule_1_with_nobody_there_whoever_comes_on_duty_is_asked_within_a_minute() -> None:
    for alert_class in AlertClass:
        alert = begin(an_alert(alert_class), at(0, EMPTY))
        assert asked_now(alert) == []
        alert = run(alert, 5.5, EMPTY)
        assert asked_now(run(alert, 6.5)) != []


def test_rule_2_the_author_who_is_acting_has_it_from_the_start() -> None:
    alert = begin(an_alert(), at(0), accepted_by_staff_id=ANNA)
    assert (alert.state, alert.accepted_by_staff_id) == (AlertState.ACCEPTED, ANNA)
    assert alert.next_at == NINE + timedelta(minutes=10)
    assert told(alert) == [(1, "assignee", "Anna", "accepted")]


def test_rule_2_an_acting_author_beside_the_ladder_leaves_the_assignee_to_be_asked_first() -> None:
    alert = begin(an_alert(), at(0), accepted_by_staff_id=EUNJI)
    assert asked_now(wake(alert, at(10))) == ["Anna"]


def test_rule_3_accepting_stops_the_climb_until_the_attend_limit() -> None:
    alert = accept(run(begin(an_alert(), at(0)), 3), BORIS, NINE + timedelta(minutes=4), at(4))
    assert told(alert)[-1] == (1, "buddy", "Boris", "accepted")
    assert wake(alert, at(13.99)) == alert
    alert = wake(alert, at(14))
    assert (alert.state, alert.round) == (AlertState.OPEN, 2)
    assert asked_now(alert) == ["Charlotte"], "one step above the accepter"


def test_rule_3_an_accepter_at_the_top_is_asked_again_with_charge_and_assignee() -> None:
    alert = accept(run(begin(an_alert(), at(0)), 9), DUC, NINE + timedelta(minutes=9), at(9))
    assert asked_now(wake(alert, at(19))) == ["Duc", "Charlotte", "Anna"]


def test_rule_3_the_first_accept_wins_and_the_later_one_is_recorded() -> None:
    alert = run(begin(an_alert(), at(0)), 3)
    alert = accept(alert, BORIS, NINE + timedelta(minutes=4), at(4))
    later = accept(alert, ANNA, NINE + timedelta(minutes=4.5), at(5))
    assert later.accepted_by_staff_id == BORIS
    assert later.steps[0].answered_at == NINE + timedelta(minutes=4.5)
    assert later.next_at == alert.next_at


@pytest.mark.parametrize(("alert_class", "silence_s"), [(RED, 30), (AMBER, 120), (PLAIN, 120)])
def test_rule_7_a_tablet_that_shows_nothing_begins_the_next_step_early(alert_class: AlertClass, silence_s: int) -> None:
    alert = begin(an_alert(alert_class), at(0))
    assert wake(alert, at((silence_s - 1) / 60)) == alert
    alert = wake(alert, at(silence_s / 60))
    assert told(alert)[0] == (1, "assignee", "Anna", "silent")
    assert asked_now(alert) == ["Boris"]
    assert accept(alert, ANNA, NINE, at(1)).accepted_by_staff_id == ANNA, "the first stays open"


def test_rule_7_one_receipt_from_any_tablet_is_enough() -> None:
    alert = begin(an_alert(), at(0))
    alert = received(alert, alert.steps[0].step_id, ReceiptKind.SHOWN, NINE, at(0.2))
    assert alert.next_at == NINE + timedelta(minutes=3)


def test_rule_7_silence_with_nobody_above_lets_the_clock_run_on() -> None:
    ward = WARD.without("buddy", "charge", "on_call")
    alert = wake(begin(an_alert(), at(0, ward)), at(0.5, ward))
    assert alert.next_at == NINE + timedelta(minutes=3)
    assert asked_now(wake(alert, at(3, ward))) == ["Anna"]


@pytest.mark.parametrize(
    "anna",
    [
        nurse(ANNA, reachable=False),
        nurse(ANNA, last_contact_at=None),
        nurse(ANNA, last_contact_at=NINE - timedelta(minutes=15, seconds=1)),
    ],
)
def test_rule_7_who_cannot_be_reached_is_asked_in_parallel_with_the_next(anna: Person) -> None:
    alert = begin(an_alert(), at(0, replace(WARD, owner=anna)))
    assert asked_now(alert) == ["Anna", "Boris"]


def test_rule_7_contact_fifteen_minutes_ago_is_contact() -> None:
    anna = nurse(ANNA, last_contact_at=NINE - timedelta(minutes=15))
    assert asked_now(begin(an_alert(), at(0, replace(WARD, owner=anna)))) == ["Anna"]


def test_rule_9_a_red_at_duty_repeats_to_duty_charge_and_assignee_and_after_three_rounds_outside() -> None:
    alert = begin(an_alert(), at(0))
    assert asked_now(run(alert, 12)) == ["Duc", "Charlotte", "Anna"]
    outside = [row for row in run(alert, 17.99).steps if row.step is Step.OUTSIDE]
    assert outside == [], "duty was asked at 9, 12 and 15"
    outside = [row for row in run(alert, 30).steps if row.step is Step.OUTSIDE]
    assert [row.began_at for row in outside] == [NINE + timedelta(minutes=m) for m in (18, 21, 24, 27, 30)]


def test_rule_9_an_amber_repeats_every_fifteen_minutes_and_never_goes_outside() -> None:
    alert = run(begin(an_alert(AMBER), at(0)), 600)
    assert {row.step for row in alert.steps} == {Step.ASSIGNEE, Step.BUDDY, Step.CHARGE, Step.DUTY}
    begun = sorted({row.began_at for row in alert.steps if row.round > 1})
    assert {later - earlier for earlier, later in pairwise(begun)} == {timedelta(minutes=15)}


def test_rule_9_a_red_that_finds_nobody_goes_outside_at_once_and_never_expires() -> None:
    alert = begin(an_alert(), at(0, EMPTY))
    assert told(alert)[-1] == (2, "outside", "nobody", "asked")
    alert = run(alert, 60, EMPTY)
    assert alert.state is AlertState.OPEN
    outside = [row.began_at for row in alert.steps if row.step is Step.OUTSIDE]
    assert outside == [NINE + timedelta(minutes=3 * n) for n in range(21)]


def test_rule_9_a_plain_stays_at_charge_and_a_new_charge_nurse_is_asked() -> None:
    alert = run(begin(an_alert(PLAIN), at(0)), 60)
    assert asked_now(alert) == ["Charlotte"]
    relieved = replace(WARD, charge=nurse(EUNJI))
    assert asked_now(run(alert, 90, relieved)) == ["Charlotte", "Eunji"]


@pytest.mark.parametrize(
    ("local", "night"),
    [("20:59", False), ("21:00", True), ("23:59", True), ("00:00", True), ("06:59", True), ("07:00", False)],
)
def test_rule_10_night_is_from_nine_in_the_evening_to_seven(local: str, night: bool) -> None:
    assert is_night(default_policy(), time.fromisoformat(local)) is night


def test_rule_10_night_changes_plain_and_never_red() -> None:
    for alert_class, minutes in ((RED, 3), (AMBER, 5), (PLAIN, 30)):
        alert = begin(an_alert(alert_class), at(0, night=True))
        assert alert.clock_until_at == NINE + timedelta(minutes=minutes)
    assert sound(RED, 1, Step.ASSIGNEE, night=True) == sound(RED, 4, Step.DUTY, night=False) == "ring"
    assert sound(AMBER, 1, Step.BUDDY, night=True) == "tone"
    assert sound(PLAIN, 1, Step.ASSIGNEE, night=False) == "vibrate"
    assert sound(PLAIN, 1, Step.ASSIGNEE, night=True) == sound(PLAIN, 1, Step.BUDDY, night=False) == "silent"


def test_rule_12_after_downtime_a_step_resumes_with_its_clock_restarted() -> None:
    alert = run(begin(an_alert(), at(0)), 3)
    alert = wake(alert, at(64))
    assert asked_now(alert) == ["Boris"], "no missed step is replayed"
    assert alert.next_at == NINE + timedelta(minutes=67)
    assert alert.steps[-1].sent_at is None, "it is asked again"
    assert asked_now(run(alert, 67)) == ["Charlotte"]


def test_rule_12_a_sweep_that_is_a_minute_late_is_no_downtime() -> None:
    alert = run(begin(an_alert(), at(0)), 3)
    assert asked_now(wake(alert, at(7))) == ["Charlotte"]


def test_rule_12_an_accepted_alert_gets_its_attend_limit_again() -> None:
    alert = accept(begin(an_alert(), at(0)), ANNA, NINE, at(0))
    alert = wake(alert, at(60))
    assert (alert.state, alert.next_at) == (AlertState.ACCEPTED, NINE + timedelta(minutes=70))
