"""The judge's book: how often each invariant was checked, and what was found against it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

INVARIANTS = (*(f"S{number}" for number in range(1, 13)), "L1", "L2", "L3", "trace", "ended")
_MOST_TOLD = 8


@dataclass(slots=True)
class Book:
    """Counts by invariant; `found` are sentences, for whoever repeats the seed."""

    checked: Counter[str] = field(default_factory=Counter)
    violations: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)

    def check(self, invariant: str, *, holds: bool, otherwise: str) -> bool:
        """Count a check, and a violation with its sentence when it does not hold."""
        self.checked[invariant] += 1
        if not holds:
            self.violations[invariant] += 1
            if self.violations[invariant] <= _MOST_TOLD:
                self.found.append(f"{invariant}: {otherwise}")
        return holds

    def by_invariant(self) -> dict[str, dict[str, int]]:
        """As the report has it."""
        return {name: {"checked": self.checked[name], "violations": self.violations[name]} for name in INVARIANTS}

    def add(self, by_invariant: dict[str, dict[str, int]]) -> None:
        """Add another book's counts."""
        for name, counts in by_invariant.items():
            self.checked[name] += counts["checked"]
            self.violations[name] += counts["violations"]

    async def look_at_storage(self, scenario: Any, seat: Any) -> None:
        """S5, in the middle of things: what storage holds of each feed is the feed at that cursor."""
        from ward_sim.chaos.judge.s05_together import look_at_storage  # noqa: PLC0415

        await look_at_storage(self, scenario, seat)
