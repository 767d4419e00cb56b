"""A day of visits charted without a network, delivered late, out of order and twice."""

import random
from typing import Any

import pytest

from shared_schemas.stays import PatientDischarged, PlacementCancelled
from shared_schemas.tasks import CareKind, TaskState
from shared_schemas.visits import (
    HomeDescribed,
    HomeRow,
    Position,
    VisitEnded,
    VisitNoteWritten,
    VisitSigned,
    VisitStarted,
    VisitState,
)
from shared_schemas.vitals import VitalSignsCharted
from shared_schemas.wire import Verdict
from tests.cast import uid
from tests.visits.team import Team
from tests.vitals.bedside import scoring

BRIDGE = Position(latitude_e7=515_007_000, longitude_e7=-1_246_000, accuracy_m=12)


async def day_of_visits(team: Team) -> dict[str, str]:
    """Four visits of Noor's, each kept on her tablet as it takes place; stays by visit. Nothing is sent yet."""
    planned = [await team.planned(team.noor, begins=60 * n, ends=60 * n + 30) for n in range(1, 5)]
    tablet = await team.away(team.noor)
    noor = team.noor.staff_id
    for number, (stay_id, visit_id) in enumerate(planned, 1):
        of_visit: dict[str, Any] = {"stay_id": stay_id, "visit_id": visit_id}
        team.clock.set(team.at(60 * number))
        tablet.save(noor, VisitStarted(observed_at=team.now, position=BRIDGE if number > 1 else None, **of_visit))
        team.clock.set(team.at(60 * number + 10))
        tablet.save(noor, VitalSignsCharted(observed_at=team.now, stay_id=stay_id, values=scoring(1)))
        tablet.save(noor, VisitNoteWritten(observed_at=team.now, text=f"Visit {number}", **of_visit))
        team.clock.set(team.at(60 * number + 30))
        tablet.save(
            noor, VisitSigned(observed_at=team.now, signed_by="Test Patient", strokes="M 1 2 L 3 4", **of_visit)
        )
        tablet.save(noor, VisitEnded(observed_at=team.now, **of_visit))
    team.clock.set(team.at(5 * 60))
    return {visit_id: stay_id for stay_id, visit_id in planned}


async def assert_all_took_place(team: Team, visits: dict[str, str]) -> None:
    """Each visit is ended once, with both times, its note signed, its set charted, its task done."""
    for number, visit_id in enumerate(visits, 1):
        visit, note, task = await team.visit(visit_id), await team.note(visit_id), await team.task(visit_id)
        assert (visit.state, visit.flags) == (VisitState.ENDED, [])
        assert visit.started is not None
        assert visit.ended is not None
        assert (visit.started.observed_at, visit.ended.observed_at) == (team.at(60 * number), team.at(60 * number + 30))
        assert visit.started.recorded_at == visit.started.observed_at
        assert visit.started.received_at == team.at(5 * 60)
        assert visit.started.position == (BRIDGE if number > 1 else None)
        assert (note.text, note.addenda) == (f"Visit {number}", [])
        assert note.signature is not None
        assert (task.state, task.ended_by_staff_id) == (TaskState.COMPLETED, team.noor.staff_id)
    sets = await team.rows(team.home, "vital_signs")
    assert sorted(row.stay_id for row in sets) == sorted(visits.values())


async def test_a_day_of_four_visits_charted_offline_is_whole_when_the_network_returns(team: Team) -> None:
    visits = await day_of_visits(team)

    verdicts = await (await team.tablet_of(team.noor)).push()

    assert {each.verdict for each in verdicts} == {Verdict.ACCEPTED}
    await assert_all_took_place(team, visits)


@pytest.mark.parametrize("seed", range(3))
async def test_delivered_out_of_order_and_twice_the_day_is_the_same(team: Team, seed: int) -> None:
    visits = await day_of_visits(team)
    tablet = await team.tablet_of(team.noor)
    entries = list(tablet.outbox)
    random.Random(seed).shuffle(entries)

    for entry in entries:
        assert [each.verdict for each in await tablet.push([entry])] == [Verdict.ACCEPTED]
    again = await tablet.push(entries)

    assert {(each.verdict, each.outcome) for each in again} == {(Verdict.DUPLICATE, Verdict.ACCEPTED)}
    await assert_all_took_place(team, visits)


