"""A stand-in for a tablet's IndexedDB: two databases, whole transactions, and the app may end at any boundary."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from math import inf
from typing import Any

import msgspec

from ward_sim.instants import DAY
from ward_sim.replica import Key, Rows, apply_changes
from ward_sim.twin.contract import Json

_SENT_FOR_MS = 7 * DAY
# A device writes what is older down by itself.
_UNFLUSHED = 64
_FOR_CORE = ("entry_id", "n", "stay_id", "depends_on", "bytes")
Undo = Callable[[], object]


class Crashed(Exception):
    """The app dies here."""


@dataclass(slots=True)
class FeedAtRest:
    """A feed's rows and cursor as stored together."""

    epoch: str
    seq: int
    rows: Rows


@dataclass(slots=True)
class Database:
    """What one database has not yet on the disk: how to undo it, newest last. A strict write brings all of it there."""

    unflushed: list[Undo] = field(default_factory=list)

    def note(self, undo: Undo, *, strict: bool) -> None:
        """A transaction is complete."""
        if strict:
            self.unflushed.clear()
            return
        self.unflushed.append(undo)
        del self.unflushed[:-_UNFLUSHED]

    def lose(self, most: int | None) -> int:
        """The device lost power: its last transactions, so many at most, never were. Return how many."""
        lost = len(self.unflushed) if most is None else min(most, len(self.unflushed))
        for _ in range(lost):
            self.unflushed.pop()()
        return lost


