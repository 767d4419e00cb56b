"""Nothing is lost by dealing tests out to processes, and each process begins with its longest."""

import pytest

from tests.order import dealt, seconds_of


@pytest.mark.parametrize("processes", [1, 2, 3, 4, 7])
def test_every_test_is_dealt_once_and_no_long_one_comes_after_a_quick_one(
    request: pytest.FixtureRequest, processes: int
) -> None:
    items = request.session.items
    order = dealt(items, processes)
    assert sorted(order, key=id) == sorted(items, key=id)
    size = -(-len(items) // processes)
    piles = [order[at : at + size] for at in range(0, len(order), size)]
    if all(sum(map(bool, map(seconds_of, pile))) < size for pile in piles):
        for pile in piles:
            is_long = [bool(seconds_of(item)) for item in pile]
            assert is_long == sorted(is_long, reverse=True)
