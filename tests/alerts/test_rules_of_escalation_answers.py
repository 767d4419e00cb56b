"""Rules 4, 5, 6, 8, 13, 14 and 16 of docs/escalation.md, at their edges, without a database."""

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest

from backend.alerts.rules.alert import Alert
from backend.alerts.rules.answers import MUST_NAME, NO_SNOOZE, SNOOZE_OVER, accept, decline, received, snooze
from backend.alerts.rules.episodes import Standing, alerts_again
from backend.alerts.rules.ladder import begin, wake
from backend.alerts.rules.people import Moment
from backend.alerts.rules.turns import end, handed_over, left, moved, worsen
from shared_schemas.alerts import AlertClass, AlertState, DeclineReason, ReceiptKind
from shared_schemas.vitals import Band, Parameter
from tests.alerts.cast import (
    ANNA,
    BORIS,
    CHARLOTTE,
    DUC,
    EUNJI,
    NINE,
    OTHER_UNIT,
    WARD,
    Ward,
    an_alert,
    asked_now,
    at,
    nurse,
    told,
)

RED, AMBER, PLAIN = AlertClass.RED, AlertClass.AMBER, AlertClass.PLAIN
BUSY = DeclineReason.WITH_A_PATIENT


def minute(minutes: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=minutes)


def says_no(alert: Alert, who: str, moment: Moment, named: str | None = None) -> tuple[Alert, str | None]:
    """Somebody declines at this moment, and may name somebody who is on duty."""
    return decline(alert, who, BUSY, nurse(named) if named else None, moment.now, moment)


def test_rule_4_declining_moves_on_at_once() -> None:
    alert, flag = says_no(begin(an_alert(), at(0)), ANNA, at(1))
    assert flag is None
    assert told(alert) == [(1, "assignee", "Anna", "declined"), (1, "buddy", "Boris", "asked")]
    assert alert.next_at == NINE + minute(1.5), "the buddy's own clock and silence"


def test_rule_4_who_declined_is_not_asked_again_while_somebody_else_is_there() -> None:
    alert, _ = says_no(begin(an_alert(), at(0)), ANNA, at(1))
    while alert.top_rounds < 3:
        assert alert.next_at is not None
        alert = wake(alert, at((alert.next_at - NINE).total_seconds() / 60))
    assert asked_now(alert) == ["Duc", "Charlotte"]
    assert (alert.round, "assignee", "Anna", "declined_before") in told(alert)


def test_rule_4_the_last_person_asked_about_a_red_can_only_accept_or_name() -> None:
    ward = WARD.without("on_call")
    alert = begin(an_alert(), at(0, ward))
    for minutes, who in ((1, ANNA), (2, BORIS)):
        alert, flag = says_no(alert, who, at(minutes, ward))
        assert flag is None
    refused, flag = says_no(alert, CHARLOTTE, at(3, ward))
    assert flag == MUST_NAME
    assert refused == alert, "she stays asked"
    named, flag = says_no(alert, CHARLOTTE, at(3, ward), named=EUNJI)
    assert flag is None
    assert asked_now(named) == ["Eunji"]
    assert named.steps[-2].named_staff_id == EUNJI
    assert accept(alert, CHARLOTTE, NINE, at(3, ward)).state is AlertState.ACCEPTED


def test_rule_4_naming_herself_is_naming_nobody() -> None:
    ward = WARD.without("buddy", "charge", "on_call")
    assert says_no(begin(an_alert(), at(0, ward)), ANNA, at(1, ward), named=ANNA)[1] == MUST_NAME


def test_rule_4_the_last_person_asked_about_an_amber_may_decline_and_is_asked_at_the_repeat() -> None:
    ward = WARD.without("buddy", "charge", "on_call")
    alert, flag = says_no(begin(an_alert(AMBER), at(0, ward)), ANNA, at(1, ward))
    assert (flag, asked_now(alert)) == (None, [])
    assert asked_now(wake(alert, at(15.99, ward))) == []
    assert asked_now(wake(alert, at(16, ward))) == ["Anna"]


