"""Push end to end: an overdue task wakes a tablet in a pocket, and climbs when nobody answers.

Everything is real but the push service's address: the browser's `subscribe()` gets it, with real keys, from a receiver
that verifies and decrypts by code of its own. The server's clock is set forward to what falls due.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
import pytest_asyncio

from backend.alerts.push import WebPush
from backend.commands.hospital import decoded, load_hospital
from backend.db import Database
from backend.settings import Settings
from shared_schemas.policy import default_policy
from tests.browser.conftest import OpenTablet
from tests.browser.desktop import desktop
from tests.browser.hospital import hospital
from tests.browser.hurried import HurriedClock, HurriedServer
from tests.browser.pushed import Pushed
from tests.browser.server import free_port
from tests.browser.story import Nurse
from tests.browser.tablets import Tablet
from tests.push_receiver import Message, PushReceiver

pytestmark = pytest.mark.browser

PATIENT, TASK, BED = "Ruth Abara", "Bloods for cross-match", "1A"
PERSONAL = (*PATIENT.split(), *TASK.split(), "4471", "8820", "1950", "Amy", "Carla", "Ward 5")
STEP_LASTS = timedelta(minutes=1)
STEPS = """
select t.step, t.staff_id::text, t.why_ended, t.began_at, t.sent_at, t.shown_at, t.opened_at, t.alert_id::text
from alert_step t order by t.place
"""


def hasty() -> dict[str, Any]:
    """The default policy with tasks that are overdue when they are due, and steps of a minute, day and night."""
    policy = msgspec.to_builtins(default_policy())
    policy["care"]["other"]["grace_minutes"] = 0
    for plain in (policy["classes"]["plain"], policy["plain_night"]):
        plain |= {"assignee_minutes": STEP_LASTS.seconds // 60, "silent_after_s": 30}
    return policy | {"version": 2}


@dataclass
class Ward:
    """A server whose clock may be set forward, two tablets in their nurses' hands, and the proof in the database."""

    server: HurriedServer
    database: Database
    amy: Pushed
    carla: Pushed

    async def proof(self, wanted: Callable[[list[Any]], Any]) -> list[Any]:
        """The rows of proof, oldest first, once they are as wanted."""
        rows: list[Any] = []
        for _ in range(100):
            rows = await self.database.pool.fetch(STEPS)
            if rows and wanted(rows):
                return rows
            await asyncio.sleep(0.1)
        raise AssertionError(f"the proof stayed {[dict(row) for row in rows]}")


@pytest.fixture
def receiver(settings: Settings) -> Iterator[PushReceiver]:
    with PushReceiver(WebPush(settings).public_key) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="session")
async def server(
    settings: Settings, database: Database, receiver: PushReceiver, served_pwa: Path
) -> AsyncIterator[HurriedServer]:
    """A running server with the cast's hospital loaded; it may push to the receiver."""
    assert served_pwa.is_dir()
    clock = HurriedClock()
    await load_hospital(database, decoded(msgspec.json.encode(hospital(hasty()))), clock.now())
    chosen = msgspec.structs.replace(settings, port=free_port(), push_exempt=(receiver.host,))
    running = HurriedServer(chosen, clock)
    await asyncio.to_thread(running.start)
    yield running
    await asyncio.to_thread(running.stop)


@pytest_asyncio.fixture(loop_scope="session")
async def ward(
    server: HurriedServer, database: Database, receiver: PushReceiver, tmp_path: Path, tablet: OpenTablet
) -> AsyncIterator[Ward]:
    """Amy is on duty with one patient, Carla is in charge; both tablets have push turned on in their settings."""
    async with AsyncExitStack() as stack:

        async def pushed(name: str) -> Pushed:
            folder = tmp_path / f"system of {name}"
            folder.mkdir()
            its_desktop = await stack.enter_async_context(desktop(folder))
            opened = await tablet(name, anew=True, environment=its_desktop.environment)
            one = Pushed(Nurse(opened, server, name), its_desktop, receiver)
            await one.allow_notices()
            await one.nurse.pair()
            await one.nurse.log_in()
            return one

        amy, carla = await pushed("Amy Archer"), await pushed("Carla Cook")
        await amy.nurse.go_on_duty(BED)
        await carla.nurse.go_on_duty(post="In charge")
        await amy.nurse.admit(BED, PATIENT)
        for one in (amy, carla):
            await one.turn_push_on()
        yield Ward(server, database, amy, carla)


