"""Questions of one moment as one: a thousand tablets that come back at once ask the database once."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class Together(Generic[Key, Found]):
    """Asks for many keys what is asked for each: who comes while one question is under way joins the next one.

    A question begins after all who share it have asked. `pace_s`: the least time between two questions.
    """

    def __init__(self, ask: Callable[[list[Key]], Awaitable[Mapping[Key, Found]]], pace_s: float = 0.0) -> None:
        self._ask, self.pace_s = ask, pace_s
        self._waiting: dict[Key, None] = {}
        self._told: asyncio.Future[Mapping[Key, Found]] | None = None
        self._rounds: asyncio.Task[None] | None = None

    async def of(self, keys: Iterable[Key]) -> dict[Key, Found]:
        """What is found for these keys; what asking raises."""
        wanted = list(keys)
        self._waiting.update(dict.fromkeys(wanted))
        if self._told is None:
            self._told = asyncio.get_running_loop().create_future()
            self._told.add_done_callback(_looked_at)
        told = self._told
        if self._rounds is None:
            self._rounds = asyncio.create_task(self._ask_on())
        found = await asyncio.shield(told)
        return {key: found[key] for key in wanted if key in found}

    async def _ask_on(self) -> None:
        try:
            while self._told is not None:
                waiting, told = list(self._waiting), self._told
                self._waiting, self._told = {}, None
                try:
                    told.set_result(await self._ask(waiting))
                except Exception as error:  # noqa: BLE001 (whoever asked is told)
                    told.set_exception(error)
                await asyncio.sleep(self.pace_s)
        finally:
            self._rounds = None


def _looked_at(told: asyncio.Future[Mapping[Key, Found]]) -> None:
    """Whoever asked may have left meanwhile."""
    if not told.cancelled():
        told.exception()
