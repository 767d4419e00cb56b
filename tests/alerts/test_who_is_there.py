"""Rules 1, 6, 13 and 15 of docs/escalation.md together: a restart or a handover asks nobody who is not there."""

from dataclasses import replace

import pytest

from backend.alerts.rules.answers import accept
from backend.alerts.rules.ladder import begin, wake
from backend.alerts.rules.turns import handed_over, left, worsen
from backend.staff.rules import Person
from shared_schemas.alerts import AlertClass, AlertState, StepEnd
from shared_schemas.staff import DutyEnded, HandoverAccepted, HandoverOffered
from tests.alerts.cast import ANNA, BORIS, CHARLOTTE, DUC, EUNJI, NINE, WARD, an_alert, asked_now, at, nurse, told
from tests.alerts.shift import Shift

RED, AMBER = AlertClass.RED, AlertClass.AMBER
AWAY = [(nurse(EUNJI, on_duty=False), "off_duty"), (nurse(EUNJI, on_break=True), "on_break")]


@pytest.mark.parametrize("alert_class", [RED, AMBER])
@pytest.mark.parametrize(("eunji", "reason"), AWAY)
def test_rule_13_a_receiver_who_is_not_there_is_recorded_and_the_clock_runs_on(
    alert_class: AlertClass, eunji: Person, reason: str
) -> None:
    alert = begin(an_alert(alert_class), at(0))
    ward = replace(WARD, owner=eunji)
    after = handed_over(alert, EUNJI, at(0.25, ward))
    assert (after.owner_staff_id, asked_now(after)) == (EUNJI, ["Anna"])
    assert told(after)[-1] == (2, "assignee", "Eunji", reason)
    assert after.next_at == alert.next_at
    assert asked_now(wake(after, at(2 if alert_class is AMBER else 0.5, ward))) == ["Boris"]


@pytest.mark.parametrize("accepted", [False, True])
def test_rule_13_leaving_for_a_receiver_who_is_not_there_asks_charge_at_once(accepted: bool) -> None:
    gone = replace(WARD, owner=nurse(ANNA, on_duty=False), there=frozenset())
    alert = begin(an_alert(), at(0))
    alert = accept(alert, ANNA, NINE, at(0)) if accepted else alert
    assert asked_now(left(alert, ANNA, EUNJI, at(1, gone))) == ["Charlotte"]


async def test_rule_13_leaving_for_a_colleague_who_never_came_asks_charge_at_once(shift: Shift) -> None:
    alert_id, anna = await shift.raise_one(), shift.cast.anna
    duty_id = await shift.duty_of(anna)
    await shift.say(anna, DutyEnded(observed_at=shift.now, duty_id=duty_id, receiver_staff_id=shift.cast.hana.staff_id))
    await shift.sweep()
    assert await shift.asked(alert_id) == ["Charlotte"]


async def test_rule_13_who_accepts_a_patient_before_she_is_on_duty_is_not_asked_yet(shift: Shift) -> None:
    alert_id, cast = await shift.raise_one(), shift.cast
    offer = HandoverOffered(observed_at=shift.now, stay_ids=[shift.stay_id], to_staff_id=cast.hana.staff_id)
    await shift.say(cast.anna, offer)
    await shift.say(cast.hana, HandoverAccepted(observed_at=shift.now, stay_id=shift.stay_id))
    assert await shift.asked(alert_id) == ["Anna"]
    assert (await shift.told(alert_id))[-1][2:] == ("Hana", "off_duty")


def test_rule_6_an_accepter_beside_the_ladder_is_asked_first_only_while_she_is_there() -> None:
    alert = accept(begin(an_alert(AMBER), at(0)), EUNJI, NINE, at(1))
    assert asked_now(worsen(alert, RED, "alert.response_high", {}, at(2))) == ["Eunji"]
    gone = replace(WARD, there=frozenset())
    assert asked_now(worsen(alert, RED, "alert.response_high", {}, at(2, gone))) == ["Anna"]


def test_rule_15_who_acts_on_a_worse_set_has_a_row_of_proof() -> None:
    alert = worsen(begin(an_alert(AMBER), at(0)), RED, "alert.response_high", {}, at(2), ANNA)
    assert (alert.state, alert.accepted_by_staff_id) == (AlertState.ACCEPTED, ANNA)
    assert told(alert) == [(1, "assignee", "Anna", "raised"), (2, "assignee", "Anna", "accepted")]
    assert alert.steps[-1].answered_at == at(2).now
    assert asked_now(wake(alert, at(12))) == ["Boris"], "the attend limit reopens it one step above her"


def test_rule_15_who_was_skipped_at_the_last_step_and_goes_all_the_same_has_her_row_of_proof() -> None:
    away = [nurse(each, on_break=True) for each in (ANNA, BORIS, CHARLOTTE, DUC)]
    ward = replace(WARD, owner=away[0], buddy=away[1], charge=away[2], on_call=away[3])
    alert = begin(an_alert(AlertClass.PLAIN), at(0, ward))
    who = alert.steps[-1].staff_id
    assert who is not None
    alert = accept(alert, who, NINE, at(1, ward))
    assert (alert.state, alert.accepted_by_staff_id) == (AlertState.ACCEPTED, who)
    assert [row.why_ended for row in alert.steps if row.staff_id == who] == [StepEnd.ON_BREAK, StepEnd.ACCEPTED]
