"""What is said of tasks, as it arrives: nothing is dropped, the precedence holds, and what recurs comes again."""

import asyncio
from datetime import timedelta

from shared_schemas.flags import Flag
from shared_schemas.stays import PatientDischarged, PatientTransferred
from shared_schemas.tasks import (
    CareKind,
    CauseType,
    RecurringCareStarted,
    RecurringCareStopped,
    TaskCancelled,
    TaskClaimed,
    TaskDeferred,
    TaskDone,
    TaskDoneCorrected,
    TaskPlanned,
    TaskState,
)
from shared_schemas.wire import HeldReason
from tests.cast import uid
from tests.tasks.bedside import TURNING_2_HOURLY, Bedside


async def test_a_task_by_hand_says_what_was_typed_and_when_it_is_due(bedside: Bedside) -> None:
    task_id = await bedside.by_hand(60, text="Bloods 04:00")
    task = await bedside.task(task_id)
    assert (task.text, task.due_at, task.kind, task.state) == (
        "Bloods 04:00",
        bedside.at(60),
        CareKind.OTHER,
        TaskState.READY,
    )
    assert (task.cause.cause_type, task.cause.cause_id) == (CauseType.ENTRY, task_id)


async def test_a_due_time_more_than_a_year_away_waits_for_an_answer(bedside: Bedside) -> None:
    for due_at in (bedside.at(0) + timedelta(days=367), bedside.at(0).replace(year=9999)):
        body = TaskPlanned(observed_at=bedside.at(0), stay_id=bedside.stay_id, text="x", due_at=due_at)
        assert (await bedside.cast.say(bedside.cast.anna, body)).held is HeldReason.INVALID


async def test_two_tablets_offline_do_the_same_task_the_first_to_arrive_is_the_completer(bedside: Bedside) -> None:
    task_id, cast = await bedside.by_hand(), bedside.cast
    early, late = bedside.at(5), bedside.at(10)
    cast.clock.set(bedside.at(60))
    assert await bedside.done(task_id, cast.boris, late) is not None
    second = await bedside.done(task_id, cast.anna, early)
    task = await bedside.task(task_id)
    assert second.flags == ("also_done",)
    assert (task.ended_by_staff_id, task.ended_at, task.also_done_by_staff_ids) == (
        cast.boris.staff_id,
        late,
        [cast.anna.staff_id],
    )


async def test_done_after_cancel_stays_done_flagged_whichever_arrives_first(bedside: Bedside) -> None:
    for cancel_first in (True, False):
        task_id = await bedside.by_hand()
        cancel = TaskCancelled(observed_at=bedside.at(0), stay_id=bedside.stay_id, task_id=task_id, reason="Repeated")
        if cancel_first:
            await bedside.cast.say(bedside.cast.anna, cancel)
            await bedside.done(task_id, bedside.cast.boris)
        else:
            await bedside.done(task_id, bedside.cast.boris)
            await bedside.cast.say(bedside.cast.anna, cancel)
        task = await bedside.task(task_id)
        assert task.state is TaskState.COMPLETED
        assert task.flags == ["done_after_cancel" if cancel_first else "cancelled_after_end"]


async def test_a_wrong_done_corrected_opens_a_replacement_with_the_same_due_and_cause(bedside: Bedside) -> None:
    task_id, again = await bedside.by_hand(30), uid()
    await bedside.done(task_id)
    body = TaskDoneCorrected(
        observed_at=bedside.at(0), stay_id=bedside.stay_id, task_id=task_id, reason="Wrong patient"
    )
    assert (await bedside.cast.say(bedside.cast.anna, body, entry_id=again)).flags == ()
    first, replacement = await bedside.task(task_id), await bedside.task(again)
    assert (first.state, first.flags) == (TaskState.COMPLETED, ["done_corrected"])
    assert (replacement.state, replacement.due_at, replacement.cause, replacement.text) == (
        TaskState.READY,
        first.due_at,
        first.cause,
        first.text,
    )
    assert (await bedside.cast.say(bedside.cast.anna, body)).flags == ("nothing_to_correct",)


