"""An overdue visit climbs the one ladder: its nurse, the coordinator, on call. No home patient is forgotten."""

from typing import Any

import pytest

from shared_schemas.alerts import AlertClass, AlertState, StepEnd
from shared_schemas.places import UnitKind
from shared_schemas.policy import default_policy
from shared_schemas.stays import PatientTransferred
from shared_schemas.tasks import CareKind, TaskDone, TaskState
from shared_schemas.visits import VisitReassigned, VisitRescheduled, VisitStarted, VisitState
from shared_schemas.vitals import ObservationsPaused, PauseReason, VitalSignsCharted
from tests.visits.team import Team
from tests.vitals.bedside import scoring


async def test_the_task_of_a_visit_is_due_by_its_window(team: Team) -> None:
    _, visit_id = await team.planned(team.noor, begins=60, ends=120)

    task = await team.task(visit_id)

    assert (task.kind, task.owner_staff_id) == (CareKind.HOME_VISIT, team.noor.staff_id)
    assert (task.due_soon_at, task.due_at, task.overdue_at) == (team.at(45), team.at(120), team.at(135))
    assert task.standard_minutes == 40


async def test_an_overdue_visit_climbs_from_its_nurse_to_the_coordinator_to_on_call(team: Team) -> None:
    await team.planned(team.noor, begins=60, ends=120)

    await team.until(134)
    assert await team.alerts() == []
    await team.until(135)
    [alert] = await team.alerts()
    assert (alert.alert_class, alert.text_key) == (AlertClass.PLAIN, "alert.overdue.home_visit")
    assert await team.asked(alert.alert_id) == ["Noor"]
    await team.until(138)  # her tablets are silent (rule 7)
    assert await team.asked(alert.alert_id) == ["Noor", "Paula"]
    await team.until(140)
    assert await team.asked(alert.alert_id) == ["Noor", "Paula", "Quinn"]


async def test_the_start_of_a_visit_ends_its_alert(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor, begins=60, ends=120)
    await team.until(136)

    await team.say(team.noor, VisitStarted(observed_at=team.now, stay_id=stay_id, visit_id=visit_id))

    [alert] = await team.alerts()
    assert (alert.state, alert.ended_why) == (AlertState.RESOLVED, "began")


async def test_a_start_before_the_alert_that_was_told_late_proves_the_alert_false(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor, begins=60, ends=120)
    await team.until(136)

    await team.say(team.noor, VisitStarted(observed_at=team.at(100), stay_id=stay_id, visit_id=visit_id))

    [alert] = await team.alerts()
    assert (alert.state, alert.ended_why) == (AlertState.WITHDRAWN, "began_before")


async def test_a_visit_that_began_and_does_not_end_is_asked_about(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor, begins=0, ends=10)
    await team.say(team.noor, VisitStarted(observed_at=team.now, stay_id=stay_id, visit_id=visit_id))
    await team.until(239)
    assert await team.alerts() == []

    await team.until(240)

    [alert] = await team.alerts()
    assert await team.asked(alert.alert_id) == ["Noor"]


def moved(team: Team, stay_id: str, visit_id: str, begins: float, ends: float) -> VisitRescheduled:
    window: dict[str, Any] = {"window_from_at": team.at(begins), "window_to_at": team.at(ends)}
    return VisitRescheduled(observed_at=team.now, stay_id=stay_id, visit_id=visit_id, **window)


async def test_the_cause_of_a_visit_tells_the_window_that_it_has_now(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor, begins=60, ends=120)

    await team.say(team.paula, moved(team, stay_id, visit_id, 200, 230))

    cause = (await team.task(visit_id)).cause
    assert cause.text_params == {"from_at": team.at(200).isoformat(), "to_at": team.at(230).isoformat()}


async def test_an_alert_that_goes_on_in_another_window_tells_that_window_and_asks_nobody_anew(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor, begins=60, ends=120)
    await team.until(136)
    [before] = await team.alerts()

    await team.say(team.paula, moved(team, stay_id, visit_id, 70, 110))

    [alert] = await team.alerts()
    assert alert.text_params == {"due_at": team.at(110).isoformat()}
    assert (alert.alert_id, alert.steps) == (before.alert_id, before.steps)


async def test_another_window_that_is_still_to_come_ends_the_alert_about_the_old_one(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor, begins=60, ends=120)
    await team.until(136)

    await team.say(team.paula, moved(team, stay_id, visit_id, 150, 160))
    await team.until(176)

    first, second = sorted(await team.alerts(), key=lambda alert: alert.began_at)
    assert (first.state, first.ended_why) == (AlertState.WITHDRAWN, "planned_anew")
    assert (second.state, second.text_params) == (AlertState.OPEN, {"due_at": team.at(160).isoformat()})


