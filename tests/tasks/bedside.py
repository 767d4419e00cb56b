"""A patient in bed 1 of East with her nurse on duty, and short ways to say what is said of tasks."""

from datetime import datetime, timedelta
from typing import Any

from backend.db import unit_of_work
from backend.slice import Outcome
from backend.tasks.actions import plan_tasks
from backend.tasks.rules.task import PlannedTask
from shared_schemas.alerts import AlertRow, AlertState
from shared_schemas.flags import Flag
from shared_schemas.staff import DutyStarted, Post
from shared_schemas.stays import PatientAdmitted
from shared_schemas.tasks import (
    CareKind,
    Cause,
    CauseType,
    NotDoneCareReason,
    RecurringCareStarted,
    TaskDone,
    TaskNotDone,
    TaskPlanned,
    TaskRow,
)
from tests.cast import Person, identity, uid
from tests.door_cast import DoorCast

TURNING_2_HOURLY = "0190a000-0000-7000-8000-000000000001"
MINUTE = timedelta(minutes=1)


class Bedside:
    """One patient, and what is due for her."""

    def __init__(self, cast: DoorCast) -> None:
        self.cast = cast
        self.stay_id = uid()

    async def set_up(self) -> None:
        now, cast = self.cast.clock.now(), self.cast
        for person, post in ((cast.anna, Post.NURSE), (cast.charlotte, Post.CHARGE)):
            beds = cast.east.beds if post is Post.NURSE else []
            await cast.say(person, DutyStarted(observed_at=now, unit_id=cast.east.unit_id, post=post, bed_ids=beds))
        self.stay_id = await self.admit(0)

    async def admit(self, bed: int | None) -> str:
        """Another patient."""
        body = PatientAdmitted(
            observed_at=self.cast.clock.now(),
            stay_id=uid(),
            patient_id=uid(),
            unit_id=self.cast.east.unit_id,
            bed_id=None if bed is None else self.cast.east.beds[bed],
            patient=identity(uid()[:8]),
        )
        await self.cast.say(self.cast.anna, body)
        return body.stay_id

    def at(self, minutes: float) -> datetime:
        return self.cast.clock.now() + minutes * MINUTE

    async def by_hand(
        self, minutes: float = 0, stay_id: str | None = None, text: str = "Bloods", flags: tuple[Flag, ...] = ()
    ) -> str:
        """A task due in so many minutes, planned with these flags; its id."""
        task_id = uid()
        body = TaskPlanned(observed_at=self.at(0), stay_id=stay_id or self.stay_id, text=text, due_at=self.at(minutes))
        assert await self.cast.say(self.cast.anna, body, entry_id=task_id) == Outcome(flags=flags)
        return task_id

    async def planned(self, kind: CareKind, minutes: float = 0, **fields: Any) -> str:
        """Care planned by a slice above."""
        cause = Cause(cause_type=CauseType.ENTRY, cause_id=uid(), text_key="cause.by_hand")
        task = PlannedTask(
            stay_id=self.stay_id, kind=kind, cause=cause, due_at=self.at(minutes), text_key="care", **fields
        )
        async with unit_of_work(self.cast.database, self.cast.clock.now()) as work:
            [task_id] = await plan_tasks(work, [task])
        return task_id

    async def turning(self, minutes: float = 0, flags: tuple[Flag, ...] = ()) -> str:
        """Two-hourly turning, first due in so many minutes, started with these flags; its id."""
        care_id = uid()
        body = RecurringCareStarted(
            observed_at=self.at(0),
            stay_id=self.stay_id,
            template_id=TURNING_2_HOURLY,
            interval_minutes=120,
            first_due_at=self.at(minutes),
        )
        assert await self.cast.say(self.cast.anna, body, entry_id=care_id) == Outcome(flags=flags)
        return care_id

    async def slots(self, care_id: str) -> list[TaskRow]:
        """Slots of recurring care, earliest due first."""
        rows = [row for row in await self.cast.rows(self.cast.east, "task") if row.slot_of == care_id]
        return sorted(rows, key=lambda row: row.due_at)

    async def done(self, task_id: str, by: Person | None = None, at: datetime | None = None) -> Outcome:
        body = TaskDone(observed_at=at or self.at(0), stay_id=self.stay_id, task_id=task_id)
        return await self.cast.say(by or self.cast.anna, body)

    async def not_done(self, task_id: str, by: Person | None = None) -> Outcome:
        body = TaskNotDone(
            observed_at=self.at(0), stay_id=self.stay_id, task_id=task_id, reason=NotDoneCareReason.REFUSED
        )
        return await self.cast.say(by or self.cast.anna, body)

    async def task(self, task_id: str) -> TaskRow:
        return await self.cast.row(self.cast.east, "task", task_id)

    async def alerts(self, cause_id: str | None = None) -> list[AlertRow]:
        rows = await self.cast.rows(self.cast.east, "alert")
        return [row for row in rows if cause_id is None or row.cause_id == cause_id]

    async def alert_states(self, cause_id: str) -> list[tuple[AlertState, str | None]]:
        return [(row.state, row.ended_why) for row in await self.alerts(cause_id)]
