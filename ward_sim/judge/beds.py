"""Who lies where: nobody in a bed of another, nobody in two, the census is the sum of stays, a cancel restores."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ward_sim.judge.facts import Rows
from ward_sim.judge.witness import SeenVersion
from ward_sim.ledger import Saved

Json = dict[str, Any]
Stays = dict[str, list[SeenVersion]]
_TAKEN = ("accepted", "flagged")


class Lying(NamedTuple):
    """A stay in a bed, as long as one version of its row was the newest."""

    from_at: int
    until_at: int
    stay_id: str
    patient_id: str
    bed_id: str


def shared(stays: Stays, end_at: int) -> list[str]:
    """Say where at any time two present stays were in one bed, or one patient in two."""
    lying = list(_lying(stays, end_at))
    in_bed = _meeting(lying, lambda one: one.bed_id, lambda one: one.stay_id)
    of_patient = _meeting(lying, lambda one: one.patient_id, lambda one: one.bed_id)
    return [f"{one} and {other}" for one, other in (*in_bed, *of_patient)]


def _lying(stays: Stays, end_at: int) -> Iterator[Lying]:
    for stay_id, versions in stays.items():
        for seen in versions:
            bed_id, until_at = seen.row.get("bed_id"), seen.until_at or end_at
            if bed_id and not seen.row.get("departed_at") and until_at > seen.from_at:
                yield Lying(seen.from_at, until_at, stay_id, seen.row["patient_id"], bed_id)


def _meeting(lying: list[Lying], place: Any, who: Any) -> Iterator[tuple[Lying, Lying]]:
    """Of all that share a place, those that meet there and are not the same."""
    by_place: dict[str, list[Lying]] = {}
    for one in sorted(lying):
        before = by_place.setdefault(place(one), [])
        yield from ((other, one) for other in before if other.until_at > one.from_at and who(other) != who(one))
        before.append(one)


def census(saved: Iterable[Saved], snapshots: Iterable[Rows]) -> list[str]:
    """Return the stays that are in no unit or in two though the tablets' books have them present, and the reverse.

    By the books a stay is present that was admitted and did not leave; what was cancelled did not happen.
    """
    taken = [kept for kept in saved if kept.verdict in _TAKEN]
    cancelled = {kept.body["cancels"] for kept in taken if kept.entry["type"] == "placement_cancelled"}
    stood = [kept for kept in taken if kept.entry["entry_id"] not in cancelled]
    by_type = {
        name: {kept.body["stay_id"] for kept in stood if kept.entry["type"] == name}
        for name in ("patient_admitted", "patient_discharged")
    }
    expected = by_type["patient_admitted"] - by_type["patient_discharged"]
    here = [present for rows in snapshots for present in _present(rows)]
    twice = {stay_id for stay_id in here if here.count(stay_id) > 1}
    return sorted(expected.symmetric_difference(here) | twice)


def _present(rows: Rows) -> list[str]:
    return [row_id for (kind, row_id), (_, row) in rows.items() if kind == "stay" and not row.get("departed_at")]


def not_restored(saved: Iterable[Saved], stays: Stays, arrived_at: dict[str, int]) -> list[str]:
    """Return the cancels that were taken and after which the stay was not where it had been before the placement.

    A cancel that came too late changes nothing, and one whose bed was taken meanwhile lets the stay wait: not judged.
    """
    return [
        kept.entry["entry_id"]
        for kept in saved
        if kept.entry["type"] == "placement_cancelled"
        and kept.verdict in _TAKEN
        and not {"cancelled_before", "waiting_for_a_bed"} & set(kept.flags)
        and not _restored(stays.get(kept.body["stay_id"], []), kept.body["cancels"], arrived_at[kept.entry["entry_id"]])
    ]


def _restored(versions: list[SeenVersion], cancels: str, at: int) -> bool:
    placed = [number for number, seen in enumerate(versions) if seen.row.get("placed_entry_id") == cancels]
    after = next((seen for seen in versions if seen.from_at >= at), None)
    if not placed:
        return True  # came and was taken back between two looks
    if placed[0] == 0:
        return after is None  # an admission: the stay has never been there
    before = versions[placed[0] - 1].row
    return after is not None and all(
        after.row.get(name) == before.get(name) for name in ("unit_id", "bed_id", "departed_at")
    )
