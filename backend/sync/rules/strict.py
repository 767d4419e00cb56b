"""Reading JSON that may be wrong, broken or hostile: a batch, an envelope, a body."""

import json
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, Never

import msgspec
from msgspec import Meta, Raw

from backend.errors import BadInput, TooLarge
from backend.sync.rules.proof import signed_text
from backend.sync.rules.upcast import in_todays_words
from shared_schemas.base import Body, Id, Instant
from shared_schemas.wire import BATCH_BYTES, ENTRIES_PER_BATCH, Envelope, HeldReason, Push

READABLE_ID = re.compile(rb'"entry_id"\s*:\s*"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
READABLE_N = re.compile(rb'"n"\s*:\s*([1-9][0-9]{0,14})\s*[,}]')
DETAIL_LENGTH = 200
NEWER_VERSION = "newer_version"


class AsSent(Envelope, kw_only=True):
    """An envelope whose `recorded_at` is still the text over which the author's mac was made."""

    recorded_at: Annotated[str, Meta(max_length=40, pattern="^[0-9TtZz:.+-]*$")]  # pyright: ignore[reportIncompatibleVariableOverride]


class _Named(msgspec.Struct):
    """What a body that this server is too old for still tells."""

    stay_id: Id | None = None


Decoders = Mapping[str, tuple[type[Body], msgspec.json.Decoder[Any]]]
_push = msgspec.json.Decoder(Push)
_envelope = msgspec.json.Decoder(AsSent)
_named = msgspec.json.Decoder(_Named)
_fields = msgspec.json.Decoder(dict[str, Any])
_json = msgspec.json.Encoder()


@dataclass(slots=True)
class Sent:
    """An entry as it came. `key` is its id, or one made from its bytes when none can be read.

    Exactly one of `body`, `reason` and `later` is set.
    """

    raw: bytes
    key: str
    entry_id: str
    payload_hash: bytes
    n: int = 0
    envelope: AsSent | None = None
    recorded_at: datetime | None = None
    body: Body | None = None
    reason: HeldReason | None = None
    detail: str = ""
    later: str | None = None
    stay_id: str | None = None
    depends_on: list[str] = field(default_factory=list)


@dataclass(eq=False, slots=True)
class Brought:
    """A batch as a tablet brought it. `left`: how many entries the tablet will still have when all are answered.

    `unit_id` is known once the tablet has proven itself.
    """

    token_hash: bytes
    batch: list[Sent]
    left: int
    unit_id: str | None = None


def inflated(body: bytes, encoding: str) -> bytes:
    """The JSON of a request, at most 256 KiB; TooLarge beyond, BadInput when it is not gzip."""
    if encoding in {"", "identity"}:
        plain = body
    elif encoding == "gzip":
        unpacking = zlib.decompressobj(wbits=31)
        try:
            plain = unpacking.decompress(body, BATCH_BYTES + 1)
        except zlib.error as error:
            raise BadInput("The body is not gzip.") from error
        if len(plain) <= BATCH_BYTES and not unpacking.eof:
            raise BadInput("The gzip body is cut off.")
    else:
        raise BadInput("Content-Encoding must be gzip or absent.")
    if len(plain) > BATCH_BYTES:
        raise TooLarge(f"A batch holds at most {BATCH_BYTES} bytes of JSON.")
    return plain


def batch(text: bytes) -> Push:
    """A batch with its entries still raw; BadInput when the batch itself is not as it should be."""
    try:
        push = _push.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        if "length <=" in str(error):
            raise TooLarge(f"A batch holds at most {ENTRIES_PER_BATCH} entries.") from error
        raise BadInput(f"The batch can not be read: {error}"[:DETAIL_LENGTH]) from error
    # A second `entries` would silently replace the first: what is left around the entries must name each key once.
    frame = text
    if push.entries:
        first, last = bytes(push.entries[0]), bytes(push.entries[-1])
        frame = text[: text.find(first)] + text[text.rfind(last) + len(last) :]
    if b"\\" in frame or any(frame.count(b'"' + name + b'"') != 1 for name in (b"entries", b"outbox_depth", b"max_n")):
        raise BadInput("The batch has a key twice.")
    return push


def sent(raw: Raw, decoders: Decoders) -> Sent:
    """One entry, decoded as far as it can be. Never raises."""
    text = bytes(raw)
    try:
        envelope = _envelope.decode(text)
        _refuse_repeated_keys(text.decode(), _around_body(text, envelope.body))
        recorded_at = msgspec.convert(envelope.recorded_at, Instant)
        fingerprint = sha256(signed_text(envelope) + envelope.mac.encode()).digest()
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return _unreadable(text, error)
    entry = Sent(text, envelope.entry_id, envelope.entry_id, fingerprint, envelope.n, envelope, recorded_at)
    entry.depends_on = envelope.depends_on
    _read_body(entry, envelope, decoders)
    return entry


def _read_body(entry: Sent, envelope: AsSent, decoders: Decoders) -> None:
    known = decoders.get(envelope.type)
    if known is None:
        entry.reason, entry.detail = HeldReason.UNKNOWN_TYPE, envelope.type
        return
    body_type, decoder = known
    if envelope.v > body_type.version:
        entry.later, entry.stay_id = NEWER_VERSION, _stay_named(envelope.body)
        return
    try:
        if envelope.v == body_type.version:
            body = decoder.decode(envelope.body)
        else:
            older = _fields.decode(envelope.body)
            newer = in_todays_words(envelope.type, envelope.v, body_type.version, older)
            body = msgspec.convert(newer, body_type)
        _refuse_repeated_keys(envelope.body, envelope.body)
    except (msgspec.DecodeError, ValueError, RecursionError, LookupError, TypeError) as error:
        entry.reason, entry.detail = _why(error), str(error)[:DETAIL_LENGTH]
        entry.stay_id = _stay_named(envelope.body)
        return
    entry.body, entry.stay_id = body, getattr(body, "stay_id", None)


def _stay_named(text: str) -> str | None:
    try:
        return _named.decode(text).stay_id
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None


def _unreadable(text: bytes, error: Exception) -> Sent:
    fingerprint = sha256(text).digest()
    found, counted = READABLE_ID.search(text), READABLE_N.search(text)
    entry_id = found.group(1).decode() if found else ""
    n = int(counted.group(1)) if counted else 0
    reason, detail = _why(error), str(error)[:DETAIL_LENGTH]
    return Sent(text, entry_id or id_from(fingerprint), entry_id, fingerprint, n, reason=reason, detail=detail)


def _why(error: Exception) -> HeldReason:
    return HeldReason.UNKNOWN_FIELD if "unknown field" in str(error) else HeldReason.MALFORMED


def id_from(digest: bytes) -> str:
    """An id made from bytes, the same for the same bytes (UUID version 8 of RFC 9562)."""
    h = digest[:16].hex()
    return f"{h[:8]}-{h[8:12]}-8{h[13:16]}-8{h[17:20]}-{h[20:32]}"


def _around_body(text: bytes, body: str) -> str:
    """The envelope without its body, where that is an object and written as we would; no other text is like it."""
    before, _, after = text.partition(_json.encode(body)) if body.startswith("{") else (text, b"", b"")
    return (before + after).decode()


def _refuse_repeated_keys(text: str, frame: str) -> None:
    """ValueError when an object names a key twice: the last would silently win (a pulse of 70 becomes 180).

    Without a backslash a quote begins or ends a text, and a colon behind one makes it a key. `frame`: the part of the
    text whose keys are to be looked at; where these leave a doubt, all of it is read anew.
    """
    if "\\" not in frame:
        parts = frame.split('"')
        keys = [key for key, behind in zip(parts[1::2], parts[2::2], strict=True) if behind.lstrip()[:1] == ":"]
        if len(set(keys)) == len(keys):
            return
    json.loads(text, object_pairs_hook=_each_key_once)


def _each_key_once(pairs: list[tuple[str, Any]]) -> None:
    names = [name for name, _ in pairs]
    for name in names:
        if names.count(name) > 1:
            _refuse(name)


def _refuse(name: str) -> Never:
    raise ValueError(f"The key `{name[:40]}` comes twice.")
