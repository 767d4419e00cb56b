"""After a restore tablets send again what the server lost, each in its own order: the end is the same in any order."""

import pytest
from msgspec.structs import replace

from shared_schemas.sync import HeldEntryResolved, HeldEntryRow, Resolution
from shared_schemas.wire import HeldReason, Verdict
from tests.cast import uid
from tests.sync.conftest import Scene, fail_on_notes
from tests.sync.test_tray import answer, note_of
from tests.tablet import Tablet

A, F, H = Verdict.ACCEPTED, Verdict.FLAGGED, Verdict.HELD


def held(rows: list[HeldEntryRow]) -> dict[str, tuple[HeldReason, Resolution | None]]:
    return {row.held_entry_id: (row.reason, row.resolution) for row in rows}


async def trays(tablet: Tablet) -> dict[str, tuple[HeldReason, Resolution | None]]:
    await tablet.pull()
    return held(tablet.rows("held_entry"))


async def second_tablet(scene: Scene) -> Tablet:
    other = await Tablet.paired(scene.server, scene.cast.east.unit_id)
    await other.sign_in(scene.anna)
    return other


async def test_what_was_charted_of_a_patient_is_applied_when_another_tablet_brings_the_admission(scene: Scene) -> None:
    other, stay_id = await second_tablet(scene), uid()
    first = other.save(scene.anna, replace(scene.note("before"), stay_id=stay_id))
    after = other.save(scene.anna, replace(scene.note("and after"), stay_id=stay_id), depends_on=[first])
    assert [(v.verdict, v.reason) for v in await other.push()] == [
        (H, HeldReason.UNKNOWN_SUBJECT),
        (H, HeldReason.DEPENDS_ON_HELD),
    ]
    assert (await scene.tablet.say(scene.anna, scene.admission(stay_id, "900 7"))).verdict is A
    assert await trays(other) == {
        first: (HeldReason.UNKNOWN_SUBJECT, Resolution.REAPPLIED),
        after: (HeldReason.DEPENDS_ON_HELD, Resolution.REAPPLIED),
    }
    [note] = [stay.note for stay in other.rows("stay") if stay.stay_id == stay_id]
    assert note == "and after"
    assert other.checksum(f"unit:{other.unit_id}") == await scene_sum(scene)


async def scene_sum(scene: Scene) -> str:
    await scene.tablet.pull()
    return scene.tablet.checksum(f"unit:{scene.tablet.unit_id}")


async def test_what_still_can_not_be_applied_waits_as_it_did_and_fails_nobody(scene: Scene) -> None:
    other, stay_id = await second_tablet(scene), uid()
    waiting = other.save(scene.anna, replace(scene.note("broken"), stay_id=stay_id))
    await other.push()
    await fail_on_notes(scene.server.settings, "raise exception 'on purpose';", "new.note = 'broken'")
    assert (await scene.tablet.say(scene.anna, scene.admission(stay_id, "900 8"))).verdict is A
    assert await trays(other) == {waiting: (HeldReason.UNKNOWN_SUBJECT, None)}


async def test_what_was_discarded_is_not_applied_when_the_answer_is_heard_first(scene: Scene) -> None:
    entry_id = scene.tablet.save(scene.anna, scene.note("typed twice"))
    [entry] = scene.tablet.outbox
    scene.tablet.outbox.clear()
    said = await scene.tablet.say(scene.anna, answer(scene, entry_id, Resolution.DISCARDED, "typed twice"))
    assert said.verdict is A
    [verdict] = await scene.tablet.push([entry])
    assert (verdict.verdict, verdict.reason) == (H, HeldReason.ALREADY_CHANGED)
    assert [resolution for _, resolution in (await trays(scene.tablet)).values()] == [Resolution.DISCARDED]
    assert await note_of(scene) is None
    assert scene.tablet.missing == [], "its number has come"


async def test_an_answer_that_comes_in_one_push_with_what_it_answers_counts(scene: Scene) -> None:
    tablet = scene.tablet
    entry_id = tablet.save(scene.anna, replace(scene.note("of nobody"), stay_id=uid()))
    tablet.save(scene.anna, answer(scene, entry_id, Resolution.DISCARDED, "of nobody"))
    assert [(v.verdict, v.reason) for v in await tablet.push()] == [(H, HeldReason.UNKNOWN_SUBJECT), (A, None)]
    assert await trays(tablet) == {entry_id: (HeldReason.UNKNOWN_SUBJECT, Resolution.DISCARDED)}


async def test_what_was_discarded_and_is_refused_besides_says_why_and_asks_nobody_again(scene: Scene) -> None:
    entry = scene.tablet.envelope(scene.anna, '{"mood": "good"}', type="note_written")
    said = await scene.tablet.say(scene.anna, answer(scene, entry["entry_id"], Resolution.DISCARDED, "typed twice"))
    assert said.verdict is A
    [verdict] = await scene.tablet.push([entry])
    assert (verdict.verdict, verdict.reason) == (H, HeldReason.UNKNOWN_FIELD)
    assert [resolution for _, resolution in (await trays(scene.tablet)).values()] == [Resolution.DISCARDED]


async def test_nobody_ends_beforehand_what_somebody_else_wrote(scene: Scene) -> None:
    theirs = uid()
    await scene.tablet.sign_in(scene.cast.charlotte.staff_id)
    assert (await scene.tablet.say(scene.anna, answer(scene, theirs, Resolution.DISCARDED, "no"))).verdict is A
    said = await scene.tablet.say(scene.cast.charlotte.staff_id, scene.note("hers"), entry_id=theirs)
    assert (said.verdict, await note_of(scene)) == (A, "hers")


@pytest.mark.parametrize(
    ("resolution", "verdict"), [(Resolution.DISCARDED, H), (Resolution.RESENT, H), (Resolution.REAPPLIED, F)]
)
async def test_an_answer_to_what_was_applied_meanwhile_says_so(
    scene: Scene, resolution: Resolution, verdict: Verdict
) -> None:
    entry_id = scene.tablet.save(scene.anna, scene.note("stands"))
    await scene.tablet.push()
    said = await scene.tablet.say(scene.anna, answer(scene, entry_id, resolution, "typed twice"))
    assert (said.verdict, said.reason) == (verdict, HeldReason.ALREADY_CHANGED if verdict is H else None)


async def test_a_yes_that_is_heard_before_what_it_is_about_is_heard_again(scene: Scene) -> None:
    wei, charge = scene.cast.wei.staff_id, scene.cast.charlotte.staff_id
    await scene.tablet.sign_in(wei)
    await scene.tablet.sign_in(charge)
    entry_id = scene.tablet.save(wei, scene.note("from the west"))
    [entry] = scene.tablet.outbox
    scene.tablet.outbox.clear()
    yes = HeldEntryResolved(observed_at=scene.tablet.now, held_entry_id=entry_id, resolution=Resolution.REAPPLIED)
    assert (await scene.tablet.say(charge, yes)).reason is HeldReason.UNKNOWN_SUBJECT
    await scene.tablet.push([entry])
    assert [resolution for _, resolution in (await trays(scene.tablet)).values()] == [Resolution.REAPPLIED] * 2
    assert await note_of(scene) == "from the west"
