"""Marks of beds through the tablet's door: who may, what holds, and that nothing is lost."""

import pytest

from shared_schemas.beds import BedMarked, BedState, Readiness
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.wire import HeldReason
from tests.beds.ward import BedWard
from tests.cast import Person, uid

CLOSED, BLOCKED, DIRTY, CLEANING, CLEAN = Readiness


async def test_a_bed_is_dirty_when_its_patient_left_and_free_again_when_it_was_cleaned(ward: BedWard) -> None:
    assert await ward.state(0) == (BedState.FREE, None)
    stay_id, came_at = await ward.admit(0), ward.now
    assert await ward.state(0) == (BedState.OCCUPIED, came_at)
    left_at = ward.later()
    await ward.discharge(stay_id)
    assert await ward.state(0) == (BedState.DIRTY, left_at)
    began_at = ward.later()
    await ward.mark(0, CLEANING, ward.cast.hana)
    assert await ward.state(0) == (BedState.CLEANING, began_at)
    clean_at = ward.later()
    await ward.mark(0, CLEAN, ward.cast.hana)
    assert await ward.state(0) == (BedState.FREE, clean_at)


async def test_a_bed_stays_dirty_when_the_rows_of_who_lay_there_have_left_the_tablets(ward: BedWard) -> None:
    stay_id = await ward.admit(0)
    left_at = ward.later()
    await ward.discharge(stay_id)
    await ward.cast.sweep(seconds=3600)
    await ward.cast.sweep()
    assert await ward.cast.rows(ward.cast.east, "stay") == []
    assert await ward.state(0) == (BedState.DIRTY, left_at)


async def test_the_bed_that_a_patient_moves_out_of_is_dirty(ward: BedWard) -> None:
    stay_id = await ward.admit(0)
    moved_at = ward.later()
    await ward.assign(stay_id, 1)
    assert (await ward.state(0), await ward.state(1)) == ((BedState.DIRTY, moved_at), (BedState.OCCUPIED, moved_at))
    away_at = ward.later()
    await ward.transfer(stay_id)
    assert await ward.state(1) == (BedState.DIRTY, away_at)


async def test_a_departure_that_arrives_late_from_before_the_cleaning_leaves_the_bed_clean(ward: BedWard) -> None:
    stay_id = await ward.admit(0)
    left_at = ward.later()
    ward.later(10)
    await ward.mark(0, CLEANING)
    clean_at = ward.later(10)
    await ward.mark(0, CLEAN)
    ward.later(10)
    await ward.discharge(stay_id, left_at)
    assert await ward.state(0) == (BedState.FREE, clean_at)


async def test_a_cleaning_from_before_the_departure_cleans_nothing(ward: BedWard) -> None:
    """Marked on a tablet without a network while the patient still lay there."""
    stay_id, before = await ward.admit(0), ward.now
    left_at = ward.later(10)
    await ward.discharge(stay_id)
    ward.later()
    assert (await ward.mark(0, CLEANING, observed_at=before)).flags == ()
    assert await ward.state(0) == (BedState.DIRTY, left_at)


async def test_a_mark_out_of_turn_is_kept_and_flagged_and_changes_nothing(ward: BedWard) -> None:
    await ward.mark(0, DIRTY)
    outcome = await ward.mark(0, CLEAN)
    assert outcome.flags == (Flag.NOT_IN_TURN,)
    assert (await ward.state(0)).state is BedState.DIRTY
    kept = await ward.cast.database.pool.fetch("select readiness, applied from bed_mark order by applied")
    assert [tuple(each) for each in kept] == [("clean", False), ("dirty", True)]


async def test_clean_never_wins_over_a_block_that_its_author_had_not_seen(ward: BedWard) -> None:
    await ward.mark(0, CLEANING)
    seen = (await ward.row("bed_status", "bed_id", ward.bed(0))).mark_id
    await ward.mark(0, BLOCKED, reason="Rail broken")
    ward.later()
    assert (await ward.mark(0, CLEAN, ward.cast.boris, seen_mark_id=seen)).flags == (Flag.NEWER_BED_MARK,)
    assert (await ward.mark(0, DIRTY, ward.cast.boris, seen_mark_id=None)).flags == (Flag.NEWER_BED_MARK,)
    assert (await ward.mark(0, CLEAN, ward.cast.boris)).flags == (Flag.NOT_IN_TURN,)
    row = await ward.row("bed_status", "bed_id", ward.bed(0))
    assert (row.readiness, row.reason) == (BLOCKED, "Rail broken")