class Storage:
    """What survives the death of the app. `boundary` is called before and after each transaction, by its name."""

    def __init__(self, mutant: str | None = None) -> None:
        self.boundary: Callable[[str], None] = lambda _name: None
        self.mutant = mutant
        # The outbox: entries by id in the order of their places, the tray, and what was sent in the last days.
        self.entries: dict[str, Json] = {}
        self.held: dict[str, Json] = {}
        self.sent: dict[str, Json] = {}
        self.last_n = 0
        # The projection.
        self.feeds: dict[str, FeedAtRest] = {}
        self._outbox, self._projection = Database(), Database()

    @contextmanager
    def _transaction(self, name: str, database: Database, *, strict: bool) -> Iterator[list[Undo]]:
        self.boundary(f"before {name}")
        undo: list[Undo] = []
        yield undo
        database.note(lambda: [step() for step in reversed(undo)], strict=strict)
        self.boundary(f"after {name}")

    def append(self, kept: Json, answers: str | None = None) -> None:
        """Entry and counter together in one strict transaction; the held entry that it answers leaves the tray."""
        # The mutant relaxed_ack: the tick is shown before the entry is on the disk.
        strict = self.mutant != "relaxed_ack"
        with self._transaction("outbox.append", self._outbox, strict=strict) as undo:
            self.entries[kept["entry_id"]] = kept
            self.last_n = kept["n"]
            undo += [lambda: self.entries.pop(kept["entry_id"], None), lambda: setattr(self, "last_n", kept["n"] - 1)]
            if answers is not None:
                self.held.pop(answers, None)

    def settle(self, settled: Json, now_ms: int) -> None:
        """Entries with a verdict leave for the sent ring or the tray, all in one strict transaction."""
        with self._transaction("outbox.settle", self._outbox, strict=True):
            told = {name: settled[name] for name in ("heads", "epoch", "server_ms")} | {"sent_at": now_ms}
            for one in settled["sent"]:
                kept = self.entries.pop(one["entry_id"], None)
                if kept is not None:
                    self.sent[one["entry_id"]] = {**kept, **one, **told}
            for one in settled["held"]:
                kept = self.entries.pop(one["entry_id"], None)
                if kept is not None:
                    self.held[one["entry_id"]] = {**kept, **one, "held_at": now_ms}
                    if not one["local"]:  # the server's as well: one that went back in time must get it again
                        self.sent[one["entry_id"]] = {**kept, "verdict": "held", "flags": [], **told}
            # By the server's clock: the device's jumps, and what is not here any more can not go again.
            oldest = -inf if settled["server_ms"] is None else settled["server_ms"] - _SENT_FOR_MS
            for entry_id in [i for i, kept in self.sent.items() if _answered_at(kept) < oldest]:
                del self.sent[entry_id]

    def resend(self, goes: Callable[[Json], bool]) -> list[str]:
        """What the server answered goes back into the outbox, by its place, in one strict transaction; its ids."""
        again = [entry_id for entry_id, kept in self.sent.items() if goes(kept)]
        if again:
            with self._transaction("outbox.resend", self._outbox, strict=True):
                back = {entry_id: _unsent(self.sent.pop(entry_id)) for entry_id in again}
                self.entries = dict(sorted({**self.entries, **back}.items(), key=lambda one: one[1]["n"]))
                for entry_id in again:
                    self.held.pop(entry_id, None)
        return again

    def of_another_epoch(self, epoch: str) -> Callable[[Json], bool]:
        """Return what goes again to a server in this epoch.

        Not what a person has discarded, or sent anew: it would be applied before her answer is heard again.
        """
        answers = [kept["entry"] for kept in (*self.entries.values(), *self.sent.values())]
        bodies = [msgspec.json.decode(each["body"]) for each in answers if each["type"] == "held_entry_resolved"]
        ended = {body["held_entry_id"] for body in bodies if body.get("resolution") in {"discarded", "resent"}}
        return lambda kept: kept["epoch"] != epoch and kept["entry_id"] not in ended

    def keep_changes(self, feed: str, epoch: str, seq: int, changes: list[Json]) -> None:
        """Changes and the cursor after them in one relaxed transaction."""
        if self.mutant == "cursor_before_data":
            self._keep(feed, "projection.cursor", (epoch, seq), [])
        self._keep(feed, "projection.changes", (epoch, seq), changes)
        exits = {change["id"] for change in changes if change["type"] == "exit"}
        if exits and self.mutant == "purge_outbox_on_exit":
            self.purge(entry_id for entry_id, kept in self.entries.items() if kept["stay_id"] in exits)

    def _keep(self, feed: str, name: str, cursor: tuple[str, int], changes: Iterable[Json]) -> None:
        with self._transaction(name, self._projection, strict=False) as undo:
            kept = self.feeds.setdefault(feed, FeedAtRest("", 0, {}))
            before = apply_changes(kept.rows, changes)
            undo += [partial(_set_cursor, kept, (kept.epoch, kept.seq)), partial(_put_back, kept.rows, before)]
            _set_cursor(kept, cursor)

    def purge(self, entry_ids: Iterable[str]) -> None:
        """Two mutants: what is unsent goes with the patient who leaves, or with the session that is refused."""
        with self._transaction("outbox.purge", self._outbox, strict=True):
            for entry_id in list(entry_ids):
                del self.entries[entry_id]

    def keep_rows(self, feed: str, epoch: str, seq: int, rows: Rows) -> None:
        """A feed's rows and its cursor in the place of what was there, in one relaxed transaction."""
        with self._transaction("projection.rows", self._projection, strict=False) as undo:
            undo.append(partial(self._restore, feed, self.feeds.get(feed)))
            self.feeds[feed] = FeedAtRest(epoch, seq, rows)

    def forget(self, feed: str) -> None:
        """Take a feed off this tablet; the outbox stays."""
        with self._transaction("projection.forget", self._projection, strict=False) as undo:
            undo.append(partial(self._restore, feed, self.feeds.pop(feed, None)))

    def _restore(self, feed: str, was: FeedAtRest | None) -> None:
        self.feeds.pop(feed, None)
        if was is not None:
            self.feeds[feed] = was

    def lose_tail(self, most: int | None = None) -> int:
        """Power is gone: the last transactions of the projection that were not on the disk yet never were.

        So many of each database at most; return how many. The outbox loses none, for its writes are strict.
        """
        return self._projection.lose(most) + self._outbox.lose(most)

    def waiting(self) -> list[Json]:
        """Return what waits, oldest first, as the core is told of it."""
        return [{name: kept[name] for name in _FOR_CORE} for kept in self.entries.values()]

    def unsent(self) -> list[Json]:
        """Return the entries that wait, oldest first, as they will be sent."""
        return [kept["entry"] for kept in self.entries.values()]

    def started(self) -> Json:
        """Return what a new start of the app reads of the outbox."""
        names = (*_FOR_CORE, "reason", "detail", "local")
        held = [{name: kept[name] for name in names} for kept in self.held.values()]
        taken = [kept["sent_at"] for kept in self.sent.values() if kept["verdict"] != "held"]
        last_sent_at = max(taken, default=None)
        return {"waiting": self.waiting(), "held": held, "last_sent_at": last_sent_at}

    def cursors(self) -> dict[str, tuple[str, int]]:
        """Return how far each feed was read."""
        return {name: (feed.epoch, feed.seq) for name, feed in self.feeds.items()}


def _answered_at(sent: Json) -> float:
    return inf if sent["server_ms"] is None else sent["server_ms"]


def _unsent(kept: Json) -> Json:
    return {name: kept[name] for name in (*_FOR_CORE, "staff_id", "entry")}


def _set_cursor(feed: FeedAtRest, cursor: tuple[Any, Any]) -> None:
    feed.epoch, feed.seq = cursor


def _put_back(rows: Rows, before: dict[Key, Any]) -> None:
    for key, kept in before.items():
        if kept is None:
            rows.pop(key, None)
        else:
            rows[key] = kept
