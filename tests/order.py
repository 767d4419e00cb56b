"""In which order tests run: the longest first, so that none of them is left alone on one core at the end."""

from collections import defaultdict
from itertools import islice
from typing import TypeGuard

import pytest

# What a test in a browser takes that is not marked `slow`, about: with a server of ours, and without one.
STORY_SECONDS, PART_SECONDS = 6, 2


def in_a_browser(item: pytest.Item) -> TypeGuard[pytest.Function]:
    return "playwright" in getattr(item, "fixturenames", ())


def seconds_of(item: pytest.Item) -> float:
    """About how long a long test takes on two cores; 0 for one that is over at once."""
    if slow := item.get_closest_marker("slow"):
        return slow.args[0] if slow.args else STORY_SECONDS
    if not in_a_browser(item):
        return 0
    return STORY_SECONDS if "served_pwa" in item.fixturenames else PART_SECONDS


def dealt(items: list[pytest.Item], processes: int) -> list[pytest.Item]:
    """The same items: as many piles of one size as there are processes, each of which begins with its longest.

    xdist gives each process such a pile, and what is left of it to whom has nothing to do. The browser tests of a
    module share a server and stay together; the quick tests keep the order that they were shuffled into.
    """
    groups: defaultdict[object, list[pytest.Item]] = defaultdict(list)
    for item in items:
        if seconds_of(item):
            groups[item.path if in_a_browser(item) else item].append(item)
    long = sorted(groups.values(), key=lambda group: sum(map(seconds_of, group)), reverse=True)
    piles: list[list[pytest.Item]] = [[] for _ in range(processes)]
    for group in long:
        min(piles, key=lambda pile: sum(map(seconds_of, pile))).extend(group)
    quick = iter([item for item in items if not seconds_of(item)])
    size = -(-len(items) // processes)
    for pile in piles:
        pile.extend(islice(quick, max(size - len(pile), 0)))
    return [item for pile in piles for item in pile]
