"""What happens to beds, one transaction each."""

from backend.beds.actions.cancel import undo_placements
from backend.beds.actions.mark import mark_beds
from backend.beds.actions.place import admit_patients, assign_beds, transfer_patients
from backend.beds.actions.reserve import cancel_reservations, reserve_beds

__all__ = [
    "admit_patients",
    "assign_beds",
    "cancel_reservations",
    "mark_beds",
    "reserve_beds",
    "transfer_patients",
    "undo_placements",
]
