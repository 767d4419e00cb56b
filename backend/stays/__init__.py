"""Patients and their stays: where a patient is, in which bed, and who answers first."""

from backend.access import rules as gates
from backend.slice import NOTE, Handles, Slice
from backend.stays import actions
from backend.stays.sweep import EXITS
from shared_schemas import stays as words

SLICE = Slice(
    name="stays",
    entries={
        words.BedsSwapped: Handles(gates.may_admit, actions.swap_beds),
        words.DischargePlanned: Handles(gates.may_admit, actions.plan_discharges),
        words.StayDetailsChanged: Handles(gates.may_plan, actions.change_details),
        words.NoteWritten: Handles(gates.may_chart, actions.write_notes, of_its_stay=NOTE),
    },
    sweeps=(EXITS,),
)
