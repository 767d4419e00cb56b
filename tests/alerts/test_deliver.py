"""The outbox at work: rings, pushes, the outside channel, storms, answers of push services, and deaths between."""

import asyncio
import re
from datetime import timedelta
from itertools import pairwise

import pytest

from backend.alerts.actions import raise_alerts, receive
from backend.alerts.deliver import LEASED_FOR
from backend.alerts.push import Webhook
from backend.alerts.rules.alert import active
from backend.db import unit_of_work
from shared_schemas.alerts import AlertClass, Receipt, ReceiptKind
from tests.alerts.outbox import Outbox
from tests.push_receiver import PushReceiver, WebhookReceiver

RED, AMBER, PLAIN = AlertClass.RED, AlertClass.AMBER, AlertClass.PLAIN


async def test_a_red_rings_the_socket_and_is_pushed_at_once_and_both_are_proven(outbox: Outbox) -> None:
    alert_id = await outbox.shift.raise_one()
    await outbox.run(0)
    [message] = outbox.receiver.wait_for(1)
    assert outbox.rung == [("Anna", "ring")]
    step = (await outbox.shift.alert(alert_id)).steps[0]
    assert step.sent_at == outbox.shift.now
    assert message.notice == {
        "alert_id": alert_id,
        "step_id": step.step_id,
        "staff_id": outbox.shift.cast.anna.staff_id,
        "tag": alert_id,
        "title": "Wardlight",
        "text": "Urgent: a patient needs you now",
        "url": f"/#/alerts/{alert_id}",
        "lang": "en",
    }
    assert message.headers["Topic"] == alert_id.replace("-", "")
    assert message.headers["Urgency"] == "high"


async def test_rule_11_a_storm_of_forty_is_one_notice_for_the_nurse_and_one_sound(outbox: Outbox) -> None:
    shift = outbox.shift
    async with unit_of_work(shift.database, shift.now) as work:
        await raise_alerts(work, [shift.new(PLAIN) for _ in range(40)])
    await outbox.run()
    [message] = outbox.receiver.wait_for(1)
    assert message.notice["text"] == "40 tasks due in the unit"
    assert message.notice["url"] == "/#/alerts"
    await outbox.run()
    assert len(outbox.receiver.messages) == 1
    assert set(await outbox.outcomes()) == {"sent"}
    assert [sound for _, sound in outbox.rung if sound != "silent"] == [], "plain is silent at night"


async def test_rule_11_ten_plain_within_a_minute_are_counted_and_eleven_are_the_unit_s(outbox: Outbox) -> None:
    shift = outbox.shift
    for count, text in ((10, "10 tasks due"), (1, "11 tasks due in the unit")):
        async with unit_of_work(shift.database, shift.now) as work:
            await raise_alerts(work, [shift.new(PLAIN) for _ in range(count)])
        await outbox.run()
        assert outbox.receiver.messages[-1].notice["text"] == text
    first, second = (message.notice for message in outbox.receiver.wait_for(2))
    assert first["tag"] == second["tag"], "one updating notice"


async def test_rule_11_the_shared_notice_is_the_same_one_when_its_oldest_alert_was_answered(outbox: Outbox) -> None:
    shift, anna, boris = outbox.shift, outbox.shift.cast.anna, outbox.shift.cast.boris
    oldest, second = [await shift.raise_one(AMBER) for _ in range(2)]
    red = await shift.raise_one(RED)
    await outbox.run()
    await shift.say(anna, shift.accepts(oldest))
    newest = await shift.raise_one(PLAIN)
    await outbox.run()
    told = [message.notice for message in outbox.receiver.wait_for(3)]
    [red_one] = [notice for notice in told if notice["tag"] == red]
    first, updated = (notice for notice in told if notice is not red_one)
    assert first["tag"] == updated["tag"] not in {oldest, second, newest, anna.staff_id}
    assert (updated["alert_id"], updated["url"]) == (second, "/#/alerts")
    for message in outbox.receiver.messages:
        assert re.fullmatch(r"[\w-]{1,32}", message.headers["Topic"]), "RFC 8030, 5.4"

    await shift.say(anna, shift.accepts(second))
    await shift.say(anna, shift.accepts(newest))
    await shift.raise_one(AMBER)
    await outbox.run()
    last = outbox.receiver.wait_for(4)[-1].notice
    assert (last["tag"], last["url"]) == (first["tag"], f"/#/alerts/{last['alert_id']}"), "one opens itself"

    await outbox.subscribe(boris)
    await shift.raise_one(AMBER, stay_id=await shift.admit(shift.cast.east.beds[3]))
    await outbox.run()
    assert outbox.receiver.wait_for(5)[-1].notice["tag"] not in {first["tag"], boris.staff_id}, "one a nurse"


