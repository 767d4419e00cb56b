"""Wards of 24 beds made by chance: each has lived some hours on a stepped server before a browser looks at it."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from backend.app import Ward as Server
from backend.clock import SteppedClock
from backend.commands.hospital import decoded, load_hospital
from backend.settings import Settings
from shared_schemas.alerts import AlertAccepted, AlertSnoozed
from shared_schemas.beds import BedMarked, Readiness
from shared_schemas.care import care_templates
from shared_schemas.staff import BreakStarted, DutyStarted, Post
from shared_schemas.stays import DischargePlanned, PatientAdmitted, PatientDischarged, PatientIdentity, Sex
from shared_schemas.tasks import RecurringCareStarted, TaskPlanned
from shared_schemas.vitals import Consciousness, OxygenDevice, PauseReason, VitalSigns, VitalSignsCharted
from shared_schemas.vitals import ObservationsPaused as Paused
from shared_schemas.wire import Verdict
from tests.tablet import Tablet, served

PIN = "246810"
HOURS = 4
STEP = timedelta(minutes=20)
NURSES = [
    ("Grace Okafor", "en"),
    ("Nguyễn Thị Mai", "vi"),
    ("李伟", "zh"),
    ("김서연", "ko"),
    ("Daniel Moore", "en"),
    ("Emma Clarke", "en"),
]
PATIENTS = [
    ("George Papadakis", "en"),
    ("박영자", "ko"),
    ("Ruth Abara", "en"),
    ("陈桂英", "zh"),
    ("周文杰", "zh"),
    ("Arthur Bennett", "en"),
    ("Lê Văn Hùng", "vi"),
    ("Maria Alves", "en"),
]
LABELS = [f"{bay}{place}" for bay in range(1, 7) for place in "ABCD"]


@dataclass
class BoardWard:
    """One ward and the chance that drives it."""

    number: int
    beds_taken: int = 19
    chance: random.Random = field(init=False)
    stays: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"board {self.number}")

    def uid(self) -> str:
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def numbered(self, kind: int, place: int = 0) -> str:
        return f"0195{self.number:04x}-0000-7000-8{kind:03x}-{place:012x}"

    @property
    def unit_id(self) -> str:
        return self.numbered(1)

    @property
    def code(self) -> str:
        return f"{7000 + self.number:04}-2222-3333"

    @property
    def head_id(self) -> str:
        return self.numbered(3, 99)

    @property
    def nurse_ids(self) -> list[str]:
        return [self.numbered(3, place) for place in range(len(NURSES))]

    def bed_id(self, label: str) -> str:
        return self.numbered(2, LABELS.index(label))


def board_hospital(wards: list[BoardWard]) -> dict[str, Any]:
    """The operator's file: every ward with six nurses, the last in charge, and a head nurse who is not on duty."""
    staff = []
    for ward in wards:
        people = [*zip(ward.nurse_ids, NURSES, strict=True), (ward.head_id, (f"Helen Head {ward.number}", "en"))]
        for place, (staff_id, (name, lang)) in enumerate(people):
            role = "head_nurse" if staff_id == ward.head_id else "charge_nurse" if place == 5 else "ward_nurse"
            person: dict[str, Any] = {"staff_id": staff_id, "name": name, "lang": lang, "ui_lang": "en"}
            person["grants"] = [{"unit_id": ward.unit_id, "role": role}]
            staff.append(person | ({"pin": PIN} if staff_id == ward.head_id else {}))
    units = [
        {
            "unit_id": ward.unit_id,
            "name": f"{ward.number} East",
            "time_zone": "Europe/London",
            "lang": "en",
            "rapid_response_phone": "2222",
            "beds": [
                {"bed_id": ward.bed_id(label), "bay": label[0], "label": label, "position": place}
                for place, label in enumerate(LABELS)
            ],
            "pairing_code": ward.code,
            "pairing_uses": 20,
        }
        for ward in wards
    ]
    return {"hospital_id": BoardWard(0).numbered(9), "name": "Test hospital", "units": units, "staff": staff}


