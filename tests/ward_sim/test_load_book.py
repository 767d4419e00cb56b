"""The load's book of a feed finds what a tablet may not be told: two ways of one change, a hole, a wrong sum."""

import msgspec
import pytest

from ward_sim.checksum import row_sum
from ward_sim.load.book import Book

STAY = {"type": "stay", "id": "s1", "version": 1, "row": {"stay_id": "s1"}}


def change(seq: int, row_id: str = "v1", version: int = 1, row: object = None, kind: str = "vital_signs") -> bytes:
    return msgspec.json.encode([{"seq": seq, "type": kind, "id": row_id, "version": version, "row": row}])


@pytest.fixture
def book() -> Book:
    begun = Book()
    begun.read("e", 7, [STAY])
    return begun


def test_the_sum_is_that_of_the_rows_after_each_change(book: Book) -> None:
    book.hear(8, 8, change(8, row={"stay_id": "s1"}))
    both = row_sum("stay", "s1", 1) + row_sum("vital_signs", "v1", 1)
    book.check(8, f"{both % 2**64:016x}")
    book.hear(9, 9, change(9, version=2, row={"stay_id": "s1"}))
    book.hear(10, 10, change(10, row_id="s1", kind="exit"))
    book.check(10, f"{0:016x}")
    book.check(7, f"{row_sum('stay', 's1', 1):016x}")
    assert book.wrong == []
    book.check(9, f"{both % 2**64:016x}")
    assert len(book.wrong) == 1


def test_one_change_told_in_two_ways_is_found(book: Book) -> None:
    book.hear(8, 8, change(8, row={"stay_id": "s1"}))
    book.hear(8, 8, change(8, version=2, row={"stay_id": "s1"}))
    assert len(book.wrong) == 1
    book.hear(7, 8, msgspec.json.encode([*msgspec.json.decode(change(7)), *msgspec.json.decode(change(8))]))
    assert len(book.wrong) == 2, "also in another frame"


def test_a_frame_with_a_hole_is_found(book: Book) -> None:
    book.hear(8, 9, change(8))
    assert book.wrong == ["1 changes in 8..9"]


def test_a_snapshot_that_is_not_what_its_changes_make_is_found(book: Book) -> None:
    book.hear(8, 8, change(8, row={"stay_id": "s1"}))
    book.hear(9, 9, change(9, row_id="v2", row={"stay_id": "s1"}))
    book.read("e", 8, [STAY])
    assert len(book.wrong) == 1
