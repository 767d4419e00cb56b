"""The rules give what the golden cases say; the tablet runs the same cases."""

from datetime import datetime

import msgspec
import pytest

from backend.beds.rules.marks import Judged, Needs, judged_mark, needed_for
from backend.beds.rules.state import Standing, StateSince, bed_state
from shared_schemas.beds import BedState, Readiness
from shared_schemas.reference import read

CASES = read("golden/bed_state")["cases"]
CLOSED, BLOCKED, DIRTY, CLEANING, CLEAN = Readiness
IN_TURN = {
    (DIRTY, CLEANING), (CLEANING, CLEAN), (CLEANING, DIRTY), (CLEAN, DIRTY), (CLEAN, CLEANING),
    (CLEAN, BLOCKED), (DIRTY, BLOCKED), (CLEANING, BLOCKED), (BLOCKED, DIRTY),
    (CLEAN, CLOSED), (DIRTY, CLOSED), (CLEANING, CLOSED), (BLOCKED, CLOSED), (CLOSED, DIRTY),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_state_is_the_golden_one(case: dict) -> None:
    parts = {name: case[name] for name in ("marked", "freed_at", "reserved")}
    lying = case["lying"]
    bed = _convert({**parts, "lying": lying})
    since_at = case["since_at"] and datetime.fromisoformat(case["since_at"])

    assert bed_state(bed, datetime.fromisoformat(case["now"])) == StateSince(BedState(case["state"]), since_at)


def _convert(parts: dict) -> Standing:
    fields = {}
    for name, kind in Standing.__annotations__.items():
        given = parts[name]
        fields[name] = msgspec.convert(list(given.values()) if isinstance(given, dict) else given, kind)
    return Standing(**fields)


def test_every_state_has_a_golden_case() -> None:
    assert {case["state"] for case in CASES} == {state.value for state in BedState}


@pytest.mark.parametrize("wanted", Readiness)
@pytest.mark.parametrize("shown", Readiness)
def test_a_mark_in_its_turn_holds_and_no_other(shown: Readiness, wanted: Readiness) -> None:
    judged = judged_mark(wanted, shown, shown, unseen=False)

    expected = Judged.APPLIED if (shown, wanted) in IN_TURN else Judged.NOT_IN_TURN
    assert judged is (Judged.SAME if wanted is shown else expected)


@pytest.mark.parametrize("wanted", Readiness)
@pytest.mark.parametrize("shown", Readiness)
def test_of_two_marks_that_had_not_seen_each_other_the_more_careful_holds(shown: Readiness, wanted: Readiness) -> None:
    careful = [CLOSED, BLOCKED, DIRTY, CLEANING, CLEAN]
    judged = judged_mark(wanted, shown, shown, unseen=True)

    expected = Judged.APPLIED if careful.index(wanted) < careful.index(shown) else Judged.OVERTAKEN
    assert judged is (Judged.SAME if wanted is shown else expected)


def test_a_bed_whose_patient_left_while_it_was_cleaned_may_be_said_to_be_clean() -> None:
    assert judged_mark(CLEAN, CLEANING, DIRTY, unseen=False) is Judged.APPLIED
    assert judged_mark(CLEAN, CLEAN, DIRTY, unseen=False) is Judged.NOT_IN_TURN


@pytest.mark.parametrize("marked", Readiness)
@pytest.mark.parametrize("wanted", Readiness)
def test_who_is_needed_for_a_mark(marked: Readiness, wanted: Readiness) -> None:
    needs = needed_for(wanted, marked)

    both = {marked, wanted}
    assert needs is (Needs.LEAD if CLOSED in both else Needs.REGISTERED if BLOCKED in both else Needs.BEDSIDE)
