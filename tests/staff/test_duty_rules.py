"""The ladder from turns of duty, as a pure function."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from backend.access.rules import Contact
from backend.staff.rules import Turn, can_hold, could_know, ladder, owns_stays
from shared_schemas.staff import Post, Role

NOW = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def turn(staff_id: str, post: Post = Post.NURSE, **fields: Any) -> Turn:
    given: dict[str, Any] = {"staff_id": staff_id, "unit_id": "east", "post": post, "started_at": NOW - 4 * HOUR}
    return Turn(**(given | fields))


def test_the_four_of_a_stay_are_owner_her_buddy_charge_and_on_call() -> None:
    turns = [
        turn("anna", buddy_staff_id="boris"),
        turn("boris"),
        turn("charlotte", Post.CHARGE),
        turn("duc", Post.ON_CALL),
    ]
    found = ladder("anna", turns, {"anna": Contact(NOW, push_works=False)}, NOW)
    people = (found.owner, found.buddy, found.charge, found.on_call)
    assert [person and person.staff_id for person in people] == ["anna", "boris", "charlotte", "duc"]
    assert found.owner is not None
    assert (found.owner.last_contact_at, found.owner.reachable) == (NOW, False)


def test_an_owner_who_went_home_is_named_but_not_on_duty_and_her_buddy_stays_buddy() -> None:
    turns = [turn("anna", buddy_staff_id="boris", ended_at=NOW - HOUR), turn("boris")]
    found = ladder("anna", turns, {}, NOW)
    assert found.owner is not None
    assert not found.owner.on_duty
    assert found.buddy is not None
    assert found.buddy.on_duty


def test_an_owner_without_any_turn_is_named_and_nobody_is_nobody() -> None:
    found = ladder("anna", [], {}, NOW)
    assert found.owner is not None
    assert not found.owner.on_duty
    assert (found.buddy, found.charge, found.on_call) == (None, None, None)
    assert ladder(None, [], {}, NOW).owner is None


def test_a_new_turn_counts_more_than_the_one_that_ended() -> None:
    turns = [turn("anna", started_at=NOW - HOUR), turn("anna", ended_at=NOW - HOUR)]
    owner = ladder("anna", turns, {}, NOW).owner
    assert owner is not None
    assert owner.on_duty


@given(st.integers(-120, 120), st.one_of(st.none(), st.integers(-60, 180)))
def test_a_break_with_an_announced_end_is_over_then_and_one_without_lasts(started: int, until: int | None) -> None:
    minutes = timedelta(minutes=1)
    person = turn(
        "anna",
        break_started_at=NOW + started * minutes,
        break_until_at=None if until is None else NOW + until * minutes,
    )
    assert person.is_on_break(NOW) is (until is None or until > 0)
    assert not turn("anna").is_on_break(NOW)


def test_who_may_hold_which_post() -> None:
    assert can_hold(Post.NURSE, {Role.WARD_NURSE})
    assert not can_hold(Post.NURSE, {Role.HEALTHCARE_ASSISTANT})
    assert can_hold(Post.ASSISTANT, {Role.HEALTHCARE_ASSISTANT})
    assert not can_hold(Post.CHARGE, {Role.WARD_NURSE})
    assert can_hold(Post.CHARGE, {Role.WARD_NURSE, Role.CHARGE_NURSE})
    assert can_hold(Post.ON_CALL, {Role.DUTY_CLINICIAN})
    assert not can_hold(Post.CHARGE, {Role.DUTY_CLINICIAN})
    assert not any(can_hold(post, {Role.ADMINISTRATOR}) for post in Post)


def test_an_assistant_helps_in_beds_and_a_nurse_has_them() -> None:
    assert [post for post in Post if owns_stays(post)] == [Post.NURSE, Post.CHARGE]


def test_a_claim_recorded_before_the_other_reached_the_server_could_not_know_it() -> None:
    assert not could_know(NOW - timedelta(seconds=1), NOW)
    assert could_know(NOW, NOW)
