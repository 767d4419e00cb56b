"""No letter of a visit's note is lost: not while it is kept, nor when a colleague ends the visit."""

import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared_schemas.visits import VisitEnded, VisitNoteRow
from tests.browser.conftest import OpenTablet
from tests.browser.home_team import HOMES, NOOR, OMAR, TEAM_PEOPLE, HomeTeam, home_team, team_file
from tests.browser.server import Server
from tests.browser.test_visit_story import noor_on_the_way

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(loop_scope="session")
async def team(server: Server) -> AsyncIterator[HomeTeam]:
    """Four visits of Noor's, all within their windows."""
    await server.load(team_file())
    async with home_team(server) as made:
        for at in range(len(HOMES)):
            await made.plan(at, NOOR, begins=at - 20, ends=90 + at)
        yield made


async def test_letters_typed_while_the_note_is_being_kept_are_still_there_after_a_new_start(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    noor = await noor_on_the_way(server, tablet)
    await noor.tap("Start visit")
    field = noor.page.get_by_label("Note of this visit")
    await field.fill("Wound clean")
    # One turn of the page: no test process is quick enough to type between the tap and the disk.
    await field.evaluate("""(field) => {
      [...document.querySelectorAll('button')].find((button) => button.textContent.trim() === 'Keep the note').click();
      field.value += ', dry';
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }""")
    notes: list[VisitNoteRow] = []
    while not notes:
        await team.paula.pull()
        notes = [row for row in team.paula.rows("visit_note") if row.visit_id == team.visits[0]]
    assert [note.text for note in notes] == ["Wound clean"]
    await noor.page.reload()
    await field.wait_for()
    assert await field.input_value() == "Wound clean, dry"


async def test_a_half_typed_note_outlives_a_colleagues_end_and_is_kept_after_it(
    server: Server, team: HomeTeam, tablet: OpenTablet
) -> None:
    noor = await noor_on_the_way(server, tablet)
    await noor.tap("Start visit")
    field = noor.page.get_by_label("Note of this visit")
    await field.fill("Wound clean")
    # The screen has no header: what is sent and what is not stands beside the patient.
    await noor.page.locator("header.banner").get_by_text("All sent").wait_for(timeout=20_000)

    ended = VisitEnded(observed_at=team.omar.now, stay_id=team.stays[0], visit_id=team.visits[0])
    team.omar.save(TEAM_PEOPLE[OMAR][0], ended)
    await team.omar.push()
    await noor.page.get_by_role("button", name=re.compile("^End visit")).wait_for(state="detached")
    assert await field.input_value() == "Wound clean"
    await noor.tap("Keep the note")

    notes: list[VisitNoteRow] = []
    while not notes:
        await team.paula.pull()
        notes = [row for row in team.paula.rows("visit_note") if row.visit_id == team.visits[0]]
    assert [(note.text, note.author_staff_id) for note in notes] == [("Wound clean", TEAM_PEOPLE[NOOR][0])]
