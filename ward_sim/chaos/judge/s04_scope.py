"""S4: no patient is on a tablet outside of its unit, and none of the unit is missing."""

from ward_sim.chaos.judge.evidence import Evidence
from ward_sim.chaos.judge.whereabouts import GONE, disputed, whereabouts
from ward_sim.instants import MINUTE

# What waits for an answer does not leave with the patient.
_STAYS_BEHIND = frozenset({"held_entry", "late_set"})
# Who went home stays on the unit's tablets for a quarter of an hour; a server that was down then says it once it is up.
_SHOWN_AFTER_DEPARTURE = 15 * MINUTE
_SOON = MINUTE


def check(evidence: Evidence) -> None:
    """By the judge's own book of who is where."""
    unsure = disputed(evidence)
    where = whereabouts(evidence)
    for seat in evidence.scenario.seats:
        unit_id = seat.tablet.unit_id
        rows = seat.tablet.feeds[f"unit:{unit_id}"].rows
        present = {key[1] for key, (_, row) in rows.items() if key[0] == "stay" and not row.get("departed_at")}
        shown = {
            row["stay_id"] for (kind, _), (_, row) in rows.items() if row.get("stay_id") and kind not in _STAYS_BEHIND
        }
        for stay_id in (where.keys() | present | shown) - unsure:
            _judge(evidence, (seat.line.number, unit_id), (stay_id, where.get(stay_id, [])), present, shown)


def _judge(
    evidence: Evidence,
    tablet: tuple[int, str],
    stay: tuple[str, list[tuple[str, str]]],
    present: set[str],
    shown: set[str],
) -> None:
    book, (number, of_tablet), (stay_id, placed) = evidence.scenario.book, tablet, stay
    is_in = placed[-1][1] if placed else GONE
    who = f"{stay_id} is in {is_in or 'no unit'}, and tablet {number} of {of_tablet}"
    if is_in == of_tablet:
        book.check("S4", holds=stay_id in present, otherwise=f"{who} does not show that")
        return
    book.check("S4", holds=stay_id not in present, otherwise=f"{who} shows a patient who is not there")
    if not _has_just_left(evidence, placed, of_tablet):
        book.check("S4", holds=stay_id not in shown, otherwise=f"{who} shows rows of a patient who is not there")


def _has_just_left(evidence: Evidence, placed: list[tuple[str, str]], unit_id: str) -> bool:
    """Whether she went home from that unit so lately that its tablets may still show her."""
    if len(placed) < 2 or placed[-1][1] != GONE or placed[-2][1] != unit_id:
        return False
    left_at = evidence.entries[placed[-1][0]].received_at
    return evidence.scenario.world.now < left_at + _SHOWN_AFTER_DEPARTURE + _SOON
