"""Observation and response tasks: ended by what is charted, planned anew by the slices above."""

import asyncio

from backend.db import unit_of_work
from backend.tasks.actions import (
    Done,
    cancel_observation_tasks,
    complete_tasks,
    replace_observation_tasks,
    update_missing,
)
from backend.tasks.queries import held_open_tasks
from backend.tasks.rules.task import PlannedTask
from shared_schemas.alerts import AlertClass
from shared_schemas.tasks import (
    CareKind,
    Cause,
    CauseType,
    NotDoneCareReason,
    Reply,
    ResponseRecorded,
    TaskState,
)
from tests.cast import uid
from tests.tasks.bedside import Bedside


def observation(bedside: Bedside, minutes: float, cause_id: str | None = None) -> PlannedTask:
    cause = Cause(cause_type=CauseType.ENTRY, cause_id=cause_id or uid(), text_key="cause.score")
    return PlannedTask(
        stay_id=bedside.stay_id,
        kind=CareKind.OBSERVATION,
        cause=cause,
        due_at=bedside.at(minutes),
        text_key="care.observation",
        interval_minutes=240,
    )


async def test_a_complete_set_completes_the_observation_task_and_the_next_is_planned(bedside: Bedside) -> None:
    cast, first = bedside.cast, await bedside.planned(CareKind.OBSERVATION)
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        done = Done(cast.clock.now(), cast.anna.staff_id)
        [following] = await replace_observation_tasks(work, [observation(bedside, 240)], {bedside.stay_id: done})
    assert (await bedside.task(first)).ended_by_staff_id == cast.anna.staff_id
    assert (await bedside.task(following)).due_at == bedside.at(240)
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        open_ones = await held_open_tasks(work.connection, [bedside.stay_id])
    assert list(open_ones) == [following]


async def test_of_several_plans_at_once_only_the_last_stays_open(bedside: Bedside) -> None:
    cast, first = bedside.cast, await bedside.planned(CareKind.OBSERVATION)
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        plans = [observation(bedside, 60), observation(bedside, 240)]
        task_ids = await replace_observation_tasks(work, plans)
    shown = {row.task_id: row.state for row in await cast.rows(cast.east, "task")}
    assert [shown.get(task_id) for task_id in task_ids] == [None, TaskState.READY]
    kept = "select state from task where task_id = $1"
    assert await cast.database.pool.fetchval(kept, task_ids[0]) == "cancelled"
    assert task_ids[-1] == first, "the same observation, planned anew"
    assert (await bedside.task(first)).due_at == bedside.at(240)


async def test_two_sets_at_once_leave_one_open_observation_task(bedside: Bedside) -> None:
    cast = bedside.cast
    await bedside.planned(CareKind.OBSERVATION)

    async def chart(minutes: int) -> None:
        async with unit_of_work(cast.database, cast.clock.now()) as work:
            done = Done(cast.clock.now(), cast.anna.staff_id)
            await replace_observation_tasks(work, [observation(bedside, minutes)], {bedside.stay_id: done})

    await asyncio.gather(*(chart(60 + minutes) for minutes in range(6)))
    rows = [row for row in await cast.rows(cast.east, "task") if row.kind is CareKind.OBSERVATION]
    assert sorted(row.state.value for row in rows) == ["completed"] * 6 + ["ready"]


async def test_an_incomplete_set_names_what_is_missing_and_the_task_stays_open(bedside: Bedside) -> None:
    cast, task_id = bedside.cast, await bedside.planned(CareKind.OBSERVATION)
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        await update_missing(work, {task_id: ["temperature"]}, AlertClass.AMBER)
    task = await bedside.task(task_id)
    assert (task.missing, task.state) == (["temperature"], TaskState.READY)


async def test_a_pause_cancels_the_observation_task_alone(bedside: Bedside) -> None:
    cast, task_id, other = bedside.cast, await bedside.planned(CareKind.OBSERVATION), await bedside.by_hand()
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        await cancel_observation_tasks(work, [bedside.stay_id], cast.anna.staff_id)
    assert (await bedside.task(task_id)).state is TaskState.CANCELLED
    assert (await bedside.task(other)).state is TaskState.READY


async def test_a_response_is_completed_by_its_five_fields(bedside: Bedside) -> None:
    cast, task_id = bedside.cast, await bedside.planned(CareKind.RESPONSE)
    now = bedside.at(0)
    part = Reply(whom="Dr Lee", called_at=now, reply="Coming", expected_by_at=bedside.at(30))
    for reply, state in ((part, TaskState.READY), (Reply(attended_at=now), TaskState.COMPLETED)):
        body = ResponseRecorded(observed_at=now, stay_id=bedside.stay_id, task_id=task_id, response=reply)
        assert (await cast.say(cast.anna, body)).flags == ()
        assert (await bedside.task(task_id)).state is state


async def test_a_slice_above_completes_tasks(bedside: Bedside) -> None:
    cast, task_id = bedside.cast, await bedside.by_hand()
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        await complete_tasks(work, [(task_id, bedside.at(-5), cast.anna.staff_id)])
    task = await bedside.task(task_id)
    assert (task.state, task.ended_at) == (TaskState.COMPLETED, bedside.at(-5))


async def test_not_done_of_an_observation_keeps_it_due(bedside: Bedside) -> None:
    task_id = await bedside.planned(CareKind.OBSERVATION)
    await bedside.not_done(task_id)
    task = await bedside.task(task_id)
    assert (task.state, task.reason) == (TaskState.READY, NotDoneCareReason.REFUSED)
