"""The sender against a receiver that shares no code with it, and against addresses that it must never reach."""

import base64
import socket
import time
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from backend.alerts.deliver import Subscriber
from backend.alerts.push import GlobalResolver, WebPush, subscription_keys
from backend.alerts.rules.sending import Answer, Fate, fate, is_global, may_push_to
from backend.settings import Settings
from tests.push_receiver import Browser, PushReceiver, raw_of, vapid_claims

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
HOSTS = ("fcm.googleapis.com", ".push.apple.com")


def subscriber(subscription: dict) -> Subscriber:
    keys = subscription_keys(**subscription["keys"])
    assert keys is not None
    return Subscriber("", subscription["endpoint"], *keys, "en")


async def send(push: WebPush, to: Subscriber, plain: bytes = b'{"a": 1}', now: datetime = NOW) -> Answer:
    return await push.send(to, plain, topic="t" * 32, ttl=timedelta(minutes=10), urgency="high", now=now)


def allowing(settings: Settings, *receivers: PushReceiver) -> WebPush:
    return WebPush(msgspec.structs.replace(settings, push_exempt=tuple(receiver.host for receiver in receivers)))


async def test_a_push_is_encrypted_and_signed_so_that_a_stranger_can_verify_it(settings: Settings) -> None:
    with PushReceiver(WebPush(settings).public_key) as receiver:
        push = allowing(settings, receiver)
        assert (await send(push, subscriber(receiver.subscribe()))).status == 201
        await push.close()
        [message] = receiver.wait_for(1)
    assert message.notice == {"a": 1}
    assert (message.headers["TTL"], message.headers["Topic"], message.headers["Urgency"]) == ("600", "t" * 32, "high")
    assert message.headers["Content-Encoding"] == "aes128gcm"
    assert message.claims["sub"].startswith("mailto:")
    assert NOW < datetime.fromtimestamp(message.claims["exp"], UTC) <= NOW + timedelta(hours=24)


async def test_each_origin_is_signed_for_itself_and_its_token_is_kept_for_hours(settings: Settings) -> None:
    key = WebPush(settings).public_key
    with PushReceiver(key) as one, PushReceiver(key) as other:
        push = allowing(settings, one, other)
        for receiver in (one, other, one):
            assert (await send(push, subscriber(receiver.subscribe()))).status == 201
        assert (await send(push, subscriber(one.subscribe()), now=NOW + timedelta(hours=11))).status == 201
        await push.close()
        tokens = [message.headers["Authorization"] for message in one.wait_for(3)]
        other.wait_for(1)
    assert tokens[0] == tokens[1] != tokens[2]
    assert vapid_claims(tokens[2], key)["aud"] == f"http://{one.host}"


async def test_a_hanging_service_is_no_answer_after_five_seconds(settings: Settings) -> None:
    with PushReceiver(WebPush(settings).public_key) as receiver:
        push = allowing(settings, receiver)
        receiver.hold()
        began = time.monotonic()
        assert await send(push, subscriber(receiver.subscribe())) == Answer(None)
        assert 4.5 < time.monotonic() - began < 7
        await push.close()


async def test_a_redirect_is_never_followed(settings: Settings) -> None:
    key = WebPush(settings).public_key
    with PushReceiver(key) as inside, PushReceiver(key) as receiver:
        push = allowing(settings, receiver, inside)
        receiver.answers.append((307, {"Location": f"http://{inside.host}/tablet"}))
        inside.subscribe()
        answer = await send(push, subscriber(receiver.subscribe()))
        await push.close()
        assert (answer.status, inside.messages) == (307, [])
    assert fate(answer, 1)[0] is Fate.REFUSED


async def test_a_text_that_no_service_takes_is_not_sent(settings: Settings) -> None:
    with PushReceiver(WebPush(settings).public_key) as receiver:
        push = allowing(settings, receiver)
        to = subscriber(receiver.subscribe())
        assert (await send(push, to, b" " * 3994)).status == 413
        assert receiver.messages == []
        assert (await send(push, to, b'"' + b"a" * 3991 + b'"')).status == 201
        await push.close()


