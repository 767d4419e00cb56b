"""The SOS is held while a dialog lies over the screen."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared_schemas.alerts import AlertCause, AlertSent
from shared_schemas.staff import DutyStarted, Post
from shared_schemas.visits import SosRaised
from tests.browser.conftest import OpenTablet
from tests.browser.home_team import (
    HOMES,
    NOOR,
    OMAR,
    PAULA,
    TEAM,
    TEAM_PEOPLE,
    HomeTablet,
    HomeTeam,
    home_team,
    team_file,
)
from tests.browser.server import Server
from tests.browser.test_visit_story import hold, noor_on_the_way

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def team(server: Server) -> AsyncIterator[HomeTeam]:
    """Four visits of Noor's, all within their windows, so that midnight is no other day."""
    await server.load(team_file())
    async with home_team(server) as made:
        for at in range(len(HOMES)):
            await made.plan(at, NOOR, begins=at - 20, ends=90 + at)
        yield made


async def test_an_sos_can_be_held_while_a_sheet_is_open(server: Server, team: HomeTeam, tablet: OpenTablet) -> None:
    noor = await noor_on_the_way(server, tablet)
    await noor.page.get_by_role("heading", name=HOMES[0][0]).click()
    await noor.tap("Not done…")
    await hold(noor)
    sheet = noor.page.get_by_role("dialog")
    await sheet.get_by_text("SOS sent. Asked: Paula Page").wait_for()
    await sheet.get_by_role("link", name="Call 020 7946 0958").wait_for()
    await team.paula.pull()
    [alert] = [row for row in team.paula.rows("alert") if row.cause is AlertCause.SOS]
    assert alert.raised_by_staff_id == TEAM_PEOPLE[NOOR][0]


async def test_an_sos_can_be_held_while_a_red_fills_the_screen(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    noor = await noor_on_the_way(server, tablet)
    on_duty = await HomeTablet.at(server, NOOR)
    try:
        await on_duty.record(NOOR, DutyStarted(observed_at=on_duty.now, unit_id=TEAM, post=Post.NURSE, bed_ids=[]))
    finally:
        await on_duty.http.aclose()
    await team.omar.record(OMAR, SosRaised(observed_at=team.omar.now, unit_id=TEAM))
    await team.paula.pull()
    [asks] = [row for row in team.paula.rows("alert") if row.cause is AlertCause.SOS]
    to_noor = AlertSent(observed_at=team.paula.now, alert_id=asks.alert_id, to_staff_id=TEAM_PEOPLE[NOOR][0])
    await team.paula.record(PAULA, to_noor)
    red = noor.page.get_by_role("dialog")
    await red.get_by_role("heading", name=OMAR).wait_for()
    await hold(noor)
    await red.get_by_text("SOS sent. Asked: Paula Page").wait_for()
    await red.get_by_role("button", name="I am going").click()
