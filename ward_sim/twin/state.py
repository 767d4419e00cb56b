"""What the core remembers between two events."""

from dataclasses import dataclass, field

from shared_schemas.wire import ENTRIES_PER_BATCH
from ward_sim.chance import Chance
from ward_sim.twin.events import Json

Key = tuple[str, str]


@dataclass(slots=True)
class InFlight:
    """The one batch under way."""

    request_id: int
    entry_ids: list[str]
    sent_at: int


@dataclass(slots=True)
class Staged:
    """A snapshot that is being read, chunk by chunk."""

    epoch: str
    head: int
    rows: dict[Key, tuple[int, Json]]


@dataclass(slots=True)
class Feed:
    """A replica of a feed. `missed`: frames came while a request was under way, so ask once more."""

    epoch: str = ""
    seq: int = 0
    rows: dict[Key, tuple[int, Json]] = field(default_factory=dict)
    sum: int = 0
    request_id: int | None = None
    staged: Staged | None = None
    missed: bool = False
    attempts: int = 0
    # The rows by type and id, made when a person first looks at a type and kept in step from then on.
    _typed: dict[str, dict[str, Json]] | None = None

    def put(self, key: Key, kept: tuple[int, Json]) -> None:
        """Keep a row as the newest."""
        self.rows[key] = kept
        if self._typed is not None:
            self._typed.setdefault(key[0], {})[key[1]] = kept[1]

    def remove(self, key: Key) -> int:
        """Drop a row; return the version it had."""
        if self._typed is not None:
            del self._typed[key[0]][key[1]]
        return self.rows.pop(key)[0]

    def replace(self, rows: dict[Key, tuple[int, Json]]) -> None:
        """Keep these rows and no others."""
        self.rows, self._typed = rows, None

    def of_type(self, type_name: str) -> list[Json]:
        """Return the rows of one type, the one that changed last at the end."""
        if self._typed is None:
            self._typed = {}
            for (kind, row_id), (_, row) in self.rows.items():
                self._typed.setdefault(kind, {})[row_id] = row
        return list(self._typed.get(type_name, {}).values())


@dataclass(slots=True)
class ClockOffset:
    """Server minus device in ms, from the round trip that was the shortest lately."""

    offset_ms: int = 0
    round_trip_ms: int | None = None
    measured_at: int = 0


@dataclass(slots=True)
class State:
    """The whole core. `outbox` keeps device order; `later_until` holds back entries the server put off,
    `fetches` are the GETs under way: feed, and when they were sent.
    """

    device_id: str
    chance: Chance
    next_n: int = 1
    outbox: dict[str, Json] = field(default_factory=dict)
    unsealed: dict[str, Json] = field(default_factory=dict)
    storing: dict[str, Json] = field(default_factory=dict)
    later_until: dict[str, int] = field(default_factory=dict)
    tray: dict[str, Json] = field(default_factory=dict)
    in_flight: InFlight | None = None
    batch_limit: int = ENTRIES_PER_BATCH
    attempts: int = 0
    retry_at: int = 0
    next_request_id: int = 1
    now: int = 0
    feeds: dict[str, Feed] = field(default_factory=dict)
    fetches: dict[int, tuple[str, int]] = field(default_factory=dict)
    socket_open: bool = False
    socket_attempts: int = 0
    clock: ClockOffset = field(default_factory=ClockOffset)

    def take_request_id(self) -> int:
        """Return a number that no earlier request had."""
        self.next_request_id += 1
        return self.next_request_id - 1
