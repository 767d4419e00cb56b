"""A patient arrives."""

from collections.abc import Sequence

import asyncpg

from backend.access.actions import place_stay
from backend.changes.actions import append
from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.stays.actions.move import GONE, claim_bed, placing, waiting_for_a_bed
from backend.stays.actions.write import Stay, feed_stay, held_stay, keep_placement
from backend.stays.queries import patient_row
from backend.stays.rules import taken_from
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.stays import PatientAdmitted, PlacementKind
from shared_schemas.wire import HeldReason

PATIENT = """
insert into patient (patient_id, name, lang, sex, born_on, identifier) values ($1, $2, $3, $4, $5, $6)
on conflict (patient_id) do update
    set name = $2, lang = $3, sex = $4, born_on = $5, identifier = $6, version = patient.version + 1
returning *
"""
STAY = """
insert into stay (stay_id, patient_id, unit_id, admitted_at, arrived_at, pregnant, isolation, placed_entry_id,
    placed_how, placed_at)
values ($1, $2, $3, $4, $4, $5, $6, $7, 'admission', $4)
returning *
"""
# Unit, bed, owner, arrival and unit before of a stay that has only begun.
NOWHERE = (None,) * 5
# Patients of the same wristband identifier who are in the hospital now, and when this patient last left.
BEFORE = """
select (select max(departed_at) from stay where patient_id = $1) as left_at,
       exists(select from stay s join patient p using (patient_id)
              where p.identifier = $2 and s.departed_at is null and p.patient_id <> $1) as same_identifier
"""


async def admit_patients(work: Work, run: Sequence[Arrived[PatientAdmitted]]) -> list[Outcome]:
    """Open stays. A taken bed leaves the patient waiting for one; applied again, only the bed is tried."""
    return [await _admit_patient(work, arrived) for arrived in run]


async def _admit_patient(work: Work, arrived: Arrived[PatientAdmitted]) -> Outcome:
    body = arrived.body
    flags: tuple[Flag, ...] = ()
    stay = await held_stay(work, body.stay_id)
    if stay is None:
        try:
            async with work.savepoint():
                stay, flags = await _open_stay(work, arrived)
        except asyncpg.ExclusionViolationError:
            return Outcome(held=HeldReason.ALREADY_CHANGED, detail=HeldDetail.IN_A_STAY_ALREADY)
        feed_stay(work, stay)
    elif stay["departed_at"] is not None:
        return GONE
    if body.bed_id is None or stay["bed_id"] is not None:
        return Outcome(flags=flags) if flags else APPLIED
    refused = await claim_bed(work, stay, body.bed_id, placing(arrived, PlacementKind.ADMISSION))
    if refused is None:
        return Outcome(flags=flags)
    waiting = waiting_for_a_bed(refused)
    return Outcome(flags=flags + waiting.flags, detail=waiting.detail, claim_held=refused)


async def _open_stay(work: Work, arrived: Arrived[PatientAdmitted]) -> tuple[Stay, tuple[Flag, ...]]:
    body, person = arrived.body, arrived.body.patient
    [before] = await work.connection.fetch(BEFORE, body.patient_id, person.identifier)
    [patient] = await work.connection.fetch(
        PATIENT,
        body.patient_id,
        person.name,
        person.lang,
        person.sex.value,
        person.born_on,
        person.identifier,
    )
    at = taken_from(arrived.observed_at, before["left_at"])
    [stay] = await work.connection.fetch(
        STAY, body.stay_id, body.patient_id, body.unit_id, at, body.pregnant, body.isolation, arrived.entry_id
    )
    await keep_placement(work, stay, placing(arrived, PlacementKind.ADMISSION), NOWHERE)
    await place_stay(work, body.stay_id, body.unit_id, at)
    append(
        work,
        f"unit:{body.unit_id}",
        patient_row(patient, body.stay_id),
        row_id=body.patient_id,
        version=patient["version"],
        stay_id=body.stay_id,
    )
    return stay, (Flag.SAME_IDENTIFIER,) if before["same_identifier"] else ()
