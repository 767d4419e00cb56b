"""What waited and was applied later counts for the judge from then on, whoever had it applied."""

from types import SimpleNamespace
from typing import Any

import pytest

from ward_sim.chaos.judge import s08_clinical
from ward_sim.chaos.judge.book import Book
from ward_sim.chaos.judge.evidence import Entry, Evidence, Version
from ward_sim.chaos.judge.whereabouts import applied_in_order, whereabouts
from ward_sim.instants import SECOND, instant_text

WARD = "unit:w"
STAY = {"stay_id": "s"}
ADMITTED = {**STAY, "unit_id": "w", "patient_id": "p"}
HER = {"stay_id": "s", "patient_id": "p"}


class Told:
    """Evidence, an entry and a row at a time."""

    def __init__(self) -> None:
        self.book = Book()
        self.evidence = Evidence(SimpleNamespace(book=self.book), None)  # pyright: ignore[reportArgumentType]

    def entry(self, name: str, kind: str, at: int, body: dict[str, Any], verdict: str = "accepted") -> None:
        place = len(self.evidence.entries)
        self.evidence.entries[name] = Entry(
            name, "d", place, kind, at * SECOND, verdict, None, frozenset(), at, place, {}, body, "anna"
        )

    def row(self, kind: str, row_id: str, row: dict[str, Any] | None) -> None:
        versions = self.evidence.versions[kind, row_id]
        versions.append(Version(len(versions) + 1, 0, WARD, row))
        if row is not None:
            self.evidence.present.setdefault(WARD, {})[kind, row_id] = (len(versions), row)

    def applied_at(self, name: str, at: int) -> None:
        row = {"held_at": instant_text(0), "resolution": "reapplied", "resolved_at": instant_text(at * SECOND)}
        self.row("held_entry", name, row)

    def found(self) -> list[str]:
        s08_clinical.check(self.evidence)
        return self.book.found


def a_discharge_taken_back_before_it_came() -> Told:
    told = Told()
    told.entry("in", "patient_admitted", 1, ADMITTED)
    told.entry("back", "placement_cancelled", 2, {**STAY, "cancels": "out"}, "held")
    told.entry("out", "patient_discharged", 3, STAY)
    told.row("patient", "p", HER)
    told.row("stay", "s", HER)
    return told


def test_what_the_server_applied_when_its_subject_came_counts_from_then() -> None:
    told = a_discharge_taken_back_before_it_came()
    assert told.found() == ["S8: s was discharged and is still there"], "nobody has taken it back yet"
    told = a_discharge_taken_back_before_it_came()
    told.applied_at("back", 3)
    assert whereabouts(told.evidence) == {"s": [("in", "w")]}
    assert told.found() == []


def test_what_a_person_had_applied_counts_from_her_answer_and_not_from_another_try() -> None:
    told = a_discharge_taken_back_before_it_came()
    for name, at in (("yes", 4), ("yes too late", 6)):
        told.entry(name, "held_entry_resolved", at, {"held_entry_id": "back"})
    told.entry("again", "patient_discharged", 5, STAY)
    told.applied_at("back", 4)
    assert [entry.entry_id for entry in applied_in_order(told.evidence)] == ["in", "out", "back", "again"]
    assert told.found() == ["S8: s was discharged and is still there"]


@pytest.mark.parametrize("state", ["completed", "cancelled"])
def test_done_that_waited_for_its_task_beats_the_cancel(state: str) -> None:
    told, of_task = Told(), {**STAY, "task_id": "t"}
    told.entry("done", "task_done", 1, of_task, "held")
    told.entry("cancelled", "task_cancelled", 2, of_task)
    told.applied_at("done", 2)
    told.row("task", "t", {"kind": "other", "state": state, "ended_by_staff_id": "anna"})
    assert (told.found() == []) == (state == "completed")


@pytest.mark.parametrize(
    ("taken_back_at", "exits", "sentences"), [(1, True, 0), (1, False, 1), (2, True, 1), (None, True, 1)]
)
def test_only_an_admission_taken_back_in_its_own_transaction_shows_no_patient(
    taken_back_at: int | None, exits: bool, sentences: int
) -> None:
    told = Told()
    told.entry("in", "patient_admitted", 1, ADMITTED)
    if taken_back_at is not None:
        told.entry("back", "placement_cancelled", taken_back_at, {**STAY, "cancels": "in"})
    if exits:
        told.row("exit", "s", None)
    assert len(told.found()) == sentences
