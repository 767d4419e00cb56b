"""Homes, visits and their notes as they are stored; what was said of them is kept entry by entry in the log."""

from piccolo.columns import JSONB, UUID, Array, BigInt, ForeignKey, OnDelete, Text, Timestamptz
from piccolo.table import Table

from backend.access.tables import StaffMember
from backend.db import DB
from backend.stays.tables import Stay


class Home(Table, tablename="home", db=DB):
    """Where a patient of home care lives, by stay."""

    stay_id = ForeignKey(Stay, primary_key=True, null=False, on_delete=OnDelete.restrict)
    address = Text(default=None)
    way_in = Text(null=True, default=None)
    phone = Text(null=True, default=None)
    described_at = Timestamptz(default=None)
    described_by_staff_id = ForeignKey(StaffMember, null=False, on_delete=OnDelete.restrict)
    version = BigInt(default=1)


class Visit(Table, tablename="visit", db=DB):
    """A visit or call; `started` and `ended` are JSON of shared_schemas."""

    visit_id = UUID(primary_key=True, default=None)
    stay_id = ForeignKey(Stay, null=False, on_delete=OnDelete.restrict)
    kind = Text(default=None)
    state = Text(default=None)
    window_from_at = Timestamptz(default=None)
    window_to_at = Timestamptz(default=None)
    plan = Text(null=True, default=None)
    bring = Array(base_column=Text(), default=list)
    staff_id = ForeignKey(StaffMember, null=True, default=None, on_delete=OnDelete.restrict)
    planned_by_staff_id = ForeignKey(StaffMember, null=False, on_delete=OnDelete.restrict)
    planned_at = Timestamptz(default=None)
    started = JSONB(null=True, default=None)
    ended = JSONB(null=True, default=None)
    reason = Text(null=True, default=None)
    reason_text = Text(null=True, default=None)
    closed_at = Timestamptz(null=True, default=None)
    closed_by_staff_id = ForeignKey(StaffMember, null=True, default=None, on_delete=OnDelete.restrict)
    flags = Array(base_column=Text(), default=list)
    assigned_version = BigInt(default=1)
    window_version = BigInt(default=1)
    version = BigInt(default=1)


class VisitNote(Table, tablename="visit_note", db=DB):
    """The note of a visit with its signature and addenda, which are only ever added to."""

    visit_id = ForeignKey(Visit, primary_key=True, null=False, on_delete=OnDelete.restrict)
    stay_id = ForeignKey(Stay, null=False, on_delete=OnDelete.restrict)
    text = Text(null=True, default=None)
    author_staff_id = ForeignKey(StaffMember, null=True, default=None, on_delete=OnDelete.restrict)
    written_at = Timestamptz(null=True, default=None)
    signature = JSONB(null=True, default=None)
    addenda = JSONB(default="[]")
    version = BigInt(default=1)
