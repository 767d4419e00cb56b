"""The hospital, units, beds, and the policies of units."""

from piccolo.columns import UUID, BigInt, ForeignKey, Integer, OnDelete, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Hospital(Table, tablename="hospital", db=DB):
    """The one hospital of this database."""

    hospital_id = UUID(primary_key=True, default=None)
    name = Text(default=None)


class Unit(Table, tablename="unit", db=DB):
    """A ward or a home-care team."""

    unit_id = UUID(primary_key=True, default=None)
    hospital_id = ForeignKey(Hospital, null=False, on_delete=OnDelete.restrict)
    name = Text(default=None)
    time_zone = Text(default=None)
    lang = Text(default=None)
    rapid_response_phone = Text(default=None)
    kind = Text(default="ward")
    coordinator_phone = Text(null=True, default=None)
    version = BigInt(default=1)


class Bed(Table, tablename="bed", db=DB):
    """A bed; what state it is in belongs to the slice of beds."""

    bed_id = UUID(primary_key=True, default=None)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    bay = Text(default=None)
    label = Text(default=None)
    position = Integer(default=None)


class UnitPolicy(Table, tablename="unit_policy", db=DB):
    """A version of a unit's settings, in force from `effective_at`; `policy` is JSON of shared_schemas."""

    unit_policy_id = UUID(primary_key=True, default=None)
    unit_id = ForeignKey(Unit, null=False, on_delete=OnDelete.restrict)
    version = Integer(default=None)
    effective_at = Timestamptz(default=None)
    policy = Text(default=None)
