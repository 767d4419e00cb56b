"""S8: the conflict rules that a clinician expects, each by a replay of the judge's own."""

from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import Any

from ward_sim.chaos.judge.evidence import Entry, Evidence, Version
from ward_sim.chaos.judge.whereabouts import applied_in_order, whereabouts

Json = dict[str, Any]
Finding = tuple[bool, str]
_SCOPE = frozenset({"out_of_scope", "not_permitted", "unknown_subject"})
_BY_CHARTING = frozenset({"observation", "response", "home_visit"})
_OPEN = frozenset({"ready", "accepted", "on-hold"})


def check(evidence: Evidence) -> None:
    """Every rule."""
    for rule in (
        _a_set_is_never_held_for_scope,
        _done_beats_not_done_beats_cancelled,
        _two_who_did_it_are_both_on_record,
        _an_acknowledgement_is_set_once,
        _a_claim_is_kept_by_the_first,
        _one_bed_one_patient,
        _an_admission_has_a_patient,
        _out_of_use_is_never_simply_clean,
        _a_visit_that_took_place_stays,
        _a_signed_note_stays,
        _who_left_is_gone,
    ):
        for holds, otherwise in rule(evidence):
            evidence.scenario.book.check("S8", holds=holds, otherwise=otherwise)


def _a_set_is_never_held_for_scope(evidence: Evidence) -> Iterator[Finding]:
    entries = evidence.entries.values()
    admitted = {entry.body.get("stay_id"): entry.place for entry in entries if entry.type == "patient_admitted"}
    for entry in entries:
        # After a restore a set may come before the admission that another tablet sends again: nobody knows the stay.
        if entry.type == "vital_signs_charted" and admitted.get(entry.body.get("stay_id"), entry.place) < entry.place:
            yield entry.reason not in _SCOPE, f"the set {entry.entry_id} is held as {entry.reason}"


def _words_on(evidence: Evidence, *types: str) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for entry in applied_in_order(evidence):
        if entry.type in types:
            found.setdefault(entry.body["task_id"], []).append(entry)
    return found


def _done_beats_not_done_beats_cancelled(evidence: Evidence) -> Iterator[Finding]:
    types = ("task_done", "task_not_done", "task_cancelled", "task_done_corrected")
    for task_id, entries in _words_on(evidence, *types).items():
        said, task = {entry.type for entry in entries}, evidence.shown("task", task_id)
        if not task or task["kind"] in _BY_CHARTING or "task_done_corrected" in said or task.get("text_key"):
            continue
        wanted = next((state for word, state in _STRONGEST if word in said), None)
        told = f"task {task_id} is {task['state']} after {sorted(said)}"
        yield task["state"] == wanted, told


_STRONGEST = (("task_done", "completed"), ("task_not_done", "failed"), ("task_cancelled", "cancelled"))


def _two_who_did_it_are_both_on_record(evidence: Evidence) -> Iterator[Finding]:
    undone = _words_on(evidence, "task_done_corrected")
    for task_id, entries in _words_on(evidence, "task_done").items():
        task = evidence.shown("task", task_id)
        if not task or task["kind"] in _BY_CHARTING or task.get("text_key") or task_id in undone:
            continue
        recorded = {task.get("ended_by_staff_id"), *task.get("also_done_by_staff_ids", [])}
        missing = {entry.staff_id for entry in entries} - recorded
        yield not missing, f"task {task_id} was done by {sorted(missing)}, too, and nobody knows"
        first = entries[0].staff_id == task.get("ended_by_staff_id")
        together = len(entries) > 1 and entries[0].received_at == entries[1].received_at
        yield first or together, f"task {task_id} was done first by {entries[0].staff_id}"


def _an_acknowledgement_is_set_once(evidence: Evidence) -> Iterator[Finding]:
    for alert_id, versions in _of(evidence, "alert"):
        for before, after in pairwise(versions):
            one, other = before.get("accepted_by_staff_id"), after.get("accepted_by_staff_id")
            if one is not None and other is not None:
                kept = one == other or after["round"] != before["round"]
                yield kept, f"alert {alert_id} was accepted by {one}, and then by {other}"


def _a_claim_is_kept_by_the_first(evidence: Evidence) -> Iterator[Finding]:
    for task_id, versions in _of(evidence, "task"):
        for before, after in pairwise(versions):
            one, other = before.get("owner_staff_id"), after.get("owner_staff_id")
            if one and before["kind"] not in _BY_CHARTING and not after.get("assigned_at"):
                yield other == one or other is None, f"task {task_id} of {one} was taken by {other}"


def _of(evidence: Evidence, kind: str) -> Iterator[tuple[str, list[Json]]]:
    for (name, row_id), versions in evidence.versions.items():
        if name == kind:
            yield row_id, [one.row for one in versions if one.row is not None]


