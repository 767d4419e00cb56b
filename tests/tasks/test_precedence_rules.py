"""What becomes of a task when words about it arrive in any order, and what that means for its alert."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from backend.tasks.rules.ending import AlertEnd, Ending, ending
from backend.tasks.rules.precedence import (
    Said,
    answered,
    cancelled,
    cancelled_by_hand,
    claimed,
    deferred,
    done,
    done_by_hand,
    not_done,
    not_done_by_next,
)
from backend.tasks.rules.task import Task, moved
from shared_schemas.tasks import CareKind, Reply, TaskState
from shared_schemas.wire import HeldReason
from tests.tasks.plans import ANNA, BORIS, MINUTE, NOW, REFUSED, SECOND, planned, slot

WORDS = {
    TaskState.COMPLETED: lambda task: done(task, ANNA),
    TaskState.FAILED: lambda task: not_done(task, ANNA, REFUSED, None, registered=True),
    TaskState.CANCELLED: lambda task: cancelled(task, ANNA, "x"),
    TaskState.ON_HOLD: lambda task: deferred(task, NOW + MINUTE, "x", at=NOW),
    TaskState.ACCEPTED: lambda task: claimed(task, "anna"),
}
STRENGTH = [
    TaskState.READY,
    TaskState.ACCEPTED,
    TaskState.ON_HOLD,
    TaskState.CANCELLED,
    TaskState.FAILED,
    TaskState.COMPLETED,
]


@pytest.mark.parametrize("order", list(itertools.permutations(WORDS)))
def test_the_strongest_word_stands_in_every_order_of_arrival(order: tuple[TaskState, ...]) -> None:
    """Done > not done > cancelled > deferred > in progress > open."""
    task = planned()
    for said, word in enumerate(order, 1):
        task = WORDS[word](task).task
        assert task.state is max(order[:said], key=STRENGTH.index)
    assert task.state is TaskState.COMPLETED


@given(st.lists(st.sampled_from(list(WORDS)), max_size=8))
def test_no_word_is_dropped_in_silence(words: list[TaskState]) -> None:
    """What does not change the state leaves a flag, unless it repeats itself or adds a claim to what is in progress."""
    task = planned()
    for word in words:
        decision = WORDS[word](task)
        weaker = STRENGTH.index(word) <= STRENGTH.index(task.state)
        if weaker and not task.is_open:
            assert decision.flags
        task = decision.task


def test_done_after_cancel_stays_done_and_is_flagged() -> None:
    task = done(cancelled(planned(), ANNA, "x").task, BORIS)
    assert (task.task.state, task.flags) == (TaskState.COMPLETED, ("done_after_cancel",))
    assert task.task.flags == ["done_after_cancel"]


def test_of_two_dones_the_first_to_reach_the_server_is_the_completer_and_the_second_is_recorded() -> None:
    second = done(done(planned(), BORIS).task, ANNA)
    assert (second.task.ended_by_staff_id, second.task.ended_at) == ("boris", BORIS.at)
    assert (second.task.also_done_by_staff_ids, second.flags) == (["anna"], ("also_done",))
    assert done(second.task, ANNA).task.also_done_by_staff_ids == ["anna"]


def test_done_after_a_persons_not_done_is_flagged_and_after_the_servers_it_is_not() -> None:
    assert done(not_done(planned(), ANNA, REFUSED, None, registered=True).task, BORIS).flags == ("done_after_not_done",)
    assert done(not_done_by_next(slot(), NOW), BORIS).flags == ()


def test_a_person_may_say_why_after_the_server_said_not_done_by() -> None:
    told = not_done(not_done_by_next(slot(), NOW), ANNA, REFUSED, "asleep", registered=True).task
    assert (told.state, told.reason, told.ended_by_staff_id) == (TaskState.FAILED, REFUSED, "anna")


def test_an_observation_is_done_only_by_a_set_and_a_response_by_its_fields() -> None:
    for kind in (CareKind.OBSERVATION, CareKind.RESPONSE):
        decision = done_by_hand(planned(kind), ANNA)
        assert (decision.task.is_open, decision.flags) == (True, ("needs_charting",))
    assert not done_by_hand(planned(CareKind.TURNING), ANNA).task.is_open


def test_an_observation_that_was_not_done_stays_due_with_the_reason() -> None:
    task = not_done(planned(CareKind.OBSERVATION), ANNA, REFUSED, "sleeping", registered=True).task
    assert (task.is_open, task.reason, task.reason_text) == (True, REFUSED, "sleeping")


def test_rule_6_not_done_with_a_reason_does_not_stop_a_red() -> None:
    response = planned(CareKind.RESPONSE)
    red = not_done(response, ANNA, REFUSED, None, red=True, registered=True)
    assert (red.task.is_open, red.flags) == (True, ("red_stays",))
    assert not not_done(response, ANNA, REFUSED, None, registered=True).task.is_open


def test_not_done_by_one_who_is_not_registered_ends_no_response() -> None:
    kept = not_done(planned(CareKind.RESPONSE), ANNA, REFUSED, "busy", registered=False)
    assert (kept.task.is_open, kept.task.reason, kept.flags) == (True, REFUSED, ("needs_registered",))
    assert not not_done(planned(), ANNA, REFUSED, None, registered=False).task.is_open


def test_observations_and_responses_are_neither_cancelled_nor_put_off_by_hand() -> None:
    for kind in (CareKind.OBSERVATION, CareKind.RESPONSE):
        assert cancelled_by_hand(planned(kind), ANNA, "x").held is HeldReason.INVALID
        assert deferred(planned(kind), NOW + MINUTE, "x", at=NOW).held is HeldReason.INVALID
    assert cancelled_by_hand(planned(), ANNA, "x").task.state is TaskState.CANCELLED


def test_a_slot_is_put_off_only_until_before_the_next() -> None:
    task = slot()
    kept = deferred(task, NOW + 119 * MINUTE, "theatre", at=NOW).task
    assert (kept.state, kept.due_at, kept.overdue_at) == (
        TaskState.ON_HOLD,
        NOW + 119 * MINUTE,
        NOW + 149 * MINUTE,
    )
    assert deferred(task, NOW + 120 * MINUTE, "theatre", at=NOW).held is HeldReason.INVALID


def test_care_is_put_off_once_before_it_is_overdue_and_at_most_4_hours() -> None:
    task, hours = planned(), 60 * MINUTE
    kept = deferred(task, NOW + 4 * hours, "theatre", at=task.overdue_at - SECOND).task
    assert (kept.state, kept.due_at) == (TaskState.ON_HOLD, NOW + 4 * hours)
    assert deferred(kept, NOW + hours, "back", at=NOW).task.due_at == NOW + hours
    for of, due_at, at, flag in (
        (task, NOW + hours, task.overdue_at, "deferred_after_overdue"),
        (alerted(task), NOW + hours, task.overdue_at, "deferred_after_overdue"),
        (task, NOW + 4 * hours + SECOND, NOW, "deferred_too_far"),
        (kept, NOW + 5 * hours, NOW, "deferred_before"),
    ):
        decision = deferred(of, due_at, "theatre", at=at)
        assert (decision.flags, decision.task) == ((flag,), replace(of, flags=[flag]))


@pytest.mark.parametrize("text_key", ["task.review_stop", "task.review_response"])
def test_the_review_of_stopped_observations_is_not_put_off(text_key: str) -> None:
    review = replace(planned(), text_key=text_key)
    decision = deferred(review, NOW + MINUTE, "later", at=NOW)
    assert (decision.flags, decision.task.due_at, decision.task.state) == (
        ("review_not_deferred",),
        review.due_at,
        TaskState.READY,
    )


def test_the_first_claim_has_the_task_and_the_other_is_told() -> None:
    hers = claimed(planned(), "anna").task
    assert (hers.state, hers.owner_staff_id) == (TaskState.ACCEPTED, "anna")
    other = claimed(hers, "boris")
    assert (other.task.owner_staff_id, other.flags) == ("anna", ("claimed_before",))
    assert claimed(hers, "anna").flags == ()
    assert claimed(done(planned(), ANNA).task, "boris").flags == ("claimed_after_end",)


FIELDS = {
    "whom": "Dr Lee",
    "called_at": NOW,
    "reply": "Coming",
    "expected_by_at": NOW + 30 * MINUTE,
    "attended_at": NOW + 20 * MINUTE,
}


@pytest.mark.parametrize("missing", list(FIELDS))
def test_a_response_is_done_only_when_all_five_fields_are_there(missing: str) -> None:
    some = Reply(**{name: value for name, value in FIELDS.items() if name != missing})
    task = answered(planned(CareKind.RESPONSE), ANNA, some, None, registered=True).task
    assert task.is_open
    rest = answered(task, BORIS, Reply(**{missing: FIELDS[missing]}), None, registered=True).task
    assert (rest.state, rest.response, rest.ended_by_staff_id) == (TaskState.COMPLETED, Reply(**FIELDS), "boris")


def test_a_closing_note_ends_a_response_only_when_the_score_is_better_and_its_author_registered() -> None:
    note = "Score 2 after oxygen"
    for better, registered, state, flags in (
        (True, True, TaskState.COMPLETED, ()),
        (False, True, TaskState.READY, ("not_better",)),
        (True, False, TaskState.READY, ("needs_registered",)),
    ):
        said = answered(planned(CareKind.RESPONSE), ANNA, Reply(), note, registered=registered, better=better)
        assert (said.task.state, said.flags, said.task.reason_text) == (state, flags, note)


def test_five_fields_of_one_who_is_not_registered_are_kept_and_a_registered_nurse_ends_it() -> None:
    kept = answered(planned(CareKind.RESPONSE), BORIS, Reply(**FIELDS), None, registered=False)
    assert (kept.task.state, kept.flags, kept.task.response) == (
        TaskState.READY,
        ("needs_registered",),
        Reply(**FIELDS),
    )
    assert answered(kept.task, ANNA, Reply(), None, registered=True).task.state is TaskState.COMPLETED


def test_fields_that_come_after_the_end_are_kept_and_flagged_and_other_care_has_none() -> None:
    ended = answered(planned(CareKind.RESPONSE), ANNA, Reply(), "closed", registered=True, better=True).task
    late = answered(ended, BORIS, Reply(whom="Dr Lee"), None, registered=True)
    assert (late.flags, late.task.response) == (("answered_after_end",), Reply(whom="Dr Lee"))
    assert answered(planned(), ANNA, Reply(whom="Dr Lee"), None, registered=True).held is HeldReason.INVALID


def alerted(task: Task) -> Task:
    return replace(task, alerted_at=NOW + 30 * MINUTE)


def test_rule_6_what_stops_an_alert() -> None:
    late = Said("anna", NOW + 40 * MINUTE)
    running = alerted(slot())
    ends = {
        AlertEnd(Ending.RESOLVED, "done"): done(running, late).task,
        AlertEnd(Ending.RESOLVED, "not_done"): not_done(running, late, REFUSED, None, registered=True).task,
        AlertEnd(Ending.WITHDRAWN, "cancelled"): cancelled(running, late, "x").task,
        AlertEnd(Ending.WITHDRAWN, "deferred"): deferred(running, NOW + 90 * MINUTE, "x", at=NOW).task,
        AlertEnd(Ending.RESOLVED, "not_done_by"): not_done_by_next(running, NOW),
    }
    assert {expected: ending(running, after) for expected, after in ends.items()} == {end: end for end in ends}


def test_rule_6_accepting_or_claiming_stops_no_alert() -> None:
    running = alerted(slot())
    assert ending(running, claimed(running, "anna").task) is None
    assert ending(running, running) is None


def test_rule_8_what_was_done_before_its_alert_began_withdraws_it() -> None:
    running = alerted(planned())
    assert ending(running, done(running, Said("anna", NOW + 30 * MINUTE - SECOND)).task) == AlertEnd(
        Ending.WITHDRAWN, "done_before"
    )
    assert ending(running, done(running, Said("anna", NOW + 30 * MINUTE)).task) == AlertEnd(Ending.RESOLVED, "done")


def test_a_task_without_an_alert_ends_none_and_one_that_ended_before_ends_none_again() -> None:
    assert ending(planned(), done(planned(), ANNA).task) is None
    assert ending(None, planned()) is None
    failed = not_done_by_next(alerted(slot()), NOW)
    assert ending(failed, done(failed, ANNA).task) is None


@given(st.integers(-300, 60), st.integers(-300, 60), st.integers(-300, 60))
def test_whatever_the_plans_were_moved_care_is_due_before_it_is_overdue_and_what_was_overdue_stays_so(
    due: int, due_then: int, planned_then: int
) -> None:
    was = planned(CareKind.OBSERVATION, NOW + due * MINUTE, interval_minutes=240)
    to = replace(
        planned(CareKind.OBSERVATION, NOW + due_then * MINUTE, interval_minutes=60),
        planned_at=NOW + planned_then * MINUTE,
    )
    task = moved(was, to)
    assert task.due_soon_at <= task.due_at <= task.overdue_at
    if was.overdue_at <= to.planned_at and to.due_at <= to.planned_at:
        assert task.overdue_at <= was.overdue_at
    else:
        assert (task.due_soon_at, task.due_at, task.overdue_at) == (to.due_soon_at, to.due_at, to.overdue_at)