async def test_rule_11_reds_come_one_by_one_and_at_most_one_sound_in_thirty_seconds(outbox: Outbox) -> None:
    shift = outbox.shift
    for alert_class in (RED, RED, AMBER):
        await shift.raise_one(alert_class)
    heard: list[float] = []
    for second in range(70):
        before = len(outbox.rung)
        await outbox.run(0 if second == 0 else 1)
        heard += [second for _, sound in outbox.rung[before:] if sound != "silent"]
    assert heard[:2] == [0, 30], "the second red is shown at once and rings after the first"
    assert all(later - earlier >= 30 for earlier, later in pairwise(heard))
    silent = [message.notice.get("silent", False) for message in outbox.receiver.messages]
    assert silent.count(False) == len(heard)


async def test_rule_11_a_receipt_of_the_shared_notice_counts_for_all_that_it_told(outbox: Outbox) -> None:
    shift = outbox.shift
    ids = [await shift.raise_one(AMBER) for _ in range(3)]
    await outbox.run()
    [message] = outbox.receiver.wait_for(1)
    receipt = Receipt(
        alert_id=message.notice["alert_id"], step_id=message.notice["step_id"], kind=ReceiptKind.SHOWN, at=shift.now
    )
    async with unit_of_work(shift.database, shift.now) as work:
        await receive(work, [receipt], [shift.cast.anna.staff_id])
    for alert_id in ids:
        assert [row.shown_at for row in active(await shift.alert(alert_id))] == [shift.now]


async def test_what_was_answered_before_it_could_be_sent_is_not_sent(outbox: Outbox) -> None:
    alert_id = await outbox.shift.raise_one(AMBER)
    await outbox.shift.say(outbox.shift.cast.anna, outbox.shift.accepts(alert_id))
    await outbox.run()
    assert (outbox.rung, outbox.receiver.messages) == ([], [])
    assert await outbox.outcomes() == ["answered"]


async def test_a_patient_reassigned_meanwhile_is_the_current_nurse_s(outbox: Outbox) -> None:
    shift = outbox.shift
    await outbox.subscribe(shift.cast.boris)
    await shift.raise_one(PLAIN)
    boris = shift.cast.boris.staff_id
    await shift.database.pool.execute("update stay set owner_staff_id = $1 where stay_id = $2", boris, shift.stay_id)
    await shift.sweep()
    await outbox.run()
    assert {message.path for message in outbox.receiver.wait_for(1)} == {"/Boris"}


async def test_a_worker_that_dies_after_the_claim_costs_a_lease_and_no_alert(outbox: Outbox) -> None:
    await outbox.shift.raise_one()
    outbox.receiver.hold()
    dying = asyncio.create_task(outbox.run(0))
    await asyncio.to_thread(outbox.receiver.wait_for, 1)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    outbox.receiver.release()
    other = await outbox.shift.raise_one()
    await outbox.run(LEASED_FOR.total_seconds() - 1)
    assert [message.notice["alert_id"] for message in outbox.receiver.messages[1:]] == [other], "the lease still runs"
    await outbox.run(1)
    one, _, again = outbox.receiver.wait_for(3)
    assert one.notice == again.notice, "shown once: same tag and Topic"
    assert set(await outbox.outcomes()) >= {"sent"}


async def test_two_workers_send_each_row_once(outbox: Outbox) -> None:
    for _ in range(5):
        await outbox.shift.raise_one()
    await asyncio.gather(*(outbox.run(0) for _ in range(4)))
    assert len({message.notice["alert_id"] for message in outbox.receiver.wait_for(5)}) == 5
    assert len(outbox.receiver.messages) == 5


