"""The judge of beds sees two in a bed, one in two, a wrong census, and a cancel that did not restore."""

from typing import Any

from ward_sim.instants import HOUR, MINUTE, instant_ms
from ward_sim.judge import beds, presence
from ward_sim.judge.applied import applied, seen_by
from ward_sim.judge.witness import SeenVersion
from ward_sim.ledger import Saved

AT = instant_ms("2026-03-02T08:00:00.000Z")
END = AT + 24 * HOUR


def _saved(entry_id: str, type_name: str, flags: list[str] | None = None, **body: Any) -> Saved:
    verdict = "flagged" if flags else "accepted"
    return Saved({"entry_id": entry_id, "type": type_name}, body, "nurse", verdict, flags or [])


def _lay(bed_id: str | None, from_at: int, until_at: int | None = None, **of: Any) -> SeenVersion:
    row = {"stay_id": "s", "patient_id": "p", "unit_id": "ward", "bed_id": bed_id, "placed_entry_id": "in"}
    return SeenVersion(row | of, from_at, until_at)


def test_two_present_stays_in_one_bed_are_found_and_one_after_another_is_not() -> None:
    one = [_lay("bed", AT, AT + HOUR), _lay(None, AT + HOUR, None, departed_at="then")]
    meets = [_lay("bed", AT + HOUR - 1, None, patient_id="q")]
    after = [_lay("bed", AT + HOUR, None, patient_id="q")]
    assert len(beds.shared({"s": one, "t": meets}, END)) == 1
    assert beds.shared({"s": one, "t": after}, END) == []


def test_one_patient_in_two_beds_is_found_also_within_one_stay() -> None:
    two_stays = {"s": [_lay("bed", AT)], "t": [_lay("other", AT + HOUR)]}
    assert len(beds.shared(two_stays, END)) == 1
    both_wards = {"s": [_lay("bed", AT, AT + HOUR), _lay("other", AT + HOUR - 1)]}
    assert len(beds.shared(both_wards, END)) == 1
    moved = {"s": [_lay("bed", AT, AT + HOUR), _lay("other", AT + HOUR)]}
    assert beds.shared(moved, END) == []


def test_the_census_is_who_came_and_did_not_leave() -> None:
    books = [_saved(f"in {stay}", "patient_admitted", stay_id=stay) for stay in ("s", "t", "u", "v")]
    books += [_saved("out t", "patient_discharged", stay_id="t"), _saved("out u", "patient_discharged", stay_id="u")]
    books += [_saved("no", "placement_cancelled", stay_id="u", cancels="out u")]
    books += [_saved("nor", "placement_cancelled", stay_id="v", cancels="in v")]
    present = {("stay", stay): (1, {"stay_id": stay}) for stay in ("s", "u")}
    left = {("stay", "t"): (2, {"departed_at": "then"})}
    assert beds.census(books, [present, left]) == []
    assert beds.census(books, [present, present]) == ["s", "u"], "in two wards at once"
    assert beds.census(books, [left]) == ["s", "u"]
    assert beds.census(books, [present | {("stay", "v"): (1, {})}]) == ["v"]


def _cancel(flags: list[str] | None = None) -> list[Saved]:
    return [_saved("undo", "placement_cancelled", flags, stay_id="s", cancels="out")]


def test_a_cancelled_placement_leaves_the_stay_where_it_was() -> None:
    before, gone = _lay("bed", AT, AT + HOUR), _lay(None, AT + HOUR, AT + 2 * HOUR, placed_entry_id="out")
    arrived = {"undo": AT + 2 * HOUR}
    assert beds.not_restored(_cancel(), {"s": [before, gone, _lay("bed", AT + 2 * HOUR)]}, arrived) == []
    elsewhere = {"s": [before, gone, _lay("another", AT + 2 * HOUR)]}
    assert beds.not_restored(_cancel(), elsewhere, arrived) == ["undo"]
    assert beds.not_restored(_cancel(["waiting_for_a_bed"]), elsewhere, arrived) == []
    assert beds.not_restored(_cancel(), {"s": [before, gone]}, arrived) == ["undo"]


def test_a_cancelled_admission_has_never_been() -> None:
    came = _lay("bed", AT, AT + HOUR, placed_entry_id="out")
    arrived = {"undo": AT + HOUR}
    assert beds.not_restored(_cancel(), {"s": [came]}, arrived) == []
    assert beds.not_restored(_cancel(), {"s": [came, _lay("bed", AT + HOUR)]}, arrived) == ["undo"]
    assert presence.left_stays({"s": [came]}, _cancel()) == {"s"}
    assert presence.left_stays({"s": [came]}, []) == set(), "a stay that only vanished is not one that left"


def test_what_arrives_after_the_departure_or_between_two_stays_rings_for_nobody() -> None:
    versions = [_lay("bed", AT, AT + HOUR), _lay(None, AT + HOUR, AT + 2 * HOUR, departed_at="then")]
    assert not presence.gone_at(versions, AT + HOUR - MINUTE)
    assert presence.gone_at(versions, AT + HOUR)
    assert presence.gone_at(versions, AT + 5 * HOUR)
    assert not presence.gone_at([*versions, _lay("bed", AT + 3 * HOUR)], AT + 5 * HOUR)


def test_an_accepted_mark_that_no_witness_saw_is_not_shown_and_its_sequel_shows_it() -> None:
    books = [
        _saved("a", "bed_marked", bed_id="bed", readiness="cleaning"),
        _saved("b", "bed_marked", bed_id="bed", readiness="clean", seen_mark_id="a"),
    ]
    arrived = {"a": AT, "b": AT}
    assert applied(books, seen_by([]), {}, arrived) == {}
    status = [SeenVersion({"bed_id": "bed", "mark_id": "b", "readiness": "clean"}, AT, None)]
    shown = applied(books, seen_by([{("bed_status", "bed"): status}]), {}, arrived)
    assert set(shown) == {("applied", "a"), ("applied", "b")}


def test_a_placement_or_reservation_that_no_witness_saw_is_not_shown() -> None:
    books = [_saved("in", "bed_assigned", stay_id="s", bed_id="bed"), _saved("kept", "bed_reserved", bed_id="bed")]
    arrived = {"in": AT, "kept": AT}
    assert applied(books, seen_by([]), {}, arrived) == {}
    history: Any = {("stay", "s"): [_lay("bed", AT)], ("bed_reservation", "kept"): []}
    assert set(applied(books, seen_by([history]), {}, arrived)) == {("applied", "in"), ("applied", "kept")}
