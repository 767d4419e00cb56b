"""Every door, and every entry that a shift writes often, asks the database as much for a ward of 3 as for one of 30."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from backend.access.actions import make_pairing_code, set_person
from backend.db import unit_of_work
from shared_schemas.base import Body
from shared_schemas.staff import Grant, Role, StaffRow
from shared_schemas.stays import NoteWritten
from shared_schemas.tasks import (
    CareKind,
    NotDoneCareReason,
    Reply,
    ResponseRecorded,
    TaskClaimed,
    TaskDeferred,
    TaskDone,
    TaskNotDone,
    TaskPlanned,
)
from shared_schemas.vitals import NotDone, NotDoneReason, Parameter, VitalSignsCharted
from shared_schemas.wire import Verdict
from tests.cast import uid
from tests.sync.conftest import Scene
from tests.vitals.bedside import OPEN, scoring

PIN, CODE = "271828", "1000-2000-3000"
SMALL, LARGE = 3, 30
# RFC 8291, appendix A.
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}
SUBSCRIPTION = {"endpoint": "https://fcm.googleapis.com/ward", "keys": KEYS, "lang": "en"}
Ask = Callable[[Scene, list[str]], Awaitable[httpx.Response]]


async def pair(scene: Scene, _: list[str]) -> httpx.Response:
    return await scene.tablet.http.post("/api/devices", json={"pairing_code": CODE, "name": "another"})


async def log_in(scene: Scene, _: list[str]) -> httpx.Response:
    return await scene.tablet.http.post("/api/sessions", json={"staff_id": scene.cast.boris.staff_id, "pin": PIN})


async def log_out(scene: Scene, _: list[str]) -> httpx.Response:
    opened = await scene.tablet.sign_in(scene.cast.boris.staff_id)
    return await scene.tablet.http.delete(f"/api/sessions/{opened.session_id}")


async def push(scene: Scene, stays: list[str]) -> httpx.Response:
    for stay_id in stays:
        scene.tablet.save(scene.anna, note(scene, stay_id))
    await scene.tablet.push()
    return httpx.Response(200)


async def snapshot(scene: Scene, _: list[str]) -> httpx.Response:
    return await scene.tablet.http.get(f"/api/sync/snapshot/unit:{scene.tablet.unit_id}")


def board(part: str) -> Ask:
    async def ask(scene: Scene, _: list[str]) -> httpx.Response:
        return await scene.tablet.http.get(f"/api/board/{scene.tablet.unit_id}{part}")

    return ask


async def changes(scene: Scene, stays: list[str]) -> httpx.Response:
    feed = f"unit:{scene.tablet.unit_id}"
    epoch, head = scene.tablet.cursors[feed]
    asked = {"feed": feed, "epoch": epoch, "after": head - len(stays)}
    return await scene.tablet.http.get("/api/sync/changes", params=asked)


async def receipts(scene: Scene, stays: list[str]) -> httpx.Response:
    at = scene.tablet.now.isoformat()
    shown = [{"alert_id": uid(), "step_id": uid(), "kind": "shown", "at": at} for _ in stays]
    return await scene.tablet.http.post("/api/alerts/receipts", json=shown)


def asked(method: str, path: str, content: Any = None) -> Ask:
    async def ask(scene: Scene, _: list[str]) -> httpx.Response:
        return await scene.tablet.http.request(method, path, json=content)

    return ask


DOORS: dict[tuple[str, str], Ask] = {
    ("GET", "/health/live"): asked("GET", "/health/live"),
    ("GET", "/health/ready"): asked("GET", "/health/ready"),
    ("POST", "/api/devices"): pair,
    ("GET", "/api/devices/me"): asked("GET", "/api/devices/me"),
    ("POST", "/api/sessions"): log_in,
    ("DELETE", "/api/sessions/{session_id:uuid}"): log_out,
    ("POST", "/api/sync/entries"): push,
    ("GET", "/api/sync/snapshot/{feed:str}"): snapshot,
    ("GET", "/api/sync/changes"): changes,
    ("POST", "/api/alerts/receipts"): receipts,
    ("GET", "/api/alerts/push-key"): asked("GET", "/api/alerts/push-key"),
    ("PUT", "/api/alerts/push-subscription"): asked("PUT", "/api/alerts/push-subscription", SUBSCRIPTION),
    ("POST", "/api/alerts/push-test"): asked("POST", "/api/alerts/push-test"),
    ("GET", "/api/board/{unit_id:str}"): board(""),
    ("GET", "/api/board/{unit_id:str}/beds"): board("/beds"),
}


def note(scene: Scene, stay_id: str, _: str = "") -> Body:
    return NoteWritten(observed_at=scene.tablet.now, stay_id=stay_id, note="asleep")


def complete(scene: Scene, stay_id: str, _: str = "") -> Body:
    return VitalSignsCharted(observed_at=scene.tablet.now, stay_id=stay_id, values=scoring(1))


def incomplete(scene: Scene, stay_id: str, _: str = "") -> Body:
    missing = NotDone(parameter=Parameter.TEMPERATURE, reason=NotDoneReason.REFUSED)
    values = scoring(1, temperature_tenths_c=None, not_done=[missing])
    return VitalSignsCharted(observed_at=scene.tablet.now, stay_id=stay_id, values=values)


def high(scene: Scene, stay_id: str, _: str = "") -> Body:
    return VitalSignsCharted(observed_at=scene.tablet.now, stay_id=stay_id, values=scoring(7))


def higher(scene: Scene, stay_id: str, _: str = "") -> Body:
    return VitalSignsCharted(observed_at=scene.tablet.now, stay_id=stay_id, values=scoring(9))


def planned(scene: Scene, stay_id: str, _: str = "") -> Body:
    due_at = scene.tablet.now + timedelta(hours=1)
    return TaskPlanned(observed_at=scene.tablet.now, stay_id=stay_id, text="bloods", due_at=due_at)


def claimed(scene: Scene, stay_id: str, task_id: str) -> Body:
    return TaskClaimed(observed_at=scene.tablet.now, stay_id=stay_id, task_id=task_id)


def deferred(scene: Scene, stay_id: str, task_id: str) -> Body:
    later, why = scene.tablet.now + timedelta(hours=2), "at theatre"
    return TaskDeferred(observed_at=scene.tablet.now, stay_id=stay_id, task_id=task_id, due_at=later, reason=why)


def not_done(scene: Scene, stay_id: str, task_id: str) -> Body:
    why = NotDoneCareReason.REFUSED
    return TaskNotDone(observed_at=scene.tablet.now, stay_id=stay_id, task_id=task_id, reason=why)


def done(scene: Scene, stay_id: str, task_id: str) -> Body:
    return TaskDone(observed_at=scene.tablet.now, stay_id=stay_id, task_id=task_id)


def answered(scene: Scene, stay_id: str, task_id: str) -> Body:
    reply = Reply(whom="Duc", called_at=scene.tablet.now)
    return ResponseRecorded(observed_at=scene.tablet.now, stay_id=stay_id, task_id=task_id, response=reply)


# In the order of a round; each is said of every patient, in one batch. The kind is of the task that it names.
HOT: tuple[tuple[Callable[[Scene, str, str], Body], CareKind | None], ...] = (
    (note, None),
    (complete, None),
    (incomplete, None),
    (high, None),
    (higher, None),
    (answered, CareKind.RESPONSE),
    (planned, None),
    (claimed, CareKind.OTHER),
    (deferred, CareKind.OTHER),
    (not_done, CareKind.OTHER),
    (done, CareKind.OTHER),
)


async def admitted(scene: Scene, patients: int) -> list[str]:
    stays = [uid() for _ in range(patients)]
    for number, stay_id in enumerate(stays):
        scene.tablet.save(scene.anna, scene.admission(stay_id, f"90{patients} {number}"))
    verdicts = {each.verdict for each in await scene.tablet.push()}
    assert verdicts == {Verdict.ACCEPTED}
    await scene.tablet.pull()
    return stays


@pytest.fixture
async def ward(scene: Scene) -> Scene:
    """The ward with one patient; Boris has a PIN, and what is read once a process has been read."""
    boris, unit_id = scene.cast.boris, scene.tablet.unit_id
    row = StaffRow(
        staff_id=boris.staff_id,
        name=boris.name,
        lang="en",
        ui_lang="en",
        grants=[Grant(unit_id=unit_id, role=Role.WARD_NURSE)],
    )
    async with unit_of_work(scene.server.database, scene.tablet.now) as work:
        await set_person(work, row, PIN, scene.tablet.now)
        await make_pairing_code(work, unit_id, CODE, uses=10)
    await scene.tablet.pull()
    await at_the_doors(scene, [scene.stay_id])
    await through_a_round(scene, [scene.stay_id])
    return scene


async def at_the_doors(scene: Scene, stays: list[str]) -> dict[tuple[str, str], int]:
    """Statements of each door."""
    found = {}
    for door, ask in DOORS.items():
        with scene.server.database.counted_statements() as seen:
            reply = await ask(scene, stays)
        assert reply.status_code < 300, (door, reply.text)
        found[door] = len(seen)
    return found


async def through_a_round(scene: Scene, stays: list[str]) -> dict[str, int]:
    """Statements of one batch of each hot entry about all these patients."""
    found = {}
    for body, kind in HOT:
        scene.cast.clock.advance(timedelta(minutes=20))
        await scene.tablet.pull()
        tasks = {
            task.stay_id: task.task_id
            for task in scene.tablet.rows("task")
            if task.kind is kind and (task.state in OPEN or body is done)
        }
        for stay_id in stays:
            scene.tablet.save(scene.anna, body(scene, stay_id, tasks.get(stay_id, "")))
        with scene.server.database.counted_statements() as seen:
            verdicts = await scene.tablet.push()
        assert Verdict.HELD not in {each.verdict for each in verdicts}, (body.__name__, verdicts[0])
        found[body.__name__] = len(seen)
    return found


async def test_every_door_of_the_server_is_counted_here(scene: Scene) -> None:
    open_doors = {
        (method, route.path)
        for route in scene.server.litestar.routes
        for method in getattr(route, "methods", [])
        if method != "OPTIONS"
    }
    assert open_doors == set(DOORS)


async def test_a_door_asks_the_database_as_much_for_thirty_patients_as_for_three(ward: Scene) -> None:
    few = await at_the_doors(ward, await admitted(ward, SMALL))
    many = await at_the_doors(ward, await admitted(ward, LARGE))
    assert few == many


async def test_a_batch_of_hot_entries_asks_the_database_as_much_for_thirty_patients_as_for_three(ward: Scene) -> None:
    few = await through_a_round(ward, await admitted(ward, SMALL))
    many = await through_a_round(ward, await admitted(ward, LARGE))
    assert few == many
