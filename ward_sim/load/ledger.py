"""What all tablets of a load saw: feeds, acknowledged entries, durations, and what went wrong."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ward_sim.chance import Chance
from ward_sim.load.book import Book
from ward_sim.load.timings import Timings

Json = dict[str, Any]


@dataclass(slots=True)
class Ledger:
    """One for a whole load. `refused` and `closed` count by status and close code; `pending`: since when.
    `repeated`: entries that were known already, because the first answer was lost; `pages`: read over HTTP.
    """

    chance: Chance
    now_ms: Callable[[], int]
    books: dict[str, Book] = field(default_factory=dict)
    pushes: Timings = field(default_factory=Timings)
    delays: Timings = field(default_factory=Timings)
    acknowledged: list[tuple[Any, Json]] = field(default_factory=list)
    refused: Counter[int] = field(default_factory=Counter)
    closed: Counter[int] = field(default_factory=Counter)
    pending: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    frames: int = 0
    characters: int = 0
    pages: int = 0
    repeated: int = 0
