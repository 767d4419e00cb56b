"""The operator's file of a hospital: units with beds and pairing codes, and staff with roles and PINs."""

from datetime import datetime, timedelta
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from backend.access.actions import make_pairing_code, set_person
from backend.changes.actions import append, open_feed
from backend.changes.rules import REFERENCE_FEED, unit_feed, user_feed
from backend.db import Database, Work, unit_of_work
from backend.places.actions import set_beds, set_hospital, set_policy, set_unit
from shared_schemas.base import Id, Instant, Line
from shared_schemas.care import care_templates
from shared_schemas.places import BedRow, UnitKind, UnitRow
from shared_schemas.policy import Policy, PolicyRow, default_policy
from shared_schemas.staff import Grant, StaffRow

CODE_LASTS = timedelta(hours=24)
Pin = Annotated[str, Meta(pattern="^[0-9]{6}$")]


class BedToLoad(Struct, forbid_unknown_fields=True, kw_only=True):
    """A bed in the order of the ward's list."""

    bed_id: Id
    bay: Line
    label: Annotated[str, Meta(max_length=16)]
    position: int


class UnitToLoad(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A unit. Without a policy it begins with the default of its kind; `pairing_code` pairs `pairing_uses` tablets."""

    unit_id: Id
    name: Line
    time_zone: Line
    lang: str
    rapid_response_phone: Line
    beds: list[BedToLoad]
    kind: UnitKind = UnitKind.WARD
    coordinator_phone: Line | None = None
    policy: Policy | None = None
    pairing_code: Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{4}-[0-9]{4}$")] | None = None
    pairing_uses: Annotated[int, Meta(ge=1, le=2000)] = 1


class PersonToLoad(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """A member of staff; without a PIN an earlier one stays."""

    staff_id: Id
    name: Line
    lang: str
    ui_lang: str
    grants: list[Grant]
    pin: Pin | None = None
    active: bool = True


class HospitalFile(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The whole file. `from_at`: since when all of it is true; now when it is left out."""

    hospital_id: Id
    name: Line
    units: list[UnitToLoad]
    staff: list[PersonToLoad]
    from_at: Instant | None = None


def decoded(text: bytes) -> HospitalFile:
    """The file's content; msgspec.DecodeError or ValidationError says where it is wrong."""
    return msgspec.json.decode(text, type=HospitalFile)


async def load_hospital(database: Database, file: HospitalFile, now: datetime) -> None:
    """Make the hospital what the file says, in one transaction; loading it again changes what differs."""
    since = file.from_at or now
    # A code lasts from today, however long the hospital has been as the file says.
    lasts = CODE_LASTS + max(now - since, timedelta())
    async with unit_of_work(database, since) as work:
        await set_hospital(work.connection, file.hospital_id, file.name)
        await open_feed(work.connection, REFERENCE_FEED)
        for unit in file.units:
            await _load_unit(work, file.hospital_id, unit, lasts)
        for person in file.staff:
            await _load_person(work, person)
        for template in care_templates().values():
            append(work, REFERENCE_FEED, template, row_id=template.template_id, version=1)


async def _load_unit(work: Work, hospital_id: str, unit: UnitToLoad, code_lasts: timedelta) -> None:
    policy = unit.policy or default_policy(unit.kind)
    row = UnitRow(
        unit_id=unit.unit_id,
        name=unit.name,
        time_zone=unit.time_zone,
        lang=unit.lang,
        rapid_response_phone=unit.rapid_response_phone,
        policy_version=policy.version,
        kind=unit.kind,
        coordinator_phone=unit.coordinator_phone,
    )
    version = await set_unit(work.connection, hospital_id, row)
    append(work, REFERENCE_FEED, row, row_id=unit.unit_id, version=version)
    feed = unit_feed(unit.unit_id)
    await open_feed(work.connection, feed)
    beds = [
        BedRow(bed_id=bed.bed_id, unit_id=unit.unit_id, bay=bed.bay, label=bed.label, position=bed.position)
        for bed in unit.beds
    ]
    if beds:
        await set_beds(work.connection, beds)
    for bed in beds:
        append(work, feed, bed, row_id=bed.bed_id, version=version)
    await set_policy(work.connection, unit.unit_id, policy, work.now)
    in_force = PolicyRow(unit_id=unit.unit_id, effective_at=work.now, policy=policy)
    append(work, feed, in_force, row_id=unit.unit_id, version=policy.version)
    if unit.pairing_code:
        await make_pairing_code(work, unit.unit_id, unit.pairing_code, lasts=code_lasts, uses=unit.pairing_uses)


async def _load_person(work: Work, person: PersonToLoad) -> None:
    row = StaffRow(
        staff_id=person.staff_id,
        name=person.name,
        lang=person.lang,
        ui_lang=person.ui_lang,
        grants=person.grants,
        active=person.active,
    )
    version = await set_person(work, row, person.pin, work.now)
    append(work, REFERENCE_FEED, row, row_id=person.staff_id, version=version)
    await open_feed(work.connection, user_feed(person.staff_id))
