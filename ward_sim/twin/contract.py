"""What the core knows; events and actions are JSON records, shaped by `pwa/src/sync/contract.ts`."""

from dataclasses import dataclass, field
from math import inf
from typing import Any, TypeGuard

from ward_sim.chance import Chance

Json = dict[str, Any]


@dataclass(slots=True)
class Pushing:
    """The outbox, as far as sending needs it."""

    waiting: list[Json] = field(default_factory=list)
    held: list[Json] = field(default_factory=list)
    lock: str = "none"
    flight: list[str] | None = None
    # Verdicts that storage is writing down now; they count only once it has.
    settling: Json | None = None
    # Parts of a refused batch, oldest first, still to be tried alone.
    suspects: list[list[str]] = field(default_factory=list)
    attempt: int = 0
    retry_at: float = 0
    tried_at: float = -inf
    # Until when (monotonic) a stay, or an entry without one, waits after the verdict `later`.
    later: dict[str, float] = field(default_factory=dict)
    last_sent_at: int | None = None
    # Entries that go once more because the server does not have them any more.
    resent: list[str] = field(default_factory=list)
    # Until when (monotonic) numbers that the server misses are not looked for again, by their span as text.
    looked: dict[str, float] = field(default_factory=dict)
    # Status of the last answer that was no verdict; None after a good one.
    refused: int | None = None


@dataclass(slots=True)
class Fetch:
    """What is being asked for: `changes`, or a `snapshot` with what of it has come."""

    what: str
    chunk: int = 0
    epoch: str = ""
    head: int = 0
    rows: list[Json] = field(default_factory=list)


@dataclass(slots=True)
class Feed:
    """How far one feed is. `stale`: a reset came while a fetch was under way, so its reply is void."""

    epoch: str = ""
    seq: int = 0
    head: int = 0
    behind_at: float | None = None
    fetch: Fetch | None = None
    under_way: bool = False
    stale: bool = False
    attempt: int = 0
    retry_at: float = 0
    poll_at: float = 0
    compare_at: float = 0
    # Nobody answered the last fetch: of several such feeds one asks for all.
    unanswered: bool = False


@dataclass(slots=True)
class Living:
    """The live socket. `hello`: the feeds named in the last hello; another text needs another hello.

    `hellos`: how many this socket heard; `said`: the cursors of the last one.
    """

    lock: bool = False
    socket: str = "closed"
    attempt: int = 0
    retry_at: float = 0
    heard_at: float = 0
    hello: str = ""
    hellos: int = 0
    said: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Clock:
    """The best round trip of late."""

    offset_ms: int
    rtt_ms: float
    at_mono_ms: float
    wall_minus_mono: float


@dataclass(slots=True)
class State:
    """The whole core. `device_at`: when the server is next asked about this tablet; None while it is asked."""

    chance: Chance
    device: Json | None = None
    sessions: list[Json] = field(default_factory=list)
    push: Pushing = field(default_factory=Pushing)
    feeds: dict[str, Feed] = field(default_factory=dict)
    live: Living = field(default_factory=Living)
    clock: Clock | None = None
    epoch: str = ""
    # Epochs that the server is no longer in, and when (monotonic) the next one was heard.
    left: dict[str, float] = field(default_factory=dict)
    diverged: list[str] = field(default_factory=list)
    device_at: float | None = 0
    # How many times nobody answered about this tablet.
    device_attempt: int = 0
    timer_at: float | None = None


def is_number(value: object) -> TypeGuard[int]:
    """Return whether JSON's value is a number; Python takes true for one as well."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def text(value: object) -> str:
    """Return the value if it is text, else nothing."""
    return value if isinstance(value, str) else ""


def whole(value: float) -> float:
    """Return a number as JSON in a browser writes it: without a fraction where there is none."""
    return int(value) if value == int(value) else value
