"""The twin keeps the tablet's promises on any line: nothing lost, nothing doubled, replica equal to snapshot."""

import heapq
import random
from math import ceil
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.ward_sim.paper_server import FEED, PaperServer
from ward_sim.instants import SECOND
from ward_sim.line import Heard
from ward_sim.seal import mac
from ward_sim.tablet import Tablet
from ward_sim.twin.contract import Json

STAYS = [f"00000000-0000-7000-8000-00000000010{digit}" for digit in range(4)]
DEVICE = {
    "device_id": "00000000-0000-7000-8000-0000000000d1",
    "device_token": "token",
    "unit_id": FEED.removeprefix("unit:"),
}
NURSE = {
    "session_id": "00000000-0000-7000-8000-0000000000a1",
    "session_key": "c2l4dGVlbi1ieXRlcy1vci1tb3JlLW9mLWEta2V5ISE",
    "staff_id": "00000000-0000-7000-8000-0000000000b1",
}


class BadLine:
    """A line that loses, repeats, delays and refuses by a seeded die, to a server on paper."""

    def __init__(self, seed: int, server: PaperServer, *, healed: bool = False) -> None:
        self.die = random.Random(seed)
        self.server = server
        self.healed = healed
        self.time = 1_772_434_800_000
        self.due: list[tuple[float, int, Any]] = []
        self.order = 0
        self.tablet: Tablet | None = None
        self.timer_at: float | None = None
        self.socket = 0

    def device_now(self) -> int:
        return self.time

    def now(self) -> Json:
        return {"wall_ms": self.time, "mono_ms": self.time}

    def _later(self, happens: Any, ms: float) -> None:
        self.order += 1
        heapq.heappush(self.due, (self.time + ms, self.order, happens))

    def ask(self, tablet: Tablet, method: str, path: str, body: Json | None, heard: Heard) -> None:
        asked = msgspec.json.decode(msgspec.json.encode(body))
        fate = 1.0 if self.healed else self.die.random()
        if fate < 0.1:
            self._later(lambda: heard(0, None, None), 10 * SECOND)
        elif fate < 0.2:
            self.server.answer(method, path, asked)
            self._later(lambda: heard(0, None, None), 10 * SECOND)
        elif fate < 0.3:
            status = self.die.choice([401, 403, 503, 200])
            self._later(lambda: heard(status, None, None), 50)
        else:
            status, answer = self.server.answer(method, path, asked)
            for _ in range(1 if self.healed or self.die.random() < 0.8 else 2):
                self._later(lambda: heard(status, answer, None), self.die.randrange(5, 3000))

    def open_socket(self, tablet: Tablet) -> None:
        self.socket += 1
        self._on_socket({"event": "socket_opened"}, 20)

    def close_socket(self) -> None:
        self.socket += 1

    def _on_socket(self, event: Json, ms: int) -> None:
        socket = self.socket
        self._later(lambda: self.tablet.hear(event) if self.tablet and socket == self.socket else None, ms)

    def send(self, frame: Json) -> None:
        """The paper server pushes frames by itself."""

    def show_ring(self, tablet: Tablet, ring: Json) -> None:
        """Nobody is asked here."""

    def set_timer(self, tablet: Tablet, at_mono_ms: float | None) -> None:
        self.timer_at = at_mono_ms
        if at_mono_ms is not None:
            self._later(lambda: self._ring(tablet, at_mono_ms), max(0, at_mono_ms - self.time))

    def _ring(self, tablet: Tablet, at_mono_ms: float) -> None:
        if self.timer_at == at_mono_ms:
            tablet.hear({"event": "timer"})

    def frames(self) -> None:
        """The socket speaks: some frames are lost, some come twice, all come late."""
        assert self.tablet is not None
        cursor = self.tablet.feeds[FEED].seq
        after = cursor if self.healed else self.die.randint(0, cursor)
        for frame in self.server.frames(after):
            if self.healed or self.die.random() < 0.7:
                self._on_socket({"event": "frame", "frame": frame}, self.die.randrange(5, 2000))

    def run(self, ms: int) -> None:
        """Let time pass."""
        assert self.tablet is not None
        until = self.time + ms
        while self.due and self.due[0][0] <= until:
            at, _, happens = heapq.heappop(self.due)
            self.time = max(self.time, ceil(at))
            happens()
        self.time = until


