"""Patients and their stays: admit, transfer, discharge, and the one-line note of a patient."""

import datetime
from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

from shared_schemas.base import Body, Id, Instant, Line, Row


class Sex(Enum):
    """FHIR AdministrativeGender."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class PlacementKind(Enum):
    """How a stay came to be where it is."""

    ADMISSION = "admission"
    TRANSFER = "transfer"
    BED = "bed"
    SWAP = "swap"
    DISCHARGE = "discharge"


class PatientIdentity(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What a wristband carries."""

    name: Line
    lang: Annotated[str, Meta(pattern="^[a-z]{2}$(?!\\n)")]
    sex: Sex
    born_on: datetime.date
    identifier: Annotated[str, Meta(min_length=1, max_length=32, pattern="^[0-9A-Za-z -]*$(?!\\n)")]


class PatientRow(Row, kw_only=True):
    """A patient who is in the unit now."""

    type_name = "patient"
    rank = 2

    patient_id: Id
    stay_id: Id
    name: Line
    lang: str
    sex: Sex
    born_on: datetime.date
    identifier: str


class StayRow(Row, kw_only=True):
    """An inpatient encounter. `bed_id` null means waiting for a bed. The owner is the nurse who answers first.

    `declined_by_staff_id` could not take over what was offered, and the owner has not taken note of it yet.
    `bed_since_at`: since when the stay has its bed. `departed_at` is the actual departure; a discharge that is only
    planned frees no bed. `placed_entry_id`, `placed_how`, `placed_at`: the latest placement, which can
    be cancelled.
    """

    type_name = "stay"
    rank = 2

    stay_id: Id
    patient_id: Id
    unit_id: Id
    bed_id: Id | None = None
    bed_since_at: Instant | None = None
    admitted_at: Instant
    arrived_at: Instant
    departure_planned_at: Instant | None = None
    departed_at: Instant | None = None
    pregnant: bool = False
    isolation: bool = False
    owner_staff_id: Id | None = None
    assigned_by_staff_id: Id | None = None
    assigned_at: Instant | None = None
    offered_to_staff_id: Id | None = None
    offered_at: Instant | None = None
    declined_by_staff_id: Id | None = None
    declined_at: Instant | None = None
    note: Line | None = None
    note_by_staff_id: Id | None = None
    note_at: Instant | None = None
    moved_from_unit_id: Id | None = None
    placed_entry_id: Id | None = None
    placed_how: PlacementKind | None = None
    placed_at: Instant | None = None


class BedUseRow(Row, kw_only=True):
    """When the last patient left a bed (unit feed); its id is the bed's. It stays when the stay's rows have gone."""

    type_name = "bed_use"
    rank = 1

    bed_id: Id
    unit_id: Id
    freed_at: Instant | None = None


class PatientAdmitted(Body, kw_only=True):
    """A patient arrives. `stay_id` and `patient_id` are made by the tablet; a taken bed holds only the bed claim."""

    type_name = "patient_admitted"

    stay_id: Id
    patient_id: Id
    unit_id: Id
    bed_id: Id | None = None
    patient: PatientIdentity
    pregnant: bool = False
    isolation: bool = False


class BedAssigned(Body, kw_only=True):
    """The stay takes a bed of its unit: a waiting patient gets one, or moves within the ward."""

    type_name = "bed_assigned"

    stay_id: Id
    bed_id: Id | None


class PatientTransferred(Body, kw_only=True):
    """The patient has arrived in another unit; rows and alerts follow."""

    type_name = "patient_transferred"

    stay_id: Id
    to_unit_id: Id
    to_bed_id: Id | None = None


# What version 1 of a swap says of the beds in today's words: those that the two have.
BED_NOT_NAMED = "00000000-0000-0000-0000-000000000000"


class BedsSwapped(Body, kw_only=True):
    """Two stays of one unit exchange their beds, which are `bed_id` and `other_bed_id` for who decides it."""

    type_name = "beds_swapped"
    version = 2

    stay_id: Id
    bed_id: Id
    other_stay_id: Id
    other_bed_id: Id


class PlacementCancelled(Body, kw_only=True):
    """An admission, transfer, move, swap or discharge was a mistake: all is as it was. `cancels`: its entry."""

    type_name = "placement_cancelled"

    stay_id: Id
    cancels: Id


class DischargePlanned(Body, kw_only=True):
    """Departure is expected; nothing is freed."""

    type_name = "discharge_planned"

    stay_id: Id
    departure_planned_at: Instant | None


class PatientDischarged(Body, kw_only=True):
    """The patient has actually left at `observed_at`; the bed is free from then."""

    type_name = "patient_discharged"

    stay_id: Id


class StayDetailsChanged(Body, kw_only=True):
    """Pregnancy or isolation is set or lifted, by name."""

    type_name = "stay_details_changed"

    stay_id: Id
    pregnant: bool
    isolation: bool


class NoteWritten(Body, kw_only=True):
    """The one-line note of a patient; the newest is shown. Null clears it."""

    type_name = "note_written"

    stay_id: Id
    note: Line | None
