"""A visit day wholly without a network, safe on the tablet and whole on the server at home; and an SOS that dials."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio
from playwright.async_api import Geolocation, Locator, ViewportSize, expect

from shared_schemas.alerts import AlertCause, AlertClass, AlertState
from shared_schemas.tasks import TaskState
from shared_schemas.visits import VisitNoteRow, VisitRow, VisitState
from tests.browser.conftest import OpenTablet
from tests.browser.home_team import (
    HOMES,
    NOOR,
    PAULA,
    TEAM_CODE,
    TEAM_PEOPLE,
    HomeTeam,
    home_team,
    team_file,
)
from tests.browser.server import Server
from tests.browser.stopwatch import WITHIN_MS, note_end, note_sight, noted
from tests.browser.story import Nurse

pytestmark = pytest.mark.browser

PHONE: ViewportSize = {"width": 390, "height": 844}
HERE: Geolocation = {"latitude": 51.5007123, "longitude": -0.1246, "accuracy": 12}
HOLD_MS = 1100
NOTE_TAP = """() => {
  window.tapped = new Promise((done) => {
    addEventListener('click', () => done(Date.now()), { once: true, capture: true });
  });
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def team(server: Server) -> AsyncIterator[HomeTeam]:
    """Four visits of Noor's, all within their windows, so that midnight is no other day."""
    await server.load(team_file())
    async with home_team(server) as made:
        for at in range(len(HOMES)):
            await made.plan(at, NOOR, begins=at - 20, ends=90 + at)
        yield made


async def noor_on_the_way(server: Server, tablet: OpenTablet, *, permissions: tuple[str, ...] = ()) -> Nurse:
    """Noor with her phone, which can start without a network."""
    noor = Nurse(await tablet("noor", viewport=PHONE), server, NOOR)
    await noor.tablet.context.grant_permissions(list(permissions))
    await noor.tablet.context.set_geolocation(HERE)
    await noor.pair(TEAM_CODE)
    await noor.log_in()
    await noor.tablet.shows("Today, 4 visits")
    await noor.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    return noor


def line(noor: Nurse, name: str) -> Locator:
    """The one line of a visit in the day."""
    return noor.page.get_by_role("listitem").filter(has_text=name)


async def chart(noor: Nurse) -> None:
    """A calm set, by the form that wards use."""
    await noor.tap("Chart vital signs")
    await noor.type("1896")
    await noor.tap("Air")
    await noor.type("12488")
    await noor.tap("Alert")
    await noor.type("368")
    await noor.tap(re.compile("^Save"))
    await noor.tablet.shows("Saved on this tablet")
    await noor.tap("Home visit")


async def sign(noor: Nurse, *, by_name: bool) -> None:
    """The patient draws on the glass; who can not agrees by name."""
    await noor.tap("Sign")
    if by_name:
        await noor.page.get_by_text("Can not draw: the name alone").click()
    else:
        box = await noor.page.get_by_role("img", name="Draw the signature here").bounding_box()
        assert box is not None
        mouse = noor.page.mouse
        await mouse.move(box["x"] + 40, box["y"] + 60)
        await mouse.down()
        for step in range(1, 6):
            await mouse.move(box["x"] + 40 + 30 * step, box["y"] + 60 + 20 * (step % 2))
        await mouse.up()
    await noor.tap("Keep the signature")
    await noor.page.get_by_text(re.compile("Signed by|agreed by name")).wait_for()


async def visit(noor: Nurse, at: int) -> None:
    """One whole visit in a flat without signal; the tablet starts anew in the middle of the second."""
    name, care = HOMES[at][0], HOMES[at][-1]
    await noor.page.get_by_role("article").get_by_role("heading", name=name).wait_for()
    await noor.tap("Start visit")
    await noor.tablet.shows("since ")
    await noor.tablet.shows("No network. Everything is kept.")
    await chart(noor)
    await noor.tablet.shows("NEWS2 0, low · 7 of 7 · was 0")
    await noor.page.get_by_role("listitem").filter(has_text=care).get_by_role("button", name="Done").click()
    await noor.page.get_by_label("Note of this visit").fill(f"Wound of {name} clean")
    if at == 1:
        await noor.page.reload()
        # The field is there a moment before the draft is read.
        await expect(noor.page.get_by_label("Note of this visit")).to_have_value(f"Wound of {name} clean")
    await noor.page.get_by_role("button", name=re.compile("^End visit · 1 open")).wait_for()
    await sign(noor, by_name=at == 2)
    # What is signed stands: nothing of it waits to be said again.
    assert not await noor.page.get_by_role("textbox", name="Add to the note").input_value()
    await noor.tap("End visit")
    await line(noor, name).get_by_text("kept on this tablet").wait_for()


async def test_four_visits_without_a_network_are_whole_on_the_server_when_she_is_at_home(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    paula = Nurse(await tablet("paula"), server, PAULA)
    await paula.pair(TEAM_CODE)
    await paula.log_in()
    await paula.open("visits")
    await paula.tap("Everybody’s")
    await paula.tablet.shows("Today, 4 visits")
    # A colleague's visit is not offered as hers.
    await paula.page.get_by_role("button", name="Start visit").wait_for()
    assert await paula.page.locator("section.yours, .start .primary").count() == 0
    noor = await noor_on_the_way(server, tablet, permissions=("geolocation",))

    await noor.tablet.go_offline()
    for at in range(len(HOMES)):
        await visit(noor, at)
    await noor.page.reload()
    await noor.page.get_by_text("4 done").first.wait_for()
    for home in HOMES:
        await line(noor, home[0]).get_by_text("kept on this tablet").wait_for()
    assert await paula.page.get_by_text("0 done").count() == 1

    await noor.tablet.come_online()
    await noor.page.get_by_text("All sent").wait_for(timeout=20_000)
    for home in HOMES:
        await line(noor, home[0]).get_by_text("sent", exact=True).wait_for()
    await paula.page.get_by_text("4 done").first.wait_for(timeout=10_000)
    await on_the_server(team)


async def test_a_start_and_an_end_are_kept_at_once_when_no_position_comes(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    noor = await noor_on_the_way(server, tablet)
    assert await noor.page.locator("section.yours .start .primary").count() == 1
    await noor.page.evaluate("() => { navigator.geolocation.getCurrentPosition = () => undefined; }")
    shown = f'a[href="#/visits/{team.visits[0]}"]'

    await noor.page.evaluate(NOTE_TAP)
    await note_end(noor.page, shown)
    await noor.tap("Start visit")
    assert await noted(noor.page) - await noor.page.evaluate("() => window.tapped") <= WITHIN_MS
    await noor.tap(re.compile("^End visit"))
    await noor.page.evaluate(NOTE_TAP)
    await note_sight(noor.page, shown)
    await noor.tap("End all the same")
    assert await noted(noor.page) - await noor.page.evaluate("() => window.tapped") <= WITHIN_MS


async def on_the_server(team: HomeTeam) -> None:
    """Every visit with its instants of tablet and server, its set, its care and its signature; nothing is flagged."""
    await team.paula.pull()
    noor = TEAM_PEOPLE[NOOR][0]
    visits: dict[str, VisitRow] = {row.visit_id: row for row in team.paula.rows("visit")}
    notes: dict[str, VisitNoteRow] = {row.visit_id: row for row in team.paula.rows("visit_note")}
    sets = [row for row in team.paula.rows("vital_signs") if row.author_staff_id == noor]
    tasks = {row.text: row for row in team.paula.rows("task") if row.text}
    for at, (stay_id, visit_id) in enumerate(zip(team.stays, team.visits, strict=True)):
        name, care = HOMES[at][0], HOMES[at][-1]
        row, note = visits[visit_id], notes[visit_id]
        assert (row.state, row.staff_id, row.flags) == (VisitState.ENDED, noor, [])
        assert row.started is not None
        assert row.ended is not None
        assert row.started.observed_at <= row.ended.observed_at < row.started.received_at
        for moment in (row.started, row.ended):
            assert moment.observed_at == moment.recorded_at < moment.received_at
            assert moment.position is not None
            assert (moment.position.latitude_e7, moment.position.accuracy_m) == (515_007_123, 12)
        assert (note.text, note.author_staff_id) == (f"Wound of {name} clean", noor)
        assert note.signature is not None
        assert note.signature.signed_by == name
        assert (note.signature.strokes is None) == (at == 2)
        [charted] = [each for each in sets if each.stay_id == stay_id]
        # A form takes its time from the clock on the screen, which ticks once a second.
        assert row.started.observed_at - timedelta(seconds=1) <= charted.observed_at <= row.ended.observed_at
        assert (charted.score.total, charted.flags) == (0, [])
        assert (tasks[care].state, tasks[care].ended_by_staff_id) == (TaskState.COMPLETED, noor)
        assert visit_id in visits


async def hold(noor: Nurse) -> None:
    """A finger on the SOS for a second."""
    sheet = noor.page.locator("dialog[open]")
    place = sheet.last if await sheet.count() else noor.page
    box = await place.get_by_role("button", name="SOS").bounding_box()
    assert box is not None
    await noor.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    await noor.page.mouse.down()
    await noor.page.wait_for_timeout(HOLD_MS)
    await noor.page.mouse.up()


async def test_an_sos_without_a_network_dials_and_is_red_when_the_network_returns(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    noor = await noor_on_the_way(server, tablet)
    await noor.tap("Start visit")
    await noor.tablet.shows("since ")
    await noor.tablet.go_offline()

    # A tap is no SOS: nobody is woken by a bag.
    await noor.page.get_by_role("button", name="SOS").click()
    assert await noor.page.get_by_text("SOS kept here").count() == 0
    await hold(noor)
    await noor.tablet.shows("SOS kept here, not sent yet. Call!")
    dial = noor.page.get_by_role("link", name="Call 020 7946 0958")
    assert await dial.get_attribute("href") == "tel:02079460958"
    for place in ("visits", "shift", f"patients/{team.stays[0]}/chart", "settings"):
        await noor.open(place)
        await noor.page.get_by_role("button", name="SOS").wait_for()
        await noor.tablet.shows("SOS kept here, not sent yet. Call!")
    await noor.page.reload()
    await noor.tablet.shows("SOS kept here, not sent yet. Call!")

    await noor.tablet.come_online()
    await noor.tablet.shows("SOS sent. Asked: Paula Page", timeout_ms=20_000)
    await team.paula.pull()
    [alert] = [row for row in team.paula.rows("alert") if row.cause is AlertCause.SOS]
    assert (alert.alert_class, alert.state) == (AlertClass.RED, AlertState.OPEN)
    assert (alert.raised_by_staff_id, alert.visit_id) == (TEAM_PEOPLE[NOOR][0], team.visits[0])


async def test_an_sos_is_held_by_the_keyboard_too_and_she_sees_who_comes(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    noor = await noor_on_the_way(server, tablet)
    paula = Nurse(await tablet("paula"), server, PAULA)
    await paula.pair(TEAM_CODE)
    await paula.log_in()
    await paula.page.locator("nav").wait_for()
    assert len(team.visits) == len(HOMES)

    await noor.page.get_by_role("button", name="SOS").focus()
    await noor.page.keyboard.down("Enter")
    await noor.page.wait_for_timeout(HOLD_MS)
    await noor.page.keyboard.up("Enter")

    await paula.page.get_by_role("dialog").get_by_role("button", name="I am going").click(timeout=10_000)
    await noor.tablet.shows("Paula Page is coming")


async def test_a_visit_to_a_closed_door_is_said_with_its_reason(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    noor = await noor_on_the_way(server, tablet)
    await noor.tablet.go_offline()
    await noor.page.get_by_role("heading", name=HOMES[0][0]).click()
    await noor.tap("Not done…")
    await noor.page.get_by_label("In your words").fill("rang twice")
    await noor.tap("Nobody at home")
    await line(noor, HOMES[0][0]).get_by_text("not done: Nobody at home").wait_for()

    await noor.tablet.come_online()
    await noor.page.get_by_text("All sent").wait_for(timeout=20_000)
    await team.paula.pull()
    [row] = [row for row in team.paula.rows("visit") if row.visit_id == team.visits[0]]
    assert (row.state, row.reason.value, row.reason_text) == (VisitState.NOT_DONE, "nobody_home", "rang twice")
