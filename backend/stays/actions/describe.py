"""What is said about a stay: planned departure, marks, the one-line note."""

from collections.abc import Sequence

from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.actions.move import UNKNOWN
from backend.stays.actions.write import change_stay, held_stay
from backend.stays.rules import Details, merged_details, overtaken
from shared_schemas.stays import DischargePlanned, NoteWritten, StayDetailsChanged


async def plan_discharges(work: Work, run: Sequence[Arrived[DischargePlanned]]) -> list[Outcome]:
    """Departure is expected; nothing is freed."""
    outcomes = []
    for arrived in run:
        stay = await held_stay(work, arrived.body.stay_id)
        if stay is None:
            outcomes.append(UNKNOWN)
        elif stay["departed_at"] is not None:
            outcomes.append(Outcome(flags=("departed_before",)))
        else:
            planned_at = arrived.body.departure_planned_at
            await change_stay(work, arrived.body.stay_id, departure_planned_at=planned_at)
            outcomes.append(APPLIED)
    return outcomes


async def change_details(work: Work, run: Sequence[Arrived[StayDetailsChanged]]) -> list[Outcome]:
    """Set or lift pregnancy and isolation; against a change that the author had not seen, adding wins."""
    outcomes = []
    for arrived in run:
        body = arrived.body
        stay = await held_stay(work, body.stay_id)
        if stay is None:
            outcomes.append(UNKNOWN)
            continue
        unseen = overtaken(body.base_version, stay["details_version"])
        wanted = Details(body.pregnant, body.isolation)
        kept = Details(stay["pregnant"], stay["isolation"])
        merged = merged_details(kept, wanted, unseen=unseen)
        await change_stay(
            work,
            body.stay_id,
            pregnant=merged.pregnant,
            isolation=merged.isolation,
            details_version=stay["version"] + 1,
        )
        outcomes.append(APPLIED if merged == wanted else Outcome(flags=("adding_wins",)))
    return outcomes


async def write_notes(work: Work, run: Sequence[Arrived[NoteWritten]]) -> list[Outcome]:
    """The newest note by the time it was written is shown; an older one that arrives late is kept and flagged."""
    outcomes = []
    for arrived in run:
        body = arrived.body
        stay = await held_stay(work, body.stay_id)
        if stay is None:
            outcomes.append(UNKNOWN)
        elif stay["note_at"] is not None and stay["note_at"] > arrived.observed_at:
            outcomes.append(Outcome(flags=("newer_note",)))
        else:
            await change_stay(
                work,
                body.stay_id,
                note=body.note,
                note_by_staff_id=arrived.author.staff_id,
                note_at=arrived.observed_at,
            )
            outcomes.append(APPLIED)
    return outcomes
