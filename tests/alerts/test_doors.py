"""Alerts through the tablet's doors: answers as entries, receipts, the push key, the subscription and its test."""

import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import httpx
import msgspec
import pytest

from backend.app import Ward as Server
from backend.clock import SteppedClock
from backend.settings import Settings
from shared_schemas.alerts import AlertAccepted, AlertRow, AlertState
from shared_schemas.wire import Verdict
from tests.alerts.shift import Shift
from tests.push_receiver import Browser, PushReceiver
from tests.tablet import Tablet, instant, served


@dataclass
class Ward:
    """A stepped server, Anna's tablet on the east ward, and a push service of our own."""

    shift: Shift
    server: Server
    tablet: Tablet
    receiver: PushReceiver

    @property
    def anna(self) -> str:
        return self.shift.cast.anna.staff_id

    async def put(self, subscription: dict) -> httpx.Response:
        return await self.tablet.http.put("/api/alerts/push-subscription", json=subscription | {"lang": "en"})

    async def advance(self, seconds: float) -> None:
        await self.server.advance(self.server.clock.now() + timedelta(seconds=seconds))

    async def row(self, alert_id: str) -> AlertRow:
        row = await self.shift.on_the_tablet(alert_id)
        assert row is not None
        return row


@pytest.fixture
async def ward(shift: Shift, settings: Settings, clock: SteppedClock) -> AsyncIterator[Ward]:
    with PushReceiver("") as receiver:
        async with served(msgspec.structs.replace(settings, push_exempt=(receiver.host,)), clock) as server:
            receiver.public_key = server.channels.push.public_key
            tablet = await Tablet.paired(server, shift.cast.east.unit_id)
            await tablet.sign_in(shift.cast.anna.staff_id)
            yield Ward(shift, server, tablet, receiver)
            await tablet.http.aclose()


async def test_an_answer_saved_offline_is_accepted_at_the_instant_of_the_tap(ward: Ward) -> None:
    alert_id = await ward.shift.raise_one()
    tapped = AlertAccepted(observed_at=ward.tablet.now, alert_id=alert_id)
    entry_id = ward.tablet.save(ward.anna, tapped)
    await ward.advance(120)
    [verdict] = await ward.tablet.push()
    assert (verdict.entry_id, verdict.verdict) == (entry_id, Verdict.ACCEPTED)
    row = await ward.row(alert_id)
    assert (row.state, row.attend_by_at) == (AlertState.ACCEPTED, tapped.observed_at + timedelta(minutes=10))
    await ward.tablet.pull()
    unit = f"unit:{ward.tablet.unit_id}"
    assert ward.tablet.kept[unit]["alert", alert_id][1]["accepted_by_staff_id"] == ward.anna


async def test_a_receipt_is_noted_once_and_only_for_the_people_of_this_tablet(ward: Ward) -> None:
    alert_id = await ward.shift.raise_one()
    step = (await ward.row(alert_id)).steps[0]

    async def report(tablet: Tablet, kind: str) -> int:
        receipt = {"alert_id": alert_id, "step_id": step.step_id, "kind": kind, "at": instant(tablet.now)}
        return (await tablet.http.post("/api/alerts/receipts", json=[receipt, receipt])).status_code

    stranger = await Tablet.paired(ward.server, ward.shift.cast.west.unit_id)
    await stranger.sign_in(ward.shift.cast.wei.staff_id)
    assert await report(stranger, "shown") == 204
    await stranger.http.aclose()
    assert (await ward.row(alert_id)).steps[0].shown_at is None
    for kind in ("shown", "opened", "shown"):
        assert await report(ward.tablet, kind) == 204
        await ward.advance(1)
    step = (await ward.row(alert_id)).steps[0]
    assert (step.shown_at, step.opened_at) == (step.began_at, step.began_at + timedelta(seconds=1))
    await ward.advance(60)
    assert [row.why_ended for row in (await ward.row(alert_id)).steps] == [None], "shown, so not silent"


@pytest.mark.parametrize("bad", [[{}], {"a": 1}, [{"alert_id": "x"}], "nonsense"])
async def test_malformed_receipts_are_a_clear_400(ward: Ward, bad: object) -> None:
    reply = await ward.tablet.http.post("/api/alerts/receipts", json=bad)
    assert reply.status_code == 400
    assert reply.headers["content-type"] == "application/problem+json"


