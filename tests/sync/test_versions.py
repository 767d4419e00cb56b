"""Entries of older and newer apps at the door: what was said then is understood, and what is not yet known waits."""

from dataclasses import replace

import pytest

from backend import app, stays
from backend.clock import SteppedClock
from backend.settings import Settings
from backend.sync.routes import doors
from shared_schemas.stays import NoteWritten, PatientAdmitted
from shared_schemas.sync import HeldEntryResolved, Resolution
from shared_schemas.visits import VisitEnded, VisitStarted
from shared_schemas.wire import HeldReason, Verdict
from tests.cast import identity, uid
from tests.sync.conftest import Scene, body_of
from tests.tablet import reach, served

A, L, H = Verdict.ACCEPTED, Verdict.LATER, Verdict.HELD


async def admitted(scene: Scene, bed: int) -> str:
    stay_id = uid()
    body = PatientAdmitted(
        observed_at=scene.tablet.now,
        stay_id=stay_id,
        patient_id=uid(),
        unit_id=scene.cast.east.unit_id,
        patient=identity(f"901 {bed}"),
        bed_id=scene.cast.east.beds[bed],
    )
    assert (await scene.tablet.say(scene.anna, body)).verdict is A
    return stay_id


async def test_a_swap_of_an_app_that_did_not_name_the_beds_exchanges_those_that_the_two_have(scene: Scene) -> None:
    tablet, beds = scene.tablet, scene.cast.east.beds
    one, other = await admitted(scene, 1), await admitted(scene, 2)
    text = body_of(scene).replace(scene.stay_id, one).replace("}", f',"other_stay_id":"{other}"}}')
    tablet.save(scene.anna, text, type="beds_swapped", v=1)
    [verdict] = await tablet.push()
    assert verdict.verdict is A, verdict
    await tablet.pull()
    lies = {row.stay_id: row.bed_id for row in tablet.rows("stay")}
    assert (lies[one], lies[other]) == (beds[2], beds[1])
    assert {each.verdict for each in await tablet.push(tablet.sent)} == {Verdict.DUPLICATE}


async def test_what_follows_a_newer_entry_of_the_same_visit_waits_behind_it_and_the_rest_passes(scene: Scene) -> None:
    tablet, visit_id = scene.tablet, uid()
    began = VisitStarted(observed_at=tablet.now, stay_id=scene.stay_id, visit_id=visit_id)
    tablet.save(scene.anna, began, v=VisitStarted.version + 1)
    tablet.save(scene.anna, VisitEnded(observed_at=tablet.now, stay_id=scene.stay_id, visit_id=visit_id))
    tablet.save(scene.anna, scene.admission(uid(), "902 2"))
    verdicts = await tablet.push()
    assert [each.verdict for each in verdicts] == [L, L, A]
    assert [each.why_later for each in verdicts] == ["newer_version", "behind_another", None]
    assert len(tablet.outbox) == 2


async def test_a_type_that_the_server_does_not_know_yet_is_held_and_applied_by_one_tap_after_its_update(
    scene: Scene, settings: Settings, clock: SteppedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet = scene.tablet
    known = {body: handles for body, handles in stays.SLICE.entries.items() if body is not NoteWritten}
    older = [replace(room, entries=known) if room is stays.SLICE else room for room in app.SLICES]
    entry_id = tablet.save(scene.anna, scene.note("from a newer app"))
    with monkeypatch.context() as before_the_update:
        before_the_update.setattr(app, "SLICES", older)
        async with served(settings, clock) as server:
            reach(tablet, server)
            [verdict] = await tablet.push()
    assert (verdict.verdict, verdict.reason) == (H, HeldReason.UNKNOWN_TYPE)
    reach(tablet, scene.server)
    again = HeldEntryResolved(observed_at=tablet.now, held_entry_id=entry_id, resolution=Resolution.REAPPLIED)
    assert (await tablet.say(scene.anna, again)).verdict is A
    await tablet.pull()
    assert [row.note for row in tablet.rows("stay")] == ["from a newer app"]
    assert [row.resolution for row in tablet.rows("held_entry")] == [Resolution.REAPPLIED]


async def test_an_app_that_is_too_old_may_not_read_and_may_always_send(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet = scene.tablet
    await tablet.pull()
    monkeypatch.setattr(doors, "OLDEST_PROTOCOL", 2)
    assert (await tablet.say(scene.anna, scene.note("from an old app"))).verdict is A
    epoch, after = tablet.cursors[f"unit:{tablet.unit_id}"]
    asked = {"feed": f"unit:{tablet.unit_id}", "epoch": epoch, "after": after}
    for path, query in (("changes", asked), (f"snapshot/unit:{tablet.unit_id}", {})):
        for said, status in (({}, 426), ({"protocol": 1}, 426), ({"protocol": 2}, 200)):
            reply = await tablet.http.get(f"/api/sync/{path}", params={**query, **said})
            assert reply.status_code == status
    assert (await tablet.http.get("/api/sync/changes", params=asked)).json()["type"] == "urn:wardlight:update_needed"
    async with tablet.live() as socket:
        assert socket.closed_with == 4426