async def plan_a_task(ward: Ward) -> datetime:
    """Amy plans a task by hand at the bedside; when it is due."""
    page = ward.amy.nurse.page
    due_at = ward.server.clock.now().replace(second=0, microsecond=0) + timedelta(minutes=2)
    await ward.amy.nurse.open("ward")
    await ward.amy.nurse.tap(re.compile(PATIENT))
    await ward.amy.nurse.tap("Task or note")
    await page.get_by_label("What, such as").fill(TASK)
    await page.get_by_label("When, such as").fill(f"{due_at.astimezone(ZoneInfo('Europe/London')):%H:%M}")
    await page.get_by_role("button", name="Add the task").click()
    await page.get_by_text(TASK).first.wait_for()
    await ward.amy.nurse.tablet.shows("All sent")
    return due_at


def assert_nothing_personal(message: Message) -> None:
    said = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "", message.text)
    assert [word for word in (*PERSONAL, BED) if word.lower() in said.lower()] == []


async def test_an_overdue_task_wakes_a_locked_tablet_and_then_the_charge_nurse_s(ward: Ward) -> None:
    amy, carla = ward.amy, ward.carla
    due_at = await plan_a_task(ward)
    await amy.nurse.page.goto("about:blank")  # the tablet lies in a pocket, the app is closed
    ward.server.clock.forward_to(due_at)

    push = await amy.pushed(2)
    assert_nothing_personal(push)
    asked = await ward.proof(lambda rows: rows[0]["sent_at"])
    assert (asked[0]["step"], asked[0]["staff_id"], asked[0]["shown_at"]) == ("assignee", amy.nurse.staff_id, None)
    await amy.take(push)
    notice = await amy.desktop.shows("Wardlight", "1 task due")
    await ward.proof(lambda rows: rows[0]["shown_at"] and not rows[0]["opened_at"])

    async with amy.nurse.tablet.context.expect_page() as opening:
        amy.desktop.tap(notice)
    opened = Tablet(amy.nurse.tablet.context, await opening.value)
    await opened.page.get_by_role("heading", name=re.compile(f"{BED}.*{PATIENT}")).wait_for()
    await opened.shows(TASK)
    alert_id = asked[0]["alert_id"]
    assert opened.page.url == f"{ward.server.url}/#/alerts/{alert_id}"
    await ward.proof(lambda rows: rows[0]["opened_at"])
    await amy.desktop.is_clear()
    assert await carla.nurse.page.get_by_text(PATIENT).count() == 0, "it is Amy's until her minute is over"

    ward.server.clock.forward_to(asked[0]["began_at"] + STEP_LASTS)
    push = await carla.pushed(2)
    assert_nothing_personal(push)
    assert push.notice["url"] == f"/#/alerts/{alert_id}"
    await carla.nurse.page.get_by_role("link", name=re.compile(f"{BED} {PATIENT}.*{TASK}")).wait_for()
    await carla.take(push)
    carla.desktop.tap(await carla.desktop.shows("Wardlight", "1 task due"))
    await carla.nurse.page.wait_for_url(f"**/#/alerts/{alert_id}")
    await ward.proof(lambda rows: rows[-1]["opened_at"])
    steps = await ward.proof(lambda rows: rows[-1]["sent_at"])
    assert [(step["step"], step["why_ended"]) for step in steps] == [
        ("assignee", "timed_out"),
        ("buddy", "nobody"),
        ("charge", None),
    ]
    assert all(step["shown_at"] for step in (steps[0], steps[2]))
    assert steps[2]["began_at"] - steps[0]["began_at"] >= STEP_LASTS

    await carla.nurse.tap("I am going")
    await opened.shows("Carla Cook is going")
    assert opened.complaints == []
