"""The tablet's own book: what a person was told is saved, and what became of it."""

from dataclasses import dataclass, field

import msgspec

from ward_sim.twin.contract import Json


@dataclass(slots=True)
class Saved:
    """One entry whose tick was shown."""

    entry: Json
    body: Json
    staff_id: str
    verdict: str | None = None
    flags: list[str] = field(default_factory=list)
    reason: str | None = None


@dataclass(slots=True)
class Ledger:
    """Every entry saved on one tablet, by entry id."""

    saved: dict[str, Saved] = field(default_factory=dict)
    _ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def note_saved(self, entry: Json, staff_id: str) -> None:
        """The tick was shown to a person. An act that a faulty tablet gives another id is still one act."""
        act = (entry["type"] + entry["recorded_at"], entry["body"])
        self.saved.pop(self._ids.get(act, ""), None)
        self._ids[act] = entry["entry_id"]
        self.saved[entry["entry_id"]] = Saved(entry, msgspec.json.decode(entry["body"]), staff_id)

    def note_verdict(self, verdict: Json) -> None:
        """The server's word; the first final one counts."""
        kept = self.saved.get(verdict["entry_id"])
        if kept is None or verdict["verdict"] == "later":
            return
        word = verdict["verdict"]
        kept.verdict = kept.verdict or (verdict.get("outcome") if word == "duplicate" else word)
        kept.flags = kept.flags or verdict.get("flags", [])
        kept.reason = kept.reason or verdict.get("reason") or verdict.get("detail")
