"""Marks and reservations of beds as they are stored."""

from piccolo.columns import UUID, BigInt, Boolean, ForeignKey, OnDelete, Text, Timestamptz
from piccolo.table import Table

from backend.access.tables import StaffMember
from backend.db import DB
from backend.places.tables import Bed


class BedStatus(Table, tablename="bed_status", db=DB):
    """The mark of a bed that holds now; a bed that was never marked has none."""

    bed_id = ForeignKey(Bed, null=False, on_delete=OnDelete.restrict, primary_key=True)
    mark_id = UUID(default=None)
    readiness = Text(default=None)
    marked_at = Timestamptz(default=None)
    marked_by_staff_id = ForeignKey(StaffMember, null=False, on_delete=OnDelete.restrict)
    reason = Text(null=True, default=None)
    version = BigInt(default=1)


class BedMark(Table, tablename="bed_mark", db=DB):
    """Every mark that anybody made, never changed; `applied`: it became the bed's status."""

    mark_id = UUID(primary_key=True, default=None)
    bed_id = ForeignKey(Bed, null=False, on_delete=OnDelete.restrict)
    readiness = Text(default=None)
    observed_at = Timestamptz(default=None)
    received_at = Timestamptz(default=None)
    author_staff_id = ForeignKey(StaffMember, null=False, on_delete=OnDelete.restrict)
    reason = Text(null=True, default=None)
    applied = Boolean(default=None)


class BedReservation(Table, tablename="bed_reservation", db=DB):
    """A bed kept for somebody; the database excludes two at a time for one bed.

    `from_at` and `ended_at` are of the server's clock. `ended_by`, `overtaken_by`: the entry that put the one for whom
    it was kept, or somebody else, into the bed; a cancel of that entry opens it again.
    """

    reservation_id = UUID(primary_key=True, default=None)
    bed_id = ForeignKey(Bed, null=False, on_delete=OnDelete.restrict)
    for_stay_id = UUID(null=True, default=None)
    text = Text(null=True, default=None)
    reserved_at = Timestamptz(default=None)
    reserved_by_staff_id = ForeignKey(StaffMember, null=False, on_delete=OnDelete.restrict)
    from_at = Timestamptz(default=None)
    until_at = Timestamptz(default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended_by = UUID(null=True, default=None)
    overtaken_at = Timestamptz(null=True, default=None)
    overtaken_by = UUID(null=True, default=None)
    version = BigInt(default=1)