async def test_what_the_tablets_show_of_home_care_is_what_the_database_holds(team: Team) -> None:
    await day_of_visits(team)
    await (await team.tablet_of(team.noor)).push()
    await team.until(5 * 60 + 5)
    for table, key in (("visit", "visit_id"), ("visit_note", "visit_id"), ("task", "task_id"), ("stay", "stay_id")):
        sql = f"select t.{key}::text, t.version from {table} t join stay s using (stay_id) where s.unit_id = $1"
        stored = await team.database.pool.fetch(sql, team.home.unit_id)
        told = await team.database.pool.fetch("select id, version from feed_row where type = $1", table)
        assert {tuple(row) for row in stored} == {tuple(row) for row in told}, table


async def test_where_a_patient_lives_is_shown_and_the_newest_description_stands(team: Team) -> None:
    stay_id, _ = await team.planned(team.noor)
    older = HomeDescribed(observed_at=team.at(1), stay_id=stay_id, address="1 Old Road")
    newer = HomeDescribed(observed_at=team.at(2), stay_id=stay_id, address="2 New Road", way_in="Key safe 4711")
    team.clock.set(team.at(3))

    assert (await team.say(team.noor, newer)).flags == ()
    assert (await team.say(team.paula, older)).flags == ("newer_known",)

    [home] = await team.rows(team.home, "home")
    assert isinstance(home, HomeRow)
    assert (home.address, home.way_in) == ("2 New Road", "Key safe 4711")


async def test_the_home_leaves_the_tablets_with_its_patient(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor)
    await team.say(team.noor, HomeDescribed(observed_at=team.now, stay_id=stay_id, address="1 Old Road"))
    await team.say(team.noor, PatientDischarged(observed_at=team.now, stay_id=stay_id))
    await team.until(1)
    assert (await team.visit(visit_id)).state is VisitState.CANCELLED

    await team.until(20)

    tablet = await team.away(team.noor)
    assert [tablet.rows(kind) for kind in ("home", "visit", "patient", "task")] == [[], [], [], []]


async def test_a_home_stay_has_no_ward_interval_and_its_score_still_asks(team: Team) -> None:
    stay_id, _ = await team.planned(team.noor)
    await team.until(5)

    await team.say(team.noor, VitalSignsCharted(observed_at=team.now, stay_id=stay_id, values=scoring(7)))
    await team.until(10)

    assert await team.tasks(stay_id, CareKind.OBSERVATION) == []
    [response] = await team.tasks(stay_id, CareKind.RESPONSE)
    assert response.state is TaskState.READY
    [alert] = await team.alerts()
    assert (alert.alert_class.value, alert.cause_id) == ("red", response.task_id)


async def test_a_visit_id_is_planned_once_and_a_window_has_two_ends(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor)

    twice = await team.say(team.paula, team.plan_of(stay_id, visit_id=visit_id))
    backwards = await team.say(team.paula, team.plan_of(stay_id, begins=120, ends=60))
    far = await team.say(team.paula, team.plan_of(stay_id, begins=60, ends=60 * 24 * 400))
    stranger = team.plan_of(stay_id)
    stranger.staff_id = uid()

    details = [outcome.detail for outcome in (twice, backwards, far, await team.say(team.paula, stranger))]
    assert details == ["visit_id_taken", "window", "window", "unknown_staff"]


async def test_a_discharge_that_is_taken_back_plans_its_visits_again(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor)
    await team.say(team.noor, HomeDescribed(observed_at=team.now, stay_id=stay_id, address="1 Old Road"))
    left = uid()
    await team.say(team.noor, PatientDischarged(observed_at=team.now, stay_id=stay_id), entry_id=left)
    await team.until(20)

    outcome = await team.say(team.noor, PlacementCancelled(observed_at=team.now, stay_id=stay_id, cancels=left))

    assert outcome.held is None
    await team.until(21)
    assert (await team.visit(visit_id)).state is VisitState.PLANNED
    assert (await team.task(visit_id)).state is TaskState.READY
    tablet = await team.away(team.noor)
    assert [len(tablet.rows(kind)) for kind in ("home", "visit", "patient", "task")] == [1, 1, 1, 1]
