"""What the server holds waits in the tray: for what is missing, or for a person's one tap; then it comes to its place."""

import re
from uuid import uuid4

import asyncpg
import pytest
from msgspec.structs import replace
from playwright.async_api import Locator, Page, expect

from shared_schemas.stays import PatientAdmitted
from tests.browser.conftest import OpenTablet
from tests.browser.driven import STAY, Driven, arrived
from tests.browser.hospital import BEDS, PEOPLE, PIN, UNIT
from tests.browser.seeded_ward import PATIENTS, WireTablet
from tests.browser.server import Server
from tests.browser.tablets import Tablet

pytestmark = pytest.mark.browser


def card(page: Page, *words: str) -> Locator:
    """The card of the tray that says all this."""
    found = page.locator("main section, main article").filter(has=page.get_by_role("heading", name="Needs your answer"))
    for each in words:
        found = found.filter(has_text=each)
    return found


async def says(page: Page, words: str) -> None:
    pill = page.locator('header a[href="#/sync"]')
    await expect(pill).to_have_text(re.compile(words), timeout=15_000)


async def at_work(ward: Server, tablet: Tablet, name: str, heart: str) -> tuple[Driven, str]:
    """On the screen of the tray; a tab beside it saves what the story needs, and the id of the device."""
    driven = await Driven.on(tablet.context, ward.url, heart)
    device_id = await driven.log_in(name)
    await tablet.page.goto(f"{ward.url}/#/sync")
    return driven, device_id


async def test_a_note_about_somebody_not_known_yet_leaves_the_tray_by_itself_once_she_is_admitted(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy", anew=True)
    driven, _ = await at_work(ward, amy, "Amy Archer", heart)
    stay_id = str(uuid4())
    save = "(stay_id) => tablet.save('note_written', { stay_id, note: 'came by ambulance' })"
    await driven.page.evaluate(save, stay_id)
    held = card(amy.page, "Note", "The server does not know whom or what it is about")
    await held.wait_for()
    await says(amy.page, "1 needs your answer")

    bea = await WireTablet.at(ward, "Bea Baker")
    admitted = PatientAdmitted(
        observed_at=bea.now, stay_id=stay_id, patient_id=str(uuid4()), unit_id=UNIT, bed_id=BEDS["2B"],
        patient=replace(PATIENTS["1A"], identifier="447 90"),
    )  # fmt: skip
    await bea.record("Bea Baker", admitted)
    await held.wait_for(state="detached")
    await says(amy.page, "All sent")
    await bea.pull()
    assert {row.stay_id: row.note for row in bea.rows("stay")}[stay_id] == "came by ambulance"
    await bea.http.aclose()


async def test_what_a_role_does_not_allow_goes_to_the_person_in_charge_who_says_yes(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    hana = await tablet("hana", anew=True)
    driven, device_id = await at_work(ward, hana, "Hana Hill", heart)
    plan = """([stay_id]) => tablet.save('discharge_planned', { stay_id, departure_planned_at: new Date(Date.now() + 86_400_000).toISOString() })"""
    await driven.page.evaluate(plan, [STAY])
    held = card(hana.page, "Discharge planned", "role in this unit does not allow it")
    await held.get_by_role("button", name="Leave it to the person in charge").click()
    await held.wait_for(state="detached")
    await says(hana.page, "All sent")

    carla = await tablet("carla", anew=True)
    await at_work(ward, carla, "Carla Cook", heart)
    hers = card(carla.page, "Discharge planned", "Hana Hill")
    await hers.get_by_role("button", name="Say yes: apply it").click()
    await hers.wait_for(state="detached")
    await says(carla.page, "All sent")
    bea = await WireTablet.at(ward, "Bea Baker")
    await bea.pull()
    assert {row.stay_id: row.departure_planned_at for row in bea.rows("stay")}[STAY] is not None
    assert "held" in {verdict for _, _, verdict in await arrived(ward, device_id)}
    await bea.http.aclose()


async def test_what_was_written_under_a_log_in_that_the_server_lost_is_sent_again_under_todays(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy", anew=True)
    driven, device_id = await at_work(ward, amy, "Amy Archer", heart)
    connection = await asyncpg.connect(ward.environment["DATABASE_OWNER_URL"])
    await connection.execute("delete from session where device_id = $1", device_id)
    await connection.close()
    [lost] = await driven.note("slept well")
    held = card(amy.page, "Note", "The server does not know the log-in")
    await held.wait_for()
    assert await driven.page.evaluate("(asked) => tablet.logIn(...asked)", [PEOPLE["Amy Archer"][0], PIN]) == "in"
    await held.get_by_role("button", name="Send it again as me").click()
    await held.wait_for(state="detached")
    await says(amy.page, "All sent")
    entries = await arrived(ward, device_id)
    assert [verdict for _, entry_id, verdict in entries if entry_id != lost] == ["accepted", "accepted"]