@pytest.mark.parametrize("status", [404, 410])
async def test_a_dead_subscription_is_deleted_and_the_nurse_counts_as_unreachable(outbox: Outbox, status: int) -> None:
    outbox.receiver.answers.append((status, {}))
    await outbox.shift.raise_one()
    await outbox.run(0)
    assert await outbox.shift.database.pool.fetchval("select count(*) from push_subscription") == 0
    assert await outbox.shift.asked(await outbox.shift.raise_one()) == ["Anna", "Boris"]


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refusal_is_an_alarm_that_a_person_sees_and_deletes_nothing(outbox: Outbox, status: int) -> None:
    outbox.receiver.answers.append((status, {}))
    await outbox.shift.raise_one()
    await outbox.run(0)
    fetch = outbox.shift.database.pool.fetchval
    assert await fetch("select alarm from push_subscription") == f"status {status}"
    assert await outbox.outcomes() == ["refused"]
    await outbox.shift.raise_one()
    await outbox.run(0)
    assert await fetch("select alarm from push_subscription") is None, "a push that went through ends the alarm"


async def test_a_busy_service_is_asked_again_when_it_says(outbox: Outbox) -> None:
    outbox.receiver.answers.append((429, {"Retry-After": "20"}))
    await outbox.shift.raise_one()
    again_at = await outbox.run(0)
    assert again_at == outbox.shift.now + timedelta(seconds=20)
    await outbox.run(19)
    assert len(outbox.receiver.messages) == 1
    await outbox.run(1)
    assert len(outbox.receiver.messages) == 2


async def test_a_hanging_tablet_delays_no_other(outbox: Outbox) -> None:
    shift = outbox.shift
    await outbox.subscribe(shift.cast.boris)
    with PushReceiver(outbox.receiver.public_key) as hanging:
        hanging.hold()
        outbox.push._exempt += (hanging.host,)
        endpoint = hanging.subscribe("Anna")["endpoint"]
        device_id = shift.device_of[shift.cast.anna.staff_id]
        await shift.database.pool.execute(
            "update push_subscription set endpoint = $1 where device_id = $2", endpoint, device_id
        )
        await shift.database.pool.execute("update device set push_works = false where device_id = $1", device_id)
        await shift.raise_one()
        sending = asyncio.create_task(outbox.run(0))
        await asyncio.to_thread(outbox.receiver.wait_for, 1, 2)
        await asyncio.sleep(0.8)
        sent = await shift.database.pool.fetchval(
            "select count(*) from delivery where channel = 'push' and outcome = 'sent'"
        )
        assert sent == 1, "proven while the other hangs"
        await sending


async def test_a_nurse_without_socket_or_subscription_is_proven_unsent(outbox: Outbox) -> None:
    outbox.sockets = False
    await outbox.shift.database.pool.execute("delete from push_subscription")
    alert_id = await outbox.shift.raise_one()
    await outbox.run(0)
    assert (await outbox.shift.alert(alert_id)).steps[0].sent_at is None


async def test_rule_9_the_outside_channel_is_called_with_no_personal_fact(outbox: Outbox) -> None:
    shift = outbox.shift
    with WebhookReceiver() as outside:
        outbox.webhook = Webhook(outside.url)
        alert_id = await shift.raise_one()
        await shift.later(18)
        await outbox.run(0)
        [call] = outside.calls
    assert call["alert_id"] == alert_id
    assert call["text"] == "Red alert unanswered in East. Rounds asked: 4. Please go or send somebody."
    assert set(call) == {"alert_id", "step_id", "alert_class", "unit_id", "began_at", "lang", "text"}
    assert (await shift.alert(alert_id)).outside_sent_at == shift.now


async def test_no_push_text_holds_a_name_or_identifier(outbox: Outbox) -> None:
    for alert_class in AlertClass:
        await outbox.shift.raise_one(alert_class)
    await outbox.run()
    for message in outbox.receiver.wait_for(2):
        for word in ("Test", "Patient", "Anna", outbox.shift.stay_id):
            assert word not in message.notice["text"] + message.notice["title"]