async def test_a_block_wins_over_a_clean_that_its_author_had_not_seen(ward: BedWard) -> None:
    await ward.mark(0, CLEANING)
    seen = (await ward.row("bed_status", "bed_id", ward.bed(0))).mark_id
    await ward.mark(0, CLEAN)
    assert (await ward.mark(0, BLOCKED, ward.cast.boris, seen_mark_id=seen)).flags == ()
    assert (await ward.state(0)).state is BedState.BLOCKED


async def test_several_marks_saved_without_a_network_follow_each_other(ward: BedWard) -> None:
    """Each names the one before it on the same tablet as seen."""
    tablet = await ward.cast.tablet_of(ward.cast.hana)
    seen = None
    for readiness in (DIRTY, CLEANING, CLEAN):
        body = BedMarked(
            observed_at=ward.later(),
            unit_id=ward.cast.east.unit_id,
            bed_id=ward.bed(0),
            readiness=readiness,
            seen_mark_id=seen,
        )
        seen = tablet.save(ward.cast.hana.staff_id, body)
    verdicts = await tablet.push()
    assert [verdict.flags for verdict in verdicts] == [[], [], []]
    assert await ward.state(0) == (BedState.FREE, ward.now)


async def test_who_may_block_and_close(ward: BedWard) -> None:
    cast = ward.cast

    async def held(by: Person, readiness: Readiness) -> HeldDetail | None:
        outcome = await ward.mark(0, readiness, by)
        assert outcome.held in (None, HeldReason.NOT_PERMITTED)
        return outcome.detail

    assert await held(cast.hana, BLOCKED) is HeldDetail.BED_NEEDS_REGISTERED
    assert await held(cast.anna, BLOCKED) is None
    assert await held(cast.hana, DIRTY) is HeldDetail.BED_NEEDS_REGISTERED
    assert await held(cast.anna, CLOSED) is HeldDetail.BED_NEEDS_LEAD
    assert await held(cast.charlotte, CLOSED) is None
    assert await held(cast.anna, DIRTY) is HeldDetail.BED_NEEDS_LEAD
    assert await held(cast.charlotte, DIRTY) is None
    assert await held(cast.hana, CLEANING) is None


async def test_a_bed_of_another_unit_is_not_marked(ward: BedWard) -> None:
    for bed_id in (ward.cast.west.beds[0], uid()):
        body = BedMarked(observed_at=ward.now, unit_id=ward.cast.east.unit_id, bed_id=bed_id, readiness=DIRTY)
        outcome = await ward.say(body)
        assert (outcome.held, outcome.detail) == (HeldReason.UNKNOWN_SUBJECT, HeldDetail.UNKNOWN_BED)


@pytest.mark.parametrize("readiness", [DIRTY, CLEANING, BLOCKED, CLOSED])
async def test_an_arrival_in_a_bed_that_is_not_clean_is_accepted_and_flagged(
    ward: BedWard, readiness: Readiness
) -> None:
    await ward.mark(0, readiness, ward.cast.charlotte)
    stay_id = await ward.admit(1)
    assert (await ward.assign(stay_id, 0)).flags == (Flag.BED_NOT_CLEAN,)
    assert (await ward.state(0)).state is BedState.OCCUPIED
    await ward.assign(stay_id, 2)
    left = {DIRTY: BedState.DIRTY, CLEANING: BedState.DIRTY, BLOCKED: BedState.BLOCKED, CLOSED: BedState.CLOSED}
    assert (await ward.state(0)).state is left[readiness]


async def test_the_first_patient_of_a_bed_that_nobody_marked_is_not_flagged(ward: BedWard) -> None:
    stay_id = await ward.admit(1)
    assert (await ward.assign(stay_id, 0)).flags == ()
    assert (await ward.assign(stay_id, 1)).flags == (Flag.BED_NOT_CLEAN,)
