"""What happens to a tablet: everything the core learns, it learns by one of these."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Started:
    """The app started: what storage held."""

    outbox: list[Json]
    tray: dict[str, Json]
    feeds: dict[str, "FeedAtRest"]
    next_n: int


@dataclass(frozen=True, slots=True)
class FeedAtRest:
    """A feed's rows and cursor as stored together. Keys are (type, id), values (version, row)."""

    epoch: str
    seq: int
    rows: dict[tuple[str, str], tuple[int, Json]]


@dataclass(frozen=True, slots=True)
class FeedsWanted:
    """The feeds of the tablet's unit and of the people signed in."""

    feeds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SaveAsked:
    """A person pressed Save. `body` has the fields of the type and `observed_at` as text."""

    type: str
    session_id: str
    body: Json
    v: int = 1
    depends_on: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sealed:
    """The author's mac over an entry has been computed."""

    entry_id: str
    mac: str


@dataclass(frozen=True, slots=True)
class EntryStored:
    """The outbox transaction is complete and durable."""

    entry_id: str


@dataclass(frozen=True, slots=True)
class Answered:
    """A request was answered. `reply` None: the answer was not JSON, as from a captive portal."""

    request_id: int
    status: int
    reply: Json | None


@dataclass(frozen=True, slots=True)
class RequestFailed:
    """A request timed out or the line broke; the server may or may not have had it."""

    request_id: int


@dataclass(frozen=True, slots=True)
class NetworkUp:
    """A hint that it is worth trying at once."""


@dataclass(frozen=True, slots=True)
class Timer:
    """A timer that the core asked for."""

    name: str


@dataclass(frozen=True, slots=True)
class SocketOpened:
    """The live socket is open."""


@dataclass(frozen=True, slots=True)
class SocketClosed:
    """The live socket is closed."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame of the live socket."""

    frame: Json


Event = (
    Started
    | FeedsWanted
    | SaveAsked
    | Sealed
    | EntryStored
    | Answered
    | RequestFailed
    | NetworkUp
    | Timer
    | SocketOpened
    | SocketClosed
    | Frame
)
