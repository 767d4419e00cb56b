"""What happens to patients and stays, one transaction each."""

from backend.stays.actions.admit import admit_patients
from backend.stays.actions.cancel import Undone, undo_placements
from backend.stays.actions.describe import change_details, plan_discharges, write_notes
from backend.stays.actions.leave import discharge_patients, settle
from backend.stays.actions.move import assign_beds, transfer_patients
from backend.stays.actions.own import accept_stay, decline_stay, leave_beds, offer_stays, own_stays, take_beds
from backend.stays.actions.swap import swap_beds

__all__ = [
    "Undone",
    "accept_stay",
    "admit_patients",
    "assign_beds",
    "change_details",
    "decline_stay",
    "discharge_patients",
    "leave_beds",
    "offer_stays",
    "own_stays",
    "plan_discharges",
    "settle",
    "swap_beds",
    "take_beds",
    "transfer_patients",
    "undo_placements",
    "write_notes",
]
