"""What a feed said, kept once for all tablets that follow it: each must hear the same, and its sum is checked."""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from ward_sim.checksum import row_sum

_MASK = 2**64 - 1
Key = tuple[str, str]


class _Change(msgspec.Struct):
    seq: int
    type: str
    id: str
    version: int
    row: msgspec.Raw = msgspec.Raw(b"null")


class _AboutStay(msgspec.Struct):
    stay_id: str | None = None


_changes = msgspec.json.Decoder(list[msgspec.Raw])
_change = msgspec.json.Decoder(_Change)
_about = msgspec.json.Decoder(_AboutStay)
NULL = b"null"


@dataclass(slots=True)
class Book:
    """The rows of a feed at its newest cursor, and the sum at each cursor on the way there."""

    epoch: str = ""
    seq: int = 0
    rows: dict[Key, tuple[int, str | None]] = field(default_factory=dict)
    sums: dict[int, int] = field(default_factory=dict)
    heard: dict[int, int] = field(default_factory=dict)
    frames: dict[tuple[int, int], int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def read(self, epoch: str, head: int, rows: list[Any]) -> None:
        """A whole snapshot was read."""
        found = {(row["type"], row["id"]): (row["version"], row["row"].get("stay_id")) for row in rows}
        total = sum(row_sum(*key, version) for key, (version, _) in found.items()) & _MASK
        if epoch != self.epoch or head > self.seq:
            self.epoch, self.seq, self.rows = epoch, head, found
        elif self.sums.get(head, total) != total:
            self.wrong.append(f"the snapshot at {head} is not what the changes up to it make")
        self.sums[head] = total

    def hear(self, first: int, last: int, changes: bytes) -> None:
        """Changes `first`..`last` as JSON reached a tablet; the same bytes are looked at once."""
        seen = self.frames.get((first, last))
        if seen is not None:
            if seen != hash(changes):
                self.wrong.append(f"changes {first}..{last} were told in two ways")
            return
        self.frames[first, last] = hash(changes)
        found = _changes.decode(changes)
        if len(found) != last - first + 1:
            self.wrong.append(f"{len(found)} changes in {first}..{last}")
        for raw in found:
            self._take(bytes(raw))

    def _take(self, raw: bytes) -> None:
        change = _change.decode(raw)
        if self.heard.setdefault(change.seq, hash(raw)) != hash(raw):
            self.wrong.append(f"change {change.seq} was told in two ways")
        if change.seq != self.seq + 1:
            return
        key, total = (change.type, change.id), self.sums.get(self.seq, 0)
        if change.type == "exit":
            leaving = [known for known, (_, stay_id) in self.rows.items() if stay_id == change.id]
        else:
            leaving = [key] if key in self.rows else []
        for left in leaving:
            total -= row_sum(*left, self.rows.pop(left)[0])
        if bytes(change.row) != NULL:
            self.rows[key] = (change.version, _about.decode(change.row).stay_id)
            total += row_sum(*key, change.version)
        self.seq = change.seq
        self.sums[self.seq] = total & _MASK

    def check(self, head: int, told: str) -> None:
        """A server's sum at a cursor that a tablet has reached."""
        known = self.sums.get(head)
        if known is not None and told and told != f"{known:016x}":
            self.wrong.append(f"the sum at {head} is {known:016x}, the server says {told}")
