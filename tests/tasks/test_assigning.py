"""Who leads the unit gives a task to a person on duty; a decision that had not seen the present one is held."""

import pytest
from msgspec.structs import replace

from backend.tasks.rules.assign import assigned
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.staff import DutyStarted, Post
from shared_schemas.tasks import TaskAssigned, TaskState
from shared_schemas.wire import Verdict
from tests.cast import Person
from tests.conftest import START
from tests.tasks.bedside import Bedside
from tests.tasks.plans import planned


@pytest.mark.parametrize(
    ("owner", "seen", "flags", "detail", "has_it"),
    [
        (None, None, (), None, "boris"),
        ("anna", "anna", (), None, "boris"),
        ("boris", "anna", (Flag.OWNER_ALREADY,), None, "boris"),
        ("anna", None, (), HeldDetail.OWNER_CHANGED, "anna"),
        (None, "anna", (), HeldDetail.OWNER_CHANGED, None),
    ],
)
def test_a_task_is_given_by_who_has_seen_the_present_claim(
    owner: str | None, seen: str | None, flags: tuple[Flag, ...], detail: HeldDetail | None, has_it: str | None
) -> None:
    decision = assigned(replace(planned(), owner_staff_id=owner), "boris", seen, "charlotte", START)
    assert (decision.flags, decision.detail, decision.task.owner_staff_id) == (flags, detail, has_it)


def test_a_task_put_off_stays_put_off_and_an_ended_one_is_nobodys() -> None:
    put_off = replace(planned(), state=TaskState.ON_HOLD)
    assert assigned(put_off, "boris", None, "charlotte", START).task.state is TaskState.ON_HOLD
    done = replace(planned(), state=TaskState.COMPLETED)
    assert assigned(done, "boris", None, "charlotte", START).flags == (Flag.CLAIMED_AFTER_END,)


async def test_the_task_is_hers_and_says_who_gave_it(bedside: Bedside) -> None:
    cast = bedside.cast
    task_id = await bedside.by_hand(30)
    now = cast.clock.now()

    def to(person: Person) -> TaskAssigned:
        return TaskAssigned(
            observed_at=now, stay_id=bedside.stay_id, task_id=task_id, to_staff_id=person.staff_id, from_staff_id=None
        )

    assert (await cast.say(cast.charlotte, to(cast.boris))).flags == (Flag.RECEIVER_AWAY,)
    await cast.say(cast.boris, DutyStarted(observed_at=now, unit_id=cast.east.unit_id, post=Post.NURSE, bed_ids=[]))
    await cast.say(cast.charlotte, to(cast.boris))
    row = await bedside.task(task_id)
    assert (row.owner_staff_id, row.assigned_by_staff_id) == (cast.boris.staff_id, cast.charlotte.staff_id)
    assert row.state is TaskState.ACCEPTED


async def test_a_ward_nurse_gives_no_task_away(bedside: Bedside) -> None:
    cast = bedside.cast
    task_id = await bedside.by_hand(30)
    tablet = await cast.tablet_of(cast.anna)
    body = TaskAssigned(
        observed_at=cast.clock.now(),
        stay_id=bedside.stay_id,
        task_id=task_id,
        to_staff_id=cast.anna.staff_id,
        from_staff_id=None,
    )
    assert (await tablet.say(cast.anna.staff_id, body)).verdict is Verdict.HELD
