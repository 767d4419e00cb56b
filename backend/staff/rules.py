"""What follows from what for duty: who may hold a post, whose claim stands, who can be asked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.access.rules import LEADING, Contact
from shared_schemas.staff import Post, Role

# An ended turn of duty stays on the tablets for a day: the colleagues of the shift before can still be found.
SHOWN_AFTER_END = timedelta(days=1)

_NURSES = {Role.WARD_NURSE, Role.CHARGE_NURSE, Role.HEAD_NURSE, Role.HOME_CARE_NURSE, Role.COORDINATOR}
HOLDERS = {
    Post.NURSE: _NURSES,
    Post.ASSISTANT: _NURSES | {Role.HEALTHCARE_ASSISTANT},
    Post.CHARGE: LEADING,
    Post.ON_CALL: LEADING | {Role.DUTY_CLINICIAN},
}


def can_hold(post: Post, roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles in the unit can answer for a post."""
    return not HOLDERS[post].isdisjoint(roles)


def owns_stays(post: Post) -> bool:
    """Whether the stays in this person's beds are hers to answer for: an assistant helps in beds, a nurse has them."""
    return post in (Post.NURSE, Post.CHARGE)


def could_know(recorded_at: datetime, since_at: datetime) -> bool:
    """Whether a claim was made knowing the claim before it. If not, the first to reach the server stands."""
    return recorded_at >= since_at


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of duty as the ladder sees it."""

    staff_id: str
    unit_id: str
    post: Post
    started_at: datetime
    ended_at: datetime | None = None
    buddy_staff_id: str | None = None
    break_started_at: datetime | None = None
    break_until_at: datetime | None = None

    def is_on(self) -> bool:
        """Whether the person is on duty."""
        return self.ended_at is None

    def is_on_break(self, now: datetime) -> bool:
        """Whether the person is on a break at `now`; one with an announced end is over then."""
        if self.break_started_at is None:
            return False
        return self.break_until_at is None or now < self.break_until_at


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the ladder may ask; one who is signed in nowhere has no contact (rule 7)."""

    staff_id: str
    on_duty: bool
    on_break: bool
    reachable: bool | None = None
    last_contact_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ladder:
    """Who answers for a stay, in the order of the steps; None where nobody is.

    `there`: everybody who is on duty in the unit and not on a break.
    """

    owner: Person | None
    buddy: Person | None
    charge: Person | None
    on_call: Person | None
    there: frozenset[str] = frozenset()


def without(ladder: Ladder, staff_id: str) -> Ladder:
    """The ladder without somebody who can not be asked about herself."""

    def other(person: Person | None) -> Person | None:
        return None if person is None or person.staff_id == staff_id else person

    return Ladder(
        other(ladder.owner), other(ladder.buddy), other(ladder.charge), other(ladder.on_call), ladder.there - {staff_id}
    )


def person_of(staff_id: str, turn: Turn | None, contact: Contact | None, now: datetime) -> Person:
    """Somebody by her latest turn of duty in a unit and what is known of her tablets."""
    return Person(
        staff_id,
        on_duty=turn is not None and turn.is_on(),
        on_break=turn is not None and turn.is_on_break(now),
        reachable=contact.push_works if contact else None,
        last_contact_at=contact.last_contact_at if contact else None,
    )


def ladder(owner_staff_id: str | None, turns: Iterable[Turn], contacts: Mapping[str, Contact], now: datetime) -> Ladder:
    """The four of one stay from the latest turns of its unit: an owner who went home is named, not on duty."""
    latest: dict[str, Turn] = {}
    posts: dict[Post, Turn] = {}
    for turn in sorted(turns, key=lambda each: (each.is_on(), each.started_at)):
        latest[turn.staff_id] = turn
        if turn.is_on():
            posts[turn.post] = turn
    owner_turn = latest.get(owner_staff_id or "")
    buddy_staff_id = owner_turn.buddy_staff_id if owner_turn else None

    def person(staff_id: str | None) -> Person | None:
        return person_of(staff_id, latest.get(staff_id), contacts.get(staff_id), now) if staff_id else None

    charge, on_call = posts.get(Post.CHARGE), posts.get(Post.ON_CALL)
    return Ladder(
        owner=person(owner_staff_id),
        buddy=person(buddy_staff_id),
        charge=person(charge.staff_id if charge else None),
        on_call=person(on_call.staff_id if on_call else None),
        there=frozenset(turn.staff_id for turn in latest.values() if turn.is_on() and not turn.is_on_break(now)),
    )
