"""People, their roles and duty: who is on, whose beds, whose buddy, who is in charge."""

from enum import Enum
from typing import Annotated

from msgspec import Meta, Struct

from shared_schemas.base import Body, Id, Instant, Line, Row

BedIds = Annotated[list[Id], Meta(max_length=60)]


class Role(Enum):
    """A role is granted for one unit. `DUTY_CLINICIAN` is the on-call doctor or site nurse of the ladder's top."""

    WARD_NURSE = "ward_nurse"
    HEALTHCARE_ASSISTANT = "healthcare_assistant"
    CHARGE_NURSE = "charge_nurse"
    HEAD_NURSE = "head_nurse"
    HOME_CARE_NURSE = "home_care_nurse"
    COORDINATOR = "coordinator"
    DUTY_CLINICIAN = "duty_clinician"
    ADMINISTRATOR = "administrator"


class Post(Enum):
    """What a person answers for while on duty. A unit has at most one `CHARGE` and one `ON_CALL` at a time."""

    NURSE = "nurse"
    ASSISTANT = "assistant"
    CHARGE = "charge"
    ON_CALL = "on_call"


class Grant(Struct, forbid_unknown_fields=True, kw_only=True):
    """A role in a unit."""

    unit_id: Id
    role: Role


class StaffRow(Row, kw_only=True):
    """A person who works here (reference feed). `lang` is the language of the name's letters."""

    type_name = "staff"
    rank = 0

    staff_id: Id
    name: Line
    lang: str
    ui_lang: str
    grants: list[Grant]
    active: bool = True


class DutyRow(Row, kw_only=True):
    """One person's turn of duty in a unit (unit feed); ended ones leave the feed after a day."""

    type_name = "duty"
    rank = 1

    duty_id: Id
    staff_id: Id
    unit_id: Id
    post: Post
    bed_ids: list[Id]
    buddy_staff_id: Id | None = None
    started_at: Instant
    ended_at: Instant | None = None
    break_started_at: Instant | None = None
    break_until_at: Instant | None = None


class DutyStarted(Body, kw_only=True):
    """ "I am on": the author takes up duty; stays in `bed_ids` become hers. `duty_id` is the entry's id."""

    type_name = "duty_started"

    unit_id: Id
    post: Post
    bed_ids: BedIds
    buddy_staff_id: Id | None = None


class DutyChanged(Body, kw_only=True):
    """The author changes her own beds, buddy or post during a turn of duty."""

    type_name = "duty_changed"

    duty_id: Id
    post: Post
    bed_ids: BedIds
    buddy_staff_id: Id | None = None


class BreakStarted(Body, kw_only=True):
    """The author is on a break until about `until_at`; the ladder skips her."""

    type_name = "break_started"

    duty_id: Id
    until_at: Instant | None = None


class BreakEnded(Body, kw_only=True):
    """The author is back."""

    type_name = "break_ended"

    duty_id: Id


class DutyEnded(Body, kw_only=True):
    """The author goes home. Open reds go to `receiver_staff_id`, or to the charge nurse at once."""

    type_name = "duty_ended"

    duty_id: Id
    receiver_staff_id: Id | None = None


class HandoverOffered(Body, kw_only=True):
    """The author offers stays to a colleague; she owns them until each is accepted."""

    type_name = "handover_offered"

    stay_ids: Annotated[list[Id], Meta(min_length=1, max_length=60)]
    to_staff_id: Id
    note: Line | None = None


class HandoverAccepted(Body, kw_only=True):
    """The author accepts one offered stay: the owner changes in this transaction."""

    type_name = "handover_accepted"

    stay_id: Id


class StayAssigned(Body, kw_only=True):
    """Who leads the unit gives a patient to a nurse on duty. `from_staff_id`: whose she was when it was decided.

    Decided on another owner than the present one, it is held: nobody undoes unseen what a colleague decided.
    """

    type_name = "stay_assigned"

    stay_id: Id
    to_staff_id: Id
    from_staff_id: Id | None


class HandoverDeclined(Body, kw_only=True):
    """The offer of a stay ends and its owner stays the owner: declined by the receiver, or taken back by the giver.

    From the owner after it was declined: she keeps the patient, and is no longer told of it.
    """

    type_name = "handover_declined"

    stay_id: Id
