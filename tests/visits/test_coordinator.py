"""A coordinator leads her home-care team as a charge nurse leads a ward: what nobody else may decide, she may."""

from datetime import timedelta

import pytest

from backend.access.actions import set_grants
from backend.db import unit_of_work
from shared_schemas.alerts import AlertAccepted, AlertSent, AlertState
from shared_schemas.late_sets import LateSetSeen
from shared_schemas.staff import Grant, Role, StayAssigned
from shared_schemas.stays import PatientAdmitted, PatientDischarged, PlacementCancelled
from shared_schemas.sync import HeldEntryResolved, Resolution
from shared_schemas.tasks import Reply, ResponseRecorded
from shared_schemas.vitals import ObservationsStopped, VitalSignsCharted
from shared_schemas.wire import HeldReason
from tests.cast import Person, identity, uid
from tests.visits.team import Team
from tests.vitals.bedside import scoring


async def ill(team: Team) -> str:
    """A patient at home whose set asks for a red response."""
    stay_id = await team.admit()
    await team.say(team.noor, VitalSignsCharted(observed_at=team.now, stay_id=stay_id, values=scoring(7)))
    return stay_id


async def test_she_sends_a_red_alert_to_a_nurse_and_gives_her_the_patient(team: Team) -> None:
    stay_id = await ill(team)
    [alert] = await team.alerts()
    sent = AlertSent(observed_at=team.now, alert_id=alert.alert_id, to_staff_id=team.omar.staff_id)
    assert (await team.say(team.noor, sent)).held is HeldReason.NOT_PERMITTED
    assert (await team.say(team.paula, sent)).held is None
    assert "Omar" in await team.asked(alert.alert_id)
    given = StayAssigned(observed_at=team.now, stay_id=stay_id, to_staff_id=team.omar.staff_id, from_staff_id=None)
    assert (await team.say(team.noor, given)).held is HeldReason.NOT_PERMITTED
    assert (await team.say(team.paula, given)).held is None
    assert (await team.row(team.home, "stay", stay_id)).owner_staff_id == team.omar.staff_id


async def test_who_is_called_for_a_score_writes_down_how_it_was_answered(team: Team) -> None:
    stay_id = await ill(team)
    [alert] = await team.alerts()
    await team.say(team.paula, AlertAccepted(observed_at=team.now, alert_id=alert.alert_id))
    instants = dict.fromkeys(("called_at", "expected_by_at", "attended_at"), team.now)
    reply = Reply(whom="Dr Sato", reply="Coming", **instants)
    body = ResponseRecorded(observed_at=team.now, stay_id=stay_id, task_id=alert.cause_id, response=reply)
    outcome = await team.say(team.paula, body)
    assert (outcome.held, outcome.flags) == (None, ())
    assert [row.state for row in await team.alerts()] == [AlertState.RESOLVED]


async def test_she_sees_what_came_too_late_for_the_team(team: Team) -> None:
    stay_id, set_id = await team.admit(), uid()
    await team.say(team.paula, PatientDischarged(observed_at=team.now, stay_id=stay_id))
    late = VitalSignsCharted(observed_at=team.now, stay_id=stay_id, values=scoring(7))
    await team.say(team.noor, late, entry_id=set_id)
    seen = LateSetSeen(observed_at=team.now, set_entry_id=set_id)
    assert (await team.say(team.noor, seen)).held is HeldReason.NOT_PERMITTED
    assert (await team.say(team.paula, seen)).held is None
    assert await team.rows(team.home, "late_set") == []


async def test_she_answers_what_waits_for_an_answer_in_her_team(team: Team) -> None:
    admission, cancel = uid(), uid()
    body = PatientAdmitted(
        observed_at=team.now, stay_id=uid(), patient_id=uid(), unit_id=team.home.unit_id, patient=identity(uid()[:8])
    )
    await team.say(team.noor, body, entry_id=admission)
    await team.say(team.noor, VitalSignsCharted(observed_at=team.now, stay_id=body.stay_id, values=scoring(0)))
    taken_back = PlacementCancelled(observed_at=team.now, stay_id=body.stay_id, cancels=admission)
    assert (await team.say(team.noor, taken_back, entry_id=cancel)).held is HeldReason.INVALID
    answer = HeldEntryResolved(
        observed_at=team.now, held_entry_id=cancel, resolution=Resolution.DISCARDED, reason="The patient is ours"
    )
    assert (await team.say(team.omar, answer)).held is HeldReason.NOT_PERMITTED
    assert (await team.say(team.paula, answer)).held is None
    held = await team.row(team.home, "held_entry", cancel)
    assert held.resolution is Resolution.DISCARDED


