"""A set that arrives after its patient has left is told to who leads the unit, until she has seen it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from shared_schemas.alerts import AlertCause, AlertClass, AlertState
from shared_schemas.late_sets import LateSetRow, LateSetSeen
from shared_schemas.stays import PatientAdmitted, PatientDischarged, PlacementCancelled
from shared_schemas.tasks import CareKind, Reply, ResponseRecorded
from shared_schemas.vitals import Band, VitalSigns, VitalSignsCharted, VitalSignsCorrected
from shared_schemas.wire import EntryVerdict, HeldReason, Verdict
from tests.cast import identity, uid
from tests.vitals.bedside import scoring
from tests.vitals.test_through_the_door import Line, line

__all__ = ["line"]
SHOWN_AFTER_DEPARTURE_MINUTES = 15


@dataclass
class Departed:
    """A patient who has left bed 1 of East; Anna's tablet was without a network, the other one is Charlotte's."""

    line: Line
    stay_id: str
    departed_at: datetime
    discharge: str

    @property
    def charge(self) -> str:
        return self.line.ward.cast.charlotte.staff_id

    async def send(self, entry_id: str) -> EntryVerdict:
        """Her tablet finds the network again."""
        await self.line.hers.push()
        return self.line.hers.verdicts[entry_id]

    async def taken_back(self) -> None:
        """She had not left at all."""
        body = PlacementCancelled(observed_at=self.line.ward.now, stay_id=self.stay_id, cancels=self.discharge)
        # Flagged by the door: it is said after the departure that it takes back.
        assert (await self.line.other.say(self.charge, body)).verdict in (Verdict.ACCEPTED, Verdict.FLAGGED)
        await self.line.other.pull()

    async def told(self) -> list[LateSetRow]:
        """What is in the unit's tray, as the other tablet has it."""
        await self.line.other.pull()
        return self.line.other.rows("late_set")

    async def seen(self, entry_id: str, by: str | None = None) -> EntryVerdict:
        body = LateSetSeen(observed_at=self.line.ward.now, set_entry_id=entry_id)
        return await self.line.other.say(by or self.charge, body)


async def offline(line: Line, values: VitalSigns) -> tuple[Departed, str]:
    """A set charted without a network, and the patient leaves before it is sent."""
    cast = line.ward.cast
    stay_id = uid()
    admission = PatientAdmitted(
        observed_at=line.ward.now,
        stay_id=stay_id,
        patient_id=uid(),
        unit_id=cast.east.unit_id,
        bed_id=cast.east.beds[0],
        patient=identity("900 1", "Rosa Klein"),
    )
    # The bed may not be clean again after the one before her.
    assert (await line.hers.say(line.anna, admission)).verdict in (Verdict.ACCEPTED, Verdict.FLAGGED)
    await line.pass_minutes(30)
    entry_id = line.hers.save(line.anna, line.set_of(stay_id, values))
    await line.pass_minutes(10)
    await line.other.sign_in(cast.charlotte.staff_id)
    departed = Departed(line, stay_id, line.ward.now, uid())
    left = PatientDischarged(observed_at=line.ward.now, stay_id=stay_id)
    verdict = await line.other.say(departed.charge, left, entry_id=departed.discharge)
    assert verdict.verdict is Verdict.ACCEPTED
    return departed, entry_id


@pytest.mark.parametrize("minutes", [1, SHOWN_AFTER_DEPARTURE_MINUTES + 5])
async def test_who_leads_is_told_of_a_set_that_came_after_the_patient_had_left(line: Line, minutes: int) -> None:
    departed, entry_id = await offline(line, scoring(7))
    observed_at = line.ward.minutes_ago(10)
    await line.pass_minutes(minutes)

    verdict = await departed.send(entry_id)

    assert verdict.verdict is Verdict.FLAGGED
    assert "received_after_departure" in verdict.flags
    [row] = await departed.told()
    assert (row.entry_id, row.author_staff_id) == (entry_id, line.anna)
    assert (row.patient_name, row.bed_id) == ("Rosa Klein", line.ward.cast.east.beds[0])
    assert (row.observed_at, row.received_at, row.departed_at) == (observed_at, line.ward.now, departed.departed_at)
    assert (row.values.respiratory_rate_per_min, row.score.total, row.score.band) == (22, 7, Band.HIGH)


async def test_the_row_outlives_the_stays_rows(line: Line) -> None:
    departed, entry_id = await offline(line, scoring(2))
    await departed.send(entry_id)
    await line.pass_minutes(SHOWN_AFTER_DEPARTURE_MINUTES + 1)

    assert [row.entry_id for row in await departed.told()] == [entry_id]
    assert line.other.rows("vital_signs") == []


async def test_seen_by_who_leads_it_goes_from_every_tablet(line: Line) -> None:
    departed, entry_id = await offline(line, scoring(7))
    await departed.send(entry_id)

    assert (await departed.seen(entry_id)).verdict is Verdict.ACCEPTED

    assert await departed.told() == []
    await line.hers.pull()
    assert line.hers.rows("late_set") == []
    feed = f"unit:{line.other.unit_id}"
    before = line.other.checksum(feed)
    line.other.cursors.clear()
    await line.other.pull()
    assert line.other.checksum(feed) == before
    again = await departed.seen(entry_id)
    assert (again.verdict, again.flags) == (Verdict.FLAGGED, ["already_resolved"])