def test_rule_4_an_accepter_who_gives_up_passes_it_one_step_up_at_once() -> None:
    alert = accept(begin(an_alert(), at(0)), ANNA, NINE, at(0))
    alert, _ = says_no(alert, ANNA, at(2))
    assert (alert.state, asked_now(alert)) == (AlertState.OPEN, ["Boris"])


@pytest.mark.parametrize(("alert_class", "times", "longest"), [(RED, 0, 0), (AMBER, 1, 10), (PLAIN, 2, 30)])
def test_rule_5_red_never_amber_once_plain_twice(alert_class: AlertClass, times: int, longest: int) -> None:
    alert, now = begin(an_alert(alert_class), at(0)), 1.0
    for _ in range(times):
        alert, flag = snooze(alert, ANNA, 30, NINE + minute(now), at(now))
        assert (flag, alert.state) == (None, AlertState.SNOOZED)
        assert alert.snoozed_until_at == NINE + minute(now + longest)
        assert wake(alert, at(now + longest - 0.01)) == alert
        now += longest
        alert = wake(alert, at(now))
        assert (alert.state, asked_now(alert)) == (AlertState.OPEN, ["Anna"])
    assert snooze(alert, ANNA, 5, NINE + minute(now), at(now)) == (alert, NO_SNOOZE)


def test_rule_5_a_snooze_never_passes_the_next_due() -> None:
    alert = begin(msgspec.structs.replace(an_alert(PLAIN), next_due_at=NINE + minute(12)), at(0))
    alert, _ = snooze(alert, ANNA, 30, NINE + minute(1), at(1))
    assert alert.snoozed_until_at == NINE + minute(12)


def test_rule_6_sent_shown_and_opened_never_stop_it() -> None:
    alert = begin(an_alert(), at(0))
    for kind in (ReceiptKind.SHOWN, ReceiptKind.OPENED):
        alert = received(alert, alert.steps[0].step_id, kind, NINE + minute(1), at(1))
    assert alert.steps[0].shown_at == alert.steps[0].opened_at == NINE + minute(1)
    assert asked_now(wake(alert, at(3))) == ["Boris"]


@pytest.mark.parametrize("state", [AlertState.RESOLVED, AlertState.WITHDRAWN])
def test_rule_6_resolved_and_withdrawn_are_final(state: AlertState) -> None:
    over = end(begin(an_alert(), at(0)), state, "done", NINE + minute(2))
    assert (over.state, over.next_at, asked_now(over)) == (state, None, [])
    assert wake(over, at(600)) == over
    assert accept(over, ANNA, NINE, at(5)).state is state
    assert says_no(over, BORIS, at(5))[0].state is state
    assert snooze(over, ANNA, 5, NINE, at(5)) == (over, NO_SNOOZE)
    assert end(over, AlertState.WITHDRAWN, "again", NINE) == over
    assert moved(over, OTHER_UNIT, None, at(5)) == over


def test_rule_6_a_worse_band_raises_the_class_and_asks_the_accepter_first() -> None:
    alert = begin(an_alert(AMBER), at(0))
    alert = accept(wake(alert, at(2)), BORIS, NINE + minute(3), at(3))
    alert = worsen(alert, RED, "alert.response_high", {"score": 8}, at(5))
    assert (alert.alert_class, alert.state, alert.accepted_by_staff_id) == (RED, AlertState.OPEN, None)
    assert asked_now(alert) == ["Boris"]
    alert = wake(alert, at(5.5))
    assert asked_now(alert) == ["Anna"], "then step 1"


def test_rule_6_the_class_never_falls_and_an_accepter_on_a_break_is_passed_over() -> None:
    alert = accept(begin(an_alert(), at(0)), ANNA, NINE, at(0))
    resting = replace(WARD, owner=nurse(ANNA, on_break=True))
    alert = worsen(alert, AMBER, "alert.response_medium", {}, at(1, resting))
    assert (alert.alert_class, asked_now(alert)) == (RED, ["Boris"])


