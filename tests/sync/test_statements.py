"""No door asks the database more because the ward is larger."""

from datetime import timedelta

from msgspec.structs import replace

from shared_schemas.flags import Flag
from shared_schemas.tasks import NotDoneCareReason, TaskDone, TaskNotDone, TaskPlanned, TaskState
from shared_schemas.vitals import Consciousness, VitalSigns, VitalSignsCharted
from shared_schemas.wire import HeldReason, Verdict
from tests.cast import uid
from tests.sync.conftest import Scene

CHART_LIMIT = 6  # one set with score, task and feed


def a_set(scene: Scene, stay_id: str, pulse: int = 88) -> VitalSignsCharted:
    values = VitalSigns(
        respiratory_rate_per_min=18,
        spo2_percent=96,
        on_oxygen=False,
        systolic_mmhg=124,
        pulse_per_min=pulse,
        consciousness=Consciousness.ALERT,
        temperature_tenths_c=368,
    )
    return VitalSignsCharted(observed_at=scene.tablet.now, stay_id=stay_id, values=values)


async def admit(scene: Scene, patients: int) -> list[str]:
    stays = [uid() for _ in range(patients)]
    for number, stay_id in enumerate(stays):
        scene.tablet.save(scene.anna, scene.admission(stay_id, f"901 {number}"))
    await scene.tablet.push()
    return stays


async def counted(scene: Scene, stays: list[str]) -> dict[str, int]:
    """Statements of each door when all these patients are charted."""
    found: dict[str, int] = {}
    for stay_id in stays:
        scene.tablet.save(scene.anna, a_set(scene, stay_id))
    with scene.server.database.counted_statements() as seen:
        await scene.tablet.push()
    found["push"] = len(seen)
    feed = f"unit:{scene.tablet.unit_id}"
    for door in (f"/api/sync/snapshot/{feed}", "/api/devices/me"):
        with scene.server.database.counted_statements() as seen:
            assert (await scene.tablet.http.get(door)).status_code == 200
        found[door] = len(seen)
    await scene.tablet.pull(feed)
    epoch, head = scene.tablet.cursors[feed]
    with scene.server.database.counted_statements() as seen:
        asked = {"feed": feed, "epoch": epoch, "after": head - len(stays)}
        assert (await scene.tablet.http.get("/api/sync/changes", params=asked)).status_code == 200
    found["changes"] = len(seen)
    return found


async def test_each_door_needs_as_many_statements_for_thirty_as_for_three(scene: Scene) -> None:
    await counted(scene, await admit(scene, 1))  # what is read once a process is read
    few = await counted(scene, await admit(scene, 3))
    many = await counted(scene, await admit(scene, 30))
    assert few == many


async def test_a_round_of_many_patients_needs_as_many_statements_as_one_of_three(scene: Scene) -> None:
    """At each bed a set, a note and care planned: sent in this order, and not three times as many runs as patients."""
    stays = await admit(scene, 12)
    counts = []
    for beds in (stays, stays[:3], stays):
        scene.cast.clock.advance(timedelta(minutes=10))
        for stay_id in beds:
            scene.tablet.save(scene.anna, a_set(scene, stay_id))
            scene.tablet.save(scene.anna, replace(scene.note(), stay_id=stay_id))
            due_at = scene.tablet.now + timedelta(hours=1)
            care = TaskPlanned(observed_at=scene.tablet.now, stay_id=stay_id, text="bloods", due_at=due_at)
            scene.tablet.save(scene.anna, care)
        with scene.server.database.counted_statements() as seen:
            verdicts = await scene.tablet.push()
        assert {one.verdict for one in verdicts} == {Verdict.ACCEPTED}
        counts.append(len(seen))
    assert counts[1] == counts[2]


