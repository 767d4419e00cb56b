"""From what was read to what is told: the state of each bed by its rule, and only what was measured. Pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from backend.beds.rules.state import Lying, Marked, Reserved, Standing, bed_state
from shared_schemas.beds import Readiness
from shared_schemas.board import BedList, BoardPatient, BoardPlace, BoardReading, BoardTask, ListedBed

Record = Mapping[str, Any]
VALUES = (
    "respiratory_rate_per_min", "spo2_percent", "on_oxygen", "oxygen_device", "oxygen_flow_tenths_l_per_min",
    "fio2_percent", "systolic_mmhg", "diastolic_mmhg", "pulse_per_min", "consciousness", "temperature_tenths_c",
)  # fmt: skip
SCORE = ("total", "lower_bound", "band", "single_3", "no_score", "spo2_scale")
_tasks = msgspec.json.Decoder(list[BoardTask])


def reading_of(unit_id: str, records: Iterable[Record], now: datetime) -> BoardReading:
    """The unit at `now`."""
    return BoardReading(unit_id=unit_id, read_at=now, places=[_place(record, now) for record in records])


def beds_of(unit_id: str, records: Iterable[Record], now: datetime) -> BedList:
    """The unit's beds at `now`."""
    return BedList(unit_id=unit_id, read_at=now, beds=[_listed(record, now) for record in records])


def _listed(record: Record, now: datetime) -> ListedBed:
    state, since_at = bed_state(_standing(record), now)
    return ListedBed(
        bed_id=record["bed_id"],
        bay=record["bay"],
        label=record["label"],
        state=state,
        since_at=since_at,
        stay_id=record["stay_id"],
        until_at=record["until_at"],
    )


def _place(record: Record, now: datetime) -> BoardPlace:
    patient = None if record["stay_id"] is None else _patient(record)
    if record["bed_id"] is None:
        return BoardPlace(patient=patient)
    state, since_at = bed_state(_standing(record), now)
    return BoardPlace(bed_id=record["bed_id"], label=record["label"], state=state, since_at=since_at, patient=patient)


def _standing(record: Record) -> Standing:
    on_leave_at = record["paused_at"] if record["pause_reason"] == "leave" else None
    since_at = record["bed_since_at"] or record["arrived_at"]
    return Standing(
        lying=None if record["stay_id"] is None else Lying(since_at, on_leave_at),
        marked=None if record["readiness"] is None else Marked(Readiness(record["readiness"]), record["marked_at"]),
        freed_at=record["freed_at"],
        reserved=None if record["reserved_at"] is None else Reserved(record["reserved_at"], record["until_at"]),
    )


def _patient(record: Record) -> BoardPatient:
    return BoardPatient(
        stay_id=record["stay_id"],
        name=record["name"],
        lang=record["lang"],
        owner_staff_id=record["owner_staff_id"],
        isolation=record["isolation"],
        departure_planned_at=record["departure_planned_at"],
        paused=record["paused_at"] is not None,
        stopped=record["stopped"],
        observed_at=record["observed_at"],
        values=_known(record, VALUES),
        score=_known(record, SCORE),
        tasks=[] if record["tasks"] is None else _tasks.decode(record["tasks"]),
    )


def _known(record: Record, names: Iterable[str]) -> dict[str, Any]:
    """What was measured: an unmeasured sign is absent, never zero."""
    return {name: record[name] for name in names if record[name] is not None}
