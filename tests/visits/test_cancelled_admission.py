"""An admission under which somebody was cared for at home is not taken back: what was done stays on every screen."""

import pytest

from shared_schemas.base import Body
from shared_schemas.flags import HeldDetail
from shared_schemas.stays import PatientAdmitted, PlacementCancelled
from shared_schemas.tasks import TaskDone, TaskDoneCorrected, TaskPlanned
from shared_schemas.visits import VisitEnded, VisitNoteWritten, VisitSigned, VisitStarted
from shared_schemas.wire import HeldReason
from tests.cast import identity, uid
from tests.visits.team import Team


async def admitted(team: Team) -> tuple[str, str]:
    """A patient of the team by (stay, admission)."""
    stay_id, admission, unit_id = uid(), uid(), team.home.unit_id
    known = {"patient_id": uid(), "unit_id": unit_id, "patient": identity(uid()[:8])}
    body = PatientAdmitted(observed_at=team.now, stay_id=stay_id, **known)
    assert (await team.say(team.paula, body, entry_id=admission)).held is None
    return stay_id, admission


def taken_back(team: Team, stay_id: str, admission: str) -> PlacementCancelled:
    return PlacementCancelled(observed_at=team.now, stay_id=stay_id, cancels=admission)


@pytest.mark.parametrize("word", [VisitStarted, VisitEnded, VisitNoteWritten, VisitSigned])
async def test_an_admission_of_somebody_who_was_visited_is_not_taken_back(team: Team, word: type[Body]) -> None:
    stay_id, admission = await admitted(team)
    _, visit_id = await team.planned(team.noor, stay_id)
    fields = {VisitNoteWritten: {"text": "Wound clean"}, VisitSigned: {"signed_by": "Ada King"}}
    known = {"observed_at": team.now, "stay_id": stay_id, "visit_id": visit_id, **fields.get(word, {})}
    assert (await team.say(team.noor, word(**known))).held is None
    before = await team.visit(visit_id)

    held = await team.say(team.paula, taken_back(team, stay_id, admission))

    assert (held.held, held.detail) == (HeldReason.INVALID, HeldDetail.CHARTED_SINCE)
    assert await team.visit(visit_id) == before
    assert (await team.row(team.home, "stay", stay_id)).stay_id == stay_id


async def test_an_admission_is_taken_back_while_its_visit_is_only_planned(team: Team) -> None:
    stay_id, admission = await admitted(team)
    await team.planned(team.noor, stay_id)

    assert (await team.say(team.paula, taken_back(team, stay_id, admission))).held is None

    assert stay_id not in {row.stay_id for row in await team.rows(team.home, "stay")}


async def test_an_admission_of_somebody_for_whom_care_was_done_waits_until_that_is_struck_out(team: Team) -> None:
    (stay_id, admission), task_id = await admitted(team), uid()
    of_task = {"observed_at": team.now, "stay_id": stay_id, "task_id": task_id}
    planned = TaskPlanned(observed_at=team.now, stay_id=stay_id, text="Dressing", due_at=team.at(60))
    assert (await team.say(team.noor, planned, entry_id=task_id)).held is None
    assert (await team.say(team.noor, TaskDone(**of_task))).held is None

    held = await team.say(team.paula, taken_back(team, stay_id, admission))

    assert (held.held, held.detail) == (HeldReason.INVALID, HeldDetail.CHARTED_SINCE)
    await team.say(team.noor, TaskDoneCorrected(reason="wrong patient", **of_task))
    assert (await team.say(team.paula, taken_back(team, stay_id, admission))).held is None
