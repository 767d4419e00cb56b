"""A bed is turned round over three tablets, one of them without a network; and two patients never lie in one bed."""

import re

import pytest
from playwright.async_api import Locator

from tests.browser.conftest import OpenTablet
from tests.browser.server import Server
from tests.browser.story import Nurse

pytestmark = pytest.mark.browser

RUTH, SAM = "Ruth Abara", "Sam Okafor"


async def at_the_beds(server: Server, tablet: OpenTablet, *names: str) -> list[Nurse]:
    """Each on a tablet of her own, looking at the beds."""
    people = []
    for name in names:
        person = Nurse(await tablet(name), server, name)
        await person.pair()
        await person.log_in()
        await person.page.locator("nav").wait_for()
        await person.open("beds")
        await bed(person, "1A").wait_for()
        people.append(person)
    return people


def bed(person: Nurse, label: str, state: str = "") -> Locator:
    """The tile of a bed, as long as it says that state or name."""
    return person.page.locator("[data-bed]", has_text=re.compile(rf"{label}.*{state}", re.DOTALL))


async def sees(person: Nurse, label: str, state: str) -> None:
    await bed(person, label, state).wait_for(timeout=10_000)


async def admit(person: Nurse, label: str, patient: str, identifier: str) -> None:
    """A patient arrives in the bed, from its panel."""
    await bed(person, label).click()
    await person.tap("Admit…")
    sheet = person.page.get_by_role("dialog")
    await sheet.get_by_label("Name", exact=True).fill(patient)
    await sheet.get_by_label("Number on the wristband").fill(identifier)
    await sheet.get_by_label("Born on").fill("1950-02-03")
    await sheet.get_by_role("button", name="F", exact=True).click()
    await sheet.get_by_role("button", name=re.compile("^Admit")).click()
    await sheet.wait_for(state="hidden")


async def test_a_bed_is_turned_round_from_departure_to_the_next_patient(server: Server, tablet: OpenTablet) -> None:
    amy, hana, carla = await at_the_beds(server, tablet, "Amy Archer", "Hana Hill", "Carla Cook")
    await admit(amy, "1A", RUTH, "4471 8820")
    for person in (hana, carla):
        await sees(person, "1A", RUTH)

    await bed(amy, "1A").click()
    await amy.tap("Discharge…")
    await amy.tap(re.compile("Has left now"))
    for person in (amy, hana, carla):
        await sees(person, "1A", "To clean")

    # The assistant has no network in the bay: her tablet keeps what she did.
    await hana.tablet.go_offline()
    await bed(hana, "1A").click()
    await hana.tap("Cleaning has begun")
    await sees(hana, "1A", "Being cleaned.*on this tablet")
    await sees(carla, "1A", "To clean")
    await hana.tablet.come_online()
    await sees(carla, "1A", "Being cleaned")

    await hana.tablet.go_offline()
    await hana.tap("It is clean")
    await sees(hana, "1A", "Clean, free.*on this tablet")
    # An assistant admits and blocks nobody and nothing.
    assert await hana.page.get_by_role("button", name=re.compile("Admit|Block|Close this")).count() == 0
    await hana.tablet.come_online()
    await sees(carla, "1A", "Clean, free")

    await admit(carla, "1A", SAM, "5582 1190")
    for person in (amy, hana, carla):
        await sees(person, "1A", SAM)


async def test_a_mark_is_taken_back_with_one_tap(server: Server, tablet: OpenTablet) -> None:
    [hana] = await at_the_beds(server, tablet, "Hana Hill")
    await bed(hana, "2A").click()
    await hana.tap("It is to clean")
    await sees(hana, "2A", "To clean")
    await hana.tap("Undo")
    await sees(hana, "2A", "Clean, free")


async def test_two_admissions_to_one_bed_leave_the_second_waiting_with_answers(
    server: Server, tablet: OpenTablet
) -> None:
    amy, bea = await at_the_beds(server, tablet, "Amy Archer", "Bea Baker")
    for person, patient, identifier in ((amy, RUTH, "4471 8820"), (bea, SAM, "5582 1190")):
        await person.tablet.go_offline()
        await admit(person, "1A", patient, identifier)
        await sees(person, "1A", patient)

    await amy.tablet.come_online()
    await amy.page.get_by_text("All sent").wait_for(timeout=15_000)
    await bea.tablet.come_online()
    for person in (amy, bea):
        await sees(person, "1A", RUTH)
        waiting = person.page.get_by_role("listitem").filter(has_text=SAM)
        await waiting.get_by_text("waiting for a bed").wait_for()
        assert await bed(person, "1A", SAM).count() == 0

    # Sam has a free bed with one tap, and nothing is left to be answered.
    waiting = bea.page.get_by_role("listitem").filter(has_text=SAM)
    await waiting.get_by_role("button", name="Put in 1B").click()
    for person in (amy, bea):
        await sees(person, "1B", SAM)
        await sees(person, "1A", RUTH)
    await bea.page.get_by_text("needs your answer").wait_for(state="detached")


async def test_a_discharge_is_taken_back_by_name_and_bed(server: Server, tablet: OpenTablet) -> None:
    amy, carla = await at_the_beds(server, tablet, "Amy Archer", "Carla Cook")
    await admit(amy, "1A", RUTH, "4471 8820")
    await admit(amy, "1B", SAM, "5582 1190")
    await sees(carla, "1B", SAM)

    # Swapped, and then one of the two goes home by mistake.
    await bed(carla, "1A").click()
    await carla.tap("Another bed, or swap…")
    await carla.tap(re.compile(f"^1B · {SAM}"))
    await carla.tablet.shows("Two patients are never put in one bed")
    await carla.tap("Swap the two")
    for person in (amy, carla):
        await sees(person, "1A", SAM)
        await sees(person, "1B", RUTH)
    await bed(carla, "1A").click()
    await carla.tap("Discharge…")
    await carla.tap(re.compile("Has left now"))
    await sees(amy, "1A", "To clean")

    await bed(amy, "1A").click()
    await amy.tap("Take back: not gone after all…")
    await amy.tablet.shows(f"{SAM}, 1A: not gone")
    await amy.tap("Yes, take it back")
    for person in (amy, carla):
        await sees(person, "1A", SAM)


async def test_leave_and_another_unit_are_undone_with_one_tap_also_without_a_network(
    server: Server, tablet: OpenTablet
) -> None:
    amy, carla = await at_the_beds(server, tablet, "Amy Archer", "Carla Cook")
    await admit(amy, "1A", RUTH, "4471 8820")
    await sees(carla, "1A", RUTH)
    await amy.tablet.go_offline()
    await bed(amy, "1A").click()
    await amy.tap("On leave…")
    await amy.tap("2 h")
    await sees(amy, "1A", "On leave")
    await amy.tap("Undo")
    await bed(amy, "1A", "On leave").wait_for(state="detached")

    await bed(amy, "1A").click()
    await amy.tap("Has arrived in another unit…")
    await amy.tap("Ward 6")
    await amy.tap(re.compile("has arrived in Ward 6"))
    await sees(amy, "1A", "To clean")
    await amy.tap("Undo")
    await sees(amy, "1A", RUTH)

    await amy.tablet.come_online()
    await amy.page.get_by_text("All sent").wait_for(timeout=15_000)
    for person in (amy, carla):
        await sees(person, "1A", RUTH)
        assert await person.page.get_by_text("needs your answer").count() == 0
