"""What a decision about sets needs to know of their stays, read set-wise under the lock of the stays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from backend.db import Work
from backend.places.queries import policies, time_zones
from backend.stays.queries import Facts, facts
from backend.tasks.rules.task import Task
from backend.vitals.queries import OfStay, episodes, of_stays
from backend.vitals.rules.charting import Before, OpenTask
from backend.vitals.rules.intervals import Rhythm
from backend.vitals.rules.kept import KeptDuty, returned
from backend.vitals.rules.news2 import no_score_reason
from backend.vitals.rules.responses import Episode
from backend.vitals.rules.rounding import age_years
from shared_schemas.policy import Policy
from shared_schemas.tasks import CareKind
from shared_schemas.vitals import NoScoreReason

UTC_ZONE = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Gathered:
    """One stay, held until the transaction ends."""

    stay: Facts
    policy: Policy
    zone: ZoneInfo
    kept: OfStay
    duty: KeptDuty
    observation: Task | None
    response: Task | None
    episode: Episode | None

    @property
    def rhythm(self) -> Rhythm:
        """What beside the score decides the interval."""
        return Rhythm(
            policy=self.policy.observation,
            zone=self.zone,
            admitted_at=self.stay.admitted_at,
            interval_minutes=self.duty.interval_minutes,
            interval_band=self.duty.interval_band,
        )

    def observes(self, duty: KeptDuty, now: datetime) -> bool:
        """Whether a set is wanted under this duty: of a patient who is here; at home visits are planned instead."""
        return duty.observes(now) and self.stay.departed_at is None and not self.stay.at_home

    def before(self, now: datetime) -> Before:
        """The stay as the rules see it before new sets."""
        task, present = self.observation, self.stay.departed_at is None
        return Before(
            rhythm=self.rhythm,
            known=self.kept.known,
            task=OpenTask(task_id=task.task_id, due_at=task.due_at, missing=tuple(task.missing)) if task else None,
            episode=self.episode,
            observed=self.observes(self.duty, now),
            paused_at=self.duty.paused_at if present and returned(self.duty).observes(now) else None,
            responds=self.duty.responds(now) and present,
        )

    def no_score(self, observed_at: datetime) -> NoScoreReason | None:
        """Why this patient has no NEWS2 at that instant; the birthday turns at midnight of the ward."""
        on = observed_at.astimezone(self.zone).date()
        return no_score_reason(age_years(self.stay.born_on, on), pregnant=self.stay.pregnant)


async def gather(work: Work, since_at: Mapping[str, datetime]) -> dict[str, Gathered]:
    """Stays by id with all that a decision needs; unknown ones are absent. `since_at`: the oldest new set of each."""
    stays = await facts(work.connection, since_at, lock=True)
    if not stays:
        return {}
    units = sorted({stay.unit_id for stay in stays.values()})
    in_force = await policies(work.connection, units, work.now)
    zones = await time_zones(work.connection, units)
    kept = await of_stays(work.connection, {stay_id: since_at[stay_id] for stay_id in stays})
    tasks = [task for of_stay in kept.values() for task in of_stay.tasks]
    by_kind = {(task.stay_id, task.kind): task for task in tasks}
    responses = [task.task_id for task in tasks if task.kind is CareKind.RESPONSE]
    seen = await episodes(work.connection, responses)
    gathered = {}
    for stay in stays.values():
        response = by_kind.get((stay.stay_id, CareKind.RESPONSE))
        gathered[stay.stay_id] = Gathered(
            stay=stay,
            policy=in_force[stay.unit_id],
            zone=zones.get(stay.unit_id, UTC_ZONE),
            kept=kept[stay.stay_id],
            duty=kept[stay.stay_id].duty or KeptDuty(stay_id=stay.stay_id, arrived_at=stay.arrived_at),
            observation=by_kind.get((stay.stay_id, CareKind.OBSERVATION)),
            response=response,
            episode=seen.get(response.task_id) if response else None,
        )
    return gathered


def stays_of(gathered: Iterable[Gathered]) -> dict[str, Facts]:
    """Their facts by stay, for the slices below."""
    return {one.stay.stay_id: one.stay for one in gathered}
