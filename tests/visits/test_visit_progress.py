"""Started and ended beat what is planned, whatever arrives first; the coordinator is told by a flag on the visit."""

from datetime import timedelta
from typing import Any

import pytest

from shared_schemas.base import Body
from shared_schemas.flags import Flag
from shared_schemas.tasks import TaskCancelled, TaskClaimed, TaskDeferred, TaskDone, TaskDoneCorrected, TaskState
from shared_schemas.visits import (
    NotVisitedReason,
    VisitCancelled,
    VisitEnded,
    VisitNotDone,
    VisitNoteWritten,
    VisitReassigned,
    VisitRescheduled,
    VisitSigned,
    VisitStarted,
    VisitState,
)
from shared_schemas.wire import HeldReason
from tests.cast import uid
from tests.visits.team import Team


def started(team: Team, stay_id: str, visit_id: str) -> VisitStarted:
    return VisitStarted(observed_at=team.now, stay_id=stay_id, visit_id=visit_id)


def ended(team: Team, stay_id: str, visit_id: str) -> VisitEnded:
    return VisitEnded(observed_at=team.now, stay_id=stay_id, visit_id=visit_id)


def cancelled(team: Team, stay_id: str, visit_id: str) -> VisitCancelled:
    return VisitCancelled(observed_at=team.now, stay_id=stay_id, visit_id=visit_id, reason="in clinic today")


def reassigned(team: Team, stay_id: str, visit_id: str, **more: Any) -> VisitReassigned:
    body: dict[str, Any] = {
        "observed_at": team.now,
        "stay_id": stay_id,
        "visit_id": visit_id,
        "staff_id": team.omar.staff_id,
    }
    return VisitReassigned(**(body | more))


def not_done(team: Team, stay_id: str, visit_id: str) -> VisitNotDone:
    reason = NotVisitedReason.NOBODY_HOME
    return VisitNotDone(observed_at=team.now, stay_id=stay_id, visit_id=visit_id, reason=reason)


async def test_a_start_beats_a_reassignment_that_reached_the_server_before_it(team: Team) -> None:
    visit = await team.planned(team.noor)
    tablet = await team.away(team.noor)
    tablet.save(team.noor.staff_id, started(team, *visit))
    await team.until(5)
    assert (await team.say(team.paula, reassigned(team, *visit))).flags == ()

    [verdict] = await tablet.push()

    assert verdict.flags == [Flag.ANOTHER_NURSE]
    row = await team.visit(visit[1])
    assert (row.state, row.staff_id, row.flags) == (VisitState.STARTED, team.noor.staff_id, [Flag.ANOTHER_NURSE])
    assert (await team.task(visit[1])).owner_staff_id == team.noor.staff_id


@pytest.mark.parametrize("word", [reassigned, cancelled])
async def test_a_plan_that_comes_after_the_start_changes_nothing_and_the_coordinator_is_told(
    team: Team, word: type
) -> None:
    visit = await team.planned(team.noor)
    await team.say(team.noor, started(team, *visit))

    outcome = await team.say(team.paula, word(team, *visit))

    assert outcome.flags == (Flag.VISIT_BEGAN,)
    row = await team.visit(visit[1])
    assert (row.state, row.staff_id, row.flags) == (VisitState.STARTED, team.noor.staff_id, [Flag.VISIT_BEGAN])


async def test_another_window_after_the_start_changes_nothing(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor)
    await team.say(team.noor, started(team, stay_id, visit_id))
    window: dict[str, Any] = {"window_from_at": team.at(300), "window_to_at": team.at(330)}

    outcome = await team.say(
        team.paula, VisitRescheduled(observed_at=team.now, stay_id=stay_id, visit_id=visit_id, **window)
    )

    assert outcome.flags == (Flag.VISIT_BEGAN,)
    assert (await team.visit(visit_id)).window_from_at == team.at(60)


async def test_an_end_beats_a_cancel_whichever_arrives_first(team: Team) -> None:
    early, late = await team.planned(team.noor), await team.planned(team.noor)
    tablet = await team.away(team.noor)
    for visit in (early, late):
        tablet.save(team.noor.staff_id, started(team, *visit))
        tablet.save(team.noor.staff_id, ended(team, *visit))
    assert (await team.say(team.paula, cancelled(team, *early))).flags == ()
    await tablet.push()
    assert (await team.say(team.paula, cancelled(team, *late))).flags == (Flag.VISIT_BEGAN,)

    rows = [await team.visit(visit_id) for _, visit_id in (early, late)]

    assert [row.state for row in rows] == [VisitState.ENDED] * 2
    assert [row.flags for row in rows] == [[Flag.DONE_AFTER_CANCEL], [Flag.VISIT_BEGAN]]
    assert [row.closed_at for row in rows] == [None, None]
    assert [(await team.task(visit_id)).state for _, visit_id in (early, late)] == [TaskState.COMPLETED] * 2


async def test_of_two_reassignments_the_first_to_reach_the_server_stands(team: Team) -> None:
    stay_id, visit_id = await team.planned()
    version = await team.database.pool.fetchval("select version from visit where visit_id = $1", visit_id)
    hers = reassigned(team, stay_id, visit_id, staff_id=team.noor.staff_id, base_version=version)
    assert (await team.say(team.noor, hers)).flags == ()

    outcome = await team.say(team.omar, reassigned(team, stay_id, visit_id, base_version=version))

    assert outcome.flags == (Flag.CLAIMED_BEFORE,)
    assert (await team.visit(visit_id)).staff_id == team.noor.staff_id


