"""The envelope of an entry, the verdict on it, changes, snapshots and the frames of the live socket."""

from enum import Enum
from typing import Annotated

from msgspec import Meta, Raw, Struct, field

from shared_schemas.base import Code, Counter, FeedId, Id, Instant, Line
from shared_schemas.flags import Flag

ENTRIES_PER_BATCH = 500
BATCH_BYTES = 256 * 1024
# Counts up when a tablet that does not know this page would read feeds wrongly; entries never depend on it.
PROTOCOL = 1


class Envelope(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What sends, bisects, orders and waits; only this is read before the author is proven.

    `body` is the entry's own JSON text, fixed when the entry is saved; `mac` is the first 16 bytes of
    HMAC-SHA-256(session key, envelope lines and body), base64url without padding (docs/protocol.md).
    """

    entry_id: Id
    device_id: Id
    n: Annotated[int, Meta(ge=1, lt=2**53)]
    type: Code
    v: Annotated[int, Meta(ge=1, le=1000)]
    session_id: Id
    mac: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{22}$(?!\\n)")]
    recorded_at: Instant
    depends_on: Annotated[list[Id], Meta(max_length=20)] = []
    body: Annotated[str, Meta(max_length=64 * 1024)]


class Push(Struct, forbid_unknown_fields=True, kw_only=True):
    """The request of `POST /api/sync/entries`; each element is decoded as an Envelope alone."""

    outbox_depth: Counter
    max_n: Counter
    entries: Annotated[list[Raw], Meta(max_length=ENTRIES_PER_BATCH)]


class Verdict(Enum):
    """What became of an entry. There is no verdict that deletes."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    FLAGGED = "flagged"
    HELD = "held"
    LATER = "later"


class HeldReason(Enum):
    """Why an entry waits for a person's answer."""

    MALFORMED = "malformed"
    UNKNOWN_FIELD = "unknown_field"
    UNKNOWN_TYPE = "unknown_type"
    ID_REUSE = "id_reuse"
    BAD_MAC = "bad_mac"
    UNKNOWN_SESSION = "unknown_session"
    NOT_PERMITTED = "not_permitted"
    UNKNOWN_SUBJECT = "unknown_subject"
    OUT_OF_SCOPE = "out_of_scope"
    BED_TAKEN = "bed_taken"
    ALREADY_CHANGED = "already_changed"
    DEPENDS_ON_HELD = "depends_on_held"
    INVALID = "invalid"


class EntryVerdict(Struct, omit_defaults=True, kw_only=True):
    """One verdict. `outcome` repeats the first verdict of a duplicate; `flags` say what a person reviews."""

    entry_id: str
    verdict: Verdict
    outcome: Verdict | None = None
    reason: HeldReason | None = None
    detail: str | None = None
    why_later: Code | None = None
    flags: list[Flag] = []
    retry_after_s: int | None = None


class PushReply(Struct, omit_defaults=True, kw_only=True):
    """Verdicts in the order of the entries; `heads` are the feeds' heads after the commit.

    `missing`: the first spans [n, n] of the tablet's own numbers that never arrived; who has them sends them again.
    """

    verdicts: list[EntryVerdict]
    heads: dict[str, int]
    epoch: str
    server_at: Instant
    missing: list[tuple[int, int]] = []


class Change(Struct, kw_only=True):
    """The whole row after a change; `row` null means gone."""

    seq: Counter
    type: str
    id: str
    version: int
    row: Raw


class ChangesPage(Struct, kw_only=True):
    """A page of `GET /api/sync/changes`; `head` is the feed's head, `more` asks for another page."""

    feed: FeedId
    epoch: str
    head: Counter
    more: bool
    changes: list[Change]
    server_at: Instant


class SnapshotRow(Struct, kw_only=True):
    """A row of a snapshot."""

    type: str
    id: str
    version: int
    row: Raw


class SnapshotChunk(Struct, kw_only=True):
    """A chunk of `GET /api/sync/snapshot/{feed}`: the state at `head`, in the order of need."""

    feed: FeedId
    epoch: str
    head: Counter
    chunk: int
    last: bool
    rows: list[SnapshotRow]
    server_at: Instant


class Hello(Struct, forbid_unknown_fields=True, tag_field="frame", tag="hello", kw_only=True):
    """First frame of a tablet: its cursors. A device not yet at a feed sends ["", 0].

    `diverged`: feeds whose rows did not have the server's sum at the same cursor; the tablet reads them anew.
    """

    subscriptions: dict[FeedId, tuple[str, Counter]]
    outbox_depth: Counter = 0
    diverged: list[FeedId] = []


class Pong(Struct, forbid_unknown_fields=True, tag_field="frame", tag="pong", kw_only=True):
    """The tablet's answer to a ping; `at` is echoed."""

    at: Instant


class Delta(Struct, tag_field="frame", tag="delta", kw_only=True):
    """Changes `from`..`to` of a feed, both inclusive and dense."""

    feed: FeedId
    epoch: str
    from_: Counter = field(name="from")
    to: Counter
    changes: list[Change]


class Reset(Struct, tag_field="frame", tag="reset", kw_only=True):
    """The cursor is not servable: drop the feed's projection and take a snapshot. The outbox stays."""

    feed: FeedId
    epoch: str
    why: Line


class Upto(Struct, tag_field="frame", tag="upto", kw_only=True):
    """The feed's head, and the checksum of its rows."""

    feed: FeedId
    epoch: str
    head: Counter
    sum: str
    server_at: Instant


class Same(Struct, tag_field="frame", tag="same", kw_only=True):
    """The hello of this number (a socket's first is 1) named each feed where its head is; sums in the hello's order."""

    hello: Counter
    sums: list[str]


class Ping(Struct, tag_field="frame", tag="ping", kw_only=True):
    """Sent every 20 s; a silent socket is closed after two."""

    at: Instant


class Ring(Struct, tag_field="frame", tag="ring", kw_only=True):
    """Somebody signed in here is asked about an alert now; the row itself comes by the feed."""

    alert_id: Id
    step_id: Id
    staff_id: Id
    sound: Code


class Notice(Struct, omit_defaults=True, kw_only=True):
    """The plain text of a Web Push, before encryption. It holds no personal fact.

    A notice replaces the one of its `tag`: each red has its own, all else of a person shares one.
    """

    alert_id: Id | None
    step_id: Id | None
    staff_id: Id
    tag: Line
    title: Line
    text: Line
    url: Line
    lang: Code
    silent: bool = False


class Problem(Struct, omit_defaults=True, kw_only=True):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str = ""