def _a_bad_day(seed: int, mutant: str | None = None) -> tuple[Tablet, PaperServer]:
    server = PaperServer()
    line = BadLine(seed, server)
    tablet = Tablet(DEVICE, line, seed, mutant)
    line.tablet = tablet
    tablet.start()
    tablet.sign_in(NURSE)
    for turn in range(30):
        stay_id = line.die.choice(STAYS)
        strange = {"strange": True} if line.die.random() < 0.1 else {}
        tablet.save(NURSE["staff_id"], "note_written", {"stay_id": stay_id, "turn": turn} | strange)
        if line.die.random() < 0.2:
            server.append("note", f"other-{turn}", 1, {"stay_id": stay_id})
        if line.die.random() < 0.1:
            server.append("exit", stay_id, 1, None)
        if line.die.random() < 0.1:
            tablet.start()
        line.frames()
        line.run(line.die.randrange(0, 5 * SECOND))
    line.healed = True
    for _ in range(20):
        line.run(60 * SECOND)
        tablet.hear({"event": "network_up"})
        line.frames()
    line.run(120 * SECOND)
    return tablet, server


@given(st.integers(min_value=0, max_value=2**32))
def test_whatever_the_line_does_no_saved_entry_is_lost_or_doubled(seed: int) -> None:
    tablet, server = _a_bad_day(seed)
    assert len(tablet.ledger.saved) == 30
    assert not tablet.storage.entries
    assert set(tablet.ledger.saved) == set(server.outcomes)
    held = {entry_id for entry_id, outcome in server.outcomes.items() if outcome == "held"}
    assert set(tablet.storage.held) == held


@given(st.integers(min_value=0, max_value=2**32))
def test_after_healing_the_replica_and_its_storage_equal_the_server(seed: int) -> None:
    tablet, server = _a_bad_day(seed)
    feed = tablet.feeds[FEED]
    assert feed.seq == len(server.changes)
    assert feed.rows == server.rows
    assert tablet.storage.feeds[FEED].rows == server.rows
    assert tablet.storage.feeds[FEED].seq == feed.seq
    assert tablet.diverged == []


def test_a_tablet_that_drops_its_queue_on_401_loses_entries() -> None:
    lost = 0
    for seed in range(20):
        tablet, server = _a_bad_day(seed, "drop_on_401")
        lost += len(set(tablet.ledger.saved) - set(server.outcomes))
    assert lost


def test_a_tablet_that_makes_its_ids_at_each_try_doubles_entries() -> None:
    doubled = 0
    for seed in range(20):
        _, server = _a_bad_day(seed, "no_dedupe")
        bodies = [row["body"] for (_, row) in server.rows.values() if "body" in row]
        doubled += len(bodies) - len(set(bodies))
    assert doubled


def test_n_is_dense_and_ids_do_not_repeat_across_restarts() -> None:
    tablet, _ = _a_bad_day(7)
    numbers = sorted(kept.entry["n"] for kept in tablet.ledger.saved.values())
    assert numbers == list(range(1, 31))


def test_a_poison_entry_is_found_by_bisection_and_held_alone() -> None:
    line = BadLine(1, PaperServer(), healed=True)
    tablet = Tablet(DEVICE, line, 1)
    line.tablet = tablet
    tablet.start()
    tablet.sign_in(NURSE)
    line.run(SECOND)
    honest = line.server.answer

    def refusing(method: str, path: str, body: Any) -> tuple[int, Any]:
        if body and any('"turn":3' in entry["body"] for entry in body["entries"]):
            return 422, {"status": 422, "title": "Unprocessable"}
        return honest(method, path, body)

    line.server.answer = refusing
    for turn in range(9):
        body = {"stay_id": STAYS[0], "turn": turn}
        tablet.save(NURSE["staff_id"], "note_written", body)
    line.run(60 * SECOND)
    assert not tablet.storage.entries
    assert len(line.server.outcomes) == 8
    assert [(held["n"], held["reason"]) for held in tablet.storage.held.values()] == [(4, "not_taken")]


def test_a_mac_covers_every_line_of_the_protocol() -> None:
    entry = {
        "entry_id": "e",
        "device_id": "d",
        "n": 1,
        "type": "t",
        "v": 1,
        "session_id": "s",
        "recorded_at": "r",
        "depends_on": ["a", "b"],
        "body": "{}",
    }
    first = mac(NURSE["session_key"], entry)
    assert len(first) == 22
    for name, was in entry.items():
        changed = {**entry, name: ["c"] if name == "depends_on" else f"{was}x"}
        assert mac(NURSE["session_key"], changed) != first
