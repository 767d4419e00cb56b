"""Our own Web Push sender: encrypted by RFC 8291, signed by RFC 8292, and never led into our own network."""

import base64
import socket
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import DefaultResolver
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02
from pywebpush import WebPusher

from backend.alerts.rules.sending import Answer, is_exempt, is_global, may_push_to
from backend.settings import Settings

SEND_SECONDS = 5
# A push service takes 4,096 bytes of body (RFC 8030); minus header, tag and padding delimiter of aes128gcm.
LARGEST_PLAINTEXT = 3993
TOKEN_LASTS = timedelta(hours=12)  # RFC 8292 allows 24
REFUSED_HERE = Answer(403)


@runtime_checkable
class Push(Protocol):
    """What delivery needs of a sender."""

    @property
    def public_key(self) -> str:
        """The VAPID public key, base64url, as browsers take it at subscribe."""
        ...

    async def send(
        self, to: "Subscriber", plaintext: bytes, *, topic: str, ttl: timedelta, urgency: str, now: datetime
    ) -> Answer:
        """Send one message; the service's answer, or None as its status when there was none in time."""
        ...

    async def close(self) -> None:
        """Let go of the connections."""
        ...


class Subscriber(Protocol):
    """Where a tablet is pushed, with its keys."""

    @property
    def endpoint(self) -> str:
        """The push service's address for this tablet."""
        ...

    @property
    def p256dh(self) -> bytes:
        """A point of P-256, uncompressed, 65 bytes."""
        ...

    @property
    def auth(self) -> bytes:
        """16 bytes."""
        ...


def subscription_keys(p256dh: str, auth: str) -> tuple[bytes, bytes] | None:
    """The keys of a subscription from base64url: a point that lies on P-256, and 16 bytes; None when they are not."""
    try:
        point, secret = _bytes(p256dh), _bytes(auth)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return None
    return (point, secret) if len(point) == 65 and len(secret) == 16 else None


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class GlobalResolver(AbstractResolver):
    """Names of the public internet only; an exempt `host:port` may lie anywhere."""

    def __init__(self, exempt: tuple[str, ...]) -> None:
        self._exempt = exempt
        self._inner = DefaultResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Addresses that may be reached; OSError when none may."""
        found = await self._inner.resolve(host, port, family)
        if is_exempt(host, port, self._exempt):
            return found
        kept = [each for each in found if is_global(each["host"])]
        if not kept:
            raise OSError(None, f"{host} has no address of the public internet")
        return kept

    async def close(self) -> None:
        """Let go of the inner resolver."""
        await self._inner.close()


class WebPush:
    """One shared session, one signed header an origin; a fault is an answer, never an exception."""

    def __init__(self, settings: Settings) -> None:
        self._hosts, self._exempt = settings.push_hosts, settings.push_exempt
        self._subject = settings.vapid_subject
        self._vapid = Vapid02.from_raw(settings.vapid_private_key.encode())
        assert self._vapid.public_key is not None  # a raw private key gives it
        point = self._vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self._public_key = _text(point)
        self._headers: dict[str, tuple[datetime, str]] = {}
        self._session: aiohttp.ClientSession | None = None

    @property
    def public_key(self) -> str:
        """The VAPID public key, base64url."""
        return self._public_key

    async def send(
        self, to: Subscriber, plaintext: bytes, *, topic: str, ttl: timedelta, urgency: str, now: datetime
    ) -> Answer:
        """Encrypt and send. Refused here without a connection: an address outside the rules."""
        if not may_push_to(to.endpoint, self._hosts, self._exempt):
            return REFUSED_HERE
        if len(plaintext) > LARGEST_PLAINTEXT:
            return Answer(413)
        keys = {"p256dh": _text(to.p256dh), "auth": _text(to.auth)}
        sealed = WebPusher({"endpoint": to.endpoint, "keys": keys}).encode(plaintext, content_encoding="aes128gcm")
        headers = {
            "Authorization": self._authorization(to.endpoint, now),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(int(ttl.total_seconds())),
            "Topic": topic,
            "Urgency": urgency,
        }
        try:
            async with self._open().post(
                to.endpoint, data=sealed["body"], headers=headers, allow_redirects=False
            ) as reply:
                return Answer(reply.status, _seconds(reply.headers.get("Retry-After")))
        except (aiohttp.ClientError, OSError, TimeoutError):
            return Answer(None)

    def _authorization(self, endpoint: str, now: datetime) -> str:
        """Each origin has claims of its own: a shared dict would send one origin's `aud` to the next."""
        parts = urlsplit(endpoint)
        origin = f"{parts.scheme}://{parts.netloc}"
        kept = self._headers.get(origin)
        if kept is None or kept[0] - now < TOKEN_LASTS / 2:
            until_at = now + TOKEN_LASTS
            claims = {"aud": origin, "sub": self._subject, "exp": int(until_at.timestamp())}
            kept = until_at, self._vapid.sign(claims)["Authorization"]
            self._headers[origin] = kept
        return kept[1]

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=GlobalResolver(self._exempt), limit=100, limit_per_host=50)
            timeout = aiohttp.ClientTimeout(total=SEND_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector, timeout=timeout, trust_env=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self._session

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()


def _seconds(text: str | None) -> int | None:
    """Retry-After in seconds; a date or nonsense counts as not given."""
    return int(text) if text is not None and text.isdecimal() and len(text) < 7 else None


class Webhook:
    """The outside channel: the operator's own address of a telephone or pager gateway."""

    def __init__(self, url: str | None) -> None:
        self._url = url
        self._session: aiohttp.ClientSession | None = None

    async def call(self, message: dict[str, object]) -> Answer | None:
        """Post a message; None when the hospital has no outside channel."""
        if self._url is None:
            return None
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SEND_SECONDS), trust_env=False)
        try:
            async with self._session.post(self._url, json=message, allow_redirects=False) as reply:
                return Answer(reply.status, _seconds(reply.headers.get("Retry-After")))
        except (aiohttp.ClientError, OSError, TimeoutError):
            return Answer(None)

    async def close(self) -> None:
        """Close the session."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()
