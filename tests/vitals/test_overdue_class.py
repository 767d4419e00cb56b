"""An overdue set of a patient at risk is amber, 10 min after it was due (docs/escalation.md, Escalation)."""

from typing import Any

import pytest

from shared_schemas.base import Body
from shared_schemas.stays import PatientTransferred
from shared_schemas.tasks import TaskState
from shared_schemas.vitals import ObservationsPaused, ObservationsResumed, PauseReason, VitalSigns, VitalSignsCorrected
from tests.vitals.bedside import WELL, Bedside, scoring, without

SETS = [
    pytest.param(scoring(7), 10, "amber", id="7"),
    pytest.param(scoring(3), 10, "amber", id="a single 3"),
    pytest.param(without(scoring(5), "temperature_tenths_c"), 10, "amber", id="a lower bound of 5"),
    pytest.param(WELL, 30, "plain", id="well"),
]


async def overdue(bedside: Bedside, unit: Any = None) -> tuple[float, str]:
    """Minutes from due to overdue of the open observation, and its class."""
    rows = await bedside.cast.rows(unit or bedside.cast.east, "task")
    [task] = [row for row in rows if row.kind.value == "observation" and row.state is TaskState.READY]
    overdue_class = await bedside.cast.database.pool.fetchval(
        "select overdue_class from task where task_id = $1", task.task_id
    )
    return (task.overdue_at - task.due_at).total_seconds() / 60, overdue_class


async def pause(bedside: Bedside, **said: Any) -> None:
    fields = {"reason": PauseReason.IMAGING, "expected_return_at": bedside.in_minutes(60)}
    body: type[Body] = ObservationsPaused
    assert (await bedside.say(body, **(fields | said))).held is None


@pytest.mark.parametrize(("values", "grace", "overdue_class"), SETS)
async def test_after_a_pause_the_set_at_the_return_knows_how_ill_the_patient_was(
    bedside: Bedside, values: VitalSigns, grace: int, overdue_class: str
) -> None:
    await bedside.chart(values, ago=5)
    await pause(bedside)
    await bedside.pass_minutes(60)
    assert await overdue(bedside) == (grace, overdue_class)


@pytest.mark.parametrize(("values", "grace", "overdue_class"), SETS)
async def test_so_does_the_set_of_a_patient_who_is_back_sooner(
    bedside: Bedside, values: VitalSigns, grace: int, overdue_class: str
) -> None:
    await bedside.chart(values, ago=5)
    await pause(bedside)
    await bedside.pass_minutes(30)
    await bedside.say(ObservationsResumed)
    assert await overdue(bedside) == (grace, overdue_class)


@pytest.mark.parametrize(("values", "grace", "overdue_class"), SETS)
async def test_so_does_the_first_set_after_a_transfer(
    bedside: Bedside, values: VitalSigns, grace: int, overdue_class: str
) -> None:
    await bedside.chart(WELL, ago=60)
    await bedside.chart(values, ago=5)
    cast = bedside.cast
    cast.wei.unit_ids = [cast.east.unit_id, cast.west.unit_id]
    await bedside.pass_minutes(1)
    await bedside.say(PatientTransferred, by=cast.wei, to_unit_id=cast.west.unit_id)
    await bedside.sweep()
    assert await overdue(bedside, cast.west) == (grace, overdue_class)


async def test_a_set_struck_out_leaves_the_incomplete_one_at_risk(bedside: Bedside) -> None:
    wrong = await bedside.chart(WELL, ago=20)
    await bedside.chart(without(scoring(5), "temperature_tenths_c"), ago=10)
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="another patient")
    assert await overdue(bedside) == (10, "amber")


@pytest.mark.parametrize(("total", "grace", "overdue_class"), [(5, 10, "amber"), (2, 30, "plain")])
async def test_an_incomplete_set_at_risk_makes_the_open_task_amber(
    bedside: Bedside, total: int, grace: int, overdue_class: str
) -> None:
    before = await bedside.observation()
    await bedside.chart(without(scoring(total), "temperature_tenths_c"))
    assert (await bedside.observation()).task_id == before.task_id
    assert await overdue(bedside) == (grace, overdue_class)


async def test_a_complete_set_after_the_incomplete_one_speaks_for_the_patient(bedside: Bedside) -> None:
    await bedside.chart(without(scoring(5), "temperature_tenths_c"), ago=20)
    await bedside.chart(WELL)
    assert await overdue(bedside) == (30, "plain")


@pytest.mark.parametrize(("total", "alert_class", "round_no"), [(5, "amber", 2), (2, "plain", 1)])
async def test_an_alert_that_runs_is_raised_when_its_task_becomes_amber(
    bedside: Bedside, total: int, alert_class: str, round_no: int
) -> None:
    await bedside.chart(WELL)
    task = await bedside.observation()
    bedside.cast.clock.set(task.overdue_at)
    await bedside.cast.sweep()
    [plain] = await bedside.alerts()
    assert (plain.cause_id, plain.alert_class.value, plain.round) == (task.task_id, "plain", 1)
    await bedside.chart(without(scoring(total), "temperature_tenths_c"))
    alerts = {alert.cause_id: alert for alert in await bedside.alerts()}
    now = alerts[task.task_id]
    assert (now.alert_id, now.alert_class.value, now.state.value, now.round) == (
        plain.alert_id,
        alert_class,
        "open",
        round_no,
    )