async def test_the_first_claim_to_reach_the_server_has_the_task(bedside: Bedside) -> None:
    task_id, cast = await bedside.by_hand(), bedside.cast
    body = TaskClaimed(observed_at=bedside.at(0), stay_id=bedside.stay_id, task_id=task_id)
    outcomes = await asyncio.gather(cast.say(cast.anna, body), cast.say(cast.boris, body))
    task = await bedside.task(task_id)
    assert sorted(outcome.flags for outcome in outcomes) == [(), ("claimed_before",)]
    winner = cast.anna if outcomes[0].flags == () else cast.boris
    assert (task.state, task.owner_staff_id) == (TaskState.ACCEPTED, winner.staff_id)


async def test_a_task_of_another_patient_or_none_waits_for_an_answer(bedside: Bedside) -> None:
    other = await bedside.admit(1)
    task_id = await bedside.by_hand()
    for stay_id, of in ((other, task_id), (bedside.stay_id, uid()), (uid(), uid())):
        body = TaskDone(observed_at=bedside.at(0), stay_id=stay_id, task_id=of)
        assert (await bedside.cast.say(bedside.cast.anna, body)).held is HeldReason.UNKNOWN_SUBJECT
    assert (await bedside.task(task_id)).state is TaskState.READY


async def test_a_deferred_task_is_due_at_its_new_time(bedside: Bedside) -> None:
    task_id = await bedside.by_hand()
    body = TaskDeferred(
        observed_at=bedside.at(0), stay_id=bedside.stay_id, task_id=task_id, due_at=bedside.at(90), reason="In theatre"
    )
    assert (await bedside.cast.say(bedside.cast.anna, body)).held is None
    task = await bedside.task(task_id)
    assert (task.state, task.due_at, task.overdue_at) == (TaskState.ON_HOLD, bedside.at(90), bedside.at(120))
    far = TaskDeferred(
        observed_at=bedside.at(0),
        stay_id=bedside.stay_id,
        task_id=task_id,
        due_at=bedside.at(0).replace(year=9999),
        reason="x",
    )
    assert (await bedside.cast.say(bedside.cast.anna, far)).held is HeldReason.INVALID


async def test_a_done_slot_is_followed_by_one_an_interval_after_it_was_done(bedside: Bedside) -> None:
    care_id = await bedside.turning(60)
    [first] = await bedside.slots(care_id)
    bedside.cast.clock.set(bedside.at(70))
    await bedside.done(first.task_id)
    _, second = await bedside.slots(care_id)
    assert (second.due_at, second.kind, second.text_key) == (bedside.at(120), CareKind.TURNING, "care.turning")
    assert second.cause.cause_type is CauseType.TEMPLATE


async def test_recurring_care_has_one_open_slot_whoever_says_what_twice(bedside: Bedside) -> None:
    care_id = await bedside.turning(0)
    [first] = await bedside.slots(care_id)
    await bedside.done(first.task_id, bedside.cast.anna)
    await bedside.done(first.task_id, bedside.cast.boris)
    await bedside.not_done(first.task_id)
    assert [slot.state for slot in await bedside.slots(care_id)] == [TaskState.COMPLETED, TaskState.READY]


async def test_stopped_recurring_care_cancels_its_slot_and_none_follows(bedside: Bedside) -> None:
    care_id = await bedside.turning(0)
    body = RecurringCareStopped(
        observed_at=bedside.at(0), stay_id=bedside.stay_id, recurring_care_id=care_id, reason="Walks"
    )
    assert (await bedside.cast.say(bedside.cast.anna, body)).flags == ()
    [slot] = await bedside.slots(care_id)
    assert (slot.state, slot.reason_text) == (TaskState.CANCELLED, "Walks")
    assert (await bedside.cast.row(bedside.cast.east, "recurring_care", care_id)).stopped_at == bedside.at(0)
    assert (await bedside.cast.say(bedside.cast.anna, body)).flags == ("stopped_before",)
    await bedside.done(slot.task_id)
    assert len(await bedside.slots(care_id)) == 1


