"""A push service of our own: it verifies VAPID (RFC 8292) and decrypts aes128gcm (RFC 8188, 8291) by code of its own.

Nothing here is the sender's: only the primitives of `cryptography`. It runs in a thread, so that tests of any kind can
hold a request open, answer with any status, or kill the server while it waits.
"""

import base64
import hashlib
import hmac
import json
import os
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def unpadded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw_of(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    key = hmac.new(salt, secret, hashlib.sha256).digest()
    return hmac.new(key, info + b"\x01", hashlib.sha256).digest()[:length]


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


@dataclass
class Browser:
    """The keys that a browser makes at subscribe."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def keys(self) -> dict[str, str]:
        """`p256dh` and `auth` as PushSubscription.toJSON() gives them."""
        return {"p256dh": unpadded(_point(self.private.public_key())), "auth": unpadded(self.auth)}

    def opened(self, body: bytes) -> bytes:
        """The plain text of one aes128gcm record; raises when a byte of it is wrong."""
        salt, record_size, key_length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender_point, sealed = body[21 : 21 + key_length], body[21 + key_length :]
        assert len(sealed) <= record_size
        sender = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender_point)
        shared = self.private.exchange(ec.ECDH(), sender)
        info = b"WebPush: info\x00" + _point(self.private.public_key()) + sender_point
        secret = _hkdf(self.auth, shared, info, 32)
        key = _hkdf(salt, secret, b"Content-Encoding: aes128gcm\x00", 16)
        nonce = _hkdf(salt, secret, b"Content-Encoding: nonce\x00", 12)
        padded = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
        assert padded[-1:] == b"\x02", "the last record ends with 2"
        return padded[:-1]


def vapid_claims(authorization: str, public_key: str) -> dict[str, Any]:
    """The claims of a VAPID header that is signed by this key; raises when it is not."""
    scheme, _, rest = authorization.partition(" ")
    assert scheme.lower() == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert parts["k"] == public_key, "signed by another key than the browser was given"
    header, claims, signature = parts["t"].split(".")
    assert json.loads(raw_of(header))["alg"] == "ES256"
    r, s = raw_of(signature)[:32], raw_of(signature)[32:]
    der = encode_dss_signature(int.from_bytes(r, "big"), int.from_bytes(s, "big"))
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw_of(public_key))
    point.verify(der, f"{header}.{claims}".encode(), ec.ECDSA(SHA256()))
    return json.loads(raw_of(claims))


@dataclass(frozen=True)
class Message:
    """A push that arrived, verified and decrypted."""

    path: str
    text: str
    notice: dict[str, Any]
    headers: Mapping[str, str]
    claims: dict[str, Any]


class PushReceiver:
    """A push service at `http://127.0.0.1:port`; every browser has a path of its own.

    `answers`: statuses with headers for the next requests, then 201. While `held`, a request is read but not answered.
    """

    def __init__(self, public_key: str) -> None:
        self.public_key = public_key
        self.browsers: dict[str, Browser] = {}
        self.messages: list[Message] = []
        self.faults: list[Exception] = []
        self.answers: deque[tuple[int, dict[str, str]]] = deque()
        self.arrived = threading.Condition()
        self._open = threading.Event()
        self._open.set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def host(self) -> str:
        """The `host:port` that an operator exempts."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def subscribe(self, name: str = "tablet") -> dict[str, Any]:
        """A new browser's subscription, as its toJSON() would be."""
        browser = self.browsers.setdefault(f"/{name}", Browser())
        return {"endpoint": f"http://{self.host}/{name}", "keys": browser.keys}

    def hold(self) -> None:
        """From now on requests are read and not answered."""
        self._open.clear()

    def release(self) -> None:
        """Answer what is held, and all that comes."""
        self._open.set()

    def wait_for(self, count: int, seconds: float = 10, *, path: str = "") -> list[Message]:
        """The messages (of one browser, by its path) once there are `count`.

        Fails when they do not come in time or one could not be read.
        """

        def messages() -> list[Message]:
            return [message for message in self.messages if path in ("", message.path)]

        with self.arrived:
            came = self.arrived.wait_for(lambda: len(messages()) >= count or self.faults, seconds)
        assert not self.faults, self.faults
        assert came, f"{len(messages())} of {count} pushes came"
        return messages()

    def _take(self, path: str, headers: Mapping[str, str], body: bytes) -> None:
        with self.arrived:
            try:
                plain = self.browsers[path].opened(body)
                claims = vapid_claims(headers["Authorization"], self.public_key)
                assert claims["aud"] == f"http://{self.host}"
                self.messages.append(Message(path, plain.decode(), json.loads(plain), dict(headers), claims))
            except Exception as fault:  # noqa: BLE001  # told to the test by wait_for
                self.faults.append(fault)
            self.arrived.notify_all()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver._take(self.path, dict(self.headers), body)
                receiver._open.wait(60)
                status, headers = receiver.answers.popleft() if receiver.answers else (201, {})
                try:
                    self.send_response(status)
                    for name, value in {**headers, "Content-Length": "0"}.items():
                        self.send_header(name, value)
                    self.end_headers()
                except OSError:
                    """The sender was killed while it waited."""

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Silent."""

        return Handler


class WebhookReceiver:
    """The operator's telephone gateway: keeps what it is posted, answers 204."""

    def __init__(self) -> None:
        self.calls: list[dict[str, Any]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                receiver.calls.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(204)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        """Where to post."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/call"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
