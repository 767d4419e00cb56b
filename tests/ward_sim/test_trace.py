"""One schedule of happenings, two cores: the twin in Python and the browser's own give the same actions, byte for byte."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from ward_sim.core import BothCores, CoresDiffer, NodeChild, NodeCore
from ward_sim.instants import instant_text

Json = dict[str, Any]
DEVICE = {"device_id": "d1", "unit_id": "u1", "name": "Tablet 1"}
FEEDS = ("reference", "unit:u1", "user:s1")
EPOCHS = ("e1", "e1", "e1", "e2")
GARBAGE = (None, "<html>", 7, [], {}, {"title": "No"}, {"verdicts": 3}, {"verdicts": [None]}, {"feed": "unit:u1"})


@pytest.fixture(scope="module")
def child() -> Iterator[NodeChild]:
    with NodeChild() as node:
        yield node


class World:
    """A small model of everything around a core; it answers what was asked, late, wrongly or not at all."""

    def __init__(self, seed: int, core: Any) -> None:
        self.die, self.core = random.Random(seed), core
        self.now = {"wall_ms": 1_772_434_800_000, "mono_ms": 0}
        self.waiting: dict[str, Json] = {}
        self.held: list[Json] = []
        self.asked: list[Json] = []
        self.heads = dict.fromkeys(FEEDS, 3)
        self.told: dict[str, int] = {}
        self.places = 0
        self.seen: set[str] = set()
        core.begin(seed)

    def run(self, steps: int) -> None:
        read = {"waiting": list(self.waiting.values()), "held": [], "last_sent_at": None, "offset_ms": None}
        self.hear({"event": "started", "device": DEVICE, "sessions": [], **read})
        self.hear({"event": "live_gained", "cursors": {"unit:u1": ["e1", 2], "user:gone": ["e1", 4]}})
        for _ in range(steps):
            self.pass_time()
            self.die.choice([self.answer, self.answer, self.answer, self.save, self.frame, self.frame, self.device])()

    def pass_time(self) -> None:
        ms = self.die.choice([0, 1, 30, 700, 5_000, 61_000])
        jump = self.die.choice([0] * 30 + [3_600_000, -86_400_000])
        self.now = {"wall_ms": self.now["wall_ms"] + ms + jump, "mono_ms": self.now["mono_ms"] + ms}

    def hear(self, event: Json) -> None:
        for action in self.core.step(event, self.now):
            self.seen.add(action["action"])
            if action["action"] == "settle":
                gone = {one["entry_id"] for one in (*action["sent"], *action["held"])}
                self.held = [*self.held, *action["held"]][-4:]
                self.waiting = {i: kept for i, kept in self.waiting.items() if i not in gone}
            if action["action"] in ("append", "replace"):
                self.told[action["feed"]] = action["seq"]
            if action["action"] in ("take_flush", "post", "settle", "open_socket", "compare") or action[
                "action"
            ].startswith("get_"):
                self.asked.append({**action, "sent_at": self.now})

    def save(self) -> None:
        self.places += 1
        others = sorted({*self.waiting, *(one["entry_id"] for one in self.held)})
        needs = self.die.sample(others, 1) if others and self.die.random() < 0.3 else []
        entry = {"entry_id": f"n{self.places}", "n": self.places, "stay_id": self.die.choice([None, "a", "b", "c"])}
        entry |= {"depends_on": needs, "bytes": self.die.choice([200, 300, 150_000])}
        self.waiting[entry["entry_id"]] = entry
        self.hear({"event": "saved", "waiting": entry})

    def device(self) -> None:
        names = ["network_up", "network_down", "visible", "asked", "timer", "timer", "timer", "socket_closed"]
        session = {"session_id": "x", "staff_id": "s1"}
        odd = [
            {"event": "session_opened", "session": session},
            {"event": "session_ended", "session_id": "x"},
            {"event": "outbox_read", **self.storage()},
            {"event": "answered", "entry_id": f"n{self.die.randint(1, 9)}"},
            {"event": "diverged", "feed": "unit:u1", "epoch": "e1", "seq": 3},
            {"event": "resent", "entry_ids": sorted(self.waiting)[:2]},
            {"event": self.die.choice(["live_lost", "settle_failed", "paired"]), "device": DEVICE},
            {"event": "live_gained", "cursors": {"unit:u1": ["e1", self.told.get("unit:u1", 0)]}},
        ]
        event = self.die.choice(odd) if self.die.random() < 0.3 else {"event": self.die.choice(names)}
        self.hear(event)

    def storage(self) -> Json:
        sent_at = self.die.choice([None, self.now["wall_ms"]])
        return {"waiting": list(self.waiting.values()), "held": self.held, "last_sent_at": sent_at}

    def answer(self) -> None:
        if not self.asked:
            return self.device()
        asked = self.asked.pop(self.die.randrange(len(self.asked)))
        match asked["action"]:
            case "take_flush":
                refused = self.die.random() < 0.1
                gained = {"event": "flush_gained", "waiting": list(self.waiting.values())}
                self.hear({"event": "flush_refused"} if refused else gained)
            case "settle":
                self.hear({"event": "settled" if self.die.random() < 0.9 else "settle_failed"})
            case "open_socket":
                self.hear({"event": self.die.choice(["socket_opened", "socket_opened", "socket_closed"])})
            case "post":
                self.reply({"event": "push_reply"}, asked, self.verdicts(asked["entry_ids"]))
            case "get_device":
                self.reply({"event": "device_reply"}, asked, {**DEVICE, "unit_id": self.die.choice(["u1", "u1", "u2"])})
            case "get_snapshot":
                self.reply({"event": "get_reply", "feed": asked["feed"]}, asked, self.chunk(asked))
            case "get_changes":
                self.reply({"event": "get_reply", "feed": asked["feed"]}, asked, self.page(asked))
        return None

    def reply(self, event: Json, asked: Json, body: Json) -> None:
        fate = self.die.random()
        status = 200 if fate < 0.7 else self.die.choice([0, 400, 401, 403, 404, 408, 410, 413, 422, 429, 500, 503])
        garbage = fate >= 0.65 and self.die.random() < 0.7
        at = instant_text(self.now["wall_ms"] + self.die.randrange(-5_000, 5_000))
        body = {**body, "server_at": self.die.choice([at, at, at, "noon", None])}
        wait = {"retry_after_s": self.die.choice([1, 30, 2.5])} if self.die.random() < 0.1 else {}
        told = self.die.choice(GARBAGE) if garbage else body
        self.hear({**event, "status": status, "body": told, "sent_at": asked["sent_at"], **wait})

    def verdicts(self, entry_ids: list[str]) -> Json:
        kinds = [
            {"verdict": "accepted"},
            {"verdict": "accepted"},
            {"verdict": "duplicate", "outcome": "accepted"},
            {"verdict": "duplicate", "outcome": "held", "reason": "scope"},
            {"verdict": "flagged", "flags": ["late", 7]},
            {"verdict": "held", "reason": "bed_taken", "detail": None},
            {"verdict": "later", "retry_after_s": 1.5},
            {"verdict": "later"},
            {"verdict": "newer"},
        ]
        heads = {feed: head + self.die.choice([0, 0, 1]) for feed, head in self.heads.items()} | {"odd": "x"}
        verdicts = [{"entry_id": entry_id, **self.die.choice(kinds)} for entry_id in entry_ids]
        missing = self.die.choice([None, [], [], [[1, 2]], [[1, 2], [4, 4]], [[3, 2], [0, 1], [1.5, 2], 7, [1]]])
        return {"verdicts": verdicts, "heads": heads, "epoch": self.die.choice(EPOCHS), "missing": missing}

    def chunk(self, asked: Json) -> Json:
        chunk, head = asked["chunk"], asked["head"] or self.heads[asked["feed"]] if asked["feed"] in self.heads else 1
        rows = [{"type": "task", "id": f"t{chunk}", "version": 1, "row": {"stay_id": "a"}}]
        last = chunk >= 1 or self.die.random() < 0.5
        whole = {"feed": asked["feed"], "epoch": self.die.choice(EPOCHS), "head": head, "chunk": chunk}
        return {**whole, "last": last, "rows": rows}

    def page(self, asked: Json) -> Json:
        head = self.heads.get(asked["feed"], 1)
        first = asked["after"] + self.die.choice([1, 1, 1, 0, 2])
        changes = [_change(seq) for seq in range(first, min(head, first + 2) + 1)]
        more = bool(changes) and changes[-1]["seq"] < head
        return {"feed": asked["feed"], "epoch": asked["epoch"], "head": head, "more": more, "changes": changes}

    def frame(self) -> None:
        feed = self.die.choice(FEEDS)
        self.heads[feed] += self.die.choice([0, 1, 1, 2])
        head, epoch = self.heads[feed], self.die.choice(EPOCHS)
        start = self.told.get(feed, 0) + self.die.choice([1, 1, 1, 2, 0])
        frames = [
            {"frame": "delta", "feed": feed, "epoch": epoch, "from": start, "to": head}
            | {"changes": [_change(seq) for seq in range(start, head + 1)]},
            {"frame": "upto", "feed": feed, "epoch": epoch, "head": self.told.get(feed, head), "sum": "00ff"},
            {"frame": "upto", "feed": feed, "epoch": epoch, "head": head, "sum": ""},
            {"frame": "reset", "feed": feed, "epoch": epoch, "why": "restored"},
            {"frame": "same", "hello": self.die.choice([1, 1, 2, 3]), "sums": ["00fe", "00ff"]},
            {"frame": "ping", "at": instant_text(self.now["wall_ms"])},
            {"frame": "ring", "alert_id": "a", "step_id": "b", "staff_id": "c", "sound": "red"},
            {"frame": "weather"},
            self.die.choice([7, None, {"frame": "delta"}, {"frame": "upto", "feed": feed, "head": True}]),
        ]
        self.hear({"event": "frame", "frame": self.die.choices(frames, [8, 4, 2, 1, 2, 2, 1, 1, 1])[0]})


def _change(seq: int) -> Json:
    return {"seq": seq, "type": "task", "id": f"t{seq}", "version": 1, "row": {"stay_id": "a"} if seq % 5 else None}


def test_both_cores_do_the_same_whatever_happens(child: NodeChild) -> None:
    seen: set[str] = set()
    for seed in range(30):
        world = World(seed, BothCores(NodeCore(child, "a")))
        world.run(250)
        seen |= world.seen
    wanted = "take_flush drop_flush post settle get_device get_changes get_snapshot open_socket close_socket send show"
    assert seen == {
        *wanted.split(),
        "append",
        "replace",
        "forget",
        "compare",
        "resend",
        "resend_missing",
        "ring",
        "set_timer",
    }


def test_a_core_that_waits_otherwise_is_found(child: NodeChild) -> None:
    both = BothCores(NodeCore(child, "b"))
    world = World(1, both)
    both.twin.state.chance.draw()
    with pytest.raises(CoresDiffer, match="set_timer"):
        world.run(250)
