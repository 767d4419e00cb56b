"""What shows that an entry took effect which need not last: the witnesses saw its mark, its placement, its plan."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ward_sim.instants import instant_ms
from ward_sim.judge.facts import Rows
from ward_sim.judge.witness import SeenVersion
from ward_sim.ledger import Saved

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What the witnesses have seen of beds and of the plans of visits from morning to night."""

    marks: dict[str, Json]
    reservations: frozenset[str]
    placements: frozenset[str]
    lay_in: frozenset[tuple[str, str]]
    freed: frozenset[str]
    visits: dict[str, list[SeenVersion]]


def seen_by(histories: Iterable[dict[tuple[str, str], list[SeenVersion]]]) -> Seen:
    """Gather it from every version of every row; a row that came and went between two looks has none, but its key."""
    every = [(kind, row_id, versions) for rows in histories for (kind, row_id), versions in rows.items()]
    stays = [(row_id, seen.row) for kind, row_id, versions in every for seen in versions if kind == "stay"]
    marks = [seen.row for kind, _, versions in every for seen in versions if kind == "bed_status"]
    return Seen(
        marks={row["mark_id"]: row for row in marks},
        reservations=frozenset(row_id for kind, row_id, _ in every if kind == "bed_reservation"),
        placements=frozenset(row["placed_entry_id"] for _, row in stays if row.get("placed_entry_id")),
        lay_in=frozenset((stay_id, row["bed_id"]) for stay_id, row in stays if row.get("bed_id")),
        freed=frozenset(row_id for kind, row_id, _ in every if kind == "bed_use"),
        visits={row_id: versions for kind, row_id, versions in every if kind == "visit"},
    )


def applied(saved: Iterable[Saved], seen: Seen, now: Rows, arrived_at: dict[str, int]) -> Rows:
    """Return ("applied", id) of the entries that took effect, to stand beside the rows of the end.

    What one push does and undoes again is never seen: there its sequel must be.
    """
    books = [kept for kept in saved if kept.verdict in ("accepted", "flagged") and _is_ours(kept)]
    followed = {kept.body.get("seen_mark_id") for kept in books if kept.entry["entry_id"] in seen.marks}
    sequels = [(kept.body.get("stay_id"), arrived_at[kept.entry["entry_id"]], kept.entry["entry_id"]) for kept in books]
    found: Rows = {}
    for kept in books:
        entry_id: str = kept.entry["entry_id"]
        stay_id = kept.body.get("stay_id")
        at_once = any(s == stay_id and at == arrived_at[entry_id] and i != entry_id for s, at, i in sequels if s)
        # A flag says that the entry stayed without effect, or with less of it.
        in_time = kept.entry["type"] in _PLANS and _was_planned_so(kept, seen, arrived_at[entry_id])
        shown = in_time or (kept.entry["type"] in _SHOWS and _SHOWS[kept.entry["type"]](kept, seen, now))
        if kept.verdict == "flagged" or shown or entry_id in followed or at_once:
            found["applied", entry_id] = (0, {})
    return found


def _is_ours(kept: Saved) -> bool:
    return kept.entry["type"] in _SHOWS or kept.entry["type"] in _PLANS


def _was_planned_so(kept: Saved, seen: Seen, at: int) -> bool:
    """Whether the visit was as this plan wants it, then or later."""
    wanted = _PLANS[kept.entry["type"]]
    versions = seen.visits.get(kept.body["visit_id"], [])
    return any(wanted(one.row, kept.body) for one in versions if one.until_at is None or one.until_at >= at)


def _in_window(row: Json, body: Json) -> bool:
    names = ("window_from_at", "window_to_at")
    return all(instant_ms(row[name]) == instant_ms(body[name]) for name in names)


_PLANS: dict[str, Callable[[Json, Json], bool]] = {
    "visit_reassigned": lambda row, body: row.get("staff_id") == body["staff_id"],
    "visit_rescheduled": _in_window,
    "visit_cancelled": lambda row, _: row["state"] == "cancelled",
}


def _marked(kept: Saved, seen: Seen, _now: Rows) -> bool:
    if kept.entry["entry_id"] in seen.marks:
        return True
    bed_id, readiness = kept.body["bed_id"], kept.body["readiness"]
    same = any(row["bed_id"] == bed_id and row["readiness"] == readiness for row in seen.marks.values())
    return same or (readiness == "dirty" and bed_id in seen.freed)


def _reserved(kept: Saved, seen: Seen, _now: Rows) -> bool:
    used = (kept.body.get("for_stay_id") or "", kept.body["bed_id"]) in seen.lay_in
    return kept.entry["entry_id"] in seen.reservations or used


def _given_up(kept: Saved, _seen: Seen, now: Rows) -> bool:
    return ("bed_reservation", kept.body["reservation_id"]) not in now


def _placed(kept: Saved, seen: Seen, _now: Rows) -> bool:
    bed_id = kept.body.get("other_bed_id") or kept.body.get("bed_id") or ""
    same = (kept.body["stay_id"], bed_id) in seen.lay_in
    return kept.entry["entry_id"] in seen.placements or same


def _taken_back(kept: Saved, _seen: Seen, now: Rows) -> bool:
    _, stay = now.get(("stay", kept.body["stay_id"]), (0, {}))
    return stay.get("placed_entry_id") != kept.body["cancels"]


_SHOWS: dict[str, Callable[[Saved, Seen, Rows], bool]] = {
    "bed_marked": _marked,
    "bed_reserved": _reserved,
    "bed_reservation_cancelled": _given_up,
    "bed_assigned": _placed,
    "beds_swapped": _placed,
    "patient_transferred": _placed,
    "patient_discharged": _placed,
    "placement_cancelled": _taken_back,
}
