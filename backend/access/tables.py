"""Tablets, people, their roles and sessions, and where every stay was when."""

from piccolo.columns import UUID, BigInt, Boolean, Bytea, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB
from backend.places.tables import Unit


class StaffMember(Table, tablename="staff_member", db=DB):
    """A person who works here. `pin_hash` is argon2id; null: she can not sign in."""

    staff_id = UUID(primary_key=True, default=None)
    name = Text(default=None)
    lang = Text(default=None)
    ui_lang = Text(default=None)
    active = Boolean(default=True)
    pin_hash = Text(null=True, default=None)
    version = BigInt(default=1)


class StaffGrant(Table, tablename="staff_grant", db=DB):
    """A role in a unit, from an instant until another: rights are judged as they were when an entry was recorded."""

    staff_grant_id = UUID(primary_key=True, default=None)
    staff_id = ForeignKey(StaffMember, null=False, on_delete=OnDelete.restrict)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    role = Text(default=None)
    from_at = Timestamptz(default=None)
    to_at = Timestamptz(null=True, default=None)


class PairingCode(Table, tablename="pairing_code", db=DB):
    """A code that turns a browser into a tablet of the unit; only its SHA-256 is kept."""

    code_hash = Bytea(primary_key=True, default=None)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    expires_at = Timestamptz(default=None)
    uses_left = Integer(default=None)


class Device(Table, tablename="device", db=DB):
    """A paired tablet.

    `last_n` is the highest entry number that arrived; `shown_contact_at` is the contact that the unit's feed last told.
    """

    device_id = UUID(primary_key=True, default=None)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    name = Text(default=None)
    token_hash = Bytea(default=None)
    paired_at = Timestamptz(default=None)
    revoked_at = Timestamptz(null=True, default=None)
    contact_at = Timestamptz(default=None)
    shown_contact_at = Timestamptz(null=True, default=None)
    outbox_depth = BigInt(default=0)
    last_n = BigInt(default=0)
    row_version = BigInt(default=0)
    push_works = Boolean(null=True, default=None)


class Session(Table, tablename="session", db=DB):
    """A person signed in on a tablet; the key proves what she wrote, for ever, also after the end."""

    session_id = UUID(primary_key=True, default=None)
    device_id = ForeignKey(Device, null=False, on_delete=OnDelete.restrict)
    staff_id = ForeignKey(StaffMember, null=False, on_delete=OnDelete.restrict)
    session_key = Bytea(default=None)
    opened_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    ended_at = Timestamptz(null=True, default=None)


class PinFailure(Table, tablename="pin_failure", db=DB):
    """Wrong PINs of a person on a tablet; they slow down that pair alone, never an address."""

    pin_failure_id = UUID(primary_key=True, default=None)
    device_id = ForeignKey(Device, null=False, on_delete=OnDelete.restrict)
    staff_id = UUID(default=None)
    failures = Integer(default=None)
    wait_until_at = Timestamptz(default=None)


class StayScope(Table, tablename="stay_scope", db=DB):
    """The unit in which a stay was, from an instant until another; at most one is open."""

    stay_scope_id = UUID(primary_key=True, default=None)
    stay_id = UUID(default=None)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    from_at = Timestamptz(default=None)
    to_at = Timestamptz(null=True, default=None)
