"""One patient on the east ward whom Anna observes; what a test charts and what it asks about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import msgspec

from backend.db import unit_of_work
from backend.places.actions import set_policy
from backend.slice import Outcome
from backend.vitals import SLICE
from backend.vitals.actions import chart_vital_signs
from shared_schemas.base import Body
from shared_schemas.policy import default_policy
from shared_schemas.stays import PatientAdmitted, PatientIdentity, Sex
from shared_schemas.tasks import CareKind, TaskRow, TaskState
from shared_schemas.vitals import (
    Consciousness,
    NotDone,
    NotDoneReason,
    ObservationDutyRow,
    Parameter,
    VitalSigns,
    VitalSignsCharted,
    VitalSignsRow,
)
from tests.cast import Cast, Person, run_sweeps, uid

WELL = VitalSigns(
    respiratory_rate_per_min=16,
    spo2_percent=97,
    on_oxygen=False,
    systolic_mmhg=125,
    diastolic_mmhg=80,
    pulse_per_min=72,
    consciousness=Consciousness.ALERT,
    temperature_tenths_c=368,
)
# Figures that give a total with WELL: 2 low, 3 with one 3, 5 and 6 without, 7 and 9.
SCORES: dict[int, dict[str, Any]] = {
    0: {},
    1: {"pulse_per_min": 95},
    2: {"pulse_per_min": 115},
    3: {"respiratory_rate_per_min": 26},
    5: {"respiratory_rate_per_min": 22, "spo2_percent": 93, "pulse_per_min": 95},
    6: {"respiratory_rate_per_min": 22, "spo2_percent": 93, "pulse_per_min": 115},
    7: {"respiratory_rate_per_min": 22, "spo2_percent": 93, "pulse_per_min": 115, "systolic_mmhg": 105},
    8: {"respiratory_rate_per_min": 22, "spo2_percent": 93, "pulse_per_min": 115, "systolic_mmhg": 95},
    9: {"respiratory_rate_per_min": 22, "spo2_percent": 93, "pulse_per_min": 115, "systolic_mmhg": 95,
        "temperature_tenths_c": 385},
}  # fmt: skip
OPEN = {TaskState.READY, TaskState.ACCEPTED, TaskState.ON_HOLD}


def scoring(total: int, **changed: Any) -> VitalSigns:
    """A complete set of that total."""
    return msgspec.structs.replace(WELL, **(SCORES[total] | changed))


def without(values: VitalSigns, *fields: str) -> VitalSigns:
    """The set with these fields not measured."""
    return msgspec.structs.replace(values, **dict.fromkeys(fields))


def unobtainable(values: VitalSigns, parameter: Parameter, field: str) -> VitalSigns:
    """The set with one sign that could not be found in the patient."""
    reason = NotDone(parameter=parameter, reason=NotDoneReason.UNOBTAINABLE)
    return msgspec.structs.replace(without(values, field), not_done=[reason])


@dataclass
class Bedside:
    """The ward of the cast with one stay; time moves only when the test says so."""

    cast: Cast
    stay_id: str = ""

    @property
    def now(self) -> datetime:
        return self.cast.clock.now()

    async def admit(self, *, ago: float = 0, born_on: date = date(1950, 1, 1), pregnant: bool = False) -> str:
        """A patient arrives, and that many minutes pass; the first one is the stay of this bedside."""
        body = PatientAdmitted(
            observed_at=self.now,
            stay_id=uid(),
            patient_id=uid(),
            unit_id=self.cast.east.unit_id,
            patient=PatientIdentity(name="Test Patient", lang="en", sex=Sex.FEMALE, born_on=born_on, identifier=uid()),
            pregnant=pregnant,
        )
        assert (await self.cast.say(self.cast.charlotte, body)).held is None
        await self.sweep()
        self.cast.clock.set(self.in_minutes(ago))
        self.stay_id = self.stay_id or body.stay_id
        return body.stay_id

    def minutes_ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)

    def in_minutes(self, minutes: float) -> datetime:
        return self.now + timedelta(minutes=minutes)

    async def pass_minutes(self, minutes: float) -> None:
        """Time passes, and this slice's sweep does what is due."""
        self.cast.clock.set(self.in_minutes(minutes))
        await self.sweep()

    async def sweep(self) -> None:
        await run_sweeps(SLICE.sweeps, self.cast.database, self.now)

    async def chart(
        self, values: VitalSigns, *, ago: float = 0, saved: float | None = None, by: Person | None = None, **said: Any
    ) -> str:
        """A set observed `ago` minutes before now, saved then too unless `saved` says otherwise; its entry id."""
        entry_id = uid()
        body = VitalSignsCharted(observed_at=self.minutes_ago(ago), stay_id=self.stay_id, values=values, **said)
        recorded_at = self.minutes_ago(ago if saved is None else saved)
        await self.cast.say(by or self.cast.anna, body, recorded_at=recorded_at, entry_id=entry_id)
        return entry_id

    async def chart_run(
        self, *sets: tuple[float, VitalSigns], saved: float | None = None, said: Sequence[dict[str, Any]] = ()
    ) -> list[Outcome]:
        """Several sets in one push: (minutes ago, values), saved then too unless `saved` says otherwise."""
        told = [*said, *({} for _ in sets[len(said) :])]
        async with unit_of_work(self.cast.database, self.now) as work:
            run = [
                await self.cast.arrived(
                    work,
                    self.cast.anna,
                    VitalSignsCharted(observed_at=self.minutes_ago(ago), stay_id=self.stay_id, values=values, **words),
                    recorded_at=self.minutes_ago(ago if saved is None else saved),
                )
                for (ago, values), words in zip(sets, told, strict=True)
            ]
            return await chart_vital_signs(work, run)

    async def say(self, body_type: type[Body], *, ago: float = 0, by: Person | None = None, **fields: Any) -> Outcome:
        """Any other entry about the stay."""
        known = {"observed_at": self.minutes_ago(ago), "stay_id": self.stay_id}
        body = body_type(**(known | fields))
        return await self.cast.say(by or self.cast.anna, body)

    async def set_observation_policy(self, **changed: Any) -> None:
        """The ward's policy of observation from now on."""
        policy = default_policy()
        observation = msgspec.structs.replace(policy.observation, **changed)
        policy = msgspec.structs.replace(policy, version=2, observation=observation)
        async with unit_of_work(self.cast.database, self.now) as work:
            await set_policy(work.connection, self.cast.east.unit_id, policy, self.minutes_ago(1))

    async def row(self, entry_id: str) -> VitalSignsRow:
        rows = await self.cast.rows(self.cast.east, "vital_signs")
        [found] = [row for row in rows if row.entry_id == entry_id]
        return found

    async def duty(self) -> ObservationDutyRow:
        rows = await self.cast.rows(self.cast.east, "observation_duty")
        [found] = [row for row in rows if row.stay_id == self.stay_id]
        return found

    async def duty_version(self) -> int:
        """The version of the duty's row on every screen."""
        return await self.cast.database.pool.fetchval(
            "select version from observation_duty where stay_id = $1", self.stay_id
        )

    async def tasks(self, kind: CareKind) -> list[TaskRow]:
        rows = [row for row in await self.cast.rows(self.cast.east, "task") if row.stay_id == self.stay_id]
        return sorted((row for row in rows if row.kind is kind), key=lambda row: row.due_at)

    async def superseded(self) -> list[float]:
        """When the observations that were born superseded would have been due, in minutes from now."""
        kept = "select due_at from task where stay_id = $1 and state = 'cancelled' order by due_at"
        found = await self.cast.database.pool.fetch(kept, self.stay_id)
        return [(row["due_at"] - self.now).total_seconds() / 60 for row in found]

    async def observation(self) -> TaskRow:
        """The one open observation task."""
        [found] = [task for task in await self.tasks(CareKind.OBSERVATION) if task.state in OPEN]
        return found

    async def responses(self) -> list[TaskRow]:
        """Open responses."""
        return [task for task in await self.tasks(CareKind.RESPONSE) if task.state in OPEN]

    async def alerts(self) -> list[Any]:
        rows = await self.cast.rows(self.cast.east, "alert")
        return sorted((row for row in rows if row.stay_id == self.stay_id), key=lambda row: row.began_at)

    def due_in(self, task: TaskRow) -> float:
        """Minutes from now until a task is due."""
        return (task.due_at - self.now) / timedelta(minutes=1)
