"""Entries as they arrived, held ones, and gaps in the tablets' counters."""

from piccolo.columns import UUID, BigInt, Bytea, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.table import Table

from backend.access.tables import Device, StaffMember
from backend.db import DB
from backend.places.tables import Unit


class Entry(Table, tablename="entry", db=DB):
    """Every entry that has a verdict, byte for byte in `original`; `verdict` is the first one, for ever.

    `recorded_at` and `observed_at` are corrected; `flags` are separated by spaces. No foreign key: what can not be
    believed is kept, too.
    """

    entry_id = UUID(primary_key=True, default=None)
    device_id = UUID(default=None)
    n = BigInt(default=None)
    type = Text(default=None)
    v = Integer(default=None)
    session_id = UUID(null=True, default=None)
    staff_id = UUID(null=True, default=None)
    stay_id = UUID(null=True, default=None)
    recorded_at = Timestamptz(null=True, default=None)
    observed_at = Timestamptz(null=True, default=None)
    received_at = Timestamptz(default=None)
    payload_hash = Bytea(default=None)
    verdict = Text(default="accepted")
    reason = Text(null=True, default=None)
    detail = Text(default="")
    flags = Text(default="")
    original = Bytea(default=None)


class HeldEntry(Table, tablename="held_entry", db=DB):
    """An entry, or a claim in it, that waits for a person's answer. The id is the entry's, save for a reused id."""

    held_entry_id = UUID(primary_key=True, default=None)
    device_id = ForeignKey(Device, null=False, on_delete=OnDelete.restrict)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    entry_type = Text(default=None)
    reason = Text(default=None)
    detail = Text(default=None)
    stay_id = UUID(null=True, default=None)
    author_staff_id = UUID(null=True, default=None)
    recorded_at = Timestamptz(null=True, default=None)
    held_at = Timestamptz(default=None)
    resolution = Text(null=True, default=None)
    resolved_by_staff_id = UUID(null=True, default=None)
    resolved_at = Timestamptz(null=True, default=None)
    version = BigInt(default=1)
    original = Bytea(default=None)


class LossIncident(Table, tablename="loss_incident", db=DB):
    """Entries `first_n`..`last_n` of a tablet never arrived."""

    incident_id = UUID(primary_key=True, default=None)
    device_id = ForeignKey(Device, null=False, on_delete=OnDelete.restrict)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    first_n = BigInt(default=None)
    last_n = BigInt(default=None)
    after_at = Timestamptz(null=True, default=None)
    before_at = Timestamptz(null=True, default=None)
    noticed_at = Timestamptz(default=None)
    closed_at = Timestamptz(null=True, default=None)
    closed_by_staff_id = ForeignKey(StaffMember, null=True, default=None, on_delete=OnDelete.restrict)
    version = BigInt(default=1)