async def test_a_ward_nurse_does_not_take_it_away(line: Line) -> None:
    departed, entry_id = await offline(line, scoring(7))
    await departed.send(entry_id)
    boris = line.ward.cast.boris.staff_id
    await line.other.sign_in(boris)

    refused = await departed.seen(entry_id, by=boris)

    assert (refused.verdict, refused.reason) == (Verdict.HELD, HeldReason.NOT_PERMITTED)
    assert len(await departed.told()) == 1


async def test_a_set_that_nobody_was_told_of_can_not_be_seen(line: Line) -> None:
    departed, _ = await offline(line, scoring(7))

    verdict = await departed.seen(uid())

    assert (verdict.verdict, verdict.reason) == (Verdict.HELD, HeldReason.UNKNOWN_SUBJECT)


async def test_a_set_that_came_in_time_is_in_no_tray(line: Line) -> None:
    departed, entry_id = await offline(line, scoring(7))
    assert await departed.told() == []
    stay_id = await line.admit()
    verdict = await line.other.say(departed.charge, line.set_of(stay_id, scoring(7)))
    assert verdict.verdict is Verdict.ACCEPTED
    await departed.send(entry_id)

    assert [row.entry_id for row in await departed.told()] == [entry_id]


async def test_a_correction_takes_the_place_of_the_set_and_striking_out_takes_it_away(line: Line) -> None:
    departed, entry_id = await offline(line, scoring(7))
    await departed.send(entry_id)
    said = {"observed_at": line.ward.now, "stay_id": departed.stay_id, "reason": "wrong patient"}
    corrected = line.hers.save(line.anna, VitalSignsCorrected(**said, corrects=entry_id, values=scoring(2)))
    assert "received_after_departure" in (await departed.send(corrected)).flags

    [row] = await departed.told()
    assert (row.entry_id, row.supersedes, row.correction_reason) == (corrected, entry_id, "wrong patient")
    assert row.score.total == 2

    await departed.send(line.hers.save(line.anna, VitalSignsCorrected(**said, corrects=corrected)))
    assert await departed.told() == []


async def test_many_late_sets_cost_as_many_statements_as_one(line: Line) -> None:
    counts = []
    for sets in (1, 12):
        departed, _ = await offline(line, scoring(7))
        for ago in range(1, sets):
            body = VitalSignsCharted(
                observed_at=line.ward.minutes_ago(10 + 5 * ago), stay_id=departed.stay_id, values=scoring(2)
            )
            line.hers.save(line.anna, body)
        with line.server.database.counted_statements() as statements:
            await line.hers.push()
        counts.append(len(statements))
    assert len(await departed.told()) == 13
    assert counts[0] == counts[1]


async def test_many_late_sets_leave_the_tray_in_as_many_statements_as_one(line: Line) -> None:
    counts = []
    # The first departure of all costs more, whatever its sets: the next two are compared.
    for sets in (1, 1, 12):
        departed, entry_id = await offline(line, scoring(7))
        for ago in range(1, sets):
            body = VitalSignsCharted(
                observed_at=line.ward.minutes_ago(10 + 5 * ago), stay_id=departed.stay_id, values=scoring(2)
            )
            line.hers.save(line.anna, body)
        await departed.send(entry_id)
        with line.server.database.counted_statements() as statements:
            await departed.taken_back()
        counts.append(len(statements))
        assert await departed.told() == []
    assert counts[1] == counts[2]


@pytest.mark.parametrize("minutes", [1, SHOWN_AFTER_DEPARTURE_MINUTES + 5])
async def test_a_set_that_came_while_the_patient_was_wrongly_discharged_alerts_when_that_is_taken_back(
    line: Line, minutes: int
) -> None:
    departed, entry_id = await offline(line, scoring(7))
    await line.pass_minutes(minutes)
    await departed.send(entry_id)
    await line.pass_minutes(1)

    await departed.taken_back()

    alerts = [row for row in line.other.rows("alert") if row.cause is AlertCause.RESPONSE]
    assert [(row.stay_id, row.alert_class, row.state) for row in alerts] == [
        (departed.stay_id, AlertClass.RED, AlertState.OPEN)
    ]
    assert alerts[0].text_params["total"] == 7
    assert line.other.rows("late_set") == []
    set_row = next(row for row in line.other.rows("vital_signs") if row.entry_id == entry_id)
    task = await line.observation(departed.stay_id)
    assert task.due_at == set_row.observed_at + timedelta(minutes=30)
    assert task.cause.cause_id == entry_id


async def test_a_set_of_an_earlier_mistake_does_not_alert_again_when_a_later_one_is_taken_back(line: Line) -> None:
    departed, entry_id = await offline(line, scoring(7))
    await departed.send(entry_id)
    await departed.taken_back()
    [task] = [row for row in line.other.rows("task") if row.kind is CareKind.RESPONSE]
    instants = dict.fromkeys(("called_at", "expected_by_at", "attended_at"), line.ward.now)
    done = ResponseRecorded(
        observed_at=line.ward.now,
        stay_id=departed.stay_id,
        task_id=task.task_id,
        response=Reply(whom="Dr Sato", reply="Coming", **instants),
    )
    assert (await line.other.say(departed.charge, done)).verdict is Verdict.ACCEPTED
    await line.pass_minutes(5)
    again = uid()
    left = PatientDischarged(observed_at=line.ward.now, stay_id=departed.stay_id)
    await line.other.say(departed.charge, left, entry_id=again)
    await line.pass_minutes(1)
    departed.discharge = again

    await departed.taken_back()

    assert [row.state for row in line.other.rows("alert") if row.cause is AlertCause.RESPONSE] == [AlertState.RESOLVED]
