"""A home-care team at work when the browser comes: four patients to be visited today, with all that a nurse needs there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from shared_schemas.staff import DutyStarted, Post
from shared_schemas.stays import PatientAdmitted, PatientIdentity, Sex
from shared_schemas.tasks import TaskPlanned
from shared_schemas.visits import HomeDescribed, VisitKind, VisitPlanned
from shared_schemas.vitals import VitalSignsCharted
from tests.browser.hospital import PIN, hospital
from tests.browser.seeded_ward import CALM, WireTablet
from tests.browser.server import Server

TEAM = "01950000-0000-7000-8000-0000000000a2"
TEAM_CODE = "4444-5555-6666"
COORDINATOR_PHONE = "020 7946 0958"
NOOR, OMAR, PAULA, QUINN = "Noor Nasser", "Omar Odell", "Paula Page", "Quinn Quist"
TEAM_PEOPLE = {
    NOOR: ("01950000-0000-7000-8000-0000000000c6", "home_care_nurse"),
    OMAR: ("01950000-0000-7000-8000-0000000000c7", "home_care_nurse"),
    PAULA: ("01950000-0000-7000-8000-0000000000c8", "coordinator"),
    QUINN: ("01950000-0000-7000-8000-0000000000c9", "duty_clinician"),
}
# Name, language of its letters, address, way in, what to do, what to bring, the care that is open.
HOMES = [
    ("Lê Thị Hoa", "vi", "14 Mill Lane, flat 3", "열쇠함 4471", "상처 드레싱", ["폼 10x10", "생리식염수"], "발 확인"),
    ("George Lindqvist", "en", "2 Old Road", None, "도뇨관 관리", [], "도뇨관 교체"),
    ("张美玲", "zh", "中山路 12 号", "按两次门铃", "伤口复查", [], "换药"),
    ("Đỗ Văn Nam", "vi", "9 Nguyễn Trãi", None, "혈당 측정", ["란셋"], "인슐린 확인"),
]


class HomeTablet(WireTablet):
    """A tablet of the team on a line to a server process."""

    people = TEAM_PEOPLE
    code = TEAM_CODE


def team_file() -> dict[str, Any]:
    """The operator's file of the team, in the hospital that is there already."""
    ward = hospital()
    unit = ward["units"][0] | {
        "unit_id": TEAM,
        "name": "Home team",
        "kind": "home",
        "beds": [],
        "coordinator_phone": COORDINATOR_PHONE,
        "pairing_code": TEAM_CODE,
    }
    staff = [
        {
            "staff_id": staff_id,
            "name": name,
            "lang": "en",
            "ui_lang": "en",
            "pin": PIN,
            "grants": [{"unit_id": TEAM, "role": role}],
        }
        for name, (staff_id, role) in TEAM_PEOPLE.items()
    ]
    return ward | {"units": [unit], "staff": staff}


@dataclass
class HomeTeam:
    """Paula's and Omar's tablets on the wire, and who is visited."""

    paula: HomeTablet
    omar: HomeTablet
    stays: list[str] = field(default_factory=lambda: [str(uuid4()) for _ in HOMES])
    visits: list[str] = field(default_factory=lambda: [str(uuid4()) for _ in HOMES])

    async def admit(self, at: int) -> None:
        """A patient of the team with a home, an earlier set and open care."""
        name, lang, address, way_in, _, _, care = HOMES[at]
        stay_id, now = self.stays[at], self.paula.now
        identity = PatientIdentity(
            name=name, lang=lang, sex=Sex.FEMALE, born_on=date(1944 + at, 2, 3), identifier=f"4468 221{at}"
        )
        admitted = PatientAdmitted(
            observed_at=self.paula.ago(4000), stay_id=stay_id, patient_id=str(uuid4()), unit_id=TEAM, patient=identity
        )
        await self.paula.record(PAULA, admitted)
        home = HomeDescribed(observed_at=now, stay_id=stay_id, address=address, way_in=way_in, phone=f"0123 45{at}")
        await self.omar.record(OMAR, home)
        earlier = VitalSignsCharted(observed_at=self.omar.ago(600), stay_id=stay_id, values=CALM)
        await self.omar.record(OMAR, earlier)
        due_at = now + timedelta(minutes=1)
        await self.omar.record(OMAR, TaskPlanned(observed_at=now, stay_id=stay_id, text=care, due_at=due_at))

    async def plan(self, at: int, nurse: str | None, *, begins: float, ends: float, **more: Any) -> None:
        """A visit within a window in minutes from now."""
        _, _, _, _, plan, bring, _ = HOMES[at]
        body = VisitPlanned(
            observed_at=self.paula.now,
            stay_id=self.stays[at],
            visit_id=more.pop("visit_id", self.visits[at]),
            kind=more.pop("kind", VisitKind.VISIT),
            window_from_at=self.paula.now + timedelta(minutes=begins),
            window_to_at=self.paula.now + timedelta(minutes=ends),
            plan=plan,
            bring=bring,
            staff_id=TEAM_PEOPLE[nurse][0] if nurse else None,
        )
        await self.paula.record(PAULA, body)


@asynccontextmanager
async def home_team(server: Server) -> AsyncIterator[HomeTeam]:
    """The team on duty with four patients; nothing is planned yet. The tablets on the wire hang up at the end."""
    team = HomeTeam(await HomeTablet.at(server, PAULA), await HomeTablet.at(server, OMAR))
    try:
        for tablet, name, post in ((team.paula, PAULA, Post.CHARGE), (team.omar, OMAR, Post.NURSE)):
            await tablet.record(name, DutyStarted(observed_at=tablet.now, unit_id=TEAM, post=post, bed_ids=[]))
        for at in range(len(HOMES)):
            await team.admit(at)
        yield team
    finally:
        for tablet in (team.paula, team.omar):
            await tablet.http.aclose()
