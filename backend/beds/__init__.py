"""Beds: what housekeeping marks of them, who reserves them, and who is put into them."""

from backend.access import rules as gates
from backend.beds import actions
from backend.beds.sweep import RESERVATIONS
from backend.slice import Handles, Slice
from shared_schemas import beds as words
from shared_schemas.stays import BedAssigned, PatientAdmitted

SLICE = Slice(
    name="beds",
    entries={
        words.BedMarked: Handles(gates.may_mark_beds, actions.mark_beds),
        words.BedReserved: Handles(gates.may_admit, actions.reserve_beds),
        words.BedReservationCancelled: Handles(gates.may_admit, actions.cancel_reservations),
        PatientAdmitted: Handles(gates.may_admit, actions.admit_patients),
        BedAssigned: Handles(gates.may_admit, actions.assign_beds),
    },
    sweeps=(RESERVATIONS,),
)
