"""An SOS is a red alert about a nurse: the coordinator is asked at once, then on call, until somebody has spoken with her."""

import asyncio
from datetime import timedelta
from typing import Any

from backend.alerts.actions import end_alert_of_sos
from backend.db import unit_of_work
from backend.slice import Outcome
from shared_schemas.alerts import AlertAccepted, AlertCause, AlertClass, AlertState, Step
from shared_schemas.flags import Flag
from shared_schemas.staff import DutyEnded
from shared_schemas.stays import PatientDischarged
from shared_schemas.visits import Position, SosEnded, SosOutcome, SosRaised
from shared_schemas.wire import HeldReason, Verdict
from tests.cast import uid
from tests.visits.team import Team

HERE = Position(latitude_e7=515_007_123, longitude_e7=-1_246_000, accuracy_m=12)


def sos(team: Team, **more: Any) -> SosRaised:
    return SosRaised(observed_at=team.now, unit_id=team.home.unit_id, **more)


async def known_press(team: Team) -> str | None:
    """Her latest press, as a coordinator's tablet shows it."""
    return next((str(alert.text_params["press"]) for alert in await team.alerts() if not alert.ended_at), None)


async def over(team: Team, outcome: SosOutcome = SosOutcome.SAFE, **more: Any) -> SosEnded:
    body: dict[str, Any] = {
        "press": await known_press(team),
        "observed_at": team.now,
        "unit_id": team.home.unit_id,
        "staff_id": team.noor.staff_id,
        "outcome": outcome,
    }
    return SosEnded(**(body | more))


async def test_an_sos_asks_the_coordinator_at_once_and_then_on_call(team: Team) -> None:
    _, visit_id = await team.planned(team.noor)

    assert (await team.say(team.noor, sos(team, visit_id=visit_id, position=HERE))).flags == ()

    [alert] = await team.alerts()
    assert (alert.alert_class, alert.cause, alert.stay_id) == (AlertClass.RED, AlertCause.SOS, None)
    assert (alert.raised_by_staff_id, alert.visit_id, alert.step) == (team.noor.staff_id, visit_id, Step.CHARGE)
    assert alert.text_key == "alert.sos.at"
    assert (alert.text_params["position"], alert.text_params["accuracy_m"]) == ("51.50071, -0.12460", 12)
    assert await team.asked(alert.alert_id) == ["Paula"]
    await team.until(3)
    assert await team.asked(alert.alert_id) == ["Paula", "Quinn"]


async def test_an_sos_needs_no_position_and_no_visit(team: Team) -> None:
    await team.say(team.noor, sos(team))

    [alert] = await team.alerts()
    assert (alert.text_key, alert.visit_id) == ("alert.sos.raised", None)


async def test_the_notice_of_an_sos_names_nobody(team: Team) -> None:
    tablet = await team.away(team.paula)
    async with tablet.live() as socket:
        await socket.next("upto")
        await team.say(team.noor, sos(team, position=HERE))
        await team.server.advance(team.now)
        ring = await socket.next("ring")
    [alert] = await team.alerts()

    assert ring == {**ring, "alert_id": alert.alert_id, "staff_id": team.paula.staff_id, "sound": "ring"}
    assert set(ring) == {"frame", "alert_id", "step_id", "staff_id", "sound"}


async def test_pressed_again_it_asks_anew_and_is_no_second_alert(team: Team) -> None:
    await team.say(team.noor, sos(team))
    [alert] = await team.alerts()
    await team.say(team.paula, AlertAccepted(observed_at=team.now, alert_id=alert.alert_id))

    await team.say(team.noor, sos(team, position=HERE))

    [alert] = await team.alerts()
    assert (alert.state, alert.text_key) == (AlertState.OPEN, "alert.sos.at")
    assert await team.asked(alert.alert_id) == ["Paula", "Paula"]


async def test_who_raised_it_is_never_asked_about_herself(team: Team) -> None:
    await team.say(team.paula, sos(team))
    [alert] = await team.alerts()
    assert await team.asked(alert.alert_id) == ["Quinn"]

    await team.until(20)

    assert "Paula" not in await team.asked(alert.alert_id)


async def test_she_can_not_end_it_herself_and_somebody_else_can(team: Team) -> None:
    await team.say(team.noor, sos(team))

    assert (await team.say(team.noor, await over(team))).flags == (Flag.SOS_GOES_ON,)
    [alert] = await team.alerts()
    assert alert.state is AlertState.OPEN
    assert (await team.say(team.paula, await over(team, SosOutcome.HELPED))).flags == ()
    [alert] = await team.alerts()
    assert (alert.state, alert.ended_why) == (AlertState.RESOLVED, "sos_helped")
    assert (await team.say(team.omar, await over(team))).flags == (Flag.ALREADY_RESOLVED,)


async def test_after_an_ended_one_a_new_sos_is_a_new_alert_linked_to_it(team: Team) -> None:
    await team.say(team.noor, sos(team))
    await team.say(team.paula, await over(team))
    [first] = await team.alerts()

    await team.say(team.noor, sos(team))

    [second] = [alert for alert in await team.alerts() if alert.state is AlertState.OPEN]
    assert second.follows_alert_id == first.alert_id