def test_rule_8_an_answer_counts_from_the_act_and_steps_taken_remain() -> None:
    alert = begin(an_alert(), at(0))
    for minutes in (3, 6):
        alert = wake(alert, at(minutes))
    taken = [row[:3] for row in told(alert)]
    alert = accept(alert, ANNA, NINE + minute(2), at(7))
    assert alert.attend_by_at == NINE + minute(12)
    assert [row[:3] for row in told(alert)] == taken


def test_rule_8_a_snooze_that_was_over_on_arrival_changes_nothing() -> None:
    alert = begin(an_alert(PLAIN), at(0))
    assert snooze(alert, ANNA, 10, NINE, at(10)) == (alert, SNOOZE_OVER)


def given(receiver: str) -> Ward:
    """The ward after the receiver took the patient."""
    return replace(WARD, owner=nurse(receiver))


def test_rule_13_red_keeps_its_clock_and_the_receiver_is_asked_too() -> None:
    alert = begin(an_alert(), at(0))
    after = handed_over(alert, EUNJI, at(2, given(EUNJI)))
    assert asked_now(after) == ["Anna", "Eunji"]
    assert after.clock_until_at == alert.clock_until_at


def test_rule_13_snoozes_end_and_plain_restarts() -> None:
    plain = begin(an_alert(PLAIN), at(0))
    put_off, _ = snooze(plain, ANNA, 30, NINE + minute(1), at(1))
    for before in (put_off, plain):
        after = handed_over(before, EUNJI, at(2, given(EUNJI)))
        assert (after.state, asked_now(after)) == (AlertState.OPEN, ["Eunji"])
        assert after.clock_until_at == NINE + minute(17)


@pytest.mark.parametrize("accepted", [False, True])
def test_rule_13_leaving_with_an_open_red_asks_the_receiver_or_charge_at_once(accepted: bool) -> None:
    gone = replace(WARD, owner=nurse(ANNA, on_duty=False))
    alert = begin(an_alert(), at(0))
    alert = accept(alert, ANNA, NINE, at(0)) if accepted else alert
    assert asked_now(left(alert, ANNA, None, at(1, gone))) == ["Charlotte"]
    assert asked_now(left(alert, ANNA, EUNJI, at(1, gone))) == ["Eunji"]


def test_rule_13_leaving_without_an_open_red_changes_nothing() -> None:
    for alert in (begin(an_alert(AMBER), at(0)), begin(an_alert(), at(0, WARD.without("owner")))):
        assert left(alert, ANNA, None, at(1)) == alert


def test_rule_14_the_new_unit_is_asked_from_actual_arrival() -> None:
    alert = wake(begin(an_alert(), at(0)), at(0.5))
    there = Ward(owner=nurse(EUNJI), buddy=None, charge=None, on_call=nurse(DUC))
    alert = moved(alert, OTHER_UNIT, EUNJI, at(2, there))
    assert (alert.unit_id, asked_now(alert)) == (OTHER_UNIT, ["Eunji"])
    assert [why for *_, why in told(alert)] == ["silent", "handed_over", "asked"]


BEFORE = Standing(Band.MEDIUM, 5, frozenset())


@pytest.mark.parametrize(
    ("after", "again"),
    [
        (Standing(Band.MEDIUM, 5, frozenset()), False),
        (Standing(Band.MEDIUM, 6, frozenset()), False),
        (Standing(Band.HIGH, 7, frozenset()), True),
        (Standing(Band.LOW, 3, frozenset()), False),
        (Standing(Band.MEDIUM, 5, frozenset({Parameter.PULSE})), True),
    ],
)
def test_rule_16_an_episode_alerts_again_only_on_a_higher_band_a_new_three_or_two_more(
    after: Standing, again: bool
) -> None:
    assert alerts_again(BEFORE, after) is again


def test_rule_16_within_one_band_two_more_alert_again_and_a_known_three_does_not() -> None:
    seven = Standing(Band.HIGH, 7, frozenset({Parameter.PULSE}))
    assert not alerts_again(seven, Standing(Band.HIGH, 8, frozenset({Parameter.PULSE})))
    assert alerts_again(seven, Standing(Band.HIGH, 9, frozenset({Parameter.PULSE})))
