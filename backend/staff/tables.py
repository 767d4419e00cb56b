"""Turns of duty as they are stored."""

from piccolo.columns import UUID, Array, BigInt, ForeignKey, OnDelete, Text, Timestamptz
from piccolo.table import Table

from backend.access.tables import StaffMember
from backend.db import DB
from backend.places.tables import Unit


class Duty(Table, tablename="duty", db=DB):
    """One person's turn of duty.

    `receiver_staff_id`: whom she named for her open reds when she left. `post_since_at`: by the server's clock.
    `hidden_at`: when it left the tablets.
    """

    duty_id = UUID(primary_key=True, default=None)
    staff_id = ForeignKey(StaffMember, null=False, on_delete=OnDelete.restrict)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    post = Text(default=None)
    bed_ids = Array(base_column=UUID(), default=list)
    buddy_staff_id = UUID(null=True, default=None)
    receiver_staff_id = UUID(null=True, default=None)
    started_at = Timestamptz(default=None)
    ended_at = Timestamptz(null=True, default=None)
    break_started_at = Timestamptz(null=True, default=None)
    break_until_at = Timestamptz(null=True, default=None)
    post_since_at = Timestamptz(default=None)
    hidden_at = Timestamptz(null=True, default=None)
    version = BigInt(default=1)
