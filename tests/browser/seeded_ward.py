"""A small ward that is already at work when the browser comes: two colleagues, three patients, an unanswered red."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self
from uuid import uuid4

import httpx

from backend.clock import SystemClock
from backend.db import Database, unit_of_work
from backend.sync.actions.tablets import show_tablet
from shared_schemas.alerts import AlertClass, AlertRow
from shared_schemas.base import Body
from shared_schemas.care import care_templates
from shared_schemas.staff import DutyStarted, HandoverOffered, Post
from shared_schemas.stays import NoteWritten, PatientAdmitted, PatientIdentity, Sex
from shared_schemas.tasks import CareKind, RecurringCareStarted, TaskPlanned
from shared_schemas.vitals import Consciousness, ObservationIntervalSet, OxygenDevice, VitalSigns, VitalSignsCharted
from shared_schemas.wire import Verdict
from tests.browser.hospital import BEDS, CODE, PEOPLE, PIN, UNIT
from tests.browser.server import Server
from tests.tablet import Tablet

CALM = VitalSigns(
    respiratory_rate_per_min=18, spo2_percent=96, on_oxygen=False, systolic_mmhg=124, diastolic_mmhg=78,
    pulse_per_min=88, consciousness=Consciousness.ALERT, temperature_tenths_c=368,
)  # fmt: skip
UNWELL = VitalSigns(
    respiratory_rate_per_min=24, spo2_percent=93, on_oxygen=True, oxygen_device=OxygenDevice.NASAL_CANNULA,
    oxygen_flow_tenths_l_per_min=20, systolic_mmhg=104, pulse_per_min=112, consciousness=Consciousness.ALERT,
    temperature_tenths_c=384,
)  # fmt: skip
PATIENTS = {
    "1A": PatientIdentity(name="김서연", lang="ko", sex=Sex.FEMALE, born_on=date(1950, 2, 3), identifier="44718820"),
    "1B": PatientIdentity(
        name="Nguyễn Thị Thanh Huyền Trang", lang="vi", sex=Sex.FEMALE, born_on=date(1938, 7, 9), identifier="44718821"
    ),
    "2A": PatientIdentity(name="Ruth Abara", lang="en", sex=Sex.FEMALE, born_on=date(1971, 5, 30), identifier="447 3"),
}


class WireTablet(Tablet):
    """The tests' tablet on a line to a server process: the machine's clock is its clock."""

    people = PEOPLE
    code = CODE

    @classmethod
    async def at(cls, server: Server, name: str) -> Self:
        """Paired by the unit's code, and its nurse logged in."""
        http = httpx.AsyncClient(base_url=server.url)
        reply = await http.post("/api/devices", json={"pairing_code": cls.code, "name": name})
        assert reply.status_code == httpx.codes.CREATED, reply.text
        told = reply.json()
        http.headers["authorization"] = f"Bearer {told['device_token']}"
        http.cookies.clear()
        nobodys: Any = None
        tablet = cls(nobodys, http, told["device_id"], told["device_token"], told["unit_id"])
        await tablet.log_in(cls.people[name][0], PIN)
        return tablet

    async def record(self, person: str, body: Body) -> str:
        """This person saves an entry and the server takes it; its id."""
        entry_id = self.save(self.people[person][0], body)
        await self.push()
        assert self.verdicts[entry_id].verdict is Verdict.ACCEPTED, self.verdicts[entry_id]
        return entry_id

    @property
    def now(self) -> datetime:
        return SystemClock().now()

    def ago(self, minutes: float) -> datetime:
        return self.now - timedelta(minutes=minutes)


@dataclass
class SeededWard:
    """Who lies where, and what lies open."""

    bea: WireTablet
    stays: dict[str, str]
    set_id: str = ""
    task_id: str = ""
    response_id: str = ""
    red_id: str = ""

    async def say(self, body: Body) -> str:
        """Bea saves an entry and the server takes it; its id."""
        return await self.bea.record("Bea Baker", body)

    async def chart(self, bed: str, values: VitalSigns, minutes_ago: float) -> str:
        """A set of the patient in that bed."""
        stay_id = self.stays[bed]
        return await self.say(VitalSignsCharted(observed_at=self.bea.ago(minutes_ago), stay_id=stay_id, values=values))

    async def plan(self, bed: str, text: str, in_minutes: float) -> str:
        """A task by hand."""
        due_at = (self.bea.now + timedelta(minutes=in_minutes)).astimezone(UTC)
        return await self.say(TaskPlanned(observed_at=self.bea.now, stay_id=self.stays[bed], text=text, due_at=due_at))

    async def alert_of(self, bed: str, kind: AlertClass) -> AlertRow:
        """The alert of the patient in that bed, when the server has raised it."""
        for _ in range(100):
            await self.bea.pull()
            found: list[AlertRow] = self.bea.rows("alert")
            for alert in found:
                if alert.stay_id == self.stays[bed] and alert.alert_class is kind:
                    return alert
            await asyncio.sleep(0.1)
        raise AssertionError("no alert was raised")


