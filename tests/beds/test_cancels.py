"""A placement that was a mistake is taken back: unit, bed and owner are as they were, and nobody else is moved."""

from datetime import timedelta
from typing import Any

import pytest

from backend.slice import Outcome
from shared_schemas.alerts import AlertClass, AlertState
from shared_schemas.beds import BedReservationCancelled, BedState
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.stays import PatientTransferred, PlacementCancelled, PlacementKind, StayRow
from shared_schemas.sync import HeldEntryResolved, Resolution
from shared_schemas.tasks import CareKind, Reply, ResponseRecorded, TaskPlanned, TaskState
from shared_schemas.vitals import VitalSignsCharted, VitalSignsCorrected
from shared_schemas.wire import HeldReason
from tests.beds.ward import BedWard
from tests.cast import Ward, uid
from tests.vitals.bedside import OPEN, scoring

UNWATCHED = """
select stay_id::text from stay s where departed_at is null
and not exists (select from task t where t.stay_id = s.stay_id and t.open and t.kind = 'observation')
and not exists (select from observation_duty d where d.stay_id = s.stay_id and (d.paused_at is not null or d.stopped))
"""


async def cancel(ward: BedWard, stay_id: str, cancels: str, **given: Any) -> Any:
    return await ward.say(PlacementCancelled(observed_at=ward.now, stay_id=stay_id, cancels=cancels), **given)


async def stay(ward: BedWard, stay_id: str, of: Ward | None = None) -> StayRow:
    return await ward.row("stay", "stay_id", stay_id, of)


def place(row: StayRow) -> tuple:
    return row.unit_id, row.bed_id, row.bed_since_at, row.owner_staff_id, row.arrived_at, row.moved_from_unit_id


async def test_a_cancelled_move_puts_the_patient_back_as_if_nobody_had_moved_her(ward: BedWard) -> None:
    stay_id, move = await ward.admit(0), uid()
    before = await stay(ward, stay_id)
    ward.later()
    await ward.assign(stay_id, 1, entry_id=move)
    assert (await stay(ward, stay_id)).placed_entry_id == move
    ward.later()
    assert await cancel(ward, stay_id, move) == Outcome()
    after = await stay(ward, stay_id)
    assert place(after) == place(before)
    assert (after.placed_entry_id, after.placed_how) == (before.placed_entry_id, PlacementKind.ADMISSION)
    assert (await ward.state(0), await ward.state(1)) == (
        (BedState.OCCUPIED, before.bed_since_at),
        (BedState.FREE, None),
    )


async def test_only_the_latest_placement_is_cancelled_and_only_once(ward: BedWard) -> None:
    stay_id, first, second = await ward.admit(0), uid(), uid()
    await ward.assign(stay_id, 1, entry_id=first)
    await ward.assign(stay_id, 2, entry_id=second)
    held = await cancel(ward, stay_id, first)
    assert (held.held, held.detail) == (HeldReason.ALREADY_CHANGED, HeldDetail.MOVED_SINCE)
    assert (await cancel(ward, stay_id, uid())).detail is HeldDetail.UNKNOWN_PLACEMENT
    await cancel(ward, stay_id, second)
    assert (await cancel(ward, stay_id, second)).flags == (Flag.CANCELLED_BEFORE,)
    await cancel(ward, stay_id, first)
    assert (await stay(ward, stay_id)).bed_id == ward.bed(0)


async def test_a_cancelled_transfer_brings_every_row_back_to_the_old_ward(ward: BedWard) -> None:
    stay_id, transfer = await ward.admit(0), uid()
    before = await stay(ward, stay_id)
    ward.later()
    await ward.transfer(stay_id, 0, entry_id=transfer)
    assert await stay(ward, stay_id) is None
    ward.later()
    assert await cancel(ward, stay_id, transfer, by=ward.cast.wei) == Outcome()
    assert place(await stay(ward, stay_id)) == place(before)
    assert len(await ward.cast.rows(ward.cast.east, "patient")) == 1
    assert await ward.cast.rows(ward.cast.west, "stay") == []
    assert (await ward.states(ward.cast.west))[ward.cast.west.beds[0]].state is BedState.FREE


