"""Only a person answers a held entry, and the answer is itself an entry."""

import pytest

from shared_schemas.sync import HeldEntryResolved, HeldEntryRow, Resolution
from shared_schemas.wire import HeldReason, Verdict
from tests.sync.conftest import Scene


async def held_note(scene: Scene) -> str:
    """A note by a nurse of another ward: kept, and waiting for the charge nurse."""
    wei = scene.cast.wei.staff_id
    await scene.tablet.sign_in(wei)
    entry_id = scene.tablet.save(wei, scene.note("from the west"))
    [verdict] = await scene.tablet.push()
    assert verdict.reason is HeldReason.OUT_OF_SCOPE
    return entry_id


def answer(scene: Scene, held: str, resolution: Resolution, reason: str | None = None) -> HeldEntryResolved:
    return HeldEntryResolved(observed_at=scene.tablet.now, held_entry_id=held, resolution=resolution, reason=reason)


async def row_of(scene: Scene, held: str) -> HeldEntryRow:
    await scene.tablet.pull()
    [row] = [row for row in scene.tablet.rows("held_entry") if row.held_entry_id == held]
    return row


async def note_of(scene: Scene) -> str | None:
    await scene.tablet.pull()
    [stay] = scene.tablet.rows("stay")
    return stay.note


async def test_the_charge_nurse_applies_what_was_out_of_scope(scene: Scene) -> None:
    held, charge = await held_note(scene), scene.cast.charlotte.staff_id
    await scene.tablet.sign_in(charge)
    assert await note_of(scene) is None
    verdict = await scene.tablet.say(charge, answer(scene, held, Resolution.REAPPLIED))
    assert verdict.verdict is Verdict.ACCEPTED
    row = await row_of(scene, held)
    assert (row.resolution, row.resolved_by_staff_id) == (Resolution.REAPPLIED, charge)
    assert await note_of(scene) == "from the west"
    scene.tablet.save(scene.anna, scene.note("after"), depends_on=[held])
    assert [v.verdict for v in await scene.tablet.push()] == [Verdict.ACCEPTED]


async def test_the_author_alone_can_not_say_yes_to_herself(scene: Scene) -> None:
    held = await held_note(scene)
    verdict = await scene.tablet.say(scene.cast.wei.staff_id, answer(scene, held, Resolution.REAPPLIED))
    assert verdict.verdict is Verdict.ACCEPTED
    row = await row_of(scene, held)
    assert (row.resolution, row.reason) == (None, HeldReason.OUT_OF_SCOPE)
    assert await note_of(scene) is None


async def test_somebody_else_may_not_answer(scene: Scene) -> None:
    held = await held_note(scene)
    verdict = await scene.tablet.say(scene.anna, answer(scene, held, Resolution.DISCARDED, "not mine"))
    assert (verdict.verdict, verdict.reason) == (Verdict.HELD, HeldReason.NOT_PERMITTED)
    assert (await row_of(scene, held)).resolution is None


@pytest.mark.parametrize("resolution", [Resolution.DISCARDED, Resolution.RESENT, Resolution.HANDED_OVER])
async def test_the_author_discards_sends_anew_or_hands_over(scene: Scene, resolution: Resolution) -> None:
    held, wei = await held_note(scene), scene.cast.wei.staff_id
    assert (await scene.tablet.say(wei, answer(scene, held, resolution, "typed twice"))).verdict is Verdict.ACCEPTED
    assert (await row_of(scene, held)).resolution is resolution


async def test_discarding_needs_a_reason(scene: Scene) -> None:
    held, wei = await held_note(scene), scene.cast.wei.staff_id
    verdict = await scene.tablet.say(wei, answer(scene, held, Resolution.DISCARDED))
    assert (verdict.verdict, verdict.reason) == (Verdict.HELD, HeldReason.INVALID)


async def test_the_ward_is_told_what_a_tablet_has_not_sent_and_not_what_has_just_come(scene: Scene) -> None:
    waiting = [scene.tablet.save(scene.anna, scene.note(text)) for text in ("one", "two", "three")]
    await scene.tablet.push(scene.tablet.outbox[:1])
    await scene.tablet.pull()
    assert [row.outbox_depth for row in scene.tablet.rows("tablet")] == [2]

    assert len(await scene.tablet.push()) == len(waiting) - 1
    await scene.tablet.pull()
    assert [row.outbox_depth for row in scene.tablet.rows("tablet")] == [0]


async def test_what_was_handed_over_the_charge_nurse_still_answers_once(scene: Scene) -> None:
    held, wei, charge = await held_note(scene), scene.cast.wei.staff_id, scene.cast.charlotte.staff_id
    await scene.tablet.sign_in(charge)
    await scene.tablet.say(wei, answer(scene, held, Resolution.HANDED_OVER))
    await scene.tablet.say(charge, answer(scene, held, Resolution.REAPPLIED))
    again = await scene.tablet.say(charge, answer(scene, held, Resolution.DISCARDED, "too late"))
    assert (again.verdict, again.flags) == (Verdict.FLAGGED, ["already_resolved"])
    assert (await row_of(scene, held)).resolution is Resolution.REAPPLIED


async def test_of_two_answers_in_one_push_the_second_sees_what_became_of_the_first(scene: Scene) -> None:
    held, charge = await held_note(scene), scene.cast.charlotte.staff_id
    await scene.tablet.sign_in(charge)
    scene.tablet.save(charge, answer(scene, held, Resolution.REAPPLIED))
    scene.tablet.save(charge, answer(scene, held, Resolution.DISCARDED, "too late"))
    scene.tablet.save(charge, answer(scene, held, Resolution.REAPPLIED))
    verdicts = await scene.tablet.push()
    assert [v.verdict for v in verdicts] == [Verdict.ACCEPTED, Verdict.FLAGGED, Verdict.FLAGGED]
    assert (await row_of(scene, held)).resolution is Resolution.REAPPLIED
