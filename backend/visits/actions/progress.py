"""What takes place: a visit starts, ends, or is not done."""

from collections.abc import Sequence

from backend.db import Work
from backend.slice import Arrived, Outcome
from backend.tasks.rules import precedence
from backend.tasks.rules.precedence import Said
from backend.tasks.rules.visiting import begun
from backend.visits.actions.decide import decide_visits, word
from backend.visits.rules.visit import ended, not_done, started
from shared_schemas.tasks import NotDoneCareReason
from shared_schemas.visits import NotVisitedReason, VisitEnded, VisitMoment, VisitNotDone, VisitStarted

_AS_CARE = {
    NotVisitedReason.REFUSED: NotDoneCareReason.REFUSED,
    NotVisitedReason.NO_TIME: NotDoneCareReason.NO_TIME,
}


async def start_visits(work: Work, run: Sequence[Arrived[VisitStarted]]) -> list[Outcome]:
    """The nurse is there: nothing of the visit is overdue any more."""
    return await decide_visits(
        work,
        run,
        lambda visit, arrived: started(visit, _moment(arrived)),
        lambda _, arrived: lambda task, _margin: begun(task, arrived.author.staff_id, arrived.observed_at),
    )


async def end_visits(work: Work, run: Sequence[Arrived[VisitEnded]]) -> list[Outcome]:
    """The nurse leaves: the care is done."""
    return await decide_visits(
        work,
        run,
        lambda visit, arrived: ended(visit, _moment(arrived)),
        lambda _, arrived: lambda task, _margin: precedence.done(task, _said(arrived)).task,
    )


async def record_not_visited(work: Work, run: Sequence[Arrived[VisitNotDone]]) -> list[Outcome]:
    """Nobody was visited, with a reason; that answers the alert about it."""
    return await decide_visits(
        work,
        run,
        lambda visit, arrived: not_done(visit, word(arrived), arrived.body.reason, arrived.body.text),
        lambda _, arrived: (
            lambda task, _margin: (
                precedence.not_done(
                    task,
                    _said(arrived),
                    _AS_CARE.get(arrived.body.reason, NotDoneCareReason.OTHER),
                    arrived.body.text,
                    registered=True,
                ).task
            )
        ),
    )


def _said(arrived: Arrived) -> Said:
    return Said(arrived.author.staff_id, arrived.observed_at)


def _moment(arrived: Arrived[VisitStarted] | Arrived[VisitEnded]) -> VisitMoment:
    return VisitMoment(
        staff_id=arrived.author.staff_id,
        observed_at=arrived.observed_at,
        recorded_at=arrived.recorded_at,
        received_at=arrived.received_at,
        position=arrived.body.position,
    )