async def test_care_that_is_planned_and_done_again_and_again_makes_no_more_runs(scene: Scene) -> None:
    """What names the entry before it waits for that one alone, and not for all that was written meanwhile."""
    stays = await admit(scene, 3)
    counts = []
    for rounds in (2, 2, 5):
        for _ in range(rounds):
            scene.cast.clock.advance(timedelta(minutes=10))
            for stay_id in stays:
                scene.tablet.save(scene.anna, a_set(scene, stay_id))
                care = TaskPlanned(
                    observed_at=scene.tablet.now, stay_id=stay_id, text="bloods", due_at=scene.tablet.now
                )
                care_id = scene.tablet.save(scene.anna, care)
                tick = TaskDone(observed_at=scene.tablet.now, stay_id=stay_id, task_id=care_id)
                scene.tablet.save(scene.anna, tick, depends_on=[care_id])
                scene.tablet.save(scene.anna, replace(scene.note(), stay_id=stay_id))
        with scene.server.database.counted_statements() as seen:
            verdicts = await scene.tablet.push()
        assert Verdict.HELD not in {one.verdict for one in verdicts}
        counts.append(len(seen))
    assert counts[1] == counts[2]
    await scene.tablet.pull()
    done = [row.state.value for row in scene.tablet.rows("task") if row.text == "bloods"]
    assert done == ["completed"] * len(stays) * 9


async def test_a_reason_why_a_set_was_not_taken_is_heard_before_the_set_that_came_after_it(scene: Scene) -> None:
    [stay_id] = await admit(scene, 1)
    await scene.tablet.say(scene.anna, a_set(scene, stay_id))
    await scene.tablet.pull()
    [task] = [row for row in scene.tablet.rows("task") if row.stay_id == stay_id and row.state is TaskState.READY]
    scene.cast.clock.advance(timedelta(minutes=10))
    about = {"observed_at": scene.tablet.now, "stay_id": stay_id}
    scene.tablet.save(scene.anna, TaskPlanned(**about, text="bloods", due_at=scene.tablet.now))
    refused = TaskNotDone(**about, task_id=task.task_id, reason=NotDoneCareReason.REFUSED)
    reason_id = scene.tablet.save(scene.anna, refused)
    scene.tablet.save(scene.anna, a_set(scene, stay_id))
    after_id = scene.tablet.save(scene.anna, refused)
    await scene.tablet.push()
    flags = [scene.tablet.verdicts[entry_id].flags for entry_id in (reason_id, after_id)]
    assert flags == [[], [Flag.NOT_DONE_AFTER_DONE]]


async def test_an_entry_never_passes_what_it_depends_on_though_that_is_about_another_patient(scene: Scene) -> None:
    scene.tablet.save(scene.anna, scene.note())
    nobody = scene.tablet.save(scene.anna, a_set(scene, uid()))
    scene.tablet.save(scene.anna, scene.note("as charted"), depends_on=[nobody])
    verdicts = [(one.verdict, one.reason) for one in await scene.tablet.push()]
    unknown, with_it = HeldReason.UNKNOWN_SUBJECT, HeldReason.DEPENDS_ON_HELD
    assert verdicts == [(Verdict.ACCEPTED, None), (Verdict.HELD, unknown), (Verdict.HELD, with_it)]


async def test_what_is_said_of_one_patient_keeps_its_order(scene: Scene) -> None:
    first, second = await admit(scene, 2)
    for stay_id in (first, second):
        care_id = scene.tablet.save(
            scene.anna,
            TaskPlanned(observed_at=scene.tablet.now, stay_id=stay_id, text="bloods", due_at=scene.tablet.now),
        )
        scene.tablet.save(scene.anna, replace(scene.note("before"), stay_id=stay_id))
        scene.tablet.save(scene.anna, TaskDone(observed_at=scene.tablet.now, stay_id=stay_id, task_id=care_id))
        scene.tablet.save(scene.anna, replace(scene.note("after"), stay_id=stay_id))
    assert {one.verdict for one in await scene.tablet.push()} == {Verdict.ACCEPTED}
    await scene.tablet.pull()
    assert {row.note for row in scene.tablet.rows("stay") if row.stay_id in (first, second)} == {"after"}
    assert {row.state.value for row in scene.tablet.rows("task") if row.text == "bloods"} == {"completed"}


async def test_charting_one_set_needs_no_more_statements_than_its_limit(scene: Scene) -> None:
    stay_id, other = await admit(scene, 2)
    await scene.tablet.say(scene.anna, a_set(scene, stay_id))
    scene.cast.clock.advance(timedelta(hours=1))
    await scene.tablet.say(scene.anna, a_set(scene, other))
    with scene.server.database.counted_statements() as seen:
        await scene.tablet.say(scene.anna, a_set(scene, stay_id))
    assert len(seen) <= CHART_LIMIT, "\n---\n".join(seen)
