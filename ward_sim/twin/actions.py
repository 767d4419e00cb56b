"""What the core wants done: everything it does to the world, it asks for by one of these."""

from dataclasses import dataclass

from ward_sim.twin.events import Json


@dataclass(frozen=True, slots=True)
class Seal:
    """Compute the author's mac over an entry; answer with `Sealed`."""

    entry: Json


@dataclass(frozen=True, slots=True)
class StoreEntry:
    """Write an entry and the device's counter in one strict transaction; answer with `EntryStored`."""

    entry: Json


@dataclass(frozen=True, slots=True)
class ShowSaved:
    """Show "saved on this tablet": from here on the entry must never be lost."""

    entry: Json


@dataclass(frozen=True, slots=True)
class Settle:
    """In one transaction: take entries out of the outbox, put the held ones into the tray."""

    gone: list[str]
    tray: dict[str, Json]
    verdicts: list[Json]


@dataclass(frozen=True, slots=True)
class StoreFeed:
    """In one transaction: a feed's changed rows and its cursor. `fresh`: the rows replace all others."""

    feed: str
    epoch: str
    seq: int
    put: dict[tuple[str, str], tuple[int, Json]]
    gone: list[tuple[str, str]]
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Forget:
    """Drop the rows of a feed that is no longer wanted here."""

    feed: str


@dataclass(frozen=True, slots=True)
class Post:
    """`POST /api/sync/entries`; answer with `Answered` or `RequestFailed`."""

    request_id: int
    push: Json


@dataclass(frozen=True, slots=True)
class Fetch:
    """GET a path; answer with `Answered` or `RequestFailed`."""

    request_id: int
    path: str


@dataclass(frozen=True, slots=True)
class OpenSocket:
    """Open the live socket; answer with `SocketOpened` or `SocketClosed`."""


@dataclass(frozen=True, slots=True)
class Send:
    """Send a frame on the live socket."""

    frame: Json


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Ring `Timer` at this device instant; a later one of the same name replaces it."""

    name: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Ring:
    """Somebody signed in here is asked about an alert: show it, and send the receipt."""

    frame: Json


@dataclass(frozen=True, slots=True)
class ReportDivergence:
    """The rows of a feed are not the server's at the same cursor: a fault to report."""

    feed: str
    seq: int


Action = (
    Seal
    | StoreEntry
    | ShowSaved
    | Settle
    | StoreFeed
    | Forget
    | Post
    | Fetch
    | OpenSocket
    | Send
    | SetTimer
    | Ring
    | ReportDivergence
)
