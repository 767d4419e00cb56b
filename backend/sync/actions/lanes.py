"""Pushes that come while another one is committed wait for it together, and are committed together."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog

from backend.sync.rules.strict import Brought
from shared_schemas.wire import ENTRIES_PER_BATCH, PushReply

# A transaction that waits for a lock is waited for so long; then the next pushes go beside it, so many at most.
PATIENCE_S = 0.25
BESIDE_EACH_OTHER = 4

Reply = PushReply | Exception
Together = Callable[[Sequence[Brought]], Awaitable[Sequence[Reply]]]
Alone = Callable[[Brought], Awaitable[Reply]]
log = structlog.get_logger("door")


@dataclass(eq=False, slots=True)
class Waiting:
    """A push and who waits for its answer."""

    push: Brought
    answer: "asyncio.Future[PushReply]"

    def told(self, reply: Reply) -> None:
        """The answer is here; perhaps nobody waits for it any more."""
        if self.answer.done():
            return
        if isinstance(reply, Exception):
            self.answer.set_exception(reply)
        else:
            self.answer.set_result(reply)


@dataclass(eq=False, slots=True)
class Lane:
    """The pushes of one unit: those that wait, the tablets that have one under way, and what is waited for."""

    waiting: list[Waiting] = field(default_factory=list)
    tablets: set[bytes] = field(default_factory=set)
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    leading: asyncio.Task[None] | None = None

    def next_group(self) -> list[Waiting]:
        """Who goes next, the oldest first: as many entries as one batch may hold, one push a tablet."""
        group: list[Waiting] = []
        passed: list[Waiting] = []
        tablets, room = set(self.tablets), ENTRIES_PER_BATCH
        for one in self.waiting:
            size = len(one.push.batch)
            if one.push.token_hash in tablets or (group and size > room):
                passed.append(one)
            else:
                group.append(one)
                room -= size
            tablets.add(one.push.token_hash)
        self.waiting = passed
        return group


class Lanes:
    """One lane a unit: an idle one commits a push at once, and whoever comes meanwhile goes with the next transaction.

    There is no timer: under load a group is what came during one commit. When `together` raises, each push goes alone.
    """

    def __init__(self, together: Together, alone: Alone) -> None:
        self._together, self._alone = together, alone
        self.patience_s = PATIENCE_S
        self._lanes: dict[str, Lane] = {}

    async def committed(self, name: str, push: Brought) -> PushReply:
        """The answer to a push in that lane, or its error. Who stops waiting does not stop the push."""
        lane = self._lanes.setdefault(name, Lane())
        one = Waiting(push, asyncio.get_running_loop().create_future())
        lane.waiting.append(one)
        self._go_on(name, lane)
        return await one.answer

    @property
    def waiting(self) -> int:
        """How many pushes wait for one that is under way."""
        return sum(len(lane.waiting) for lane in self._lanes.values())

    async def settled(self) -> None:
        """Return when nothing is under way."""
        while under_way := [task for lane in self._lanes.values() for task in lane.under_way]:
            await asyncio.wait(under_way)

    def _go_on(self, name: str, lane: Lane) -> None:
        if lane.leading is not None or len(lane.under_way) >= BESIDE_EACH_OTHER:
            return
        group = lane.next_group()
        if group:
            lane.tablets |= {one.push.token_hash for one in group}
            lane.leading = asyncio.create_task(self._run(name, lane, group))
            lane.under_way.add(lane.leading)
        elif not lane.under_way:
            self._lanes.pop(name, None)

    async def _run(self, name: str, lane: Lane, group: Sequence[Waiting]) -> None:
        task = asyncio.current_task()
        assert task is not None
        patience = asyncio.get_running_loop().call_later(self.patience_s, self._let_pass, name, lane, task)
        try:
            if len(group) == 1 or not await self._all_told(group):
                turns = asyncio.Semaphore(BESIDE_EACH_OTHER)
                await asyncio.gather(*(self._one_told(one, turns) for one in group))
        finally:
            patience.cancel()
            lane.tablets -= {one.push.token_hash for one in group}
            lane.under_way.discard(task)
            self._let_pass(name, lane, task)

    async def _all_told(self, group: Sequence[Waiting]) -> bool:
        try:
            replies = await self._together([one.push for one in group])
        except Exception:
            log.exception("pushes_apart", pushes=len(group))
            return False
        for one, reply in zip(group, replies, strict=True):
            one.told(reply)
        return True

    async def _one_told(self, one: Waiting, turns: asyncio.Semaphore) -> None:
        async with turns:
            try:
                one.told(await self._alone(one.push))
            except Exception as error:  # noqa: BLE001 (it is hers who waits for the answer)
                one.told(error)

    def _let_pass(self, name: str, lane: Lane, task: "asyncio.Task[None]") -> None:
        if lane.leading is task:
            lane.leading = None
        self._go_on(name, lane)