@pytest.mark.parametrize("offline", [False, True])
async def test_who_sent_a_patient_to_another_ward_takes_that_back_herself(ward: BedWard, offline: bool) -> None:
    """With the button that is offered right after it, also when both are sent together later."""
    stay_id, transfer, anna = await ward.admit(0), uid(), ward.cast.anna
    before = await stay(ward, stay_id)
    tablet, west = await ward.cast.tablet_of(anna), ward.cast.west
    ward.later()
    there = PatientTransferred(observed_at=ward.now, stay_id=stay_id, to_unit_id=west.unit_id)
    tablet.save(anna.staff_id, there, entry_id=transfer)
    if not offline:
        await tablet.push()
    ward.later()
    assert await cancel(ward, stay_id, transfer) == Outcome()
    assert place(await stay(ward, stay_id)) == place(before)
    assert await ward.cast.rows(west, "stay") == []


async def test_whose_old_bed_is_taken_waits_for_a_bed_and_takes_it_when_applied_again(ward: BedWard) -> None:
    stay_id, move = await ward.admit(0), uid()
    await ward.assign(stay_id, 1, entry_id=move)
    other = await ward.admit(0)
    outcome = await cancel(ward, stay_id, move)
    assert (outcome.claim_held, outcome.flags) == (HeldReason.BED_TAKEN, (Flag.WAITING_FOR_A_BED,))
    assert (await stay(ward, stay_id)).bed_id is None
    assert (await stay(ward, other)).bed_id == ward.bed(0)


async def test_the_bed_that_was_taken_is_tried_again_when_a_person_says_so(ward: BedWard) -> None:
    stay_id, move, taken_back = await ward.admit(0), uid(), uid()
    await ward.assign(stay_id, 1, entry_id=move)
    other = await ward.admit(0)
    await cancel(ward, stay_id, move, entry_id=taken_back)
    await ward.assign(other, 2)
    ward.later()
    body = HeldEntryResolved(observed_at=ward.now, held_entry_id=taken_back, resolution=Resolution.REAPPLIED)
    assert (await ward.say(body, ward.cast.charlotte)).held is None
    assert (await stay(ward, stay_id)).bed_id == ward.bed(0)
    [held] = await ward.cast.rows(ward.cast.east, "held_entry")
    assert held.resolution is Resolution.REAPPLIED


async def test_a_cancelled_admission_leaves_the_tablets_and_the_bed_as_it_was(ward: BedWard) -> None:
    entry_id, patient_id = uid(), uid()
    stay_id = await ward.admit(0, entry_id=entry_id, patient_id=patient_id)
    await ward.cast.sweep()
    ward.later()
    assert await cancel(ward, stay_id, entry_id) == Outcome()
    for kind in ("stay", "patient", "task", "observation_duty"):
        assert await ward.cast.rows(ward.cast.east, kind) == []
    assert (await ward.state(0)).state is BedState.FREE
    assert await ward.cast.database.pool.fetchval("select entered_in_error from stay where stay_id = $1", stay_id)
    await ward.cast.sweep(seconds=3600)
    again = await ward.admit(0, patient_id=patient_id)
    assert (await stay(ward, again)).bed_id == ward.bed(0)


async def test_a_cancelled_discharge_brings_back_bed_care_and_chart_also_after_the_rows_had_gone(ward: BedWard) -> None:
    for minutes in (1, 60):
        stay_id, discharge, later = await ward.admit(0 if minutes == 1 else 1), uid(), timedelta(hours=4)
        before = await stay(ward, stay_id)
        await ward.say(VitalSignsCharted(observed_at=ward.now, stay_id=stay_id, values=scoring(1)))
        await ward.say(TaskPlanned(observed_at=ward.now, stay_id=stay_id, text="Bloods", due_at=ward.now + later))
        await ward.cast.sweep()
        charted = await kept(ward, stay_id)
        ward.later()
        await ward.discharge(stay_id, entry_id=discharge)
        await ward.cast.sweep(seconds=60 * minutes)
        await ward.cast.sweep()
        assert ((await stay(ward, stay_id)) is None) == (minutes > 15)
        assert await cancel(ward, stay_id, discharge) == Outcome()
        assert place(await stay(ward, stay_id)) == place(before)
        assert await kept(ward, stay_id) == charted
        tasks = [row for row in await ward.cast.rows(ward.cast.east, "task") if row.stay_id == stay_id]
        assert {row.kind for row in tasks if row.state in OPEN} == {CareKind.OBSERVATION, CareKind.OTHER}
        assert not [row for row in tasks if row.state is TaskState.CANCELLED]
        await ward.cast.sweep()
        assert await ward.cast.database.pool.fetch(UNWATCHED) == []


