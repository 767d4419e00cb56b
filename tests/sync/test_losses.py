"""Records that never arrived: asked for again, told to the unit, and closed by them or by who leads it."""

from shared_schemas.sync import LossIncidentRow, LossIncidentSeen
from shared_schemas.wire import HeldReason, Verdict
from tests.cast import uid
from tests.sync.conftest import Scene
from tests.tablet import Tablet

A, F, H = Verdict.ACCEPTED, Verdict.FLAGGED, Verdict.HELD


async def lost(scene: Scene) -> LossIncidentRow:
    """One entry of the tablet is gone from its storage before it was sent."""
    scene.tablet.save(scene.anna, scene.note("lost"))
    scene.tablet.outbox.clear()
    assert (await scene.tablet.say(scene.anna, scene.note("after"))).verdict is A
    await scene.tablet.pull()
    [incident] = scene.tablet.rows("loss_incident")
    return incident


async def test_who_leads_the_unit_closes_an_incident_and_nobody_else(scene: Scene) -> None:
    incident = await lost(scene)
    assert scene.tablet.missing == [(incident.first_n, incident.last_n)]
    assert incident.after_at is not None
    leader = await Tablet.paired(scene.server, scene.cast.east.unit_id)
    charlotte = scene.cast.charlotte.staff_id
    await leader.sign_in(charlotte)
    seen = LossIncidentSeen(observed_at=scene.tablet.now, incident_id=incident.incident_id)
    said = await scene.tablet.say(scene.anna, seen)
    assert (said.verdict, said.reason) == (H, HeldReason.NOT_PERMITTED)
    assert [(await leader.say(charlotte, seen)).verdict for _ in range(2)] == [A, F]
    unknown = LossIncidentSeen(observed_at=scene.tablet.now, incident_id=uid())
    assert (await leader.say(charlotte, unknown)).reason is HeldReason.UNKNOWN_SUBJECT
    await leader.pull()
    [closed] = leader.rows("loss_incident")
    assert (closed.closed_at, closed.closed_by_staff_id) == (scene.tablet.now, charlotte)


async def test_a_tablet_that_was_wiped_leaves_what_it_had_not_sent_in_the_units_list(scene: Scene) -> None:
    wiped = scene.tablet
    entry = wiped.envelope(scene.anna, "{}", type="note_written", v=2)
    for _ in range(3):
        wiped.save(scene.anna, scene.note("not sent"))
    await wiped.push([entry])
    again = await Tablet.paired(scene.server, scene.cast.east.unit_id, "the same glass")
    await again.pull()
    [known] = [row for row in again.rows("tablet") if row.device_id == wiped.device_id]
    assert known.outbox_depth == 3