async def test_unknown_templates_and_far_slots_wait_for_an_answer(bedside: Bedside) -> None:
    now = bedside.at(0)
    bodies = {
        HeldReason.UNKNOWN_SUBJECT: (uid(), now),
        HeldReason.INVALID: (TURNING_2_HOURLY, now.replace(year=9999)),
    }
    for reason, (template_id, first_due_at) in bodies.items():
        body = RecurringCareStarted(
            observed_at=now,
            stay_id=bedside.stay_id,
            template_id=template_id,
            interval_minutes=60,
            first_due_at=first_due_at,
        )
        assert (await bedside.cast.say(bedside.cast.anna, body)).held is reason
    stopped = RecurringCareStopped(observed_at=now, stay_id=bedside.stay_id, recurring_care_id=uid(), reason="x")
    assert (await bedside.cast.say(bedside.cast.anna, stopped)).held is HeldReason.UNKNOWN_SUBJECT


async def test_departure_leaves_nothing_open_and_plans_no_next_slot(bedside: Bedside) -> None:
    care_id, task_id = await bedside.turning(0), await bedside.by_hand()
    await bedside.cast.say(bedside.cast.anna, PatientDischarged(observed_at=bedside.at(0), stay_id=bedside.stay_id))
    rows = [*await bedside.slots(care_id), await bedside.task(task_id)]
    assert [(row.state, row.flags) for row in rows] == [(TaskState.CANCELLED, ["departed"])] * 2
    late = await bedside.by_hand(flags=(Flag.DEPARTED_BEFORE,))
    assert (await bedside.task(late)).flags == ["after_departure"]
    assert (await bedside.task(late)).state is TaskState.CANCELLED


async def test_a_departed_patient_leaves_the_tablets_after_a_quarter_of_an_hour(bedside: Bedside) -> None:
    await bedside.by_hand()
    await bedside.cast.say(bedside.cast.anna, PatientDischarged(observed_at=bedside.at(0), stay_id=bedside.stay_id))
    await bedside.cast.sweep(seconds=15 * 60 - 1)
    assert len(await bedside.cast.rows(bedside.cast.east, "stay")) == 1
    await bedside.cast.sweep(seconds=1)
    for row_type in ("stay", "patient", "task"):
        assert await bedside.cast.rows(bedside.cast.east, row_type) == []
    late = await bedside.by_hand(flags=(Flag.DEPARTED_BEFORE,))
    await bedside.turning(flags=(Flag.DEPARTED_BEFORE,))
    assert await bedside.cast.rows(bedside.cast.east, "task") == []
    kept = await bedside.cast.database.pool.fetchval("select state from task where task_id = $1", late)
    assert kept == "cancelled"


async def test_tasks_go_with_the_patient_to_the_new_ward(bedside: Bedside) -> None:
    task_id, cast = await bedside.by_hand(), bedside.cast
    body = PatientTransferred(observed_at=bedside.at(0), stay_id=bedside.stay_id, to_unit_id=cast.west.unit_id)
    await cast.say(cast.anna, body)
    assert await bedside.task(task_id) is None
    assert (await cast.row(cast.west, "task", task_id)).stay_id == bedside.stay_id


async def test_done_costs_the_same_statements_for_three_tasks_and_for_thirty(bedside: Bedside) -> None:
    cast = bedside.cast
    tablet = await cast.tablet_of(cast.anna)

    async def statements(count: int) -> int:
        for task_id in [await bedside.by_hand() for _ in range(count)]:
            body = TaskDone(observed_at=bedside.at(0), stay_id=bedside.stay_id, task_id=task_id)
            tablet.save(cast.anna.staff_id, body)
        with cast.server.database.counted_statements() as counted:
            await tablet.push()
        return len(counted)

    await statements(1)  # the driver asks for types once a connection
    assert await statements(3) == await statements(30) <= 6