@pytest.mark.parametrize(
    ("endpoint", "allowed"),
    [
        ("https://fcm.googleapis.com/fcm/send/x", True),
        ("https://fcm.googleapis.com:443/x", True),
        ("https://web.push.apple.com/x", True),
        ("https://FCM.googleapis.com/x", True),
        ("http://fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com:8443/x", False),
        ("https://fcm.googleapis.com.example.org/x", False),
        ("https://evilpush.apple.com.example.org/x", False),
        ("https://push.apple.com/x", False),
        ("https://user:pw@fcm.googleapis.com/x", False),
        ("https://fcm.googleapis.com@127.0.0.1/x", False),
        ("https://127.0.0.1/x", False),
        ("https://[::1]/x", False),
        ("https://2130706433/x", False),
        ("https://x..push.apple.com/1", False),
        (f"https://{'a' * 64}.push.apple.com/1", False),
        (f"https://{'a' * 63}.push.apple.com/1", True),
        (f"https://{'a.' * 125}push.apple.com/1", False),
        ("https://x\u3002.push.apple.com/1", False),
        ("https://x y.push.apple.com/1", False),
        ("https://fcm.googleapis.com:99999/x", False),
        ("file:///etc/passwd", False),
        ("", False),
        ("http://10.0.0.5:9000/x", True),
        ("https://10.0.0.5:9000/x", True),
        ("http://10.0.0.5:9001/x", False),
        ("http://10.0.0.5/x", False),
    ],
)
def test_pushes_go_only_to_named_hosts_or_exact_exempt_pairs(endpoint: str, allowed: bool) -> None:
    assert may_push_to(endpoint, HOSTS, ("10.0.0.5:9000",)) is allowed


@pytest.mark.parametrize(
    ("address", "allowed"),
    [
        ("142.250.74.138", True),
        ("2a00:1450:400f:80c::200a", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fd00::1", False),
        ("fe80::1", False),
        ("::ffff:10.0.0.1", False),
        ("2002:0a00:0001::1", False),
    ],
)
def test_only_addresses_of_the_public_internet_are_global(address: str, allowed: bool) -> None:
    assert is_global(address) is allowed


async def test_a_name_that_leads_into_our_own_network_has_no_address(settings: Settings) -> None:
    resolver = GlobalResolver(())
    with pytest.raises(OSError, match="public internet"):
        await resolver.resolve("localhost", 443, socket.AF_INET)
    assert await GlobalResolver(("localhost:443",)).resolve("localhost", 443, socket.AF_INET)
    push = WebPush(msgspec.structs.replace(settings, push_hosts=("localhost",)))
    with PushReceiver(push.public_key) as receiver:
        keys = receiver.subscribe()["keys"]
        answer = await send(push, subscriber({"endpoint": "https://localhost/x", "keys": keys}))
        await push.close()
    assert answer == Answer(None)


async def test_an_address_that_the_list_does_not_name_is_refused_without_a_connection(settings: Settings) -> None:
    push = WebPush(settings)
    with PushReceiver(push.public_key) as receiver:
        assert (await send(push, subscriber(receiver.subscribe()))).status == 403
        assert receiver.messages == []


def test_keys_of_a_subscription_are_a_point_on_the_curve_and_sixteen_bytes() -> None:
    good = Browser().keys
    assert subscription_keys(**good) is not None
    off_curve = base64.urlsafe_b64encode(b"\x04" + bytes(63) + b"\x01").decode().rstrip("=")
    for bad in (
        {"p256dh": off_curve},
        {"p256dh": good["p256dh"][:-4]},
        {"p256dh": ""},
        {"p256dh": "not base64!"},
        {"auth": good["auth"][:-2]},
        {"auth": ""},
    ):
        assert subscription_keys(**{**good, **bad}) is None, bad


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        *((status, Fate.SENT) for status in (200, 201, 202)),
        *((status, Fate.SUBSCRIPTION_GONE) for status in (404, 410)),
        (413, Fate.TOO_LARGE),
        *((status, Fate.REFUSED) for status in (302, 400, 401, 403)),
        *((status, Fate.AGAIN) for status in (408, 429, 500, 503, None)),
    ],
)
def test_each_answer_of_a_push_service_has_its_fate(status: int | None, expected: Fate) -> None:
    assert fate(Answer(status), 1)[0] is expected


def test_waits_grow_to_a_minute_and_end() -> None:
    waits = [fate(Answer(None), attempts)[1].total_seconds() for attempts in range(1, 12)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]
    assert fate(Answer(None), 12)[0] is Fate.GIVEN_UP
    assert fate(Answer(503, retry_after_s=90), 1) == (Fate.AGAIN, timedelta(seconds=90))
    assert fate(Answer(429, retry_after_s=10**6), 1) == (Fate.AGAIN, timedelta(minutes=15))


def test_the_receiver_opens_the_example_of_rfc_8291() -> None:
    scalar = int.from_bytes(raw_of("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"), "big")
    browser = Browser(ec.derive_private_key(scalar, ec.SECP256R1()), raw_of("BTBZMqHH6r4Tts7J_aSIgg"))
    body = raw_of(
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
        "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert browser.opened(body) == b"When I grow up, I want to be a watermelon"
