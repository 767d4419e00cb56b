"""Patients, stays and beds in use as they are stored."""

from piccolo.columns import UUID, BigInt, Boolean, Date, ForeignKey, OnDelete, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB
from backend.places.tables import Bed, Unit


class Patient(Table, tablename="patient", db=DB):
    """A person as the wristband says."""

    patient_id = UUID(primary_key=True, default=None)
    name = Text(default=None)
    lang = Text(default=None)
    sex = Text(default=None)
    born_on = Date(default=None)
    identifier = Text(default=None)
    version = BigInt(default=1)


class Stay(Table, tablename="stay", db=DB):
    """An inpatient encounter. `placed_version` and `details_version`: the version of the latest move and marks."""

    stay_id = UUID(primary_key=True, default=None)
    patient_id = ForeignKey(Patient, null=False, on_delete=OnDelete.restrict)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    bed_id = UUID(null=True, default=None)
    bed_since_at = Timestamptz(null=True, default=None)
    admitted_at = Timestamptz(default=None)
    arrived_at = Timestamptz(default=None)
    departure_planned_at = Timestamptz(null=True, default=None)
    departed_at = Timestamptz(null=True, default=None)
    pregnant = Boolean(default=None)
    isolation = Boolean(default=None)
    owner_staff_id = UUID(null=True, default=None)
    assigned_by_staff_id = UUID(null=True, default=None)
    assigned_at = Timestamptz(null=True, default=None)
    offered_to_staff_id = UUID(null=True, default=None)
    offered_at = Timestamptz(null=True, default=None)
    offer_until_at = Timestamptz(null=True, default=None)
    declined_by_staff_id = UUID(null=True, default=None)
    declined_at = Timestamptz(null=True, default=None)
    note = Text(null=True, default=None)
    note_by_staff_id = UUID(null=True, default=None)
    note_at = Timestamptz(null=True, default=None)
    moved_from_unit_id = UUID(null=True, default=None)
    settled_at = Timestamptz(null=True, default=None)
    exited_at = Timestamptz(null=True, default=None)
    version = BigInt(default=1)
    placed_version = BigInt(default=1)
    details_version = BigInt(default=1)
    entered_in_error = Boolean(default=False)
    placed_entry_id = UUID(null=True, default=None)
    placed_how = Text(null=True, default=None)
    placed_at = Timestamptz(null=True, default=None)


class BedStay(Table, tablename="bed_stay", db=DB):
    """A stay's time in a bed; the database excludes a second one in the same bed."""

    bed_stay_id = UUID(primary_key=True, default=None)
    bed_id = ForeignKey(Bed, null=False, on_delete=OnDelete.restrict)
    stay_id = ForeignKey(Stay, null=False, on_delete=OnDelete.restrict)
    from_at = Timestamptz(default=None)
    to_at = Timestamptz(null=True, default=None)
    entry_id = UUID(null=True, default=None)
    ended_by = UUID(null=True, default=None)
    entered_in_error = Boolean(default=False)


class Placement(Table, tablename="placement", db=DB):
    """An admission, transfer, move, swap or discharge of a stay and what was before; `owner_staff_id` is afterwards."""

    placement_id = BigInt(primary_key=True, default=None)
    entry_id = UUID(default=None)
    stay_id = ForeignKey(Stay, null=False, on_delete=OnDelete.restrict)
    how = Text(default=None)
    observed_at = Timestamptz(default=None)
    made_at = Timestamptz(default=None)
    owner_staff_id = UUID(null=True, default=None)
    from_unit_id = UUID(null=True, default=None)
    from_bed_id = UUID(null=True, default=None)
    from_owner_staff_id = UUID(null=True, default=None)
    from_arrived_at = Timestamptz(null=True, default=None)
    from_moved_from_unit_id = UUID(null=True, default=None)
    cancelled_by = UUID(null=True, default=None)
    cancelled_at = Timestamptz(null=True, default=None)


class SwapRecordedAgain(Table, tablename="swap_recorded_again", db=DB):
    """An entry that recorded a swap which was recorded already, by the entry `placed_entry_id`."""

    entry_id = UUID(primary_key=True, default=None)
    placed_entry_id = UUID(default=None)


class BedUse(Table, tablename="bed_use", db=DB):
    """When the last patient left a bed, as tablets are told; it follows from `bed_stay`."""

    bed_id = ForeignKey(Bed, null=False, on_delete=OnDelete.restrict, primary_key=True)
    freed_at = Timestamptz(null=True, default=None)
    version = BigInt(default=1)


class BedNurse(Table, tablename="bed_nurse", db=DB):
    """Which nurse has a bed now, since when by the server's clock; told by duty (ADR 5)."""

    bed_id = ForeignKey(Bed, null=False, on_delete=OnDelete.restrict, primary_key=True)
    staff_id = UUID(default=None)
    since_at = Timestamptz(default=None)