async def test_an_overdue_asking_is_pushed_to_the_subscribed_tablet_and_climbs_when_silent(ward: Ward) -> None:
    assert (await ward.put(ward.receiver.subscribe())).status_code == 204
    alert_id = await ward.shift.raise_one()
    await ward.advance(5)
    [message] = ward.receiver.wait_for(1)
    assert message.notice["alert_id"] == alert_id
    await ward.advance(25)
    assert await ward.shift.asked(alert_id) == ["Boris"]


async def test_the_push_key_is_the_one_that_messages_are_signed_with_and_the_test_notice_arrives(ward: Ward) -> None:
    key = (await ward.tablet.http.get("/api/alerts/push-key")).json()["key"]
    assert len(base64.urlsafe_b64decode(key + "=")) == 65
    assert (await ward.tablet.http.post("/api/alerts/push-test")).status_code == 404
    await ward.put(ward.receiver.subscribe())
    assert (await ward.tablet.http.post("/api/alerts/push-test")).status_code == 202
    await ward.advance(1)
    [message] = ward.receiver.wait_for(1)
    assert (message.notice["text"], message.notice["alert_id"]) == ("Test: this tablet can ring.", None)
    tablets = await ward.shift.cast.rows(ward.shift.cast.east, "tablet")
    assert [row.push_works for row in tablets if row.device_id == ward.tablet.device_id] == [True]


async def test_a_failed_push_test_is_shown_and_its_nurse_counts_as_unreachable(ward: Ward) -> None:
    await ward.put(ward.receiver.subscribe())
    ward.receiver.answers.append((410, {}))
    await ward.tablet.http.post("/api/alerts/push-test")
    await ward.advance(1)
    tablets = await ward.shift.cast.rows(ward.shift.cast.east, "tablet")
    assert [row.push_works for row in tablets if row.device_id == ward.tablet.device_id] == [False]
    assert await ward.shift.asked(await ward.shift.raise_one()) == ["Anna", "Boris"]


async def test_a_subscription_with_bad_keys_or_a_forbidden_address_is_refused_in_words(ward: Ward) -> None:
    good = ward.receiver.subscribe()
    for bad in (
        {"keys": good["keys"] | {"auth": "c2hvcnQ"}},
        {"keys": good["keys"] | {"p256dh": "BAAA"}},
        {"endpoint": "http://169.254.169.254/latest/meta-data"},
        {"endpoint": "https://example.org/push"},
    ):
        reply = await ward.put(good | bad)
        assert reply.status_code == 400, bad
        assert reply.json()["detail"]


async def test_a_browser_that_was_paired_anew_takes_its_endpoint_with_it(ward: Ward) -> None:
    subscription = ward.receiver.subscribe()
    await ward.put(subscription)
    first, ward.tablet = ward.tablet, await Tablet.paired(ward.server, ward.shift.cast.east.unit_id)
    assert (await ward.put(subscription | {"keys": Browser().keys})).status_code == 204
    devices = await ward.shift.database.pool.fetch("select device_id::text from push_subscription")
    assert [row[0] for row in devices] == [ward.tablet.device_id]
    await first.http.aclose()


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/alerts/receipts"),
        ("GET", "/api/alerts/push-key"),
        ("PUT", "/api/alerts/push-subscription"),
        ("POST", "/api/alerts/push-test"),
    ],
)
async def test_a_stranger_passes_no_door_of_alerts(ward: Ward, method: str, path: str) -> None:
    stranger = httpx.AsyncClient(transport=httpx.ASGITransport(ward.server), base_url="http://127.0.0.1:8000")
    for headers in ({}, {"authorization": "Bearer nobody"}):
        assert (await stranger.request(method, path, json=[], headers=headers)).status_code == 401
    await stranger.aclose()


async def test_nobody_signed_in_can_not_test_push(ward: Ward) -> None:
    ward.tablet = await Tablet.paired(ward.server, ward.shift.cast.east.unit_id)
    await ward.put(ward.receiver.subscribe())
    assert (await ward.tablet.http.post("/api/alerts/push-test")).status_code == 401
    await ward.tablet.http.aclose()


async def test_a_subscription_that_is_renewed_without_a_language_keeps_it(ward: Ward) -> None:
    url, lang = "/api/alerts/push-subscription", "select lang from push_subscription"
    subscription = ward.receiver.subscribe()
    assert (await ward.tablet.http.put(url, json=subscription)).status_code == 204
    assert await ward.shift.database.pool.fetchval(lang) == "en"  # the unit's
    assert (await ward.tablet.http.put(url, json=subscription | {"lang": "ko"})).status_code == 204
    assert (await ward.tablet.http.put(url, json=subscription)).status_code == 204
    assert await ward.shift.database.pool.fetchval(lang) == "ko"
