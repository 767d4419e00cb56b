"""S4: no patient is on a tablet outside of its unit, and none of the unit is missing."""

from ward_sim.chaos.judge.evidence import Evidence
from ward_sim.chaos.judge.whereabouts import GONE, disputed, whereabouts

# What waits for an answer does not leave with the patient.
_STAYS_BEHIND = frozenset({"held_entry", "late_set"})


def check(evidence: Evidence) -> None:
    """By the judge's own book of who is where."""
    unsure = disputed(evidence)
    where = {stay_id: placed[-1][1] if placed else GONE for stay_id, placed in whereabouts(evidence).items()}
    for seat in evidence.scenario.seats:
        unit_id = seat.tablet.unit_id
        rows = seat.tablet.feeds[f"unit:{unit_id}"].rows
        present = {key[1] for key, (_, row) in rows.items() if key[0] == "stay" and not row.get("departed_at")}
        shown = {
            row["stay_id"] for (kind, _), (_, row) in rows.items() if row.get("stay_id") and kind not in _STAYS_BEHIND
        }
        for stay_id in (where.keys() | present | shown) - unsure:
            _judge(evidence, seat.line.number, stay_id, (where.get(stay_id, GONE), unit_id), present, shown)


def _judge(
    evidence: Evidence, number: int, stay_id: str, units: tuple[str, str], present: set[str], shown: set[str]
) -> None:
    book, (is_in, of_tablet) = evidence.scenario.book, units
    who = f"{stay_id} is in {is_in or 'no unit'}, and tablet {number} of {of_tablet}"
    if is_in == of_tablet:
        book.check("S4", holds=stay_id in present, otherwise=f"{who} does not show that")
    elif is_in == GONE:
        book.check("S4", holds=stay_id not in present, otherwise=f"{who} shows a patient who left")
    else:
        book.check("S4", holds=stay_id not in shown, otherwise=f"{who} shows rows of another unit")
