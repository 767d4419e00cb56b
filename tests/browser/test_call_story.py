"""A tablet that nobody holds calls whoever is signed in on it: a red sounds and names her, never the patient."""

import pytest

from shared_schemas.vitals import VitalSignsCharted
from tests.browser.conftest import OpenTablet
from tests.browser.seeded_ward import UNWELL, WireTablet
from tests.browser.server import Server
from tests.browser.story import Nurse

pytestmark = pytest.mark.browser

RUTH = "Ruth Abara"
# Counted where a locator can wait for it: the content policy lets no test evaluate a text.
COUNT_NOTES = """
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () {
  const page = document.documentElement.dataset;
  page.notes = Number(page.notes ?? 0) + 1;
  return make.call(this);
};
"""


async def test_a_locked_tablet_sounds_and_says_who_is_called(server: Server, tablet: OpenTablet) -> None:
    amy = Nurse(await tablet("amy"), server, "Amy Archer")
    await amy.page.add_init_script(COUNT_NOTES)
    await amy.pair()
    await amy.log_in()
    await amy.go_on_duty("1A")
    await amy.admit("1A", RUTH)
    await amy.page.get_by_role("button", name="Lock").click()
    await amy.tablet.shows("Who are you?")

    bea = await WireTablet.at(server, "Bea Baker")
    await bea.pull()
    stay_id = bea.rows("stay")[0].stay_id
    await bea.record("Bea Baker", VitalSignsCharted(observed_at=bea.ago(0), stay_id=stay_id, values=UNWELL))
    await bea.http.aclose()

    await amy.tablet.shows("Red alert for Amy Archer, bed 1A")
    await amy.page.locator("html[data-notes]").wait_for(timeout=10_000)
    assert await amy.page.get_by_text(RUTH).count() == 0
    await amy.page.get_by_role("link", name="Red alert for Amy Archer").click()
    await amy.log_in()
    await amy.tablet.shows("I am going")
