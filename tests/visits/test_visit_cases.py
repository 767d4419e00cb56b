"""What entries about a visit come to on the server, by the golden cases; the tablet shows the same before they are sent."""

import json
from datetime import datetime
from typing import Any

import pytest

from backend.settings import PROJECT_ROOT
from shared_schemas.base import Body
from shared_schemas.staff import StayAssigned
from shared_schemas.visits import (
    NotVisitedReason,
    VisitCancelled,
    VisitEnded,
    VisitMoment,
    VisitNotDone,
    VisitNoteWritten,
    VisitReassigned,
    VisitRescheduled,
    VisitSigned,
    VisitStarted,
)
from tests.cast import uid
from tests.visits.team import MORNING, Team

GOLDEN = json.loads((PROJECT_ROOT / "shared_schemas/reference/golden/visits.json").read_text())
WORDS: dict[str, type[Body]] = {
    "start": VisitStarted,
    "end": VisitEnded,
    "not_done": VisitNotDone,
    "reassign": VisitReassigned,
    "reschedule": VisitRescheduled,
    "cancel": VisitCancelled,
    "note": VisitNoteWritten,
    "sign": VisitSigned,
}


def minutes(at: datetime | None) -> float | None:
    return None if at is None else (at - MORNING).total_seconds() / 60


class Told:
    """A case as it is told to the team: first names stand for people, minutes for instants."""

    def __init__(self, team: Team, stay_id: str, visit_id: str) -> None:
        self.team, self.stay_id, self.visit_id = team, stay_id, visit_id
        self.another_id = uid()
        people = {"noor": team.noor, "omar": team.omar, "paula": team.paula}
        self.people = people
        self.names = {person.staff_id: name for name, person in people.items()}

    def body(self, step: dict[str, Any]) -> Body:
        match step["do"]:
            case "assign":
                to = self.people[step["staff"]].staff_id
                return StayAssigned(
                    observed_at=self.team.at(step["at"]), stay_id=self.stay_id, to_staff_id=to, from_staff_id=None
                )
            case "another_visit":
                return self.team.plan_of(self.stay_id, self.people[step["by"]], visit_id=self.another_id)
            case "start_another":
                return VisitStarted(
                    observed_at=self.team.at(step["at"]), stay_id=self.stay_id, visit_id=self.another_id
                )
        fields: dict[str, Any] = {"stay_id": self.stay_id, "visit_id": self.visit_id}
        for name, value in step.items():
            match name:
                case "staff":
                    fields["staff_id"] = self.people[value].staff_id if value else None
                case "window":
                    fields["window_from_at"], fields["window_to_at"] = map(self.team.at, value)
                case "name":
                    fields["signed_by"] = value
                case "reason" if step["do"] == "not_done":
                    fields["reason"] = NotVisitedReason(value)
                case "text" | "strokes" | "reason":
                    fields[name] = value
        return WORDS[step["do"]](observed_at=self.team.at(step.get("observed", step["at"])), **fields)

    async def say(self, step: dict[str, Any]) -> None:
        self.team.clock.set(self.team.at(step["at"]))
        assert (await self.team.say(self.people[step["by"]], self.body(step))).held is None

    def name(self, staff_id: str | None) -> str | None:
        return self.names[staff_id] if staff_id else None

    def there(self, moment: VisitMoment | None) -> list[Any] | None:
        return [self.name(moment.staff_id), minutes(moment.observed_at)] if moment else None

    async def visit(self) -> dict[str, Any]:
        row = await self.team.visit(self.visit_id)
        return {
            "state": row.state.value,
            "staff": self.name(row.staff_id),
            "window": [minutes(row.window_from_at), minutes(row.window_to_at)],
            "started": self.there(row.started),
            "ended": self.there(row.ended),
            "closed": [self.name(row.closed_by_staff_id), minutes(row.closed_at)] if row.closed_at else None,
            "reason": row.reason.value if row.reason else None,
            "text": row.reason_text,
            "flags": [flag.value for flag in row.flags],
        }

    async def note(self) -> dict[str, Any]:
        row = await self.team.note(self.visit_id)
        return {
            "text": row.text,
            "author": self.name(row.author_staff_id),
            "signed_by": row.signature.signed_by if row.signature else None,
            "addenda": [each.text for each in row.addenda],
        }


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
async def test_the_server_makes_of_a_visit_what_the_tablet_had_shown(team: Team, case: dict[str, Any]) -> None:
    told = Told(team, *await team.planned(team.noor, begins=60, ends=120))
    for step in case["steps"]:
        await told.say(step)

    found = await told.visit()
    assert {name: found[name] for name in case["visit"]} == case["visit"]
    task = await team.task(told.visit_id)
    if "task" in case:
        assert [task.state.value, told.name(task.owner_staff_id), minutes(task.due_at)] == case["task"]
    if "owner" in case:
        [stay] = [row for row in await team.rows(team.home, "stay") if row.stay_id == told.stay_id]
        assert told.name(stay.owner_staff_id) == case["owner"]
    if "note" in case:
        assert await told.note() == case["note"]
