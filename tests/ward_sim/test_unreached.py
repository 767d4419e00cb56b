"""Where nobody answers, a tablet asks rarely, one feed for all; the first answer lets all go on. Both cores alike."""

import heapq
from collections.abc import Iterator
from itertools import pairwise
from math import ceil
from typing import Any

import pytest

from ward_sim.core import BothCores, NodeChild, NodeCore
from ward_sim.instants import HOUR, MINUTE, SECOND

Json = dict[str, Any]
FEEDS = ("reference", "unit:u", "user:s")
DEVICE = {"device_id": "d", "unit_id": "u", "name": "Ward 1"}
SESSIONS = [{"session_id": "i", "staff_id": "s"}]


@pytest.fixture(scope="module")
def child() -> Iterator[NodeChild]:
    with NodeChild() as node:
        yield node


class Unreached:
    """Both cores of a tablet whose every request and every dial fails, but for the pages of the feeds `answered`."""

    def __init__(self, child: NodeChild, seed: int, answered: tuple[str, ...] = ()) -> None:
        self.cores, self.now, self.answered = BothCores(NodeCore(child, "unreached")), 0, answered
        self.cores.begin(seed)
        self.asked: list[tuple[int, str, str]] = []
        self._comes: list[tuple[float, int, Json]] = []
        self._timer_at: float | None = None
        outbox = {"waiting": [], "held": [], "last_sent_at": None}
        self.hear({"event": "started", "device": DEVICE, "sessions": SESSIONS, "offset_ms": None, **outbox})
        self.hear({"event": "live_gained", "cursors": {feed: ["e", 1] for feed in FEEDS}})

    @property
    def state(self) -> Any:
        """What the twin keeps."""
        return self.cores.twin.state

    def clocks(self) -> Json:
        """Both clocks of the device."""
        return {"wall_ms": self.now, "mono_ms": self.now}

    def hear(self, event: Json) -> list[Json]:
        """Step the core, and let what it asks for fail in a second."""
        actions = self.cores.step(event, self.clocks())
        for action in actions:
            failed = {"status": 0, "sent_at": self.clocks()}
            match action["action"]:
                case "get_device":
                    self._later(self.now + SECOND, {"event": "device_reply", **failed})
                case "get_changes" | "get_snapshot":
                    body = {"status": 200, "body": page(action["feed"])} if action["feed"] in self.answered else {}
                    self._later(self.now + SECOND, {"event": "get_reply", "feed": action["feed"], **failed, **body})
                case "open_socket":
                    self._later(self.now + SECOND, {"event": "socket_closed"})
                case "set_timer":
                    self._timer_at = action["at_mono_ms"]
                    continue
                case _:
                    continue
            self.asked.append((self.now, action["action"], action.get("feed", "")))
        return actions

    def _later(self, at: float, event: Json) -> None:
        heapq.heappush(self._comes, (at, len(self.asked) * 1000 + len(self._comes), event))

    def run(self, until: int) -> None:
        """Let time pass."""
        while True:
            reply_at = self._comes[0][0] if self._comes else until + 1
            timer_at = until + 1 if self._timer_at is None else self._timer_at
            if min(reply_at, timer_at) > until:
                return
            self.now = max(self.now, ceil(min(reply_at, timer_at)))
            if timer_at < reply_at:
                self._timer_at = None
                self.hear({"event": "timer"})
            else:
                self.hear(heapq.heappop(self._comes)[2])


def page(feed: str) -> Json:
    """Nothing new."""
    return {"feed": feed, "epoch": "e", "changes": [], "head": 1, "more": False, "server_at": ""}


def test_an_hour_without_a_network_costs_one_feed_s_requests_and_the_first_answer_lets_all_go_on(
    child: NodeChild,
) -> None:
    for seed in range(5):
        tablet = Unreached(child, seed)
        tablet.run(HOUR)
        late = [(what, feed) for at, what, feed in tablet.asked if at > MINUTE and what != "open_socket"]
        about_itself = sum(what == "get_device" for what, _ in late)
        probes = [feed for what, feed in late if what == "get_changes"]
        assert about_itself <= 12
        # Each in its turn: one of them may be what fails.
        assert min(probes.count(feed) for feed in FEEDS) > 20
        assert len(probes) < 240
        # The first answer comes while a probe is under way and the tablet does not ask about itself.
        out: list[str] = []
        while not out or tablet.state.device_at is None:
            assert tablet.now < 2 * HOUR
            tablet.now += 100
            tablet.run(tablet.now)
            out = [feed for feed in FEEDS if tablet.state.feeds[feed].under_way]
        [probe] = out
        reply = {"event": "get_reply", "feed": probe, "status": 200, "body": page(probe), "sent_at": tablet.clocks()}
        again = tablet.hear(reply)
        assert {action.get("feed") for action in again if action["action"] == "get_changes"} == {*FEEDS} - {probe}
        assert any(action["action"] == "get_device" for action in again)


@pytest.mark.parametrize("stuck", FEEDS)
def test_a_feed_that_is_never_answered_holds_back_no_other(child: NodeChild, stuck: str) -> None:
    answered = tuple(feed for feed in FEEDS if feed != stuck)
    tablet = Unreached(child, 1, answered)
    tablet.run(10 * MINUTE)
    tablet.answered = ()
    tablet.run(11 * MINUTE)
    tablet.answered = answered
    tablet.run(HOUR)
    for feed in answered:
        at = [at for at, _, asked in tablet.asked if asked == feed and (at < 10 * MINUTE or at > 12 * MINUTE)]
        between = [later - sooner for sooner, later in pairwise(at) if later < 10 * MINUTE or sooner > 12 * MINUTE]
        assert len(between) > 200
        assert max(between) < 20 * SECOND
    tries = sum(feed == stuck for _, _, feed in tablet.asked)
    assert tries > 60
