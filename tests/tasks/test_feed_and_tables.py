"""A slice that forgets to tell its feed leaves a row there that its table has left behind (ADR 1)."""

import random

import pytest

from shared_schemas.base import Body
from shared_schemas.staff import DutyStarted, HandoverAccepted, HandoverOffered, Post
from shared_schemas.stays import BedAssigned, NoteWritten, PatientDischarged, PatientTransferred
from shared_schemas.tasks import NotDoneCareReason, RecurringCareStarted, TaskDone, TaskNotDone, TaskPlanned
from tests.cast import uid
from tests.door_cast import DoorCast
from tests.tasks.bedside import TURNING_2_HOURLY, Bedside

TABLES = {
    "stay": "select stay_id::text, version, unit_id::text from stay where exited_at is null",
    "duty": "select duty_id::text, version, unit_id::text from duty where hidden_at is null",
    "task": "select t.task_id::text, t.version, s.unit_id::text from task t join stay s using (stay_id) where exited_at is null",
    "recurring_care": (
        "select r.recurring_care_id::text, r.version, s.unit_id::text "
        "from recurring_care r join stay s using (stay_id) where exited_at is null"
    ),
    "alert": "select alert_id::text, a.version, s.unit_id::text from alert a join stay s using (stay_id) where exited_at is null",
}


async def differing(cast: DoorCast) -> list[str]:
    """Types whose rows in the feeds are not those of their table."""
    different = []
    for row_type, sql in TABLES.items():
        stored = {(row[0], row[1], f"unit:{row[2]}") for row in await cast.database.pool.fetch(sql)}
        told = await cast.database.pool.fetch("select id, version, feed_id from feed_row where type = $1", row_type)
        if stored != {tuple(row) for row in told}:
            different.append(row_type)
    return different


def something(bedside: Bedside, rng: random.Random, tasks: list[str]) -> Body:
    """What somebody might say now about the patient: sensible or not."""
    now, stay_id, cast = bedside.at(0), bedside.stay_id, bedside.cast
    beds, task_id = cast.east.beds, rng.choice([*tasks, uid()])
    soon = bedside.at(rng.randrange(-30, 60))
    said: list[Body] = [
        TaskPlanned(observed_at=now, stay_id=stay_id, text="Bloods", due_at=soon),
        RecurringCareStarted(
            observed_at=now, stay_id=stay_id, template_id=TURNING_2_HOURLY, interval_minutes=60, first_due_at=soon
        ),
        TaskDone(observed_at=now, stay_id=stay_id, task_id=task_id),
        TaskNotDone(observed_at=now, stay_id=stay_id, task_id=task_id, reason=NotDoneCareReason.REFUSED),
        BedAssigned(observed_at=now, stay_id=stay_id, bed_id=rng.choice(beds)),
        NoteWritten(observed_at=now, stay_id=stay_id, note="Seen"),
        DutyStarted(observed_at=now, unit_id=cast.east.unit_id, post=Post.NURSE, bed_ids=rng.sample(beds, 2)),
        HandoverOffered(observed_at=now, stay_ids=[stay_id], to_staff_id=cast.boris.staff_id),
        HandoverAccepted(observed_at=now, stay_id=stay_id),
    ]
    leaving: list[Body] = [
        PatientTransferred(observed_at=now, stay_id=stay_id, to_unit_id=cast.west.unit_id),
        PatientDischarged(observed_at=now, stay_id=stay_id),
    ]
    return rng.choice(leaving) if rng.random() < 0.05 else rng.choice(said)


@pytest.mark.parametrize("seed", range(3))
async def test_feeds_show_exactly_what_the_tables_hold_whatever_was_said(bedside: Bedside, seed: int) -> None:
    rng, cast = random.Random(seed), bedside.cast
    stays = [bedside.stay_id, *[await bedside.admit(bed) for bed in range(1, 4)]]
    for _ in range(60):
        bedside.stay_id = rng.choice(stays)
        if rng.random() < 0.15:
            await cast.sweep(seconds=rng.randrange(3600))
            continue
        tasks = [row.task_id for row in await cast.rows(cast.east, "task") if row.stay_id == bedside.stay_id]
        nurse = rng.choice([cast.anna, cast.boris, cast.charlotte])
        await cast.say(nurse, something(bedside, rng, tasks))
    assert len(await cast.database.pool.fetch("select from task")) > 5
    assert await differing(cast) == []
    await cast.sweep(seconds=3 * 3600)
    assert await differing(cast) == []
