"""Where patients are: two are never in one bed, a bed is free only when its patient has left, and no arrival is lost."""

from datetime import timedelta

from backend.db import unit_of_work
from backend.stays.queries import facts
from shared_schemas.stays import (
    BedAssigned,
    DischargePlanned,
    NoteWritten,
    PatientDischarged,
    PatientTransferred,
    StayDetailsChanged,
)
from shared_schemas.wire import HeldReason
from tests.cast import Cast, identity, uid
from tests.stays.arrivals import admission, admitted, stay


async def test_an_admitted_patient_lies_in_the_bed_and_the_wristband_is_in_the_feed(cast: Cast) -> None:
    stay_id = await admitted(cast, bed=0)
    row = await stay(cast, stay_id)
    [patient] = await cast.rows(cast.east, "patient")
    assert (row.bed_id, row.admitted_at) == (cast.east.beds[0], cast.clock.now())
    assert (patient.stay_id, patient.name) == (stay_id, "Test Patient")


async def test_an_admission_to_a_taken_bed_is_accepted_as_waiting_and_only_the_bed_claim_is_held(cast: Cast) -> None:
    first = await admitted(cast, bed=0)
    body = admission(cast, bed=0)
    outcome = await cast.say(cast.boris, body)
    assert (outcome.held, outcome.claim_held, outcome.flags) == (None, HeldReason.BED_TAKEN, ("waiting_for_a_bed",))
    assert (await stay(cast, body.stay_id)).bed_id is None
    assert (await stay(cast, first)).bed_id == cast.east.beds[0]


async def test_applied_again_after_the_bed_is_free_the_admission_takes_only_the_bed(cast: Cast) -> None:
    first, body = await admitted(cast, bed=0), admission(cast, bed=0)
    await cast.say(cast.boris, body)
    await cast.say(cast.anna, PatientDischarged(observed_at=cast.clock.now(), stay_id=first))
    again = await cast.say(cast.boris, body)
    assert (again.held, again.claim_held) == (None, None)
    assert (await stay(cast, body.stay_id)).bed_id == cast.east.beds[0]
    assert len(await cast.rows(cast.east, "stay")) == 2


async def test_a_bed_of_another_unit_is_not_given(cast: Cast) -> None:
    body = admission(cast, bed_id=cast.west.beds[0])
    assert (await cast.say(cast.anna, body)).claim_held is HeldReason.INVALID
    assert (await stay(cast, body.stay_id)).bed_id is None


async def test_one_patient_is_in_one_stay_at_a_time(cast: Cast) -> None:
    patient_id = uid()
    await admitted(cast, bed=0, patient_id=patient_id)
    second = await cast.say(cast.boris, admission(cast, bed=1, patient_id=patient_id))
    assert second.held is HeldReason.ALREADY_CHANGED
    assert len(await cast.rows(cast.east, "stay")) == 1


async def test_a_patient_admitted_twice_under_one_wristband_number_is_flagged(cast: Cast) -> None:
    await admitted(cast, bed=0, patient=identity("777"))
    outcome = await cast.say(cast.boris, admission(cast, bed=1, patient=identity("777")))
    assert outcome.flags == ("same_identifier",)


async def test_a_patient_who_left_can_come_back(cast: Cast) -> None:
    patient_id = uid()
    stay_id = await admitted(cast, bed=0, patient_id=patient_id)
    await cast.say(cast.anna, PatientDischarged(observed_at=cast.clock.now(), stay_id=stay_id))
    await admitted(cast, bed=0, patient_id=patient_id)


async def test_a_planned_departure_frees_no_bed(cast: Cast) -> None:
    stay_id, body = await admitted(cast, bed=0), admission(cast, bed=0)
    planned_at = cast.clock.now() + timedelta(hours=2)
    plan = DischargePlanned(observed_at=cast.clock.now(), stay_id=stay_id, departure_planned_at=planned_at)
    await cast.say(cast.anna, plan)
    cast.clock.advance(timedelta(hours=3))
    assert (await cast.say(cast.boris, body)).claim_held is HeldReason.BED_TAKEN
    assert (await stay(cast, stay_id)).departure_planned_at == planned_at


async def test_a_bed_is_never_taken_from_before_its_last_patient_left(cast: Cast) -> None:
    """A tablet that was offline tells an arrival from before the departure: the intervals still do not overlap."""
    stay_id, earlier = await admitted(cast, bed=0), cast.clock.now()
    cast.clock.advance(timedelta(minutes=30))
    await cast.say(cast.anna, PatientDischarged(observed_at=cast.clock.now(), stay_id=stay_id))
    late = admission(cast, bed=0, observed_at=earlier + timedelta(minutes=10))
    assert (await cast.say(cast.boris, late)).claim_held is None
    from_at = await cast.database.pool.fetchval("select from_at from bed_stay where stay_id = $1", late.stay_id)
    assert from_at == cast.clock.now()


