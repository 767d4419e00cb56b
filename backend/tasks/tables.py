"""Care tasks and recurring care as they are stored."""

from piccolo.columns import JSONB, UUID, Array, BigInt, Boolean, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB
from backend.stays.tables import Stay


class RecurringCare(Table, tablename="recurring_care", db=DB):
    """Care of a stay that comes again at an interval."""

    recurring_care_id = UUID(primary_key=True, default=None)
    stay_id = ForeignKey(Stay, null=False, on_delete=OnDelete.restrict)
    template_id = UUID(default=None)
    kind = Text(default=None)
    text_key = Text(default=None)
    interval_minutes = Integer(default=None)
    started_at = Timestamptz(default=None)
    stopped_at = Timestamptz(null=True, default=None)
    version = BigInt(default=1)


class Task(Table, tablename="task", db=DB):
    """One due piece of care; `open` follows from the state, `alerted_at` is the claim of the overdue sweep."""

    task_id = UUID(primary_key=True, default=None)
    stay_id = ForeignKey(Stay, null=False, on_delete=OnDelete.restrict)
    kind = Text(default=None)
    state = Text(default=None)
    text = Text(null=True, default=None)
    text_key = Text(null=True, default=None)
    text_params = JSONB(default="{}")
    cause = JSONB(default=None)
    planned_at = Timestamptz(default=None)
    due_at = Timestamptz(default=None)
    due_soon_at = Timestamptz(default=None)
    overdue_at = Timestamptz(default=None)
    interval_minutes = Integer(null=True, default=None)
    standard_minutes = Integer(default=None)
    owner_staff_id = UUID(null=True, default=None)
    assigned_by_staff_id = UUID(null=True, default=None)
    assigned_at = Timestamptz(null=True, default=None)
    next_slot_at = Timestamptz(null=True, default=None)
    slot_of = UUID(null=True, default=None)
    missing = Array(base_column=Text(), default=list)
    response = JSONB(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
    ended_by_staff_id = UUID(null=True, default=None)
    also_done_by_staff_ids = Array(base_column=UUID(), default=list)
    reason = Text(null=True, default=None)
    reason_text = Text(null=True, default=None)
    flags = Array(base_column=Text(), default=list)
    overdue_class = Text(default=None)
    open = Boolean(default=None)
    alerted_at = Timestamptz(null=True, default=None)
    version = BigInt(default=1)
