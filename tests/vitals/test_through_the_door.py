"""The whole line through the tablet's door: charted offline, scored, planned, seen by another tablet, overdue, alerted."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from backend.app import Ward as Server
from backend.clock import SteppedClock
from backend.settings import Settings
from shared_schemas.stays import PatientAdmitted
from shared_schemas.tasks import CareKind, TaskRow, TaskState
from shared_schemas.vitals import VitalSigns, VitalSignsCharted
from shared_schemas.wire import Verdict
from tests.cast import identity, uid
from tests.tablet import Tablet, served
from tests.vitals.bedside import Bedside, scoring


@dataclass
class Line:
    """Anna's tablet, another one of the ward, and the server between them."""

    ward: Bedside
    server: Server
    hers: Tablet
    other: Tablet

    @property
    def anna(self) -> str:
        return self.ward.cast.anna.staff_id

    async def admit(self) -> str:
        """A patient arrives, through the door."""
        body = PatientAdmitted(
            observed_at=self.ward.now,
            stay_id=uid(),
            patient_id=uid(),
            unit_id=self.ward.cast.east.unit_id,
            patient=identity(uid()[:8]),
        )
        assert (await self.hers.say(self.anna, body)).verdict is Verdict.ACCEPTED
        return body.stay_id

    async def pass_minutes(self, minutes: float) -> None:
        await self.server.advance(self.ward.now + timedelta(minutes=minutes))

    def set_of(self, stay_id: str, values: VitalSigns, ago: float = 0) -> VitalSignsCharted:
        return VitalSignsCharted(observed_at=self.ward.minutes_ago(ago), stay_id=stay_id, values=values)

    async def observation(self, stay_id: str) -> TaskRow:
        """The open observation task, as the other tablet has it."""
        await self.other.pull()
        [found] = [
            task
            for task in self.other.rows("task")
            if task.stay_id == stay_id and task.kind is CareKind.OBSERVATION and task.state is TaskState.READY
        ]
        return found


@pytest.fixture
async def line(ward: Bedside, settings: Settings, clock: SteppedClock) -> AsyncIterator[Line]:
    async with served(settings, clock) as server:
        tablets = [await Tablet.paired(server, ward.cast.east.unit_id) for _ in range(2)]
        await tablets[0].sign_in(ward.cast.anna.staff_id)
        yield Line(ward, server, *tablets)


async def test_a_set_charted_offline_is_right_on_the_other_tablet_when_the_network_returns(line: Line) -> None:
    stay_id = await line.admit()
    await line.pass_minutes(40)
    entry_id = line.hers.save(line.anna, line.set_of(stay_id, scoring(5)))
    await line.pass_minutes(20)  # no network

    [verdict] = await line.hers.push()

    assert verdict.verdict is Verdict.ACCEPTED
    task = await line.observation(stay_id)
    [row] = line.other.rows("vital_signs")
    assert (row.entry_id, row.score.total) == (entry_id, 5)
    assert task.due_at == row.observed_at + timedelta(minutes=60)
    assert line.ward.now - row.observed_at == timedelta(minutes=20)


async def test_the_same_set_sent_twice_is_charted_once(line: Line) -> None:
    stay_id = await line.admit()
    line.hers.save(line.anna, line.set_of(stay_id, scoring(7)))
    sent = list(line.hers.outbox)
    await line.hers.push(sent)
    [verdict] = await line.hers.push(sent)

    assert verdict.verdict is Verdict.DUPLICATE
    await line.other.pull()
    assert len(line.other.rows("vital_signs")) == 1
    assert len(line.other.rows("alert")) == 1


async def test_a_first_set_that_nobody_charts_is_overdue_and_alerts(line: Line) -> None:
    stay_id = await line.admit()
    await line.pass_minutes(30 + 29)
    await line.other.pull()
    assert line.other.rows("alert") == []

    await line.pass_minutes(2)

    task = await line.observation(stay_id)
    [alert] = line.other.rows("alert")
    assert (alert.cause_id, alert.alert_class.value) == (task.task_id, "plain")


async def test_an_overdue_set_of_a_patient_at_5_is_amber_after_10_minutes(line: Line) -> None:
    stay_id = await line.admit()
    await line.hers.say(line.anna, line.set_of(stay_id, scoring(5)))
    await line.pass_minutes(60 + 11)

    task = await line.observation(stay_id)
    overdue = [alert for alert in line.other.rows("alert") if alert.cause_id == task.task_id]
    assert [alert.alert_class.value for alert in overdue] == ["amber"]


async def test_vital_signs_of_a_nurse_of_another_ward_are_scored_alerted_and_flagged(line: Line) -> None:
    stay_id = await line.admit()
    wei = line.ward.cast.wei.staff_id
    await line.other.sign_in(wei)

    verdict = await line.other.say(wei, line.set_of(stay_id, scoring(7)))

    assert verdict.verdict is Verdict.FLAGGED
    await line.other.pull()
    [row] = line.other.rows("vital_signs")
    assert (row.score.total, "out_of_scope" in row.flags) == (7, True)
    assert len(line.other.rows("alert")) == 1


async def test_a_push_of_sets_costs_the_same_statements_for_3_patients_and_for_30(line: Line) -> None:
    counts = []
    for patients in (3, 30):
        stays = [await line.admit() for _ in range(patients)]
        await line.pass_minutes(1)
        for stay_id in stays:
            line.hers.save(line.anna, line.set_of(stay_id, scoring(2)))
        with line.server.database.counted_statements() as statements:
            verdicts = await line.hers.push()
        assert {verdict.verdict for verdict in verdicts} == {Verdict.ACCEPTED}
        counts.append(len(statements))
    assert counts[0] == counts[1]