async def test_a_move_decided_before_somebody_elses_move_waits_for_an_answer(cast: Cast) -> None:
    stay_id = await admitted(cast, bed=0)
    seen = 2  # admitted, then put to bed
    move = BedAssigned(observed_at=cast.clock.now(), stay_id=stay_id, bed_id=cast.east.beds[1], base_version=seen)
    assert (await cast.say(cast.anna, move)).held is None
    other = BedAssigned(observed_at=cast.clock.now(), stay_id=stay_id, bed_id=cast.east.beds[2], base_version=seen)
    assert (await cast.say(cast.boris, other)).held is HeldReason.ALREADY_CHANGED
    same = BedAssigned(observed_at=cast.clock.now(), stay_id=stay_id, bed_id=cast.east.beds[1], base_version=seen)
    assert (await cast.say(cast.boris, same)).held is None
    assert (await stay(cast, stay_id)).bed_id == cast.east.beds[1]


async def test_a_note_does_not_overtake_a_move(cast: Cast) -> None:
    stay_id = await admitted(cast, bed=0)
    await cast.say(cast.boris, NoteWritten(observed_at=cast.clock.now(), stay_id=stay_id, note="Family at 15:00"))
    move = BedAssigned(observed_at=cast.clock.now(), stay_id=stay_id, bed_id=cast.east.beds[1], base_version=2)
    assert (await cast.say(cast.anna, move)).held is None


async def test_a_move_to_a_taken_bed_is_held_and_the_patient_keeps_her_own(cast: Cast) -> None:
    stay_id, _ = await admitted(cast, bed=0), await admitted(cast, bed=1)
    outcome = await cast.say(
        cast.anna, BedAssigned(observed_at=cast.clock.now(), stay_id=stay_id, bed_id=cast.east.beds[1])
    )
    assert outcome.held is HeldReason.BED_TAKEN
    assert (await stay(cast, stay_id)).bed_id == cast.east.beds[0]


async def test_a_transfer_takes_every_row_to_the_new_ward_and_leaves_an_exit(cast: Cast) -> None:
    stay_id = await admitted(cast, bed=0)
    cast.clock.advance(timedelta(hours=1))
    body = PatientTransferred(
        observed_at=cast.clock.now(), stay_id=stay_id, to_unit_id=cast.west.unit_id, to_bed_id=cast.west.beds[2]
    )
    assert await cast.say(cast.anna, body) is not None
    assert await cast.rows(cast.east, "stay") == []
    assert await cast.rows(cast.east, "patient") == []
    moved = await cast.row(cast.west, "stay", stay_id)
    assert (moved.bed_id, moved.arrived_at, moved.moved_from_unit_id) == (
        cast.west.beds[2],
        cast.clock.now(),
        cast.east.unit_id,
    )
    assert len(await cast.rows(cast.west, "patient")) == 1
    exits = await cast.database.pool.fetchval(
        "select count(*) from change where feed_id = $1 and type = 'exit' and id = $2",
        f"unit:{cast.east.unit_id}",
        stay_id,
    )
    assert exits == 1


async def test_a_transfer_to_a_taken_bed_arrives_and_waits_for_a_bed(cast: Cast) -> None:
    stay_id = await admitted(cast, bed=0)
    other = admission(cast, unit_id=cast.west.unit_id, bed_id=cast.west.beds[0])
    await cast.say(cast.wei, other)
    body = PatientTransferred(
        observed_at=cast.clock.now(), stay_id=stay_id, to_unit_id=cast.west.unit_id, to_bed_id=cast.west.beds[0]
    )
    assert (await cast.say(cast.anna, body)).claim_held is HeldReason.BED_TAKEN
    assert (await cast.row(cast.west, "stay", stay_id)).bed_id is None


async def test_a_late_fact_finds_the_unit_in_which_the_patient_was_then(cast: Cast) -> None:
    stay_id, before = await admitted(cast, bed=0), cast.clock.now()
    cast.clock.advance(timedelta(hours=1))
    body = PatientTransferred(observed_at=cast.clock.now(), stay_id=stay_id, to_unit_id=cast.west.unit_id)
    await cast.say(cast.anna, body)
    note = NoteWritten(observed_at=before + timedelta(minutes=5), stay_id=stay_id, note="Ate breakfast")
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        scope = (await cast.arrived(work, cast.anna, note)).scope
    assert (scope.unit_id, scope.unit_id_at_observed) == (cast.west.unit_id, cast.east.unit_id)


