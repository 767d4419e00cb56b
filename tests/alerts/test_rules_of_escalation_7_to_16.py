"""The rules of docs/escalation.md through the database: entries, sweeps and rows of proof as the server runs them."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from backend.alerts.actions import raise_alerts, resolve_alerts
from backend.alerts.sweep import ENDED, TURNS, sweep_ended, sweep_ladder
from backend.db import unit_of_work
from shared_schemas.alerts import (
    AlertAccepted,
    AlertClass,
    AlertState,
)
from shared_schemas.base import Body
from shared_schemas.staff import DutyEnded, HandoverAccepted, HandoverOffered
from shared_schemas.stays import BedAssigned, BedsSwapped, PatientTransferred
from shared_schemas.vitals import VitalSignsCharted
from tests.alerts.shift import Shift
from tests.cast import due_at
from tests.vitals.bedside import WELL

RED, AMBER, PLAIN = AlertClass.RED, AlertClass.AMBER, AlertClass.PLAIN


async def test_rule_7_a_silent_tablet_sends_it_to_the_next_person_after_thirty_seconds(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    await shift.later(0.5, shown=False)
    assert await shift.asked(alert_id) == ["Boris"]
    await shift.say(shift.cast.anna, shift.accepts(alert_id))
    assert (await shift.alert(alert_id)).state is AlertState.ACCEPTED, "the first stays open"


async def test_rule_7_a_tablet_out_of_contact_is_asked_in_parallel_with_the_next(shift: Shift) -> None:
    anna = shift.cast.anna
    await shift.later(16)
    await shift.database.pool.execute(
        "update device set contact_at = $1 where device_id = $2",
        shift.now - timedelta(minutes=15, seconds=1),
        shift.device_of[anna.staff_id],
    )
    assert await shift.asked(await shift.raise_one()) == ["Anna", "Boris"]
    await shift.sign_in(anna)
    assert await shift.asked(await shift.raise_one()) == ["Anna"], "all her tablets count"
    await shift.database.pool.execute("update device set push_works = false")
    assert await shift.asked(await shift.raise_one()) == ["Anna", "Boris", "Charlotte", "Duc"], "the self-test failed"


async def test_rule_8_an_answer_that_arrives_late_counts_from_the_act(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    tapped = AlertAccepted(observed_at=shift.now + timedelta(minutes=1), alert_id=alert_id)
    await shift.later(4)
    await shift.say(shift.cast.anna, tapped, ago=3)
    alert = await shift.alert(alert_id)
    assert alert.attend_by_at == shift.now + timedelta(minutes=7)
    assert [row.step.value for row in alert.steps] == ["assignee", "buddy"], "steps taken remain"


@pytest.mark.parametrize(
    ("seconds", "end"), [(-1, (AlertState.WITHDRAWN, "done_before")), (0, (AlertState.RESOLVED, "done"))]
)
async def test_rule_8_a_set_observed_before_the_alert_began_withdraws_it_as_false(
    shift: Shift, seconds: float, end: tuple[AlertState, str]
) -> None:
    await shift.cast.sweep()
    await shift.cast.sweep(seconds=2 * 3600)
    [alert] = await shift.cast.rows(shift.cast.east, "alert")
    assert (alert.text_key, alert.state) == ("alert.overdue.observation", AlertState.OPEN)
    observed_at = alert.began_at + timedelta(seconds=seconds)
    await shift.cast.sweep(seconds=600)
    await shift.cast.say(
        shift.cast.anna, VitalSignsCharted(observed_at=observed_at, stay_id=shift.stay_id, values=WELL)
    )
    after = await shift.alert(alert.alert_id)
    assert (after.state, after.ended_why) == end


async def test_rule_9_a_red_that_nobody_answers_repeats_for_hours_and_stays_small_on_tablets(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    await shift.later(9 + 3 * 20)
    assert await shift.asked(alert_id) == ["Duc", "Charlotte", "Anna"]
    assert any(step == "outside" for _, step, _, _ in await shift.told(alert_id))
    row = await shift.on_the_tablet(alert_id)
    assert row is not None
    assert len(row.steps) == 24 < len((await shift.alert(alert_id)).steps)


async def test_rule_10_a_plain_alert_at_night_has_the_times_of_the_night(shift: Shift) -> None:
    assert shift.now.hour < 7
    plain, red = await shift.raise_one(PLAIN), await shift.raise_one()
    assert (await shift.alert(plain)).clock_until_at == shift.now + timedelta(minutes=30)
    assert (await shift.alert(red)).clock_until_at == shift.now + timedelta(minutes=3)


async def test_rule_12_after_downtime_a_step_resumes_and_none_is_replayed(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    await shift.later(60, sweep=False)
    next_at = await shift.sweep()
    assert await shift.asked(alert_id) == ["Anna"]
    assert next_at == shift.now + timedelta(minutes=3)


async def test_rule_13_the_receiver_is_asked_when_she_accepts_the_patient(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    cast = shift.cast
    offer = HandoverOffered(observed_at=shift.now, stay_ids=[shift.stay_id], to_staff_id=cast.boris.staff_id)
    await shift.say(cast.anna, offer)
    await shift.later(0.1)
    assert await shift.asked(alert_id) == ["Anna"], "the giver owns it until then"
    await shift.say(cast.boris, HandoverAccepted(observed_at=shift.now, stay_id=shift.stay_id))
    assert (await shift.alert(alert_id)).owner_staff_id == cast.boris.staff_id, "in the same transaction"
    assert await shift.asked(alert_id) == ["Anna", "Boris"]
    await shift.later(0.1)
    assert await shift.asked(alert_id) == ["Anna", "Boris"]


@pytest.mark.parametrize("how", ["moved", "swapped"])
async def test_rule_13_the_nurse_of_the_bed_into_which_the_patient_came_is_asked_too(shift: Shift, how: str) -> None:
    """A move or a swap gives the patient to the nurse of the bed: she is asked at the next look, and red keeps its clock."""
    alert_id, cast = await shift.raise_one(), shift.cast
    beds, began = cast.east.beds, await shift.alert(alert_id)
    move: Body = BedAssigned(observed_at=shift.now, stay_id=shift.stay_id, bed_id=beds[4])
    if how == "swapped":
        move = BedsSwapped(
            observed_at=shift.now,
            stay_id=shift.stay_id,
            bed_id=beds[0],
            other_stay_id=await shift.admit(beds[4]),
            other_bed_id=beds[4],
        )
    assert await due_at(TURNS, shift.database, shift.now) is None
    await shift.say(cast.charlotte, move)
    assert await due_at(TURNS, shift.database, shift.now) == shift.now, "the bell rings at once"
    await shift.sweep()
    alert = await shift.alert(alert_id)
    assert (alert.owner_staff_id, alert.clock_until_at) == (cast.boris.staff_id, began.clock_until_at)
    assert await shift.asked(alert_id) == ["Anna", "Boris"]


@pytest.mark.parametrize("accepted", [False, True])
@pytest.mark.parametrize("named", [False, True])
async def test_rule_13_leaving_with_an_open_red_asks_the_named_receiver_or_charge_at_once(
    shift: Shift, accepted: bool, named: bool
) -> None:
    alert_id = await shift.raise_one()
    anna, boris = shift.cast.anna, shift.cast.boris
    if accepted:
        await shift.say(anna, shift.accepts(alert_id))
    await shift.later(1)
    receiver = boris.staff_id if named else None
    duty_id = await shift.duty_of(anna)
    await shift.say(anna, DutyEnded(observed_at=shift.now, duty_id=duty_id, receiver_staff_id=receiver))
    await shift.later(0.01)
    assert await shift.asked(alert_id) == ["Boris" if named else "Charlotte"]


async def test_rule_14_the_new_unit_is_asked_from_actual_arrival(shift: Shift) -> None:
    alert_id = await shift.raise_one()
    body = PatientTransferred(observed_at=shift.now, stay_id=shift.stay_id, to_unit_id=shift.cast.west.unit_id)
    await shift.say(shift.cast.charlotte, body)
    assert (await shift.alert(alert_id)).unit_id == shift.cast.west.unit_id, "in the same transaction"
    assert await shift.on_the_tablet(alert_id) is None, "it left with the patient"
    west = await shift.cast.row(shift.cast.west, "alert", alert_id)
    assert west.alert_id == alert_id
    assert (await shift.alert(alert_id)).unit_id == shift.cast.west.unit_id


async def test_rule_15_an_alert_and_its_step_commit_together_or_not_at_all(shift: Shift) -> None:
    with pytest.raises(RuntimeError, match="power"):
        async with unit_of_work(shift.database, shift.now) as work:
            await raise_alerts(work, [shift.new()])
            raise RuntimeError("power cut")
    counts = await shift.database.pool.fetchrow(
        "select (select count(*) from alert), (select count(*) from alert_step), (select count(*) from delivery)"
    )
    assert tuple(counts) == (0, 0, 0)


@pytest.mark.parametrize("who", ["staff_id", "null"])
async def test_rule_15_there_is_one_row_of_proof_per_alert_round_and_step(shift: Shift, who: str) -> None:
    alert_id = await shift.raise_one()
    with pytest.raises(asyncpg.UniqueViolationError):
        await shift.database.pool.execute(
            "insert into alert_step (step_id, alert_id, place, round, step, staff_id, began_at) "
            f"select gen_random_uuid(), alert_id, 99, round, step, {who}, began_at from alert_step where alert_id = $1",
            alert_id,
        )


async def test_rule_15_many_workers_take_each_step_once(shift: Shift) -> None:
    alert_ids = [await shift.raise_one() for _ in range(8)]
    await shift.later(3, sweep=False)
    # Five open connections, so that the workers really run at once.
    await asyncio.gather(*(shift.database.pool.fetchval("select pg_sleep(0.1)") for _ in range(5)))
    await asyncio.gather(*(sweep_ladder(shift.database, shift.now) for _ in range(5)))
    for alert_id in alert_ids:
        assert [row[1] for row in await shift.told(alert_id)] == ["assignee", "buddy"]
    rings = await shift.database.pool.fetchval(
        "select count(*) from delivery where channel = 'ring' and sound = 'ring'"
    )
    assert rings == 16


async def test_rule_16_one_unfinished_alert_a_cause_and_a_recurrence_is_linked(shift: Shift) -> None:
    new = shift.new()

    async def raise_again() -> list[str]:
        async with unit_of_work(shift.database, shift.now) as work:
            return await raise_alerts(work, [new, new])

    raised = await asyncio.gather(*(raise_again() for _ in range(5)))
    [first] = [alert_id for ids in raised for alert_id in ids]
    async with unit_of_work(shift.database, shift.now) as work:
        await resolve_alerts(work, [(new.cause, new.cause_id)], "done")
    [second] = await raise_again()
    assert (await shift.alert(second)).follows_alert_id == first


async def test_an_ended_alert_leaves_the_tablets_after_a_shift(shift: Shift) -> None:
    new = shift.new()
    async with unit_of_work(shift.database, shift.now) as work:
        [alert_id] = await raise_alerts(work, [new])
        await resolve_alerts(work, [(new.cause, new.cause_id)], "done")
    assert await due_at(ENDED, shift.database, shift.now) == shift.now + timedelta(hours=12)
    await shift.later(12 * 60, sweep=False)
    assert await shift.on_the_tablet(alert_id) is not None
    assert await sweep_ended(shift.database, shift.now) == 1
    assert await due_at(ENDED, shift.database, shift.now) is None
    assert await shift.on_the_tablet(alert_id) is None