@asynccontextmanager
async def seeded(server: Server) -> AsyncIterator[SeededWard]:
    """The ward at work; Bea's tablet hangs up at the end."""
    ward = SeededWard(await WireTablet.at(server, "Bea Baker"), {bed: str(uuid4()) for bed in PATIENTS})
    try:
        await seed(ward, server)
        yield ward
    finally:
        await ward.bea.http.aclose()


async def seed_decisions(ward: SeededWard) -> None:
    """1B is observed hourly by a nurse's word and turned, 2A is offered to Amy; Carla's tablet has lost a record."""
    calm, offered = ward.stays["1B"], ward.stays["2A"]
    hourly = ObservationIntervalSet(observed_at=ward.bea.now, stay_id=calm, interval_minutes=60, reason="어지러움")
    await ward.say(hourly)
    template = next(each for each in care_templates().values() if each.kind is CareKind.TURNING)
    first_due_at = ward.bea.now + timedelta(hours=1)
    await ward.say(
        RecurringCareStarted(
            observed_at=ward.bea.now,
            stay_id=calm,
            template_id=template.template_id,
            interval_minutes=template.interval_minutes,
            first_due_at=first_due_at.astimezone(UTC),
        )
    )
    amy = PEOPLE["Amy Archer"][0]
    await ward.say(HandoverOffered(observed_at=ward.bea.now, stay_ids=[offered], to_staff_id=amy))


async def seed_silence(server: Server, stay_id: str) -> None:
    """Carla's tablet sends its second record, keeps the first, and is not heard of again."""
    carla = await WireTablet.at(server, "Carla Cook")
    staff_id = PEOPLE["Carla Cook"][0]
    for _ in range(2):
        carla.save(staff_id, NoteWritten(observed_at=carla.now, stay_id=stay_id, note="보호자 면담 14:00"))
    await carla.push(carla.outbox[1:])
    await carla.http.aclose()
    await age_last_word(server, carla.device_id)


async def age_last_word(server: Server, device_id: str) -> None:
    """The tablet was last heard of five minutes ago: nobody waits here until it counts as silent."""
    database = Database(server.environment["DATABASE_URL"])
    await database.open()
    try:
        async with unit_of_work(database, SystemClock().now()) as work:
            earlier = "update device set contact_at = contact_at - interval '5 minutes' where device_id = $1"
            await work.connection.execute(earlier, device_id)
            await show_tablet(work, device_id)
    finally:
        await database.close()


async def seed(ward: SeededWard, server: Server) -> None:
    """Bea is on with 2A, whose set is red; Amy with 1A and 1B, who are calm; 2B is free."""
    await ward.say(DutyStarted(observed_at=ward.bea.now, unit_id=UNIT, post=Post.NURSE, bed_ids=[BEDS["2A"]]))
    for bed, patient in PATIENTS.items():
        await ward.say(
            PatientAdmitted(
                observed_at=ward.bea.ago(300),
                stay_id=ward.stays[bed],
                patient_id=str(uuid4()),
                unit_id=UNIT,
                bed_id=BEDS[bed],
                patient=patient,
                isolation=bed == "1B",
            )
        )
        for minutes_ago in (240, 120, 20):
            ward.set_id = await ward.chart(bed, CALM, minutes_ago)
    amy = await WireTablet.at(server, "Amy Archer")
    beds = [BEDS["1A"], BEDS["1B"]]
    await amy.record("Amy Archer", DutyStarted(observed_at=amy.now, unit_id=UNIT, post=Post.NURSE, bed_ids=beds))
    await amy.http.aclose()
    await ward.say(NoteWritten(observed_at=ward.bea.now, stay_id=ward.stays["1B"], note="보호자 면담 14:00"))
    await seed_silence(server, ward.stays["1B"])
    ward.task_id = await ward.plan("1B", "혈액 검사", 10)
    await seed_decisions(ward)
    await ward.chart("2A", UNWELL, 0)
    ward.red_id = (await ward.alert_of("2A", AlertClass.RED)).alert_id
    await ward.bea.pull()
    responses = [task for task in ward.bea.rows("task") if task.kind.value == "response"]
    ward.response_id = responses[0].task_id
