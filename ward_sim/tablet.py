"""A virtual tablet: the core, its storage and its book, on whatever line it is given."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from ward_sim.chance import Chance
from ward_sim.ledger import Ledger
from ward_sim.seal import mac
from ward_sim.storage import Storage
from ward_sim.twin import actions, events
from ward_sim.twin.mutants import mutated_step
from ward_sim.twin.state import State


class Line(Protocol):
    """What carries a tablet's requests, socket and timers; answers come back by `Tablet.hear`."""

    def device_now(self) -> int:
        """Return the device's own clock in ms."""
        ...

    def post(self, tablet: "Tablet", action: actions.Post) -> None:
        """Send a push."""
        ...

    def fetch(self, tablet: "Tablet", action: actions.Fetch) -> None:
        """Send a GET."""
        ...

    def open_socket(self, tablet: "Tablet") -> None:
        """Open the live socket."""
        ...

    def send(self, frame: events.Json) -> None:
        """Send a frame."""
        ...

    def set_timer(self, tablet: "Tablet", action: actions.SetTimer) -> None:
        """Ring at a device instant."""
        ...

    def show_ring(self, tablet: "Tablet", frame: events.Json) -> None:
        """Somebody is asked about an alert."""
        ...


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in on a tablet."""

    session_id: str
    session_key: str
    staff_id: str


class Tablet:
    """One paired device. `hear` is its only door; `feeds` and `waiting` are what its screens read."""

    def __init__(self, device: events.Json, line: Line, seed: int, mutant: str | None = None) -> None:
        """`device` is the reply to pairing."""
        self.device_id: str = device["device_id"]
        self.token: str = device["device_token"]
        self.unit_id: str = device["unit_id"]
        self.line = line
        self.mutant = mutant
        self.seed = seed
        self.storage = Storage()
        self.ledger = Ledger()
        self.sessions: dict[str, Session] = {}
        self.staff_of_session: dict[str, Session] = {}
        self.diverged: list[tuple[str, int]] = []
        self.starts = 0
        self._queue: deque[events.Event] = deque()
        self._running = False
        self.state = State(self.device_id, Chance(seed))

    def start(self) -> None:
        """Open the app: nothing is known but what storage holds."""
        self.starts += 1
        # A late answer to the life before must not be taken for one of this life.
        first_request_id = self.starts * 1_000_000
        self.state = State(self.device_id, Chance(self.seed + self.starts), next_request_id=first_request_id)
        self.hear(self.storage.reopened())
        self.want_feeds()

    def sign_in(self, reply: events.Json) -> Session:
        """Take a session from the reply to a log-in."""
        session = Session(reply["session_id"], reply["session_key"], reply["staff_id"])
        self.sessions[session.staff_id] = session
        self.staff_of_session[session.session_id] = session
        self.want_feeds()
        return session

    def sign_out(self, staff_id: str) -> None:
        """Her feed leaves; her unsent entries still go out as hers."""
        self.sessions.pop(staff_id, None)
        self.want_feeds()

    def want_feeds(self) -> None:
        """Follow the reference tables, the unit, and each person signed in."""
        people = tuple(f"user:{staff_id}" for staff_id in self.sessions)
        self.hear(events.FeedsWanted(("reference", f"unit:{self.unit_id}", *people)))

    def save(self, staff_id: str, type_name: str, body: events.Json) -> str:
        """A signed-in person presses Save; return the entry's id once it is durable."""
        self.hear(events.SaveAsked(type_name, self.sessions[staff_id].session_id, body))
        return next(reversed(self.ledger.saved))

    def rows(self, type_name: str) -> list[Any]:
        """Return the unit's rows of one type as this tablet knows them."""
        feed = self.state.feeds.get(f"unit:{self.unit_id}")
        return feed.of_type(type_name) if feed else []

    def hear(self, event: events.Event) -> None:
        """Step the core and do what it asks, until nothing is left to do."""
        self._queue.append(event)
        if self._running:
            return
        self._running = True
        try:
            while self._queue:
                now = self.line.device_now()
                heard = self._queue.popleft()
                self.state, wanted = mutated_step(self.mutant, self.state, heard, now)
                for action in wanted:
                    self._DO[type(action)](self, action)
        finally:
            self._running = False

    def _seal(self, action: actions.Seal) -> None:
        key = self.staff_of_session[action.entry["session_id"]].session_key
        self.hear(events.Sealed(action.entry["entry_id"], mac(key, action.entry)))

    def _store_entry(self, action: actions.StoreEntry) -> None:
        self.storage.store_entry(action)
        self.hear(events.EntryStored(action.entry["entry_id"]))

    def _show_saved(self, action: actions.ShowSaved) -> None:
        staff_id = self.staff_of_session[action.entry["session_id"]].staff_id
        self.ledger.note_saved(action.entry, staff_id)

    def _settle(self, action: actions.Settle) -> None:
        self.storage.settle(action)
        for verdict in action.verdicts:
            self.ledger.note_verdict(verdict)

    def _report_divergence(self, action: actions.ReportDivergence) -> None:
        self.diverged.append((action.feed, action.seq))

    _DO: ClassVar[dict[type, Callable[[Any, Any], None]]] = {
        actions.Seal: _seal,
        actions.StoreEntry: _store_entry,
        actions.ShowSaved: _show_saved,
        actions.Settle: _settle,
        actions.StoreFeed: lambda tablet, action: tablet.storage.store_feed(action),
        actions.Forget: lambda tablet, action: tablet.storage.forget(action),
        actions.Post: lambda tablet, action: tablet.line.post(tablet, action),
        actions.Fetch: lambda tablet, action: tablet.line.fetch(tablet, action),
        actions.OpenSocket: lambda tablet, _: tablet.line.open_socket(tablet),
        actions.Send: lambda tablet, action: tablet.line.send(action.frame),
        actions.SetTimer: lambda tablet, action: tablet.line.set_timer(tablet, action),
        actions.Ring: lambda tablet, action: tablet.line.show_ring(tablet, action.frame),
        actions.ReportDivergence: _report_divergence,
    }