def _one_bed_one_patient(evidence: Evidence) -> Iterator[Finding]:
    """After each change of a feed; changes of one transaction are looked at together."""
    for feed, changes in evidence.changes.items():
        lying: dict[str, str] = {}
        for number, change in enumerate(changes):
            if change["type"] == "exit":
                lying.pop(change["id"], None)
            elif change["type"] == "stay":
                row = change["row"] or {}
                bed_id = None if row.get("departed_at") else row.get("bed_id")
                lying.pop(change["id"], None)
                if bed_id:
                    lying[change["id"]] = bed_id
            else:
                continue
            swapping = any(other["type"] == "stay" for other in changes[number + 1 : number + 8])
            beds = list(lying.values())
            yield len(beds) == len(set(beds)) or swapping, f"two patients lie in one bed of {feed} at {change['seq']}"


def _an_admission_has_a_patient(evidence: Evidence) -> Iterator[Finding]:
    for entry in evidence.entries.values():
        if entry.type == "patient_admitted" and entry.verdict != "held":
            there = evidence.rows("patient", entry.body["patient_id"]) and evidence.rows("stay", entry.body["stay_id"])
            holds = bool(there) or _was_taken_back_at_once(evidence, entry)
            yield holds, f"the admission {entry.entry_id} has no patient"


def _was_taken_back_at_once(evidence: Evidence, admission: Entry) -> bool:
    """An admission and its cancel in one transaction: of the patient only the `exit` is told."""
    exits = evidence.versions.get(("exit", admission.body["stay_id"]), [])
    return any(one.feed == f"unit:{admission.body['unit_id']}" for one in exits) and any(
        entry.type == "placement_cancelled"
        and entry.body["cancels"] == admission.entry_id
        and entry.received_at == admission.received_at
        and (entry.verdict == "held" or entry.written_by == admission.written_by)
        for entry in applied_in_order(evidence)
    )


def _out_of_use_is_never_simply_clean(evidence: Evidence) -> Iterator[Finding]:
    for (kind, bed_id), versions in evidence.versions.items():
        if kind == "bed_status":
            shown = [(one.version, one.row) for one in versions if one.row is not None]
            for (number, before), (next_number, after) in pairwise(shown):
                told = f"bed {bed_id} went from {before['readiness']} to {after['readiness']} out of turn"
                yield _may_follow(evidence, before, after, next_number - number - 1), told


def _may_follow(evidence: Evidence, before: Json, after: Json, untold: int) -> bool:
    """Of several marks in one transaction only the end is told; each of them counts a version.

    A mark that said what the bed was already counts none, and its verdict does not tell it apart: some choice of so
    many of the marks between, in their order, has each step in its turn.
    """
    chosen = combinations(_marks_before(evidence, after), untold)
    chains = ([before["readiness"], *between, after["readiness"]] for between in chosen)
    return any(all(other not in _OUT_OF_TURN.get(one, ()) for one, other in pairwise(chain)) for chain in chains)


_UNUSED = frozenset({"clean", "cleaning"})
_OUT_OF_TURN = {"blocked": _UNUSED, "closed": _UNUSED, "dirty": frozenset({"clean"})}
_OVERRULED = frozenset({"newer_bed_mark", "not_in_turn"})


def _marks_before(evidence: Evidence, bed_status: Json) -> list[str]:
    """How else that bed was marked in one transaction with its last mark, in order; not what was held or overruled.

    Pushes of several tablets are committed together: all that was received in one instant.
    """
    last = evidence.entries.get(bed_status.get("mark_id", ""))
    if last is None:
        return []
    marks = [
        entry
        for entry in applied_in_order(evidence)
        if entry.type == "bed_marked" and entry.body["bed_id"] == last.body["bed_id"]
    ]
    return [
        entry.body["readiness"]
        for entry in marks
        if entry.received_at == last.received_at
        and (entry.written_by != last.written_by or entry.place < last.place)
        and not entry.flags & _OVERRULED
    ]


def _a_visit_that_took_place_stays(evidence: Evidence) -> Iterator[Finding]:
    for visit_id, versions in _of(evidence, "visit"):
        for before, after in pairwise(versions):
            if before["state"] in ("started", "ended"):
                kept = after["state"] not in ("planned", "cancelled")
                yield kept, f"visit {visit_id} took place and is {after['state']}"
            if before["state"] == "ended":
                yield after["state"] == "ended", f"visit {visit_id} ended and is {after['state']}"


def _a_signed_note_stays(evidence: Evidence) -> Iterator[Finding]:
    for visit_id, versions in _of(evidence, "visit_note"):
        for before, after in pairwise(versions):
            # Where the signature came first, there was no text to sign: the first that comes is the note.
            if before.get("signature") and before.get("text"):
                same = (before.get("text"), before["signature"]) == (after.get("text"), after.get("signature"))
                yield same, f"the note of visit {visit_id} was signed and has changed"


def _who_left_is_gone(evidence: Evidence) -> Iterator[Finding]:
    for stay_id, placed in whereabouts(evidence).items():
        rows: list[Version] = evidence.versions.get(("stay", stay_id), [])
        if placed and placed[-1][1] == "" and rows:
            last = evidence.last("stay", stay_id)
            yield bool(last.get("departed_at")), f"{stay_id} was discharged and is still there"
