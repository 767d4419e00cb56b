"""What is said about a stay: planned departure, marks, the one-line note."""

from collections.abc import Sequence

from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.actions.move import UNKNOWN
from backend.stays.actions.write import Stay, change_stay, feed_stay, held_stay, held_stays
from backend.stays.rules import Details, merged_details, overtaken
from shared_schemas.flags import Flag
from shared_schemas.stays import DischargePlanned, NoteWritten, StayDetailsChanged

SHOW_NOTES = """
update stay set note = n.note, note_by_staff_id = n.staff_id, note_at = n.note_at, version = version + 1
from unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[]) as n(stay_id, note, staff_id, note_at)
where stay.stay_id = n.stay_id returning stay.*
"""


async def plan_discharges(work: Work, run: Sequence[Arrived[DischargePlanned]]) -> list[Outcome]:
    """Departure is expected; nothing is freed."""
    outcomes = []
    for arrived in run:
        stay = await held_stay(work, arrived.body.stay_id)
        if stay is None:
            outcomes.append(UNKNOWN)
        elif stay["departed_at"] is not None:
            outcomes.append(Outcome(flags=(Flag.DEPARTED_BEFORE,)))
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
        adding_wins = () if merged == wanted else (Flag.ADDING_WINS,)
        outcomes.append(Outcome(flags=(*adding_wins, *_unseen(stay))))
    return outcomes


async def write_notes(work: Work, run: Sequence[Arrived[NoteWritten]]) -> list[Outcome]:
    """The newest note by the time it was written is shown; what nobody will read, older or too late, is flagged."""
    stays = await held_stays(work, {arrived.body.stay_id for arrived in run})
    newest_at = {stay_id: stay["note_at"] for stay_id, stay in stays.items()}
    shown: dict[str, Arrived[NoteWritten]] = {}
    outcomes = []
    for arrived in run:
        stay_id = arrived.body.stay_id
        if stay_id not in stays:
            outcomes.append(UNKNOWN)
        elif newest_at[stay_id] is not None and newest_at[stay_id] > arrived.observed_at:
            outcomes.append(Outcome(flags=(Flag.NEWER_NOTE,)))
        else:
            shown[stay_id], newest_at[stay_id] = arrived, arrived.observed_at
            outcomes.append(Outcome(flags=_unseen(stays[stay_id])))
    if shown:
        notes = [(key, each.body.note, each.author.staff_id, each.observed_at) for key, each in shown.items()]
        columns = [list(column) for column in zip(*notes, strict=True)]
        for stay in await work.connection.fetch(SHOW_NOTES, *columns):
            feed_stay(work, stay)
    return outcomes


def _unseen(stay: Stay) -> tuple[Flag, ...]:
    """The stay has left the tablets: what is said of it now is kept, shows nowhere, and its author must know."""
    return () if stay["exited_at"] is None else (Flag.DEPARTED_BEFORE,)
