"""What somebody of two wards might say about beds now, by what the feeds show: sensible or not."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shared_schemas.base import Body
from shared_schemas.beds import BedMarked, BedReservationCancelled, BedReserved, Readiness
from shared_schemas.stays import (
    BedAssigned,
    BedsSwapped,
    PatientAdmitted,
    PatientDischarged,
    PatientTransferred,
    PlacementCancelled,
    StayRow,
)
from shared_schemas.vitals import ObservationsPaused, ObservationsResumed, PauseReason
from tests.beds.laws import Laws
from tests.beds.ward import BedWard
from tests.cast import Ward, identity

Made = Body | None
# Beds that are used of each ward: few, so that people want the same ones.
EAST_BEDS, WEST_BEDS, MOST_PATIENTS = 4, 3, 9
# Of the latest placements one is cancelled; the same one perhaps by several.
CANCELLED_OF = 8
MINUTES_AGO = (0, 0, 0, 5, 30)


class Sayings:
    """Draws bodies by chance. `placements`: who was placed by which entry, on whatever tablet it lies."""

    def __init__(self, ward: BedWard, rng: random.Random, laws: Laws) -> None:
        self.ward, self.rng, self.laws = ward, rng, laws
        self.placements: list[tuple[str, str]] = []

    def uid(self) -> str:
        return str(UUID(int=self.rng.getrandbits(128), version=4))

    def draw(self) -> Body:
        """One that can be said now, at an instant within the last half hour."""
        while True:
            [(_, make)] = self.rng.choices(list(SAID.values()), weights=[weight for weight, _ in SAID.values()])
            body = make(self, self.ward.now - timedelta(minutes=self.rng.choice(MINUTES_AGO)))
            if body is not None:
                return body

    def _here(self) -> list[StayRow]:
        return [stay for stay in self.laws.rows("stay") if stay.departed_at is None]

    def _patient(self) -> dict[str, Any] | None:
        """Somebody who is here; every other time with the version of her that the author saw."""
        here = self._here()
        if not here:
            return None
        stay_id = self.rng.choice(here).stay_id
        seen = self.laws.version("stay", stay_id) if self.rng.random() < 0.5 else None
        return {"stay_id": stay_id, "base_version": seen}

    def _bed(self, ward: Ward | None = None) -> str:
        beds = self.ward.cast.west.beds[:WEST_BEDS] if ward is self.ward.cast.west else self.ward.cast.east.beds
        return self.rng.choice(beds[:EAST_BEDS])

    def _east(self, at: datetime) -> dict[str, Any]:
        return {"observed_at": at, "unit_id": self.ward.cast.east.unit_id}

    def admission(self, at: datetime) -> Made:
        if len(self._here()) >= MOST_PATIENTS:
            return None
        ids = {"stay_id": self.uid(), "patient_id": self.uid()}
        bed_id = self.rng.choice([self._bed(), self._bed(), None])
        return PatientAdmitted(bed_id=bed_id, patient=identity(identifier=self.uid()[:8]), **ids, **self._east(at))

    def move(self, at: datetime) -> Made:
        patient, bed_id = self._patient(), self.rng.choice([self._bed(), self._bed(), self._bed(), None])
        return BedAssigned(observed_at=at, bed_id=bed_id, **patient) if patient else None

    def transfer(self, at: datetime) -> Made:
        patient, to = self._patient(), self.rng.choice([self.ward.cast.east, self.ward.cast.west])
        bed_id = self.rng.choice([self._bed(to), self._bed(to), None])
        return (
            PatientTransferred(observed_at=at, to_unit_id=to.unit_id, to_bed_id=bed_id, **patient) if patient else None
        )

    def swap(self, at: datetime) -> Made:
        """Two who lie in one ward, as a rule; now and then who waits, or lies elsewhere, or one with herself."""
        here = self._here()
        if self.rng.random() < 0.8:
            unit_id = self.rng.choice([self.ward.cast.east, self.ward.cast.west]).unit_id
            here = [stay for stay in here if stay.bed_id and stay.unit_id == unit_id]
        if len(here) < 2:
            return None
        one, other = self.rng.sample(here, 2)
        other = one if self.rng.random() < 0.02 else other
        return BedsSwapped(
            observed_at=at,
            stay_id=one.stay_id,
            bed_id=one.bed_id or self._bed(),
            other_stay_id=other.stay_id,
            other_bed_id=other.bed_id or self._bed(),
        )

    def departure(self, at: datetime) -> Made:
        patient = self._patient()
        return PatientDischarged(observed_at=at, **patient) if patient else None

    def cancel(self, at: datetime) -> Made:
        if not self.placements:
            return None
        stay_id, entry_id = self.rng.choice(self.placements[-CANCELLED_OF:])
        return PlacementCancelled(observed_at=at, stay_id=stay_id, cancels=entry_id)

    def leave(self, at: datetime) -> Made:
        patient, back_at = self._patient(), at + timedelta(hours=6)
        leave = {"reason": PauseReason.LEAVE, "expected_return_at": back_at}
        return ObservationsPaused(observed_at=at, stay_id=patient["stay_id"], **leave) if patient else None

    def back(self, at: datetime) -> Made:
        away = [row.stay_id for row in self.laws.rows("observation_duty") if row.pause_reason is PauseReason.LEAVE]
        return ObservationsResumed(observed_at=at, stay_id=self.rng.choice(away)) if away else None

    def reservation(self, at: datetime) -> Made:
        patient, until_at = self._patient(), at + timedelta(minutes=self.rng.choice([40, 90, 240]))
        whom = {"for_stay_id": patient["stay_id"]} if patient else {"text": "Emergency"}
        return BedReserved(bed_id=self._bed(), until_at=until_at, **whom, **self._east(at))

    def release(self, at: datetime) -> Made:
        kept = [row.reservation_id for row in self.laws.rows("bed_reservation")]
        return BedReservationCancelled(reservation_id=self.rng.choice(kept), **self._east(at)) if kept else None

    def mark(self, at: datetime) -> Made:
        bed_id, readiness = self._bed(), self.rng.choice(list(Readiness))
        seen = next((row.mark_id for row in self.laws.rows("bed_status") if row.bed_id == bed_id), None)
        return BedMarked(bed_id=bed_id, readiness=readiness, seen_mark_id=seen, **self._east(at))


# How often each is said, and how it is made.
SAID: dict[type[Body], tuple[int, Callable[[Sayings, datetime], Made]]] = {
    PatientAdmitted: (16, Sayings.admission),
    BedAssigned: (14, Sayings.move),
    PatientTransferred: (9, Sayings.transfer),
    BedsSwapped: (11, Sayings.swap),
    PatientDischarged: (9, Sayings.departure),
    PlacementCancelled: (22, Sayings.cancel),
    ObservationsPaused: (7, Sayings.leave),
    ObservationsResumed: (6, Sayings.back),
    BedReserved: (9, Sayings.reservation),
    BedReservationCancelled: (6, Sayings.release),
    BedMarked: (10, Sayings.mark),
}
