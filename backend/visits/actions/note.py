"""The note of a visit and the signature under it."""

from collections.abc import Callable, Sequence

from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.stays.queries import facts
from backend.visits.actions.decide import UNKNOWN
from backend.visits.actions.write import save_notes
from backend.visits.queries import held_notes, held_visits
from backend.visits.rules.notes import Decision, Note, signed, written
from shared_schemas.visits import VisitAddendum, VisitNoteWritten, VisitSignature, VisitSigned


async def write_visit_notes(work: Work, run: Sequence[Arrived[VisitNoteWritten]]) -> list[Outcome]:
    """The draft of its author; once signed, or beside a colleague's, an addendum."""
    return await _decide(work, run, lambda note, arrived: written(note, _addendum(arrived)))


async def sign_visits(work: Work, run: Sequence[Arrived[VisitSigned]]) -> list[Outcome]:
    """Somebody has signed on the glass; the note stands as it is."""
    return await _decide(work, run, lambda note, arrived: signed(note, _signature(arrived)))


async def _decide(work: Work, run: Sequence[Arrived], decide: Callable[[Note, Arrived], Decision]) -> list[Outcome]:
    stays = await facts(work.connection, {arrived.body.stay_id for arrived in run}, lock=True)
    visit_ids = {arrived.body.visit_id for arrived in run}
    visits = await held_visits(work.connection, visit_ids)
    before = await held_notes(work.connection, visit_ids)
    after, outcomes = dict(before), []
    for arrived in run:
        visit = visits.get(arrived.body.visit_id)
        if visit is None or visit.stay_id != arrived.body.stay_id:
            outcomes.append(UNKNOWN)
            continue
        note = after.get(visit.visit_id) or Note(visit_id=visit.visit_id, stay_id=visit.stay_id)
        decision = decide(note, arrived)
        after[visit.visit_id] = decision.note
        outcomes.append(Outcome(decision.flags))
    await save_notes(work, [note for visit_id, note in after.items() if note != before.get(visit_id)], stays)
    return outcomes


def _addendum(arrived: Arrived[VisitNoteWritten]) -> VisitAddendum:
    return VisitAddendum(
        entry_id=arrived.entry_id,
        text=arrived.body.text,
        author_staff_id=arrived.author.staff_id,
        observed_at=arrived.observed_at,
        received_at=arrived.received_at,
    )


def _signature(arrived: Arrived[VisitSigned]) -> VisitSignature:
    return VisitSignature(
        signed_by=arrived.body.signed_by,
        strokes=arrived.body.strokes,
        staff_id=arrived.author.staff_id,
        observed_at=arrived.observed_at,
        received_at=arrived.received_at,
    )
