"""Virtual time: what is to happen, in order, and nothing by itself."""

import heapq
import inspect
from collections.abc import Awaitable, Callable

Happening = Callable[[], Awaitable[None] | None]


class World:
    """A clock in ms since 1970 and a heap of happenings; the same seed gives the same order."""

    def __init__(self, start_at: int) -> None:
        self.now = start_at
        self._order = 0
        self._heap: list[tuple[int, int, Happening]] = []

    def at(self, at_ms: int, happening: Happening) -> None:
        """Let something happen at an instant, or now if that is past."""
        self._order += 1
        heapq.heappush(self._heap, (max(at_ms, self.now), self._order, happening))

    def after(self, ms: int, happening: Happening) -> None:
        """Let something happen in a while."""
        self.at(self.now + ms, happening)

    async def run(self, until_at: int) -> None:
        """Let everything happen up to an instant."""
        while self._heap and self._heap[0][0] <= until_at:
            at_ms, _, happening = heapq.heappop(self._heap)
            self.now = max(self.now, at_ms)
            result = happening()
            if inspect.isawaitable(result):
                await result
        self.now = max(self.now, until_at)