async def test_a_discharge_said_to_be_before_the_arrival_brings_its_work_back_when_cancelled(ward: BedWard) -> None:
    stay_id, discharge = await ward.admit(0), uid()
    await ward.say(
        TaskPlanned(observed_at=ward.now, stay_id=stay_id, text="Bloods", due_at=ward.now + timedelta(hours=4))
    )
    before = ward.now - timedelta(minutes=30)
    await ward.discharge(stay_id, before, entry_id=discharge)
    ward.later()
    assert await cancel(ward, stay_id, discharge) == Outcome()
    tasks = [row for row in await ward.cast.rows(ward.cast.east, "task") if row.kind is CareKind.OTHER]
    assert [row.state for row in tasks] == [TaskState.READY]


async def kept(ward: BedWard, stay_id: str) -> list[tuple]:
    rows = [row for kind in ("patient", "vital_signs") for row in await ward.cast.rows(ward.cast.east, kind)]
    return [row for row in rows if row.stay_id == stay_id]


async def test_a_discharge_is_not_cancelled_when_the_patient_is_in_another_stay_already(ward: BedWard) -> None:
    patient_id, discharge = uid(), uid()
    stay_id = await ward.admit(0, patient_id=patient_id)
    ward.later()
    await ward.discharge(stay_id, entry_id=discharge)
    ward.later()
    await ward.admit(1, patient_id=patient_id)
    assert (await cancel(ward, stay_id, discharge)).detail is HeldDetail.IN_A_STAY_ALREADY


async def test_two_patients_swap_their_beds_and_a_cancel_swaps_them_back(ward: BedWard) -> None:
    one, other, swap = await ward.admit(0), await ward.admit(1), uid()
    before = [place(await stay(ward, key)) for key in (one, other)]
    ward.later()
    assert (await ward.say(ward.swapping(one, 0, other, 1), entry_id=swap)).held is None
    assert [(await stay(ward, key)).bed_id for key in (one, other)] == [ward.bed(1), ward.bed(0)]
    ward.later()
    assert await cancel(ward, other, swap) == Outcome()
    assert [place(await stay(ward, key)) for key in (one, other)] == before


async def test_a_swap_of_beds_of_which_one_is_another_by_now_is_held(ward: BedWard) -> None:
    """Whoever decided it, without a network, saw them in their beds before; nobody is put where nobody meant."""
    for moved in (0, 1):
        one, other = await ward.admit(0), await ward.admit(1)
        swap = ward.swapping(one, 0, other, 1)
        ward.later()
        await ward.assign((one, other)[moved], 2)
        ward.later()
        held = await ward.say(swap)
        assert (held.held, held.detail) == (HeldReason.ALREADY_CHANGED, HeldDetail.MOVED_SINCE)
        assert (await stay(ward, (one, other)[moved])).bed_id == ward.bed(2)
        assert (await stay(ward, (one, other)[1 - moved])).bed_id == ward.bed(1 - moved)
        for stay_id in (one, other):
            await ward.discharge(stay_id)
        ward.later()


async def test_a_swap_that_a_colleague_recorded_first_is_not_undone_by_the_second_record(ward: BedWard) -> None:
    one, other = await ward.admit(0), await ward.admit(1)
    hers, his = ward.swapping(one, 0, other, 1), ward.swapping(other, 1, one, 0)
    assert (await ward.say(hers)).held is None
    assert (await ward.say(his, ward.cast.boris)).held is None
    assert [(await stay(ward, key)).bed_id for key in (one, other)] == [ward.bed(1), ward.bed(0)]