def stops(team: Team, stay_id: str) -> ObservationsStopped:
    """Of a dying patient: observed still, and no score calls anybody."""
    return ObservationsStopped(
        observed_at=team.now,
        stay_id=stay_id,
        prescriber="Dr Sato",
        reason="Last days of life",
        review_at=team.now + timedelta(hours=24),
        response_modified_only=True,
    )


async def wants(team: Team, person: Person, held: str) -> None:
    """She says in the tray that it is to be applied."""
    body = HeldEntryResolved(observed_at=team.now, held_entry_id=held, resolution=Resolution.REAPPLIED)
    assert (await team.say(person, body)).held is None


@pytest.mark.parametrize("author", ["paula", "quinn"])
async def test_a_stop_that_its_author_may_not_write_is_not_applied_by_a_coordinator_and_a_score_calls(
    team: Team, author: str
) -> None:
    stay_id, held = await team.admit(), uid()
    outcome = await team.say(getattr(team, author), stops(team, stay_id), entry_id=held)
    assert outcome.held is HeldReason.NOT_PERMITTED

    await wants(team, team.paula, held)

    row = await team.row(team.home, "held_entry", held)
    assert (row.resolution, row.reason) == (None, HeldReason.NOT_PERMITTED)
    await team.say(team.noor, VitalSignsCharted(observed_at=team.now, stay_id=stay_id, values=scoring(9)))
    assert [alert.state for alert in await team.alerts()] == [AlertState.OPEN]


async def test_nobody_applies_what_she_wrote_without_being_allowed_to_although_she_may_by_now(team: Team) -> None:
    stay_id, held = await team.admit(), uid()
    await team.say(team.paula, stops(team, stay_id), entry_id=held)
    team.clock.advance(timedelta(minutes=1))
    grants = [Grant(unit_id=team.home.unit_id, role=role) for role in (Role.COORDINATOR, Role.HOME_CARE_NURSE)]
    async with unit_of_work(team.database, team.now) as work:
        await set_grants(work, team.paula.staff_id, grants, team.now)
    team.clock.advance(timedelta(minutes=1))

    await wants(team, team.paula, held)

    assert (await team.row(team.home, "held_entry", held)).resolution is None
    assert (await team.say(team.paula, stops(team, stay_id))).held is None


async def test_a_coordinator_applies_what_a_nurse_of_another_unit_may_write_there(team: Team) -> None:
    stay_id, held = await team.admit(), uid()
    tablet = await team.away(team.noor)
    await tablet.sign_in(team.wei.staff_id)
    tablet.save(team.wei.staff_id, stops(team, stay_id), entry_id=held)
    [verdict] = await tablet.push()
    assert verdict.reason is HeldReason.OUT_OF_SCOPE

    await wants(team, team.paula, held)

    assert (await team.row(team.home, "held_entry", held)).resolution is Resolution.REAPPLIED


async def test_a_coordinator_does_not_apply_what_an_assistant_of_another_unit_may_write_nowhere(team: Team) -> None:
    stay_id, held = await team.admit(), uid()
    tablet = await team.away(team.noor)
    await tablet.sign_in(team.hana.staff_id)
    tablet.save(team.hana.staff_id, stops(team, stay_id), entry_id=held)
    [verdict] = await tablet.push()
    assert verdict.reason is HeldReason.OUT_OF_SCOPE

    await wants(team, team.paula, held)

    row = await team.row(team.home, "held_entry", held)
    assert (row.resolution, row.reason) == (None, HeldReason.OUT_OF_SCOPE)
