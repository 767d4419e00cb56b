"""Death of the server, or of PostgreSQL, while a claimed alert is on its way to a tablet.

The server is a real process on its own PostgreSQL; the push receiver holds the request while the test kills.
"""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from backend.alerts.push import WebPush, subscription_keys
from backend.clock import SteppedClock, SystemClock
from backend.db import Database, unit_of_work
from backend.places.actions import set_policy
from backend.postgres import EmbeddedPostgres
from backend.settings import settings_from
from backend.tasks.actions import plan_tasks
from backend.tasks.rules.task import PlannedTask
from shared_schemas.policy import Policy, default_policy
from shared_schemas.tasks import CareKind, Cause, CauseType
from tests.alerts.shift import Shift
from tests.browser.server import Server, free_port
from tests.cast import Cast, uid
from tests.places import reachable_folder
from tests.push_receiver import Message, PushReceiver

SILENT_S = 6
LEASE_AND_MORE_S = 40


def hasty() -> Policy:
    """The default policy without grace, and with tablets that count as silent after seconds."""
    policy = default_policy()
    classes = {
        name: msgspec.structs.replace(of_class, silent_after_s=SILENT_S) for name, of_class in policy.classes.items()
    }
    care = {name: msgspec.structs.replace(of_kind, grace_minutes=0) for name, of_kind in policy.care.items()}
    return msgspec.structs.replace(policy, version=2, classes=classes, plain_night=classes["plain"], care=care)


@pytest.fixture
def home() -> Iterator[Path]:
    with reachable_folder() as folder:
        yield folder


@asynccontextmanager
async def opened(home: Path) -> AsyncIterator[Database]:
    """The database of the server that runs on this home."""
    joined = EmbeddedPostgres(home)
    joined.join()
    database = Database(joined.url())
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def furnish(database: Database, receiver: PushReceiver, now: datetime) -> tuple[Shift, str]:
    """A shift whose four people are pushed, and a turning that is due in a second; its task."""
    shift = Shift(Cast(database, SteppedClock(now)))
    await shift.begin()
    async with unit_of_work(database, now) as work:
        await set_policy(work.connection, shift.cast.east.unit_id, hasty(), now)
    for person in (shift.cast.anna, shift.cast.boris, shift.cast.charlotte):
        subscription = receiver.subscribe(person.name)
        keys = subscription_keys(**subscription["keys"])
        assert keys is not None
        device_id = shift.device_of[person.staff_id]
        await database.pool.execute(
            "insert into push_subscription values ($1, $2, $3, $4, 'en', $5)",
            device_id,
            subscription["endpoint"],
            *keys,
            now,
        )
    cause = Cause(cause_type=CauseType.TEMPLATE, cause_id=uid(), text_key="care.turning")
    task = PlannedTask(
        stay_id=shift.stay_id,
        kind=CareKind.TURNING,
        cause=cause,
        due_at=now + timedelta(seconds=1),
        text_key="care.turning",
    )
    async with unit_of_work(database, now) as work:
        [task_id] = await plan_tasks(work, [task])
    return shift, task_id


async def arrived(receiver: PushReceiver, path: str, count: int = 1) -> Message:
    """The latest push to one person's tablet once it has had so many; one that could not be verified fails."""
    for _ in range(LEASE_AND_MORE_S * 10):
        assert not receiver.faults, receiver.faults
        found = [message for message in receiver.messages if message.path == path]
        if len(found) >= count:
            return found[-1]
        await asyncio.sleep(0.1)
    raise AssertionError(f"no push number {count} to {path}")


@pytest.mark.slow(20)
@pytest.mark.parametrize("what", ["server", "postgresql"])
async def test_after_a_kill_between_claim_and_delivery_every_alert_exists_once_and_the_ladder_goes_on(
    what: str, home: Path
) -> None:
    environment = {"WARDLIGHT_HOME": str(home)}
    with PushReceiver(WebPush(settings_from(environment)).public_key) as receiver:
        server = Server(environment | {"WARDLIGHT_PUSH_EXEMPT": receiver.host}, free_port())
        await server.start()
        try:
            receiver.hold()
            async with opened(home) as database:
                _, task_id = await furnish(database, receiver, SystemClock().now())
                first = await arrived(receiver, "/Anna")
                left = await database.pool.fetchval(
                    "select count(*) from delivery where channel = 'push' and done_at is null"
                )
                assert left == 1, "claimed, leased, and not known to be delivered"
            if what == "server":
                server.kill()
            else:
                [pid_file] = (home / "postgres").rglob("postmaster.pid")
                os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
            receiver.release()
            if what == "server":
                await server.start()
                again = await arrived(receiver, "/Anna", 2)
                assert again.notice == first.notice, "at least once, shown once: same tag, same Topic"
                assert again.headers["Topic"] == first.headers["Topic"]
            climbed = await arrived(receiver, "/Boris")
            assert climbed.notice["alert_id"] == first.notice["alert_id"], "the ladder goes on"
            async with opened(home) as database:
                alerts = await database.pool.fetch("select alert_id::text, cause_id::text, state from alert")
                assert [tuple(row) for row in alerts] == [(first.notice["alert_id"], task_id, "open")]
                steps = await database.pool.fetch("select round, step, staff_id from alert_step")
                assert len({tuple(row) for row in steps}) == len(steps) >= 2
                assert {row["round"] for row in steps} == {1}
        finally:
            server.stop()
