"""S2: exactly once, whatever was repeated, doubled or reordered on the way."""

from collections import Counter

import msgspec

from ward_sim.chaos.judge.evidence import Evidence


def check(evidence: Evidence) -> None:
    """Each act is one entry, each entry one fact, each repetition is answered as the first time."""
    book, known = evidence.scenario.book, {one.entry_id for one in evidence.scenario.pressed}
    acts: Counter[tuple[str, ...]] = Counter()
    for entry in evidence.entries.values():
        act = tuple(str(entry.envelope.get(name)) for name in ("device_id", "type", "recorded_at", "body"))
        acts[act] += 1
        book.check("S2", holds=acts[act] == 1, otherwise=f"{entry.type} {entry.entry_id} is a second record of one act")
        book.check("S2", holds=entry.entry_id in known, otherwise=f"{entry.type} {entry.entry_id} was never pressed")
    _facts(evidence)
    _answers(evidence)


def _facts(evidence: Evidence) -> None:
    facts: dict[tuple[str, bytes], set[str]] = {}
    for (kind, row_id), versions in evidence.versions.items():
        row = next((one.row for one in versions if one.row), None)
        fact = _fact(kind, row) if row else None
        # Who takes a tick back opens the task again under her entry's id: an act of its own.
        entry = evidence.entries.get(row_id)
        if fact is not None and not (entry and entry.type == "task_done_corrected"):
            facts.setdefault((kind, msgspec.json.encode(fact)), set()).add(row_id)
    for (kind, fact), ids in facts.items():
        told = f"{kind} {fact.decode()[:120]} is on record as {sorted(ids)}"
        evidence.scenario.book.check("S2", holds=len(ids) == 1, otherwise=told)


def _fact(kind: str, row: dict) -> object:
    """What makes a row the record of one act of one person; None: no person's act."""
    if kind == "vital_signs":
        return [row["author_staff_id"], row["stay_id"], row["recorded_at"], sorted(row["values"].items(), key=str)]
    if kind == "task" and row.get("text"):
        return [row["text"], row["planned_at"]]
    if kind == "patient":
        return [row["identifier"], row["name"]]
    return None


def _answers(evidence: Evidence) -> None:
    """The first verdict on an entry is the only one; whoever asks again is told that one."""
    for entry_id, told in evidence.passed.verdicts.items():
        for life in {one.life for one in told}:
            final = [one.verdict for one in told if one.life == life and one.verdict["verdict"] != "later"]
            outcomes = {one.get("outcome") or one["verdict"] for one in final if one.get("reason") != "id_reuse"}
            told_how = f"{entry_id} was answered {sorted(outcomes)}"
            evidence.scenario.book.check("S2", holds=len(outcomes) <= 1, otherwise=told_how)
