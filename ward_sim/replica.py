"""A feed's rows as a tablet has them in memory, changed only by changes and snapshots (`pwa/src/sync/replica.ts`)."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ward_sim.checksum import row_sum
from ward_sim.twin.contract import Json

Key = tuple[str, str]
Kept = tuple[int, Json]
Rows = dict[Key, Kept]


def rows_of(rows: Iterable[Json]) -> Rows:
    """Return a snapshot's rows by their keys."""
    return {(row["type"], row["id"]): (row["version"], row["row"]) for row in rows}


def apply_changes(rows: Rows, changes: Iterable[Json]) -> dict[Key, Kept | None]:
    """Apply changes in place, in order; return what was there before, by key. An `exit` takes the whole stay away."""
    before: dict[Key, Kept | None] = {}
    for change in changes:
        key = (change["type"], change["id"])
        if change["type"] == "exit":
            for leaving in [key for key, (_, row) in rows.items() if _is_of_stay(key, row, change["id"])]:
                before.setdefault(leaving, rows.pop(leaving))
            continue
        # What changed last stands last.
        before.setdefault(key, rows.pop(key, None))
        if change["row"] is not None:
            rows[key] = (change["version"], change["row"])
    return before


def _is_of_stay(key: Key, row: Json, stay_id: str) -> bool:
    # What waits for an answer does not leave with the patient.
    if key[0] == "held_entry":
        return False
    return key[1] == stay_id if key[0] == "stay" else row.get("stay_id") == stay_id


@dataclass(slots=True)
class Replica:
    """One feed: cursor and rows, and the rows by type once a person has looked at one."""

    epoch: str = ""
    seq: int = 0
    rows: Rows = field(default_factory=dict)
    _typed: dict[str, dict[str, Json]] | None = None

    def apply(self, changes: Iterable[Json]) -> None:
        """Apply changes, in order."""
        touched = apply_changes(self.rows, changes)
        if self._typed is None:
            return
        for kind, row_id in touched:
            of_type = self._typed.setdefault(kind, {})
            of_type.pop(row_id, None)
            kept = self.rows.get((kind, row_id))
            if kept is not None:
                of_type[row_id] = kept[1]

    def checksum(self) -> str:
        """Return the sum over the rows, as 16 hex digits."""
        total = sum(row_sum(kind, row_id, version) for (kind, row_id), (version, _) in self.rows.items()) % 2**64
        return f"{total:016x}"

    def of_type(self, type_name: str) -> list[Json]:
        """Return the rows of one type, the one that changed last at the end."""
        if self._typed is None:
            self._typed = {}
            for (kind, row_id), (_, row) in self.rows.items():
                self._typed.setdefault(kind, {})[row_id] = row
        return list(self._typed.get(type_name, {}).values())
