"""The rules of docs/escalation.md through the database: entries, sweeps and rows of proof as the server runs them."""

from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from backend.alerts.actions import raise_alerts, resolve_alerts, withdraw_alerts, worsen_alerts
from backend.db import unit_of_work
from shared_schemas.alerts import (
    AlertClass,
    AlertDeclined,
    AlertSnoozed,
    AlertState,
    DeclineReason,
)
from shared_schemas.staff import BreakStarted, Post
from shared_schemas.stays import PatientDischarged
from shared_schemas.wire import HeldReason
from tests.alerts.shift import Shift
from tests.cast import Person, uid

RED, AMBER, PLAIN = AlertClass.RED, AlertClass.AMBER, AlertClass.PLAIN


def declines(shift: Shift, alert_id: str, named: Person | None = None) -> AlertDeclined:
    return AlertDeclined(
        observed_at=shift.now,
        alert_id=alert_id,
        reason=DeclineReason.WITH_A_PATIENT,
        named_staff_id=named.staff_id if named else None,
    )


async def test_rule_1_the_ladder_climbs_from_assignee_to_duty(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    for name in ("Anna", "Boris", "Charlotte", "Duc"):
        assert await shift.asked(alert_id) == [name]
        await shift.later(3)


async def test_rule_1_who_is_on_a_break_when_the_step_begins_is_skipped(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    boris = shift.cast.boris
    await shift.say(boris, BreakStarted(observed_at=shift.now, duty_id=await shift.duty_of(boris)))
    await shift.later(3)
    assert await shift.told(alert_id) == [
        (1, "assignee", "Anna", "timed_out"),
        (1, "buddy", "Boris", "on_break"),
        (1, "charge", "Charlotte", "asked"),
    ]


async def test_rule_2_an_acting_author_has_the_alert_from_the_start(shift: Shift) -> None:
    alert_id = await shift.raise_one(accepted_by_staff_id=shift.cast.anna.staff_id)
    assert (await shift.alert(alert_id)).state is AlertState.ACCEPTED
    await shift.later(10)
    assert await shift.asked(alert_id) == ["Boris"], "no outcome within the attend limit"


async def test_rule_3_accept_stops_the_climb_and_tells_all_others_who(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    await shift.say(shift.cast.anna, shift.accepts(alert_id))
    row = await shift.on_the_tablet(alert_id)
    assert row is not None
    assert (row.state, row.accepted_by_staff_id) == (AlertState.ACCEPTED, shift.cast.anna.staff_id)
    await shift.say(shift.cast.boris, shift.accepts(alert_id))
    assert (await shift.alert(alert_id)).accepted_by_staff_id == shift.cast.anna.staff_id
    await shift.later(9.9)
    assert await shift.asked(alert_id) == []
    await shift.later(0.1)
    assert await shift.asked(alert_id) == ["Boris"]


async def test_rule_3_a_stranger_may_not_answer_and_an_unknown_alert_waits_for_an_answer(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    stranger = await shift.cast.say(shift.cast.wei, shift.accepts(alert_id))
    assert stranger.held is HeldReason.NOT_PERMITTED
    unknown = await shift.cast.say(shift.cast.anna, shift.accepts(uid()))
    assert unknown.held is HeldReason.UNKNOWN_SUBJECT
    assert await shift.asked(alert_id) == ["Anna"]


async def test_rule_4_the_last_person_asked_about_a_red_stays_asked_until_she_names_somebody(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    cast = shift.cast
    for person in (cast.anna, cast.boris, cast.charlotte):
        assert (await shift.say(person, declines(shift, alert_id))).flags == ()
    flagged = await shift.say(cast.duc, declines(shift, alert_id))
    assert flagged.flags == ("last_person_must_name",)
    assert await shift.asked(alert_id) == ["Duc"]
    off_duty = await shift.say(cast.duc, declines(shift, alert_id, named=cast.hana))
    assert off_duty.flags == ("last_person_must_name",), "nobody waits for who went home"
    assert (await shift.asked(alert_id), (await shift.told(alert_id))[-1][2:]) == (["Duc"], ("Hana", "off_duty"))
    await shift.on_duty(cast.hana, Post.ASSISTANT)
    await shift.say(cast.duc, declines(shift, alert_id, named=cast.hana))
    assert await shift.asked(alert_id) == ["Hana"]
    nobody = await cast.say(cast.hana, declines(shift, alert_id, named=Person("Ghost", cast.duc.role)))
    assert nobody.held is HeldReason.INVALID


async def test_rule_5_a_snooze_is_visible_ends_and_is_used_up(shift: Shift) -> None:
    alert_id = await shift.raise_one(AMBER)
    put_off = AlertSnoozed(observed_at=shift.now, alert_id=alert_id, minutes=30)
    assert (await shift.say(shift.cast.anna, put_off)).flags == ()
    row = await shift.on_the_tablet(alert_id)
    assert row is not None
    assert (row.state, row.snoozed_until_at) == (AlertState.SNOOZED, shift.now + timedelta(minutes=10))
    await shift.later(10)
    assert await shift.asked(alert_id) == ["Anna"]
    assert (await shift.say(shift.cast.anna, put_off)).flags == ("snooze_not_allowed",)


async def test_rule_5_the_database_itself_refuses_a_snoozed_red(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    with pytest.raises(asyncpg.CheckViolationError):
        await shift.database.pool.execute("update alert set state = 'snoozed' where alert_id = $1", alert_id)


async def test_rule_6_an_outcome_resolves_and_a_cause_that_is_gone_withdraws(shift: Shift) -> None:
    for end, state in ((resolve_alerts, AlertState.RESOLVED), (withdraw_alerts, AlertState.WITHDRAWN)):
        new = shift.new()
        async with unit_of_work(shift.database, shift.now) as work:
            [alert_id] = await raise_alerts(work, [new])
        async with unit_of_work(shift.database, shift.now) as work:
            await end(work, [(new.cause, new.cause_id)], "done")
        await shift.later(30)
        row = await shift.on_the_tablet(alert_id)
        assert row is not None
        assert (row.state, row.ended_why, row.next_at) == (state, "done", None)
        assert await shift.asked(alert_id) == []


async def test_rule_6_departure_withdraws(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    body = PatientDischarged(observed_at=shift.now, stay_id=shift.stay_id)
    await shift.say(shift.cast.charlotte, body)
    await shift.later(0.1)
    alert = await shift.alert(alert_id)
    assert (alert.state, alert.ended_why) == (AlertState.WITHDRAWN, "departed")


async def test_rule_6_a_worse_band_restarts_at_step_1_with_the_accepter_first(shift: Shift) -> None:
    new = shift.new(AMBER)
    async with unit_of_work(shift.database, shift.now) as work:
        [alert_id] = await raise_alerts(work, [new])
    await shift.say(shift.cast.boris, shift.accepts(alert_id))
    async with unit_of_work(shift.database, shift.now) as work:
        worse = replace(new, alert_class=RED, text_key="alert.response_high", text_params={"score": 8})
        other = replace(worse, cause_id=uid())
        assert await worsen_alerts(work, [worse, other]) == {(worse.cause, worse.cause_id)}
    assert (await shift.alert(alert_id)).alert_class is RED
    assert await shift.asked(alert_id) == ["Boris"]
    await shift.later(3)
    assert await shift.asked(alert_id) == ["Anna"]
    rows = (await shift.alert(alert_id)).steps
    assert len({(row.round, row.step) for row in rows}) == len(rows), "a second assignee opens a round (rule 15)"
    await shift.later(3)
    assert await shift.asked(alert_id) == ["Charlotte"], "who was asked in this climb is not asked again (rule 1)"