async def test_pressed_again_while_it_is_being_ended_it_is_a_new_alert_and_the_ended_one_stays_ended(
    team: Team,
) -> None:
    """The end has the lock of the alert; the press, which had seen it running, waits for that."""
    await team.say(team.noor, sos(team))
    [first] = await team.alerts()
    known = await known_press(team)
    is_being_ended = asyncio.Event()

    async def pressed_again() -> Outcome:
        await is_being_ended.wait()
        return await team.say(team.noor, sos(team))

    press = asyncio.create_task(pressed_again())
    async with unit_of_work(team.database, team.now) as work:
        assert await end_alert_of_sos(work, team.noor.staff_id, "sos_safe", known)
        is_being_ended.set()
        await one_waits_for_a_lock(team)
    assert (await press).flags == ()

    alerts = {alert.alert_id: alert for alert in await team.alerts()}
    assert (alerts.pop(first.alert_id).state, len(alerts)) == (AlertState.RESOLVED, 1)
    [second] = alerts.values()
    assert (second.state, second.follows_alert_id) == (AlertState.OPEN, first.alert_id)
    assert await team.asked(second.alert_id) == ["Paula"]


async def one_waits_for_a_lock(team: Team) -> None:
    """Until another transaction of this database waits."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with asyncio.timeout(5):
        while not await team.database.pool.fetchval(waiting):
            await asyncio.sleep(0.01)


async def test_what_was_said_of_her_before_she_pressed_again_ends_nothing_whichever_arrives_first(team: Team) -> None:
    await team.say(team.noor, sos(team))
    spoken = await over(team)
    tablet = await team.away(team.noor)
    tablet.save(team.noor.staff_id, sos(team))
    await team.until(2)
    await team.say(team.noor, sos(team, position=HERE))
    await tablet.push()

    assert (await team.say(team.paula, spoken)).flags == (Flag.SOS_GOES_ON,)

    [alert] = await team.alerts()
    assert (alert.state, alert.text_key) == (AlertState.OPEN, "alert.sos.at")
    assert (await team.say(team.paula, await over(team))).flags == ()


async def test_a_second_press_with_a_slow_clock_is_not_ended_by_what_was_said_after_the_first(team: Team) -> None:
    """By the clocks she pressed before anybody spoke with her; the coordinator did not know of it."""
    await team.say(team.noor, sos(team))
    slow = team.now - timedelta(minutes=4)
    await team.until(1)
    spoken = await over(team)
    await team.say(team.noor, SosRaised(observed_at=slow, unit_id=team.home.unit_id))

    assert (await team.say(team.paula, spoken)).flags == (Flag.SOS_GOES_ON,)
    [alert] = await team.alerts()
    assert alert.state is AlertState.OPEN
    assert (await team.say(team.paula, await over(team))).flags == ()


async def test_the_end_of_an_earlier_sos_ends_no_later_one(team: Team) -> None:
    await team.say(team.noor, sos(team))
    spoken = await over(team)
    await team.say(team.paula, spoken)
    await team.say(team.noor, sos(team))

    assert (await team.say(team.quinn, spoken)).flags == (Flag.SOS_GOES_ON,)


async def test_the_departure_of_a_patient_ends_no_sos(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor)
    await team.say(team.noor, sos(team, visit_id=visit_id))

    await team.say(team.noor, PatientDischarged(observed_at=team.now, stay_id=stay_id))
    await team.until(30)

    [alert] = await team.alerts()
    assert alert.state is AlertState.OPEN
    tablet = await team.away(team.paula)
    assert [row.alert_id for row in tablet.rows("alert")] == [alert.alert_id]


async def test_an_sos_held_by_somebody_who_goes_home_asks_the_next(team: Team) -> None:
    await team.say(team.noor, sos(team))
    [alert] = await team.alerts()
    await team.say(team.paula, AlertAccepted(observed_at=team.now, alert_id=alert.alert_id))
    [duty] = [row for row in await team.rows(team.home, "duty") if row.staff_id == team.paula.staff_id]

    await team.say(team.paula, DutyEnded(observed_at=team.now, duty_id=duty.duty_id))
    await team.until(1)

    assert await team.asked(alert.alert_id) == ["Paula", "Quinn"]


async def test_an_sos_saved_without_a_network_is_red_when_it_arrives_and_says_when_it_was(team: Team) -> None:
    tablet = await team.away(team.noor)
    tablet.save(team.noor.staff_id, sos(team))
    pressed_at = team.now
    await team.until(40)

    await tablet.push()
    await tablet.push()

    [alert] = await team.alerts()
    assert (alert.began_at, alert.text_params["observed_at"]) == (team.now, pressed_at.isoformat())


async def test_an_sos_is_never_held_for_scope_and_one_of_no_unit_waits(team: Team) -> None:
    tablet = await team.tablet_of(team.wei)

    far = await tablet.say(team.wei.staff_id, sos(team))
    nowhere = await tablet.say(team.wei.staff_id, SosRaised(observed_at=team.now, unit_id=uid()))

    assert (far.verdict, far.flags) == (Verdict.FLAGGED, [Flag.OUT_OF_SCOPE])
    assert (nowhere.verdict, nowhere.reason) == (Verdict.HELD, HeldReason.UNKNOWN_SUBJECT)
    [alert] = await team.alerts()
    assert alert.raised_by_staff_id == team.wei.staff_id
