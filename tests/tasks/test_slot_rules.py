"""The margins of care and when the next slot is due: pure functions, every edge."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from backend.tasks.rules.precedence import (
    Said,
    done,
    not_done_by_next,
)
from backend.tasks.rules.slots import next_due_at, next_slot
from backend.tasks.rules.task import born, margins
from shared_schemas.alerts import AlertClass
from shared_schemas.tasks import CareKind
from tests.tasks.plans import MINUTE, NOW, POLICY, SECOND, planned, slot


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