async def live(settings: Settings, wards: list[BoardWard], until: datetime) -> None:
    """All wards live some hours at once, up to `until`; then the database is as a server would have left it."""
    clock = SteppedClock(until.replace(microsecond=0) - timedelta(hours=HOURS))
    async with served(settings, clock) as server:
        file = decoded(msgspec.json.encode(board_hospital(wards)))
        await load_hospital(server.database, file, clock.now())
        await server.advance(clock.now() + timedelta(minutes=1))
        days = [await Day.begun(server, ward) for ward in wards]
        while clock.now() < until:
            for day in days:
                await day.work()
            await server.advance(min(until, clock.now() + STEP))
        for day in days:
            await day.free_beds()
            await day.leave()


@dataclass
class Day:
    """The people of one ward at one tablet."""

    ward: BoardWard
    tablet: Tablet
    began_at: datetime

    @classmethod
    async def begun(cls, server: Server, ward: BoardWard) -> "Day":
        """Everybody is on duty; 19 beds of 24 are taken, some of them nobody's."""
        day = cls(ward, await Tablet.paired(server, ward.unit_id, f"Tablet {ward.number}"), server.clock.now())
        for staff_id in ward.nurse_ids:
            await day.tablet.sign_in(staff_id)
        nobodys = set(ward.chance.sample(LABELS, ward.chance.randint(0, 2)))
        hands = ward.chance.choices(ward.nurse_ids, weights=[2, 5, 3, 4, 3, 2], k=len(LABELS))
        ward.owners = {label: staff_id for label, staff_id in zip(LABELS, hands, strict=True) if label not in nobodys}
        for staff_id in ward.nurse_ids:
            post = Post.CHARGE if staff_id == ward.nurse_ids[-1] else Post.NURSE
            beds = [ward.bed_id(label) for label, owner in ward.owners.items() if owner == staff_id]
            started = DutyStarted(observed_at=day.now, unit_id=ward.unit_id, post=post, bed_ids=beds)
            duty_id = day.tablet.save(staff_id, started)
            if staff_id == ward.nurse_ids[4] and ward.number % 2:
                day.tablet.save(staff_id, BreakStarted(observed_at=day.now, duty_id=duty_id))
        day.admit()
        await day.push()
        return day

    @property
    def now(self) -> datetime:
        return self.tablet.now

    def admit(self) -> None:
        chance, ward = self.ward.chance, self.ward
        for label in sorted(chance.sample(LABELS, ward.beds_taken)):
            stay_id = ward.stays[label] = ward.uid()
            name, lang = chance.choice(PATIENTS)
            number = f"4471 {len(ward.stays):04}"
            who = PatientIdentity(name=name, lang=lang, sex=Sex.FEMALE, born_on=date(1950, 2, 3), identifier=number)
            admitted = PatientAdmitted(
                observed_at=self.now,
                stay_id=stay_id,
                patient_id=ward.uid(),
                unit_id=ward.unit_id,
                bed_id=ward.bed_id(label),
                patient=who,
                isolation=chance.random() < 0.1,
                pregnant=chance.random() < 0.05,
            )
            self.tablet.save(ward.nurse_ids[0], admitted)

    async def work(self) -> None:
        """Twenty minutes: most due sets are charted, some care is planned, some alerts are answered."""
        chance = self.ward.chance
        await self.tablet.pull(f"unit:{self.ward.unit_id}")
        for task in sorted(self.tablet.rows("task"), key=lambda task: task.task_id):
            is_due = task.kind.value == "observation" and not task.ended_at and task.due_at <= self.now + STEP
            if is_due and chance.random() < 0.75:
                self.chart(task.stay_id)
        for stay_id in chance.sample(sorted(self.ward.stays.values()), 2):
            self.plan(stay_id)
        for alert in sorted(self.tablet.rows("alert"), key=lambda alert: alert.alert_id):
            if alert.state.value == "open" and chance.random() < 0.7:
                self.answer(alert.alert_id, plain=alert.alert_class.value == "plain")
        await self.push()

    async def push(self) -> None:
        """What they did reaches the server; it may overtake one another, but nothing may be held."""
        held = [verdict for verdict in await self.tablet.push() if verdict.verdict in (Verdict.HELD, Verdict.LATER)]
        assert held == [], held

    def chart(self, stay_id: str) -> None:
        """Most are well; some get worse in the course of the shift."""
        hers = random.Random(stay_id)
        worst, from_hour = hers.choice([0, 0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3]), hers.uniform(0, HOURS)
        is_worse = self.now >= self.began_at + timedelta(hours=from_hour)
        sickness = worst if is_worse else self.ward.chance.choice([0, 0, 1])
        self.say(VitalSignsCharted(observed_at=self.now, stay_id=stay_id, values=values(sickness, self.ward.chance)))

    def plan(self, stay_id: str) -> None:
        chance = self.ward.chance
        due_at = self.now + timedelta(minutes=chance.choice([20, 45, 90, 150]))
        kind = chance.randrange(6)
        if kind == 0:
            care = chance.choice(sorted(care_templates().values(), key=lambda each: each.template_id))
            self.say(
                RecurringCareStarted(
                    observed_at=self.now,
                    stay_id=stay_id,
                    template_id=care.template_id,
                    interval_minutes=chance.choice([30, 60, 120]),
                    first_due_at=due_at,
                )
            )
        elif kind == 1:
            self.say(DischargePlanned(observed_at=self.now, stay_id=stay_id, departure_planned_at=due_at))
        elif kind == 2 and chance.random() < 0.2:
            self.say(
                Paused(
                    observed_at=self.now, stay_id=stay_id, reason=PauseReason.THEATRE,
                    expected_return_at=self.now + timedelta(hours=2),
                )
            )  # fmt: skip
        else:
            self.say(TaskPlanned(observed_at=self.now, stay_id=stay_id, text="Bloods", due_at=due_at))

    def answer(self, alert_id: str, *, plain: bool) -> None:
        if plain and self.ward.chance.random() < 0.3:
            self.say(AlertSnoozed(observed_at=self.now, alert_id=alert_id, minutes=30))
        else:
            self.say(AlertAccepted(observed_at=self.now, alert_id=alert_id))

    def say(self, body: Any) -> None:
        self.tablet.save(self.ward.nurse_ids[0], body)

    async def free_beds(self) -> None:
        """Three patients go home; of their beds one is cleaned, and one that is free is blocked."""
        gone = self.ward.chance.sample(sorted(self.ward.stays), 3)
        for label in gone:
            self.say(PatientDischarged(observed_at=self.now, stay_id=self.ward.stays.pop(label)))
        free = [label for label in LABELS if label not in self.ward.stays]
        for label, readiness in ((gone[0], Readiness.CLEAN), (free[0], Readiness.BLOCKED)):
            bed_id = self.ward.bed_id(label)
            self.say(BedMarked(observed_at=self.now, unit_id=self.ward.unit_id, bed_id=bed_id, readiness=readiness))
        await self.push()

    async def leave(self) -> None:
        """Hangs up; of every third ward the tablet was not heard of at the end."""
        if self.ward.number % 3:
            await self.push()
        await self.tablet.http.aclose()


def values(sickness: int, chance: random.Random) -> VitalSigns:
    """A complete set that scores about 0, 2, 4, 7 or 10."""
    worse = max(0, sickness)
    return VitalSigns(
        respiratory_rate_per_min=16 + 4 * worse,
        spo2_percent=97 - worse,
        on_oxygen=worse > 1,
        oxygen_device=OxygenDevice.NASAL_CANNULA if worse > 1 else None,
        oxygen_flow_tenths_l_per_min=20 if worse > 1 else None,
        systolic_mmhg=124 - 10 * worse,
        diastolic_mmhg=78,
        pulse_per_min=80 + 12 * worse + chance.randrange(4),
        consciousness=Consciousness.ALERT,
        temperature_tenths_c=368 + 5 * worse,
    )
