"""A red set reaches the server after its patient has left: the charge nurse has it in her tray until she has seen it."""

from uuid import uuid4

import pytest

from shared_schemas.stays import PatientAdmitted, PatientDischarged
from shared_schemas.vitals import VitalSignsCharted
from shared_schemas.wire import Verdict
from tests.browser.conftest import OpenTablet
from tests.browser.hospital import BEDS, PEOPLE, UNIT
from tests.browser.seeded_ward import PATIENTS, UNWELL, WireTablet
from tests.browser.server import Server
from tests.browser.story import Nurse
from tests.browser.walk import LOOKS, Screen, Walk

pytestmark = pytest.mark.browser


async def a_red_set_after_departure(server: Server) -> None:
    """Bea charts without a network; Amy discharges the patient; then Bea's tablet sends."""
    bea, amy = await WireTablet.at(server, "Bea Baker"), await WireTablet.at(server, "Amy Archer")
    stay_id = str(uuid4())
    body = PatientAdmitted(
        observed_at=bea.ago(60),
        stay_id=stay_id,
        patient_id=str(uuid4()),
        unit_id=UNIT,
        bed_id=BEDS["1B"],
        patient=PATIENTS["1B"],
    )
    await amy.record("Amy Archer", body)
    charted = VitalSignsCharted(observed_at=bea.ago(20), stay_id=stay_id, values=UNWELL)
    bea.save(PEOPLE["Bea Baker"][0], charted)
    await amy.record("Amy Archer", PatientDischarged(observed_at=amy.ago(5), stay_id=stay_id))
    [verdict] = await bea.push()
    assert verdict.verdict is Verdict.FLAGGED, verdict
    for wire in (bea, amy):
        await wire.http.aclose()


async def test_the_charge_nurse_sees_a_set_that_came_too_late_and_says_so(server: Server, tablet: OpenTablet) -> None:
    carla = Nurse(await tablet("carla"), server, "Carla Cook")
    await carla.pair()
    await carla.log_in()
    await carla.tablet.shows("All sent")
    await a_red_set_after_departure(server)
    await carla.tablet.shows("1 needs your answer")

    walk = Walk(carla.page, server.url, {part for name in PEOPLE for part in name.split()})
    for look in LOOKS:
        await walk.wear(*look)
        await walk.look_at(Screen("late set", "/sync", ".tray .nobody"))
    assert walk.wrong == []

    await walk.wear("en", "day")
    await carla.tablet.shows("Nobody was called for this score")
    assert await carla.page.get_by_text(PATIENTS["1B"].name).count() == 1
    await carla.tap("Seen")
    await carla.page.get_by_text("Nobody was called").wait_for(state="detached")
    await carla.tablet.shows("All sent")


async def test_a_ward_nurse_has_nothing_to_answer(server: Server, tablet: OpenTablet) -> None:
    amy = Nurse(await tablet("amy"), server, "Amy Archer")
    await amy.pair()
    await amy.log_in()
    await amy.tablet.shows("All sent")
    await a_red_set_after_departure(server)
    await amy.open("sync")
    await amy.page.locator(".tray").wait_for()
    assert await amy.page.get_by_text("Nobody was called").count() == 0
