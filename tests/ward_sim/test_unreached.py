"""Where nobody answers, a tablet asks rarely, and one feed for all; the first answer lets all go on."""

import heapq
from math import ceil
from typing import Any

from ward_sim.instants import HOUR, MINUTE, SECOND
from ward_sim.twin.core import fresh, step

Json = dict[str, Any]
FEEDS = ("reference", "unit:u", "user:s")
DEVICE = {"device_id": "d", "unit_id": "u", "name": "Ward 1"}
SESSIONS = [{"session_id": "i", "staff_id": "s"}]


class Unreached:
    """A core whose every request and every dial fails."""

    def __init__(self, seed: int) -> None:
        self.state, self.now = fresh(seed), 0
        self.asked: list[tuple[int, str, str]] = []
        self._comes: list[tuple[float, int, Json]] = []
        self._timer_at: float | None = None
        outbox = {"waiting": [], "held": [], "last_sent_at": None}
        self.hear({"event": "started", "device": DEVICE, "sessions": SESSIONS, "offset_ms": None, **outbox})
        self.hear({"event": "live_gained", "cursors": {feed: ["e", 1] for feed in FEEDS}})

    def clocks(self) -> Json:
        """Both clocks of the device."""
        return {"wall_ms": self.now, "mono_ms": self.now}

    def hear(self, event: Json) -> list[Json]:
        """Step the core, and let what it asks for fail in a second."""
        actions = step(self.state, event, self.clocks())
        for action in actions:
            failed = {"status": 0, "sent_at": self.clocks()}
            match action["action"]:
                case "get_device":
                    self._later(self.now + SECOND, {"event": "device_reply", **failed})
                case "get_changes" | "get_snapshot":
                    self._later(self.now + SECOND, {"event": "get_reply", "feed": action["feed"], **failed})
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


def test_an_hour_without_a_network_costs_one_feed_s_requests_and_the_first_answer_lets_all_go_on() -> None:
    for seed in range(5):
        tablet = Unreached(seed)
        tablet.run(HOUR)
        late = [(what, feed) for at, what, feed in tablet.asked if at > MINUTE and what != "open_socket"]
        about_itself = sum(what == "get_device" for what, _ in late)
        probes = [feed for what, feed in late if what == "get_changes"]
        assert about_itself <= 12
        assert len(set(probes)) == 1
        assert 60 < len(probes) < 240
        while not tablet.state.feeds[probes[0]].under_way:
            tablet.now += 100
            tablet.run(tablet.now)
        page = {"feed": probes[0], "epoch": "e", "changes": [], "head": 1, "more": False, "server_at": ""}
        reply = {"event": "get_reply", "feed": probes[0], "status": 200, "body": page, "sent_at": tablet.clocks()}
        again = tablet.hear(reply)
        assert {action.get("feed") for action in again if action["action"] == "get_changes"} == {*FEEDS} - {probes[0]}
        assert any(action["action"] == "get_device" for action in again) or tablet.state.device_at is None