async def test_a_swap_is_held_when_one_of_the_two_has_no_bed_or_has_left(ward: BedWard) -> None:
    one, other = await ward.admit(0), await ward.admit()
    body = ward.swapping(one, 0, other, 1)
    assert (await ward.say(body)).detail is HeldDetail.MOVED_SINCE
    await ward.discharge(other)
    assert (await ward.say(body)).detail is HeldDetail.DEPARTED


async def test_a_cancelled_arrival_leaves_the_reservation_as_it_was(ward: BedWard) -> None:
    stay_id, move = await ward.admit(1), uid()
    await ward.reserve(0, for_stay_id=stay_id)
    before = await ward.cast.rows(ward.cast.east, "bed_reservation")
    await ward.assign(stay_id, 0, entry_id=move)
    assert await ward.cast.rows(ward.cast.east, "bed_reservation") == []
    await cancel(ward, stay_id, move)
    assert await ward.cast.rows(ward.cast.east, "bed_reservation") == before


async def test_a_move_is_taken_back_although_its_bed_was_kept_for_somebody_else_meanwhile(ward: BedWard) -> None:
    stay_id, move = await ward.admit(1), uid()
    await ward.reserve(0, for_stay_id=stay_id)
    ward.later()
    await ward.assign(stay_id, 0, entry_id=move)
    ward.later()
    others = uid()
    assert (await ward.reserve(0, text="The next", entry_id=others)).held is None
    ward.later()
    unit_id = ward.cast.east.unit_id
    await ward.say(BedReservationCancelled(observed_at=ward.now, unit_id=unit_id, reservation_id=others))
    ward.later()

    assert await cancel(ward, stay_id, move) == Outcome()

    assert (await stay(ward, stay_id)).bed_id == ward.bed(1)
    [kept] = await ward.cast.rows(ward.cast.east, "bed_reservation")
    assert kept.for_stay_id == stay_id


async def test_an_admission_of_somebody_who_is_ill_is_not_taken_back_and_her_alert_goes_on(ward: BedWard) -> None:
    admission, set_id, taken_back = uid(), uid(), uid()
    stay_id = await ward.admit(0, entry_id=admission)
    await ward.cast.sweep()
    await ward.say(VitalSignsCharted(observed_at=ward.now, stay_id=stay_id, values=scoring(7)), entry_id=set_id)
    ward.later()

    held = await cancel(ward, stay_id, admission, entry_id=taken_back)

    assert (held.held, held.detail) == (HeldReason.INVALID, HeldDetail.CHARTED_SINCE)
    assert (await stay(ward, stay_id)).bed_id == ward.bed(0)
    assert [row.entry_id for row in await ward.cast.rows(ward.cast.east, "vital_signs")] == [set_id]
    [alert] = await ward.cast.rows(ward.cast.east, "alert")
    assert (alert.alert_class, alert.state) == (AlertClass.RED, AlertState.OPEN)
    ward.later()
    again = HeldEntryResolved(observed_at=ward.now, held_entry_id=taken_back, resolution=Resolution.REAPPLIED)
    # Struck out: what was charted was of somebody else. Who is asked in red still has to answer.
    await ward.say(VitalSignsCorrected(observed_at=ward.now, stay_id=stay_id, corrects=set_id, reason="wrong patient"))
    await ward.say(again, ward.cast.charlotte)
    assert await stay(ward, stay_id) is not None
    await ward.say(answer(ward, stay_id, alert.cause_id))
    await ward.say(again, ward.cast.charlotte)
    assert await stay(ward, stay_id) is None
    assert (await ward.state(0)).state is BedState.FREE


def answer(ward: BedWard, stay_id: str, task_id: str) -> ResponseRecorded:
    instants = dict.fromkeys(("called_at", "expected_by_at", "attended_at"), ward.now)
    reply = Reply(whom="Dr Sato", reply="Coming", **instants)
    return ResponseRecorded(observed_at=ward.now, stay_id=stay_id, task_id=task_id, response=reply)