async def test_a_window_moved_without_knowing_of_a_newer_one_changes_nothing(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor)
    version = await team.database.pool.fetchval("select version from visit where visit_id = $1", visit_id)

    def moved(begins: float) -> Body:
        window: dict[str, Any] = {"window_from_at": team.at(begins), "window_to_at": team.at(begins + 30)}
        return VisitRescheduled(
            observed_at=team.now, stay_id=stay_id, visit_id=visit_id, base_version=version, **window
        )

    assert (await team.say(team.paula, moved(200))).flags == ()
    assert (await team.say(team.omar, moved(300))).flags == (Flag.NEWER_KNOWN,)

    task = await team.task(visit_id)
    assert (task.due_soon_at, task.due_at, task.overdue_at) == (team.at(185), team.at(230), team.at(245))


async def test_not_done_has_its_reason_and_a_visit_that_took_place_is_never_not_done(team: Team) -> None:
    closed, open_door = await team.planned(team.noor), await team.planned(team.noor)

    assert (await team.say(team.noor, started(team, *closed))).flags == ()
    assert (await team.say(team.noor, not_done(team, *closed))).flags == ()
    await team.say(team.noor, ended(team, *open_door))
    assert (await team.say(team.paula, not_done(team, *open_door))).flags == (Flag.NOT_DONE_AFTER_DONE,)

    row = await team.visit(closed[1])
    assert (row.state, row.reason) == (VisitState.NOT_DONE, NotVisitedReason.NOBODY_HOME)
    assert (await team.task(closed[1])).state is TaskState.FAILED
    assert (await team.visit(open_door[1])).state is VisitState.ENDED


async def test_a_second_start_is_kept_as_a_flag_and_an_end_after_not_done_stands(team: Team) -> None:
    twice, visit = await team.planned(team.noor), await team.planned(team.noor)
    await team.say(team.noor, started(team, *twice))
    assert (await team.say(team.omar, started(team, *twice))).flags == (Flag.ALSO_DONE,)
    await team.say(team.paula, not_done(team, *visit))
    assert (await team.say(team.noor, not_done(team, *visit))).flags == (Flag.ALSO_NOT_DONE,)
    assert (await team.say(team.noor, started(team, *visit))).flags == (Flag.DONE_AFTER_NOT_DONE,)

    row = await team.visit(visit[1])
    assert (row.state, row.reason, row.closed_at) == (VisitState.STARTED, None, None)
    assert (await team.task(visit[1])).state is TaskState.ACCEPTED


async def test_who_starts_a_visit_owns_the_stay(team: Team) -> None:
    stay_id, visit_id = await team.planned()

    await team.say(team.noor, started(team, stay_id, visit_id))

    assert (await team.row(team.home, "stay", stay_id)).owner_staff_id == team.noor.staff_id


async def test_a_plan_that_comes_while_the_visit_goes_on_gives_the_stay_back_to_nobody(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor)
    await team.say(team.noor, started(team, stay_id, visit_id))
    await team.say(team.omar, started(team, *await team.planned(team.omar, stay_id)))

    assert (await team.say(team.paula, cancelled(team, stay_id, visit_id))).flags == (Flag.VISIT_BEGAN,)

    assert (await team.row(team.home, "stay", stay_id)).owner_staff_id == team.omar.staff_id


async def test_a_signed_note_is_immutable_and_gains_addenda_only(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor)
    of_visit: dict[str, Any] = {"stay_id": stay_id, "visit_id": visit_id}

    def wrote(text: str, minutes: float = 0) -> Body:
        return VisitNoteWritten(observed_at=team.now - timedelta(minutes=minutes), text=text, **of_visit)

    assert (await team.say(team.noor, wrote("Wound clean"))).flags == ()
    assert (await team.say(team.omar, wrote("Called the daughter"))).flags == (Flag.NOTE_OF_ANOTHER,)
    assert (await team.say(team.noor, wrote("Wound", 1))).flags == (Flag.NEWER_KNOWN,)
    signature = VisitSigned(observed_at=team.now, signed_by="Ada King", strokes="M 0 0 L 9 9", **of_visit)
    assert (await team.say(team.noor, signature)).flags == ()
    assert (await team.say(team.noor, signature)).flags == (Flag.SIGNED_BEFORE,)

    assert (await team.say(team.noor, wrote("Wound infected"))).flags == (Flag.NOTE_SIGNED,)

    note = await team.note(visit_id)
    assert (note.text, note.author_staff_id) == ("Wound clean", team.noor.staff_id)
    assert [each.text for each in note.addenda] == ["Called the daughter", "Wound infected"]
    assert note.signature is not None
    assert note.signature.signed_by == "Ada King"


async def test_a_visit_is_changed_by_its_own_entries_and_not_by_its_task(team: Team) -> None:
    stay_id, visit_id = await team.planned(team.noor)
    of_task: dict[str, Any] = {"observed_at": team.now, "stay_id": stay_id, "task_id": visit_id}
    words: list[Body] = [
        TaskDone(**of_task),
        TaskClaimed(**of_task),
        TaskCancelled(reason="not today", **of_task),
        TaskDeferred(due_at=team.at(400), reason="later", **of_task),
        TaskDoneCorrected(reason="slip", **of_task),
    ]
    before = await team.task(visit_id)

    for body in words:
        assert (await team.say(team.omar, body)).flags == (Flag.VISIT_DECIDES,), body

    assert await team.task(visit_id) == before


@pytest.mark.parametrize("word", [started, ended, cancelled, reassigned, not_done])
async def test_a_visit_of_another_patient_or_of_nobody_waits_for_an_answer(team: Team, word: type) -> None:
    stay_id, _ = await team.planned(team.noor)
    _, of_another = await team.planned(team.noor)

    for visit_id in (of_another, uid()):
        outcome = await team.say(team.noor, word(team, stay_id, visit_id))
        assert (outcome.held, outcome.detail) == (HeldReason.UNKNOWN_SUBJECT, "unknown_visit")