async def test_the_alert_about_a_visit_that_is_given_to_another_asks_her(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor, begins=60, ends=120)
    await team.until(136)

    body = VisitReassigned(observed_at=team.now, stay_id=stay_id, visit_id=visit_id, staff_id=team.omar.staff_id)
    assert (await team.say(team.paula, body)).flags == ()

    [alert] = await team.alerts()
    assert await team.asked(alert.alert_id) == ["Noor", "Omar"]
    assert [step.why_ended for step in alert.steps] == [StepEnd.HANDED_OVER, None]


async def test_the_nurse_of_the_visit_is_asked_and_not_the_owner_of_the_stay(team: Team) -> None:
    stay_id, first = await team.planned(team.omar, begins=0, ends=10)
    await team.say(team.omar, VisitStarted(observed_at=team.now, stay_id=stay_id, visit_id=first))
    await team.planned(team.noor, stay_id, begins=60, ends=90)

    await team.until(106)

    [alert] = await team.alerts()
    assert await team.asked(alert.alert_id) == ["Noor"]


async def test_every_home_stay_has_a_visit_a_pause_or_a_task_to_plan_one(team: Team) -> None:
    stay_id = await team.admit()
    await team.until(1)
    [planning] = await team.tasks(stay_id, CareKind.OTHER)
    assert (planning.text_key, planning.state) == ("task.plan_visit", TaskState.READY)

    await team.say(team.noor, TaskDone(observed_at=team.now, stay_id=stay_id, task_id=planning.task_id))
    await team.until(2)
    again = [task for task in await team.tasks(stay_id, CareKind.OTHER) if task.state is TaskState.READY]
    assert len(again) == 1, "a tick alone plans nothing"

    _, visit_id = await team.planned(team.noor, stay_id)
    await team.until(3)
    assert {task.state for task in await team.tasks(stay_id, CareKind.OTHER)} == {TaskState.COMPLETED}
    assert (await team.visit(visit_id)).state is VisitState.PLANNED


async def test_a_home_patient_may_be_away_for_weeks_and_is_planned_for_again_on_return(team: Team) -> None:
    stay_id = await team.admit()
    await team.until(1)
    pause = ObservationsPaused(
        observed_at=team.now, stay_id=stay_id, reason=PauseReason.LEAVE, expected_return_at=team.at(60 * 24 * 20)
    )
    assert (await team.say(team.noor, pause)).held is None
    await team.until(2)
    assert [task.state for task in await team.tasks(stay_id, CareKind.OTHER)] == [TaskState.CANCELLED]

    await team.server.advance(team.at(60 * 24 * 20 + 1))

    states = {task.state for task in await team.tasks(stay_id, CareKind.OTHER)}
    assert states == {TaskState.CANCELLED, TaskState.READY}


async def test_a_patient_who_goes_into_a_ward_is_visited_no_more_and_observed_there(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor)

    await team.say(team.noor, PatientTransferred(observed_at=team.now, stay_id=stay_id, to_unit_id=team.east.unit_id))
    await team.until(1)

    visits = {row.visit_id: row.state for row in await team.rows(team.east, "visit")}
    tasks = {row.kind: row.state for row in await team.rows(team.east, "task") if row.stay_id == stay_id}
    assert visits == {visit_id: VisitState.CANCELLED}
    assert tasks[CareKind.HOME_VISIT] is TaskState.CANCELLED
    assert tasks[CareKind.OBSERVATION] is TaskState.READY


async def test_a_patient_who_comes_home_is_observed_by_no_interval_any_more(team: Team) -> None:
    stay_id = await team.admit()
    await team.say(team.noor, PatientTransferred(observed_at=team.now, stay_id=stay_id, to_unit_id=team.east.unit_id))
    await team.until(1)
    await team.say(team.anna, VitalSignsCharted(observed_at=team.now, stay_id=stay_id, values=scoring(1)))

    await team.say(team.anna, PatientTransferred(observed_at=team.now, stay_id=stay_id, to_unit_id=team.home.unit_id))
    await team.until(2)

    states = {task.state for task in await team.tasks(stay_id, CareKind.OBSERVATION)}
    assert states == {TaskState.COMPLETED, TaskState.CANCELLED}


@pytest.mark.parametrize("kind", ["ward", "home"])
def test_only_home_care_climbs_from_the_coordinator_to_on_call_for_plain_care(kind: str) -> None:
    policy = default_policy(UnitKind(kind))
    assert {policy.classes["plain"].climbs_to_duty, policy.plain_night.climbs_to_duty} == {kind == "home"}
    assert policy.observation == default_policy().observation
