"""The board's "Send to…": who leads the unit asks a person now, and nobody falls silent by it."""

import pytest

from backend.alerts.rules.answers import accept, snooze
from backend.alerts.rules.ladder import begin, wake
from backend.alerts.rules.sent import sent
from backend.staff.rules import Person
from shared_schemas.alerts import AlertClass, AlertSent, AlertState, Step
from shared_schemas.flags import Flag, HeldDetail
from tests.alerts.cast import ANNA, BORIS, CHARLOTTE, EUNJI, NINE, an_alert, asked_now, at, nurse, told
from tests.alerts.shift import Shift

RED, AMBER, PLAIN = AlertClass.RED, AlertClass.AMBER, AlertClass.PLAIN


@pytest.mark.parametrize("alert_class", AlertClass)
def test_she_is_asked_beside_whoever_is_asked_and_the_climb_keeps_its_clock(alert_class: AlertClass) -> None:
    before = begin(an_alert(alert_class), at(0))
    after, flag = sent(before, CHARLOTTE, nurse(EUNJI), at(1))
    assert (flag, asked_now(after)) == (None, ["Anna", "Eunji"])
    assert (after.step, after.clock_until_at, after.climb_from_round) == (Step.ASSIGNEE, before.clock_until_at, 1)
    assert after.steps[-1].sent_by_staff_id == CHARLOTTE


def test_the_climb_goes_on_when_neither_shows_it() -> None:
    after, _ = sent(begin(an_alert(AMBER), at(0)), CHARLOTTE, nurse(EUNJI), at(1))
    assert "Boris" in asked_now(wake(after, at(3)))


def test_somebody_whose_turn_is_over_is_asked_again_in_a_row_of_her_own() -> None:
    climbed = wake(begin(an_alert(AMBER), at(0)), at(2))
    assert asked_now(climbed) == ["Boris"]
    after, flag = sent(climbed, CHARLOTTE, nurse(ANNA), at(3))
    assert (flag, sorted(asked_now(after))) == (None, ["Anna", "Boris"])
    rows = [(row.round, row.step) for row in after.steps]
    assert len(rows) == len(set(rows)), "one row per (round, step)"


def test_who_is_asked_already_is_not_asked_twice() -> None:
    before = begin(an_alert(), at(0))
    after, flag = sent(before, CHARLOTTE, nurse(ANNA), at(1))
    assert (flag, after.steps) == (None, before.steps)


@pytest.mark.parametrize(
    ("to", "why"), [(nurse(EUNJI, on_duty=False), "off_duty"), (nurse(EUNJI, on_break=True), "on_break")]
)
def test_who_is_not_there_is_recorded_and_the_sender_is_told(to: Person, why: str) -> None:
    after, flag = sent(begin(an_alert(), at(0)), CHARLOTTE, to, at(1))
    assert flag is Flag.RECEIVER_AWAY
    assert asked_now(after) == ["Anna"]
    assert told(after)[-1][2:] == ("Eunji", why)


def test_what_was_put_off_asks_again() -> None:
    put_off, _ = snooze(begin(an_alert(PLAIN), at(0)), ANNA, 30, NINE, at(1))
    after, flag = sent(put_off, CHARLOTTE, nurse(EUNJI), at(2))
    assert (flag, after.state, asked_now(after)) == (None, AlertState.OPEN, ["Eunji"])
    assert after.next_at is not None


def test_when_somebody_is_going_nobody_new_is_asked() -> None:
    going = accept(begin(an_alert(), at(0)), BORIS, NINE, at(1))
    after, flag = sent(going, CHARLOTTE, nurse(EUNJI), at(2))
    assert (flag, after) == (Flag.ALREADY_RESOLVED, going)


async def test_the_charge_nurse_sends_it_and_the_proof_says_so(shift: Shift) -> None:
    cast = shift.cast
    alert_id = await shift.raise_one()
    await shift.say(
        cast.charlotte, AlertSent(observed_at=shift.now, alert_id=alert_id, to_staff_id=cast.boris.staff_id)
    )
    assert await shift.asked(alert_id) == ["Anna", "Boris"]
    row = await shift.on_the_tablet(alert_id)
    assert row is not None
    assert row.steps[-1].sent_by_staff_id == cast.charlotte.staff_id
    sounded = await shift.database.pool.fetchval(
        "select count(*) from delivery where staff_id = $1", cast.boris.staff_id
    )
    assert sounded, "her tablet is told"


async def test_who_leads_another_unit_sends_nothing(shift: Shift) -> None:
    cast = shift.cast
    alert_id = await shift.raise_one()
    cast.wei.role = cast.charlotte.role
    body = AlertSent(observed_at=shift.now, alert_id=alert_id, to_staff_id=cast.boris.staff_id)
    outcome = await cast.say(cast.wei, body)
    assert outcome.detail is HeldDetail.ALERT_OF_OTHERS
    assert await shift.asked(alert_id) == ["Anna"]
