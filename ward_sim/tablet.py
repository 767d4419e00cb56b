"""A virtual tablet: a core, its storage and its book, on whatever line it is given (`pwa/src/sync/browser.ts`)."""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

import msgspec

from ward_sim.chance import Chance
from ward_sim.core import Core, TwinCore
from ward_sim.instants import instant_text
from ward_sim.ledger import Ledger
from ward_sim.line import Line
from ward_sim.mutants import mutated
from ward_sim.replica import Replica, rows_of
from ward_sim.seal import kept, sealed
from ward_sim.storage import Crashed, Storage
from ward_sim.twin.contract import Json

_OK = 200
_UNAUTHORIZED = (401, 403)


@dataclass(frozen=True, slots=True)
class Session:
    """A person signed in on a tablet."""

    session_id: str
    session_key: str
    staff_id: str


class Tablet:
    """One paired device. `hear` takes events in; `rows` and `storage` are what its screens read."""

    def __init__(
        self, device: Json, line: Line, seed: int, mutant: str | None = None, core: Core | None = None
    ) -> None:
        """`device` is the reply to pairing; without a core the twin is taken."""
        self.device_id: str = device["device_id"]
        self.token: str = device["device_token"]
        self.unit_id: str = device["unit_id"]
        self.name: str = device.get("name", "")
        self.line = line
        self.mutant = mutant
        self.seed = seed
        self.core = mutated(core or TwinCore(), mutant)
        self.storage = Storage(mutant)
        self.ledger = Ledger()
        self.chance = Chance(seed)
        self.sessions: dict[str, Session] = {}
        self.feeds: defaultdict[str, Replica] = defaultdict(Replica)
        self.diverged: list[tuple[str, int]] = []
        self.life = 0
        self.starts = 0
        self.alive = False
        self.asking = 0
        self._offset_ms: int | None = None
        self._keys: dict[str, str] = {}
        self._verdicts: dict[str, Json] = {}
        self._posted: set[str] = set()
        self._queue: deque[Json] = deque()
        self._running = False

    def start(self) -> None:
        """Open the app, ending the one that runs: nothing is known but what storage holds."""
        self.die()
        self.alive = True
        self.starts += 1
        self.core.begin((self.seed + self.starts) & (2**64 - 1))
        self.feeds.clear()
        for name, rest in self.storage.feeds.items():
            self.feeds[name] = Replica(rest.epoch, rest.seq, dict(rest.rows))
        device = {"device_id": self.device_id, "unit_id": self.unit_id, "name": self.name}
        people = [{"session_id": one.session_id, "staff_id": one.staff_id} for one in self.sessions.values()]
        known = {"device": device, "sessions": people, "offset_ms": self._offset_ms}
        self.hear({"event": "started", **known, **self.storage.started()})
        self.hear({"event": "live_gained", "cursors": self.storage.cursors()})

    def die(self) -> None:
        """The app is gone, whatever it was doing; answers to its requests find nobody."""
        if self.alive:
            told = self.summary()
            self._offset_ms = None if told["clock_quality"] == "unknown" else told["clock_offset_ms"]
        self.alive = False
        self.life += 1
        self.asking = 0
        self._queue.clear()
        self.line.close_socket()
        self.line.set_timer(self, None)

    def sign_in(self, reply: Json) -> Session:
        """Take a session from the reply to a log-in."""
        session = Session(reply["session_id"], reply["session_key"], reply["staff_id"])
        self.sessions[session.staff_id] = session
        self._keys[session.session_id] = session.session_key
        told = {"session_id": session.session_id, "staff_id": session.staff_id}
        self.hear({"event": "session_opened", "session": told})
        return session

    def sign_out(self, staff_id: str) -> None:
        """Her feed leaves; her unsent entries still go out as hers."""
        session = self.sessions.pop(staff_id, None)
        if session is not None:
            self.hear({"event": "session_ended", "session_id": session.session_id})

    def save(self, staff_id: str, type_name: str, body: Json, answers: str | None = None) -> str:
        """A signed-in person presses Save; return the entry's id once it is durable, or raise Crashed.

        `answers` is the held entry that this one answers. Instants in `body` are by the tablet's own clock.
        """
        session, now = self.sessions[staff_id], self.line.now()
        at = instant_text(now["wall_ms"])
        told = self.core.summary(now)
        clock = {name: told[name] for name in ("clock_offset_ms", "clock_quality")}
        unit = self.feeds[f"unit:{self.unit_id}"]
        cursor = {"feed": f"unit:{self.unit_id}", "epoch": unit.epoch, "seq": unit.seq}
        seen = {"seen": cursor} if unit.epoch else {}
        entry = {
            "entry_id": self.chance.uuid7(now["wall_ms"]),
            "device_id": self.device_id,
            "n": self.storage.last_n + 1,
            "type": type_name,
            "v": 1,
            "session_id": session.session_id,
            "recorded_at": at,
            "depends_on": [],
            "body": msgspec.json.encode({"observed_at": at, **clock, **seen, **body}).decode(),
        }
        saved = kept(sealed(entry, session.session_key), staff_id)
        try:
            self.storage.append(saved, answers)
        except Crashed:
            self.die()
            raise
        self.ledger.note_saved(saved["entry"], staff_id)
        if answers is not None:
            self.hear({"event": "answered", "entry_id": answers})
        self.hear({"event": "saved", "waiting": self.storage.waiting()[-1]})
        return entry["entry_id"]

    def rows(self, type_name: str) -> list[Any]:
        """Return the unit's rows of one type as this tablet knows them."""
        return self.feeds[f"unit:{self.unit_id}"].of_type(type_name)

    def summary(self) -> Json:
        """Return how the tablet stands, as its screens say it."""
        return self.core.summary(self.line.now())

    def hear(self, event: Json) -> None:
        """Step the core and do what it asks, until nothing is left to do or the app dies of it."""
        if not self.alive:
            return
        self._queue.append(event)
        if self._running:
            return
        self._running = True
        try:
            while self._queue:
                for action in self.core.step(self._queue.popleft(), self.line.now()):
                    self._DO[action["action"]](self, action)
        except Crashed:
            self.die()
        finally:
            self._running = False

    def _ask(self, method: str, path: str, body: Json | None, event: Json) -> None:
        life, sent_at, answered = self.life, self.line.now(), False

        def heard(status: int, reply: Any, retry_after_s: float | None = None) -> None:
            nonlocal answered
            if answered or life != self.life:
                return
            answered = True
            self.asking -= 1
            if event["event"] == "push_reply":
                told = reply.get("verdicts") if status == _OK and isinstance(reply, dict) else None
                self._verdicts = {verdict["entry_id"]: verdict for verdict in told or []}
                if self.mutant == "drop_on_401" and status in _UNAUTHORIZED:
                    self._drop_queue()
            late = {} if retry_after_s is None else {"retry_after_s": retry_after_s}
            self.hear({**event, "status": status, "body": reply, "sent_at": sent_at, **late})

        self.asking += 1
        self.line.ask(self, method, path, body, heard)

    def _take_flush(self, _action: Json) -> None:
        self.hear({"event": "flush_gained", "waiting": self.storage.waiting()})

    def _post(self, action: Json) -> None:
        entries = [self.storage.entries.get(entry_id) for entry_id in action["entry_ids"]]
        if None in entries:
            self.hear({"event": "push_reply", "status": 0, "sent_at": self.line.now()})
            return
        if self.mutant == "no_dedupe":
            self._name_anew(action["entry_ids"])
        push: Json = {"outbox_depth": action["outbox_depth"], "max_n": self.storage.last_n}
        push["entries"] = [self.storage.entries[entry_id]["entry"] for entry_id in action["entry_ids"]]
        self._ask("POST", "/api/sync/entries", push, {"event": "push_reply"})

    def _name_anew(self, entry_ids: list[str]) -> None:
        """The mutant no_dedupe: the key of an entry is made at each try, so a lost answer makes a second fact."""
        for entry_id in entry_ids:
            waits = self.storage.entries[entry_id]
            if entry_id in self._posted:
                self.storage.last_n += 1
                names = {"entry_id": self.chance.uuid7(self.line.device_now()), "n": self.storage.last_n}
                waits["entry"] = sealed({**waits["entry"], **names}, self._keys[waits["entry"]["session_id"]])
                self.ledger.note_saved(waits["entry"], waits["staff_id"])
            self._posted.add(entry_id)

    def _drop_queue(self) -> None:
        """The mutant drop_on_401: a refused token is taken for the end of the session, and the queue goes with it."""
        self.storage.purge(self.storage.entries)
        self.hear({"event": "outbox_read", **self.storage.started()})

    def _settle(self, action: Json) -> None:
        known = self.storage.entries
        sent_as = {entry_id: waits["entry"]["entry_id"] for entry_id, waits in known.items()}
        self.storage.settle(action, self.line.device_now())
        for one in (*action["sent"], *action["held"]):
            sent_id = sent_as.get(one["entry_id"], "")
            held = {"entry_id": sent_id, "verdict": "held", "reason": one.get("reason"), "detail": one.get("detail")}
            verdict = self._verdicts.get(sent_id) or (held if "reason" in one else None)
            if verdict is not None:
                self.ledger.note_verdict(verdict)
        self.hear({"event": "settled"})

    def _compare(self, action: Json) -> None:
        """The sum over the rows in memory, when they are still at that cursor."""
        feed = self.feeds[action["feed"]]
        at = {name: action[name] for name in ("feed", "epoch", "seq")}
        if (feed.epoch, feed.seq) == (at["epoch"], at["seq"]) and feed.checksum() != action["sum"]:
            self.diverged.append((at["feed"], at["seq"]))
            self.hear({"event": "diverged", **at})

    def _resend(self, action: Json) -> None:
        self._go_again(self.storage.of_another_epoch(action["epoch"]))

    def _resend_missing(self, action: Json) -> None:
        self._go_again(lambda kept: any(first <= kept["n"] <= last for first, last in action["spans"]))

    def _go_again(self, goes: Callable[[Json], bool]) -> None:
        entry_ids = self.storage.resend(goes)
        if entry_ids:
            self.hear({"event": "resent", "entry_ids": entry_ids})
            self.hear({"event": "outbox_read", **self.storage.started()})

    def _get(self, action: Json, path: str, asked: Json) -> None:
        event = {"event": "get_reply", "feed": action["feed"]}
        self._ask("GET", f"{path}?{urlencode({k: v for k, v in asked.items() if v is not None})}", None, event)

    def _get_changes(self, action: Json) -> None:
        self._get(action, "/api/sync/changes", {name: action[name] for name in ("feed", "epoch", "after", "limit")})

    def _get_snapshot(self, action: Json) -> None:
        path = f"/api/sync/snapshot/{action['feed']}"
        self._get(action, path, {"chunk": action["chunk"], "head": action["head"]})

    def _show(self, action: Json) -> None:
        self.feeds[action["feed"]].apply({"seq": 0, **row} for row in action["rows"])

    def _append(self, action: Json) -> None:
        feed = self.feeds[action["feed"]]
        feed.apply(action["changes"])
        feed.epoch, feed.seq = action["epoch"], action["seq"]
        self.storage.keep_changes(action["feed"], action["epoch"], action["seq"], action["changes"])

    def _replace(self, action: Json) -> None:
        rows = rows_of(action["rows"])
        self.feeds[action["feed"]] = Replica(action["epoch"], action["seq"], rows)
        self.storage.keep_rows(action["feed"], action["epoch"], action["seq"], dict(rows))

    def _forget(self, action: Json) -> None:
        self.feeds.pop(action["feed"], None)
        self.storage.forget(action["feed"])

    _DO: ClassVar[dict[str, Callable[[Any, Json], None]]] = {
        "take_flush": _take_flush,
        "drop_flush": lambda _tablet, _action: None,
        "post": _post,
        "settle": _settle,
        "get_device": lambda tablet, _: tablet._ask("GET", "/api/devices/me", None, {"event": "device_reply"}),  # noqa: SLF001
        "get_changes": _get_changes,
        "get_snapshot": _get_snapshot,
        "open_socket": lambda tablet, _: tablet.line.open_socket(tablet),
        "close_socket": lambda tablet, _: tablet.line.close_socket(),
        "send": lambda tablet, action: tablet.line.send(action["frame"]),
        "show": _show,
        "append": _append,
        "replace": _replace,
        "forget": _forget,
        "compare": _compare,
        "resend": _resend,
        "resend_missing": _resend_missing,
        "ring": lambda tablet, action: tablet.line.show_ring(tablet, action),
        "set_timer": lambda tablet, action: tablet.line.set_timer(tablet, action["at_mono_ms"]),
    }
