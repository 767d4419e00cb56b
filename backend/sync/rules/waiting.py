"""Which entries of a batch must come again later."""

from collections.abc import Iterable

from backend.sync.rules.strict import Sent

BEHIND = "behind_another"


def mark_waiting(batch: Iterable[Sent]) -> None:
    """An entry that waits makes later ones of the same stay wait, and those that depend on it; others pass."""
    stays: set[str] = set()
    entries: set[str] = set()
    for entry in batch:
        if entry.later is None and (entry.stay_id in stays or not entries.isdisjoint(entry.depends_on)):
            entry.later = BEHIND
        if entry.later is not None:
            entries.add(entry.key)
            if entry.stay_id is not None:
                stays.add(entry.stay_id)
