"""Where a task stands at an instant and when the next slot is due: pure functions, every edge."""

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.tasks.rules.precedence import (
    Said,
    cancelled,
    done,
    not_done,
    not_done_by_next,
)
from backend.tasks.rules.slots import next_due_at, next_slot
from backend.tasks.rules.standing import Standing, standing
from backend.tasks.rules.task import born, margins, row_of
from shared_schemas.alerts import AlertClass
from shared_schemas.tasks import CareKind
from tests.tasks.plans import ANNA, MINUTE, NOW, POLICY, REFUSED, SECOND, planned, slot


@pytest.mark.parametrize(
    ("kind", "interval", "soon", "grace", "standard"),
    [
        (CareKind.OBSERVATION, 30, 10, 10, 5),
        (CareKind.OBSERVATION, 60, 10, 10, 5),
        (CareKind.OBSERVATION, 61, 30, 30, 5),
        (CareKind.OBSERVATION, 240, 30, 30, 5),
        (CareKind.OBSERVATION, 720, 30, 30, 5),
        (CareKind.RESPONSE, None, 0, 0, 10),
        (CareKind.TURNING, 120, 15, 30, 10),
        (CareKind.ROUND, 60, 15, 30, 3),
        (CareKind.OTHER, None, 15, 30, 5),
    ],
)
def test_each_kind_of_care_has_the_margins_of_the_table(
    kind: CareKind, interval: int | None, soon: int, grace: int, standard: int
) -> None:
    task = planned(kind, interval_minutes=interval)
    assert task.due_at - task.due_soon_at == soon * MINUTE
    assert task.overdue_at - task.due_at == grace * MINUTE
    assert task.standard_minutes == standard


def test_the_set_of_a_patient_at_risk_has_ten_minutes_of_grace_whatever_its_interval() -> None:
    margin = margins(CareKind.OBSERVATION, 240, AlertClass.AMBER, POLICY)
    assert margin.grace_minutes == 10


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (-15 * MINUTE - SECOND, Standing.LATER),
        (-15 * MINUTE, Standing.DUE_SOON),
        (-SECOND, Standing.DUE_SOON),
        (0 * MINUTE, Standing.DUE),
        (30 * MINUTE - SECOND, Standing.DUE),
        (30 * MINUTE, Standing.OVERDUE),
        (timedelta(days=3), Standing.OVERDUE),
    ],
)
def test_care_is_later_due_soon_due_and_overdue_each_from_its_instant(at: timedelta, expected: Standing) -> None:
    assert standing(planned(), NOW + at) is expected


def test_a_slot_is_not_done_by_the_next_from_the_instant_at_which_that_falls_due() -> None:
    task = slot()
    assert standing(task, NOW + 120 * MINUTE - SECOND) is Standing.OVERDUE
    assert standing(task, NOW + 120 * MINUTE) is Standing.NOT_DONE_BY
    assert standing(row_of(task), NOW + 120 * MINUTE) is Standing.NOT_DONE_BY
    assert standing(not_done_by_next(task, NOW), NOW) is Standing.NOT_DONE_BY


def test_an_observation_stays_overdue_however_long() -> None:
    assert standing(planned(CareKind.OBSERVATION, interval_minutes=60), NOW + timedelta(days=2)) is Standing.OVERDUE


def test_what_has_ended_stands_the_same_at_every_instant() -> None:
    ends = {
        Standing.DONE: done(planned(), ANNA).task,
        Standing.NOT_DONE: not_done(planned(), ANNA, REFUSED, None, registered=True).task,
        Standing.CANCELLED: cancelled(planned(), ANNA, "x").task,
    }
    for expected, task in ends.items():
        assert {standing(task, NOW + days * timedelta(days=1)) for days in (-1, 0, 1)} == {expected}


ZONES = ["Europe/London", "Asia/Seoul", "Australia/Lord_Howe", "Asia/Kathmandu", "America/St_Johns"]
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2028, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


@given(
    due=INSTANTS, zone=st.sampled_from(ZONES), offset_s=st.integers(-200_000, 200_000), minutes=st.integers(15, 1440)
)
def test_where_a_task_stands_depends_on_elapsed_time_alone(
    due: datetime, zone: str, offset_s: int, minutes: int
) -> None:
    """Across changes of clocks, midnight, leap days and half-hour zones: the same instant in any zone is the same."""
    here = ZoneInfo(zone)
    task = slot(due.astimezone(here).astimezone(UTC), minutes)
    now = due + timedelta(seconds=offset_s)
    there = now.astimezone(here)
    reference = standing(slot(NOW, minutes), NOW + timedelta(seconds=offset_s))
    assert standing(task, now) is standing(task, there) is reference


@given(due=INSTANTS, minutes=st.integers(15, 1440), first_s=st.integers(0, 400_000), more_s=st.integers(0, 400_000))
def test_an_open_task_only_ever_gets_later(due: datetime, minutes: int, first_s: int, more_s: int) -> None:
    order = [Standing.LATER, Standing.DUE_SOON, Standing.DUE, Standing.OVERDUE, Standing.NOT_DONE_BY]
    task, begin = slot(due, minutes), due - timedelta(hours=1)
    earlier = standing(task, begin + timedelta(seconds=first_s))
    later = standing(task, begin + timedelta(seconds=first_s + more_s))
    assert order.index(earlier) <= order.index(later)


@pytest.mark.parametrize(
    "due",
    [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),  # 01:30 BST, an hour before 01:30 GMT
        datetime(2026, 3, 29, 0, 30, tzinfo=UTC),  # London's clocks skip 01:00 to 02:00
        datetime(2028, 2, 28, 23, 30, tzinfo=UTC),
        datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    ],
)
def test_two_hourly_turning_stays_two_hourly_across_dst_leap_day_and_year_end(due: datetime) -> None:
    task, instants = slot(due), [due]
    for _ in range(4):
        following = next_slot(not_done_by_next(task, task.next_slot_at or NOW), task.next_slot_at or NOW)
        task = born(following, POLICY, NOW)
        instants.append(task.due_at)
    assert {after - before for before, after in itertools.pairwise(instants)} == {timedelta(hours=2)}


def test_the_next_slot_counts_from_when_it_was_done() -> None:
    ended = done(slot(), Said("anna", NOW - 20 * MINUTE)).task
    assert next_due_at(ended, NOW) == NOW + 100 * MINUTE


def test_after_a_long_stillness_only_the_latest_slot_is_planned() -> None:
    task = not_done_by_next(slot(), NOW)
    assert next_due_at(task, NOW + 120 * MINUTE) == NOW + 120 * MINUTE
    assert next_due_at(task, NOW + 359 * MINUTE) == NOW + 240 * MINUTE
    assert next_due_at(task, NOW + 360 * MINUTE) == NOW + 360 * MINUTE


def test_the_same_plan_is_the_same_task() -> None:
    assert planned().task_id == planned().task_id
    assert planned().task_id != planned(due_at=NOW + SECOND).task_id
