"""Pushes of one unit that come while another one is committed are committed together; each keeps its own answer."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg
import httpx
import msgspec
import pytest

from backend.db import unit_of_work
from backend.settings import Settings
from backend.sync.actions.tablets import revoke_tablet
from shared_schemas.wire import HeldReason, PushReply, Verdict
from tests.cast import uid
from tests.sync.conftest import Scene, fail_on_notes
from tests.tablet import Tablet

WAITING = "select count(*) from pg_locks where not granted"
HOLES = """
select f.feed_id from feed f left join change c using (feed_id)
group by f.feed_id having max(c.seq) <> count(c.seq) or max(c.seq) <> f.head
"""
A, D, H = Verdict.ACCEPTED, Verdict.DUPLICATE, Verdict.HELD


@dataclass
class Crowd:
    """Tablets of the ward that the door knows already, and somebody who holds a row so that pushes have to wait."""

    scene: Scene
    tablets: list[Tablet]
    lead: asyncpg.Connection

    async def waiting(self, count: int) -> None:
        """Return when so many transactions wait for a lock."""
        while (await self.lead.fetchval(WAITING) or 0) < count:
            await asyncio.sleep(0.01)

    @asynccontextmanager
    async def all_behind_one(self, send: Sequence[Callable[[], Awaitable[Any]]]) -> AsyncIterator[list[Any]]:
        """The first is under way and can not end; all others have come meanwhile; after the block it goes on."""
        lanes = self.scene.server.door.lanes
        lanes.patience_s = 60
        async with asyncio.timeout(30):
            async with self.lead.transaction():
                await self.lead.execute("select from feed for update")
                tasks = [asyncio.ensure_future(send[0]())]
                await self.waiting(1)
                tasks += [asyncio.ensure_future(one()) for one in send[1:]]
                while lanes.waiting < len(send) - 1:
                    await asyncio.sleep(0.01)
                yield tasks
            await asyncio.wait(tasks)

    async def behind_one(self, send: Sequence[Callable[[], Awaitable[Any]]]) -> list[Any]:
        """What each was answered."""
        async with self.all_behind_one(send) as tasks:
            pass
        return [task.result() for task in tasks]

    def notes(self, text: str) -> list[Callable[[], Awaitable[Any]]]:
        """A note from each tablet."""
        for number, tablet in enumerate(self.tablets):
            tablet.save(self.scene.anna, self.scene.note(f"{text} {number}"))
        return [tablet.push for tablet in self.tablets]


@pytest.fixture
async def crowd(scene: Scene, settings: Settings) -> AsyncIterator[Crowd]:
    tablets = [await Tablet.paired(scene.server, scene.cast.east.unit_id) for _ in range(8)]
    for tablet in tablets:
        await tablet.sign_in(scene.anna)
        await tablet.say(scene.anna, scene.note("good morning"))
    lead = await asyncpg.connect(settings.database_url)
    yield Crowd(scene, tablets, lead)
    assert await lead.fetch(HOLES) == []
    await lead.close()


async def test_eight_pushes_at_once_are_two_transactions_and_each_has_its_own_verdicts(crowd: Crowd) -> None:
    send = crowd.notes("note")
    crowd.tablets[3].save(crowd.scene.anna, '{"no":"note"}', type="note_written")
    with crowd.scene.server.database.counted_statements() as seen:
        verdicts = await crowd.behind_one(send)
    assert [[one.verdict for one in of_one] for of_one in verdicts] == [[A], [A], [A], [A, H], [A], [A], [A], [A]]
    told = {one.entry_id for of_one in verdicts for one in of_one}
    assert told == {entry for tablet in crowd.tablets for entry in tablet.verdicts} - told_before(crowd)
    assert sum("with tablet as" in statement for statement in seen) == 2


def told_before(crowd: Crowd) -> set[str]:
    """The entry that each tablet had sent before."""
    return {next(iter(tablet.verdicts)) for tablet in crowd.tablets}


async def test_an_entry_that_eight_tablets_bring_at_once_is_applied_once(crowd: Crowd) -> None:
    first = crowd.tablets[0]
    first.save(crowd.scene.anna, crowd.scene.note("once"))
    sent = list(first.outbox)
    first.outbox.clear()

    def bringing(tablet: Tablet) -> Callable[[], Awaitable[Any]]:
        return lambda: tablet.push(sent)

    [*verdicts] = await crowd.behind_one([bringing(tablet) for tablet in crowd.tablets])
    assert sorted(one.verdict.value for [one] in verdicts) == ["accepted", *["duplicate"] * 7]
    assert {one.outcome for [one] in verdicts if one.verdict is D} == {A}


async def test_no_tablet_moves_the_counter_of_another_one(crowd: Crowd) -> None:
    first, other, *_ = crowd.tablets
    send = crowd.notes("note")
    theirs = first.envelope(crowd.scene.anna, "{}", type="note_written", device_id=other.device_id, n=100)
    send[0] = partial(first.push, [*first.outbox, theirs])
    await crowd.behind_one([send[2], send[0], send[1]])
    found = await crowd.lead.fetchval("select last_n from device where device_id = $1", other.device_id)
    assert found == other.n < 100


async def test_a_push_that_raises_fails_none_of_those_that_came_with_it(crowd: Crowd, settings: Settings) -> None:
    await fail_on_notes(settings, "raise exception 'on purpose';", "new.note = 'note 7'")
    verdicts = await crowd.behind_one(crowd.notes("note"))
    assert [one.verdict for [one] in verdicts] == [A, A, A, A, A, A, A, H]
    assert verdicts[7][0].reason is HeldReason.INVALID


async def test_a_tablet_that_was_shut_out_is_refused_alone(crowd: Crowd) -> None:
    lost = crowd.tablets[4]
    async with unit_of_work(crowd.scene.server.database, lost.now) as work:
        await revoke_tablet(work, lost.device_id)
    send = crowd.notes("note")
    batch = msgspec.json.encode({"outbox_depth": 1, "max_n": lost.n, "entries": lost.outbox})
    send[4] = lambda: lost.post(batch)
    verdicts = await crowd.behind_one(send)
    refused: httpx.Response = verdicts.pop(4)
    assert refused.status_code == 401
    assert [one.verdict for [one] in verdicts] == [A] * 7
    assert await crowd.lead.fetchval("select count(*) from entry where device_id = $1", lost.device_id) == 1


async def test_a_push_whose_client_is_gone_is_neither_lost_nor_doubled(crowd: Crowd) -> None:
    crowd.notes("note")
    sent = [list(tablet.outbox) for tablet in crowd.tablets]
    async with crowd.all_behind_one([tablet.push for tablet in crowd.tablets]) as sending:
        for gone in sending[::2]:
            gone.cancel()
        await asyncio.wait(sending[::2])
    again = [await tablet.push(batch) for tablet, batch in zip(crowd.tablets, sent, strict=True)]
    assert [(one.verdict, one.outcome) for [one] in again] == [(D, A)] * 8
    assert await crowd.lead.fetchval("select count(*) from entry where type = 'note_written'") == 16


async def test_a_push_that_waits_for_a_patient_does_not_hold_the_others(crowd: Crowd) -> None:
    scene, (first, second, *_) = crowd.scene, crowd.tablets
    other = uid()
    await scene.tablet.say(scene.anna, scene.admission(other, "900 2"))
    first.save(scene.anna, scene.note("waits"))
    second.save(scene.anna, msgspec.structs.replace(scene.note("passes"), stay_id=other))
    async with asyncio.timeout(20), crowd.lead.transaction():
        await crowd.lead.execute("select from stay where stay_id = $1 for update", scene.stay_id)
        stuck = asyncio.create_task(first.push())
        await crowd.waiting(1)
        assert [one.verdict for one in await second.push()] == [A]
        assert not stuck.done()
    assert [one.verdict for one in await stuck] == [A]


async def test_the_pushes_of_one_tablet_stay_in_their_order(crowd: Crowd) -> None:
    other, tablet, *_ = crowd.tablets
    other.save(crowd.scene.anna, crowd.scene.note("before"))
    batches = []
    for text in ("earlier", "later"):
        tablet.save(crowd.scene.anna, crowd.scene.note(text))
        batches.append(msgspec.json.encode({"outbox_depth": 0, "max_n": tablet.n, "entries": tablet.outbox[-1:]}))
    send = [other.push, *(partial(tablet.post, batch) for batch in batches)]
    _, *replies = await crowd.behind_one(send)
    verdicts = [msgspec.json.decode(reply.content, type=PushReply).verdicts[0].verdict for reply in replies]
    assert verdicts == [A, A]
    assert await crowd.lead.fetchval("select note from stay where stay_id = $1", crowd.scene.stay_id) == "later"
    assert await crowd.lead.fetchval("select count(*) from loss_incident") == 0
