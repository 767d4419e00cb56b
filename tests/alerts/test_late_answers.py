"""Rules 3 and 8 of docs/escalation.md together: an answer whose limit passed before it arrived."""

from datetime import timedelta

import pytest

from backend.alerts.rules.answers import accept, snooze
from backend.alerts.rules.ladder import begin, wake
from shared_schemas.alerts import AlertAccepted, AlertClass, AlertState, StepEnd
from tests.alerts.cast import ANNA, CHARLOTTE, NINE, WARD, an_alert, asked_now, at
from tests.alerts.shift import Shift
from tests.cast import Person

RED, AMBER, PLAIN = AlertClass.RED, AlertClass.AMBER, AlertClass.PLAIN


def minute(minutes: float) -> timedelta:
    """So many minutes."""
    return timedelta(minutes=minutes)


async def went(shift: Shift, person: Person, alert_id: str, *, ago: float) -> None:
    """Somebody said "I am going" so many minutes ago, without a network; it arrives now."""
    body = AlertAccepted(observed_at=shift.now - minute(ago), alert_id=alert_id)
    await shift.say(person, body, ago=ago)


async def test_i_am_going_that_arrives_after_its_attend_limit_never_mutes_a_red(shift: Shift) -> None:
    alert_id = await shift.raise_one(RED)
    await shift.later(40)
    asked = await shift.asked(alert_id)
    assert asked, "the top rings"

    await went(shift, shift.cast.anna, alert_id, ago=39)
    await shift.sweep()

    alert = await shift.alert(alert_id)
    assert (alert.state, alert.accepted_by_staff_id, alert.attend_by_at) == (AlertState.OPEN, None, None)
    assert set(await shift.asked(alert_id)) == set(asked) - {"Anna"}, "the others stay asked"
    await shift.later(4)
    assert "Anna" in await shift.asked(alert_id), "the repeat of the top asks her again"


async def test_a_late_answer_is_kept_at_the_time_of_the_act(shift: Shift) -> None:
    alert_id = await shift.raise_one(RED)
    await shift.later(40)
    await went(shift, shift.cast.boris, alert_id, ago=36)
    answered = [row.answered_at for row in (await shift.alert(alert_id)).steps if row.answered_at]
    assert answered == [shift.now - minute(36)]


@pytest.mark.parametrize(("alert_class", "limit"), [(RED, 10), (AMBER, 30), (PLAIN, 60)])
def test_it_asks_one_step_above_the_accepter_at_once_where_nobody_else_is_asked(
    alert_class: AlertClass, limit: int
) -> None:
    alert = begin(an_alert(alert_class), at(0))
    alert = accept(alert, ANNA, NINE, at(limit))
    assert (alert.state, asked_now(alert)) == (AlertState.OPEN, ["Boris"])
    assert alert.steps[0].why_ended is StepEnd.ACCEPTED
    assert alert.next_at is not None


@pytest.mark.parametrize(("alert_class", "limit"), [(RED, 10), (AMBER, 30), (PLAIN, 60)])
def test_in_time_by_a_second_it_stops_the_climb_for_that_second(alert_class: AlertClass, limit: int) -> None:
    alert = accept(begin(an_alert(alert_class), at(0)), ANNA, NINE, at(limit - 1 / 60))
    assert (alert.state, alert.attend_by_at) == (AlertState.ACCEPTED, NINE + minute(limit))


def test_it_stays_where_it_climbed_to_and_its_clock_runs_on() -> None:
    alert = begin(an_alert(AMBER), at(0))
    for minutes in (2, 4):
        alert = wake(alert, at(minutes))
    assert asked_now(alert) == ["Charlotte"]
    before = alert.clock_until_at
    alert = accept(alert, ANNA, NINE, at(31))
    assert (asked_now(alert), alert.clock_until_at) == (["Charlotte"], before)


def test_the_last_person_there_is_asked_again() -> None:
    alone = WARD.without("buddy", "charge", "on_call")
    alert = accept(begin(an_alert(), at(0, alone)), ANNA, NINE, at(10, alone))
    assert (alert.state, asked_now(alert)) == (AlertState.OPEN, ["Anna"])


def test_it_does_not_end_a_newer_snooze() -> None:
    put_off, _ = snooze(begin(an_alert(AMBER), at(0)), CHARLOTTE, 10, NINE + minute(31), at(31))
    late = accept(put_off, ANNA, NINE, at(32))
    assert (late.state, late.snoozed_until_at) == (AlertState.SNOOZED, NINE + minute(41))
