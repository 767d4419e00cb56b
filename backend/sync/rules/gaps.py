"""Holes in a tablet's dense counter."""

from collections.abc import Iterable
from typing import NamedTuple


class Gap(NamedTuple):
    """Numbers `first_n`..`last_n`, both inclusive."""

    first_n: int
    last_n: int


def gaps(last_n: int, arrived: Iterable[int]) -> list[Gap]:
    """What is missing between the highest number seen so far and the highest that arrived now."""
    found: list[Gap] = []
    for n in sorted(set(arrived)):
        if n > last_n + 1:
            found.append(Gap(last_n + 1, n - 1))
        last_n = max(last_n, n)
    return found


def without(gap: Gap, arrived: Iterable[int]) -> list[Gap]:
    """What of a gap is still missing once these numbers have come."""
    left: list[Gap] = []
    first = gap.first_n
    for n in sorted(n for n in set(arrived) if gap.first_n <= n <= gap.last_n):
        if n > first:
            left.append(Gap(first, n - 1))
        first = n + 1
    if first <= gap.last_n:
        left.append(Gap(first, gap.last_n))
    return left