async def test_the_first_departure_stays_and_a_second_is_flagged(cast: Cast) -> None:
    stay_id, left_at = await admitted(cast, bed=0), cast.clock.now() + timedelta(minutes=5)
    cast.clock.set(left_at)
    await cast.say(cast.anna, PatientDischarged(observed_at=left_at, stay_id=stay_id))
    cast.clock.advance(timedelta(minutes=5))
    second = await cast.say(cast.boris, PatientDischarged(observed_at=cast.clock.now(), stay_id=stay_id))
    assert second.flags == ("departed_before",)
    assert (await stay(cast, stay_id)).departed_at == left_at


async def test_a_departed_patient_can_not_be_moved(cast: Cast) -> None:
    stay_id = await admitted(cast, bed=0)
    await cast.say(cast.anna, PatientDischarged(observed_at=cast.clock.now(), stay_id=stay_id))
    move = BedAssigned(observed_at=cast.clock.now(), stay_id=stay_id, bed_id=cast.east.beds[3])
    assert (await cast.say(cast.boris, move)).held is HeldReason.ALREADY_CHANGED


async def test_adding_a_mark_wins_over_a_change_that_had_not_seen_it(cast: Cast) -> None:
    stay_id = await admitted(cast, bed=0)
    on = StayDetailsChanged(
        observed_at=cast.clock.now(), stay_id=stay_id, pregnant=False, isolation=True, base_version=2
    )
    off = StayDetailsChanged(
        observed_at=cast.clock.now(), stay_id=stay_id, pregnant=True, isolation=False, base_version=2
    )
    assert (await cast.say(cast.anna, on)).flags == ()
    assert (await cast.say(cast.boris, off)).flags == ("adding_wins",)
    row = await stay(cast, stay_id)
    assert (row.pregnant, row.isolation) == (True, True)
    seen = StayDetailsChanged(
        observed_at=cast.clock.now(), stay_id=stay_id, pregnant=False, isolation=False, base_version=4
    )
    await cast.say(cast.boris, seen)
    assert (await stay(cast, stay_id)).isolation is False


async def test_the_newest_note_is_shown_whichever_arrives_first(cast: Cast) -> None:
    stay_id, early = await admitted(cast, bed=0), cast.clock.now()
    late = early + timedelta(minutes=10)
    cast.clock.set(late)
    await cast.say(cast.anna, NoteWritten(observed_at=late, stay_id=stay_id, note="Fasting"))
    older = await cast.say(cast.boris, NoteWritten(observed_at=early, stay_id=stay_id, note="May eat"))
    row = await stay(cast, stay_id)
    assert older.flags == ("newer_note",)
    assert (row.note, row.note_by_staff_id, row.note_at) == ("Fasting", cast.anna.staff_id, late)


async def test_what_nobody_will_read_because_the_patient_has_left_the_tablets_is_flagged(cast: Cast) -> None:
    stay_id, before = await admitted(cast, bed=0), cast.clock.now()
    cast.clock.advance(timedelta(minutes=5))
    await cast.say(cast.anna, PatientDischarged(observed_at=cast.clock.now(), stay_id=stay_id))
    said = [
        NoteWritten(observed_at=before + timedelta(minutes=1), stay_id=stay_id, note="Family at 15:00"),
        StayDetailsChanged(observed_at=before, stay_id=stay_id, pregnant=False, isolation=True),
    ]
    assert [(await cast.say(cast.boris, body)).flags for body in said] == [()] * 2
    await cast.sweep()
    await cast.sweep(seconds=15 * 60)
    assert [(await cast.say(cast.boris, body)).flags for body in said] == [("departed_before",)] * 2


async def test_an_unknown_stay_waits_for_an_answer(cast: Cast) -> None:
    now = cast.clock.now()
    bodies = [
        BedAssigned(observed_at=now, stay_id=uid(), bed_id=cast.east.beds[0]),
        PatientTransferred(observed_at=now, stay_id=uid(), to_unit_id=cast.west.unit_id),
        PatientDischarged(observed_at=now, stay_id=uid()),
        NoteWritten(observed_at=now, stay_id=uid(), note="Hello"),
        StayDetailsChanged(observed_at=now, stay_id=uid(), pregnant=False, isolation=False),
        DischargePlanned(observed_at=now, stay_id=uid(), departure_planned_at=None),
    ]
    for body in bodies:
        assert (await cast.say(cast.anna, body)).held is HeldReason.UNKNOWN_SUBJECT


async def test_facts_say_what_decides_about_care(cast: Cast) -> None:
    stay_id = await admitted(cast, bed=0, pregnant=True)
    async with unit_of_work(cast.database, cast.clock.now()) as work:
        found = await facts(work.connection, [stay_id, uid()], lock=True)
    assert list(found) == [stay_id]
    assert (found[stay_id].pregnant, found[stay_id].feed) == (True, f"unit:{cast.east.unit_id}")
    assert found[stay_id].born_on.year == 1950
