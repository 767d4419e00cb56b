"""Who may say what of a visit: every entry has a stranger, and the database is asked as much for thirty as for three."""

from collections.abc import Callable
from typing import Any

import pytest

from backend.visits import SLICE
from shared_schemas.base import Body
from shared_schemas.visits import (
    HomeDescribed,
    NotVisitedReason,
    SosEnded,
    SosOutcome,
    SosRaised,
    VisitCancelled,
    VisitEnded,
    VisitKind,
    VisitNotDone,
    VisitNoteWritten,
    VisitPlanned,
    VisitReassigned,
    VisitRescheduled,
    VisitSigned,
    VisitStarted,
)
from shared_schemas.wire import HeldReason, Verdict
from tests.cast import Person, uid
from tests.visits.team import Team

Fields = Callable[[Team], dict[str, Any]]
NOTHING: Fields = lambda _: {}  # noqa: E731
WINDOW: Fields = lambda team: {"window_from_at": team.at(60), "window_to_at": team.at(90)}  # noqa: E731
# In the order of a visit; each with its fields beside patient and visit.
WORDS: dict[type[Body], Fields] = {
    HomeDescribed: lambda _: {"address": "1 Old Road"},
    VisitPlanned: lambda team: {"kind": VisitKind.VISIT, **WINDOW(team)},
    VisitRescheduled: WINDOW,
    VisitReassigned: lambda team: {"staff_id": team.omar.staff_id},
    VisitStarted: NOTHING,
    VisitNoteWritten: lambda _: {"text": "Wound clean"},
    VisitSigned: lambda _: {"signed_by": "Ada King", "strokes": "M 0 0 L 9 9"},
    VisitEnded: NOTHING,
    VisitNotDone: lambda _: {"reason": NotVisitedReason.NO_TIME},
    VisitCancelled: lambda _: {"reason": "in clinic"},
    SosRaised: NOTHING,
    SosEnded: lambda team: {"staff_id": team.noor.staff_id, "outcome": SosOutcome.SAFE},
}


def said(team: Team, word: type[Body], stay_id: str, visit_id: str) -> Body:
    known = {"observed_at": team.now, "stay_id": stay_id, "visit_id": visit_id, "unit_id": team.home.unit_id}
    fields = known | WORDS[word](team)
    return word(**{name: value for name, value in fields.items() if name in word.__struct_fields__})


def test_every_entry_of_visits_has_its_stranger_here() -> None:
    assert set(WORDS) == {word for word in SLICE.entries if word.__module__ == HomeDescribed.__module__}


@pytest.mark.parametrize("word", [word for word in WORDS if word is not SosRaised])
async def test_a_nurse_of_another_unit_is_a_stranger_to_every_entry(team: Team, word: type[Body]) -> None:
    stay_id, visit_id = await team.planned(team.noor)
    before = await team.database.pool.fetch("select * from visit")

    verdict = await (await team.tablet_of(team.wei)).say(team.wei.staff_id, said(team, word, stay_id, visit_id))

    assert (verdict.verdict, verdict.reason) == (Verdict.HELD, HeldReason.OUT_OF_SCOPE)
    assert await team.database.pool.fetch("select * from visit") == before


@pytest.mark.parametrize(
    ("person", "words"),
    [
        ("paula", [VisitStarted, VisitEnded, VisitNoteWritten, VisitSigned]),
        ("quinn", [word for word in WORDS if word not in {SosRaised, SosEnded}]),
    ],
)
async def test_a_coordinator_plans_and_does_not_visit_and_on_call_does_neither(
    team: Team, person: str, words: list[type[Body]]
) -> None:
    stay_id, visit_id = await team.planned(team.noor)
    somebody: Person = getattr(team, person)

    for word in words:
        assert (await team.say(somebody, said(team, word, stay_id, visit_id))).held is HeldReason.NOT_PERMITTED, word


async def statements_of_a_day(team: Team, patients: int) -> dict[str, int]:
    """Statements of one batch of each entry about all these patients."""
    visits = {uid(): await team.admit() for _ in range(patients)}
    await team.server.advance(team.now)
    tablet, found = await team.tablet_of(team.noor), {}
    for word in WORDS:
        if word in {SosRaised, SosEnded}:
            continue
        for visit_id, stay_id in visits.items():
            tablet.save(team.noor.staff_id, said(team, word, stay_id, visit_id))
        with team.database.counted_statements() as seen:
            verdicts = await tablet.push()
        assert Verdict.HELD not in {each.verdict for each in verdicts}, (word, verdicts[0])
        found[word.type_name] = len(seen)
    with team.database.counted_statements() as seen:
        await team.server.advance(team.now)
    return found | {"sweeps": len(seen)}


async def test_a_batch_of_each_entry_asks_the_database_as_much_for_thirty_patients_as_for_three(team: Team) -> None:
    await statements_of_a_day(team, 1)  # what is read once a process

    assert await statements_of_a_day(team, 3) == await statements_of_a_day(team, 30)
