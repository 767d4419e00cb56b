"""A person's own turn of duty: "I am on", a break, "I go home"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.db import Work
from backend.slice import APPLIED, Arrived, Outcome
from backend.staff.actions.write import Duty, change_duty_row, feed_duty, take_from_others
from backend.staff.rules import can_hold, could_know, owns_stays
from backend.stays.actions import leave_beds, take_beds
from backend.stays.queries import bed_nurses
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.staff import (
    BreakEnded,
    BreakStarted,
    DutyChanged,
    DutyEnded,
    DutyStarted,
    Post,
)
from shared_schemas.wire import HeldReason

NOT_PERMITTED = Outcome(held=HeldReason.NOT_PERMITTED, detail=HeldDetail.POST)
ON_CALL_TAKEN = Outcome(held=HeldReason.ALREADY_CHANGED, detail=HeldDetail.ON_CALL_TAKEN)
NOT_HERS = Outcome(held=HeldReason.UNKNOWN_SUBJECT, detail=HeldDetail.UNKNOWN_DUTY)
START = """
insert into duty (duty_id, staff_id, unit_id, post, bed_ids, buddy_staff_id, started_at, post_since_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
returning *
"""


async def start_duty(work: Work, run: Sequence[Arrived[DutyStarted]]) -> list[Outcome]:
    """Take up duty in a unit: a turn that was never ended ends now, beds and their stays become the author's."""
    return [await _start_duty(work, arrived) for arrived in run]


async def _start_duty(work: Work, arrived: Arrived[DutyStarted]) -> Outcome:
    body, staff_id = arrived.body, arrived.author.staff_id
    if not can_hold(body.post, arrived.author.roles_in(body.unit_id)):
        return NOT_PERMITTED
    await _alone_in(work, body.unit_id)
    before = await work.connection.fetchrow(
        "select * from duty where unit_id = $1 and staff_id = $2 and ended_at is null", body.unit_id, staff_id
    )
    if before is not None and before["started_at"] > arrived.observed_at:
        return Outcome(flags=(Flag.LATER_DUTY,))
    taken = await _take_post(work, arrived, body.unit_id, body.post)
    if taken is None:
        return ON_CALL_TAKEN
    if before is not None:
        await _end(work, before, arrived.observed_at)
    beds = await _free_beds(work, arrived, taken.post, body.bed_ids)
    [duty] = await work.connection.fetch(
        START,
        arrived.entry_id,
        staff_id,
        body.unit_id,
        taken.post.value,
        beds.bed_ids,
        body.buddy_staff_id,
        arrived.observed_at,
        work.now,
    )
    feed_duty(work, duty)
    await _take_beds(work, body.unit_id, taken.post, beds.bed_ids, staff_id)
    return Outcome(flags=taken.flags + beds.flags)


async def change_duty(work: Work, run: Sequence[Arrived[DutyChanged]]) -> list[Outcome]:
    """The author changes her own beds, buddy or post during her turn."""
    return [await _change_duty(work, arrived) for arrived in run]


async def _change_duty(work: Work, arrived: Arrived[DutyChanged]) -> Outcome:
    body = arrived.body
    duty = await _own_duty(work, arrived)
    if duty is None:
        return NOT_HERS
    unit_id = str(duty["unit_id"])
    if duty["ended_at"] is not None:
        return Outcome(flags=(Flag.DUTY_ENDED_BEFORE,))
    if not can_hold(body.post, arrived.author.roles_in(unit_id)):
        return NOT_PERMITTED
    await _alone_in(work, unit_id)
    taken = await _take_post(work, arrived, unit_id, body.post)
    if taken is None:
        return ON_CALL_TAKEN
    beds = await _free_beds(work, arrived, taken.post, body.bed_ids)
    left = [str(bed_id) for bed_id in duty["bed_ids"] if str(bed_id) not in beds.bed_ids]
    await leave_beds(work, arrived.author.staff_id, left)
    columns = {"post": taken.post.value, "bed_ids": beds.bed_ids, "buddy_staff_id": body.buddy_staff_id}
    if taken.post.value != duty["post"]:
        columns["post_since_at"] = work.now
    await change_duty_row(work, body.duty_id, **columns)
    await _take_beds(work, unit_id, taken.post, beds.bed_ids, arrived.author.staff_id)
    return Outcome(flags=taken.flags + beds.flags)


async def end_duty(work: Work, run: Sequence[Arrived[DutyEnded]]) -> list[Outcome]:
    """The author goes home. Her stays stay hers until somebody takes or accepts them; new patients are not hers."""
    outcomes = []
    for arrived in run:
        duty = await _own_duty(work, arrived)
        if duty is None:
            outcomes.append(NOT_HERS)
        elif duty["ended_at"] is not None:
            outcomes.append(Outcome(flags=(Flag.DUTY_ENDED_BEFORE,)))
        else:
            await _end(work, duty, arrived.observed_at, receiver_staff_id=arrived.body.receiver_staff_id)
            outcomes.append(APPLIED)
    return outcomes


async def start_break(work: Work, run: Sequence[Arrived[BreakStarted]]) -> list[Outcome]:
    """The author is on a break; the ladder skips her."""
    outcomes = []
    for arrived in run:
        duty = await _own_duty(work, arrived)
        if duty is None:
            outcomes.append(NOT_HERS)
            continue
        await change_duty_row(
            work,
            arrived.body.duty_id,
            break_started_at=arrived.observed_at,
            break_until_at=arrived.body.until_at,
        )
        outcomes.append(APPLIED)
    return outcomes


async def end_break(work: Work, run: Sequence[Arrived[BreakEnded]]) -> list[Outcome]:
    """The author is back."""
    outcomes = []
    for arrived in run:
        duty = await _own_duty(work, arrived)
        if duty is None:
            outcomes.append(NOT_HERS)
            continue
        await change_duty_row(work, arrived.body.duty_id, break_started_at=None, break_until_at=None)
        outcomes.append(APPLIED)
    return outcomes


async def _alone_in(work: Work, unit_id: str) -> None:
    """One change of posts and beds of a unit at a time."""
    await work.connection.execute("select 1 from unit where unit_id = $1 for no key update", unit_id)


async def _own_duty(work: Work, arrived: Arrived) -> Duty | None:
    return await work.connection.fetchrow(
        "select * from duty where duty_id = $1 and staff_id = $2 for no key update",
        arrived.body.duty_id,
        arrived.author.staff_id,
    )


async def _end(work: Work, duty: Duty, at: datetime, receiver_staff_id: str | None = None) -> None:
    bed_ids = [str(bed_id) for bed_id in duty["bed_ids"]]
    await leave_beds(work, str(duty["staff_id"]), bed_ids)
    await change_duty_row(
        work,
        str(duty["duty_id"]),
        ended_at=max(at, duty["started_at"]),
        break_started_at=None,
        break_until_at=None,
        receiver_staff_id=receiver_staff_id,
    )


@dataclass(frozen=True, slots=True)
class _Taken:
    """The post that the author has now."""

    post: Post
    flags: tuple[Flag, ...] = ()


async def _take_post(work: Work, arrived: Arrived, unit_id: str, post: Post) -> _Taken | None:
    """Charge and on call pass to the author unless somebody reached the server first, unknown to her."""
    if post not in (Post.CHARGE, Post.ON_CALL):
        return _Taken(post)
    other = await work.connection.fetchrow(
        "select * from duty where unit_id = $1 and post = $2 and ended_at is null and staff_id <> $3",
        unit_id,
        post.value,
        arrived.author.staff_id,
    )
    if other is None:
        return _Taken(post)
    if not could_know(arrived.recorded_at, other["post_since_at"]):
        return _Taken(Post.NURSE, (Flag.CHARGE_HAS_NURSE,)) if post is Post.CHARGE else None
    if post is Post.CHARGE:
        await change_duty_row(work, str(other["duty_id"]), post=Post.NURSE.value, post_since_at=work.now)
    else:
        await _end(work, other, arrived.observed_at)
    return _Taken(post)


@dataclass(frozen=True, slots=True)
class _Beds:
    """The beds that the author gets of those she named."""

    bed_ids: list[str]
    flags: tuple[Flag, ...] = ()


async def _free_beds(work: Work, arrived: Arrived, post: Post, bed_ids: Sequence[str]) -> _Beds:
    wanted = list(dict.fromkeys(bed_ids))
    if not owns_stays(post) or not wanted:
        return _Beds(wanted)
    others = await bed_nurses(work.connection, wanted)
    kept = {
        other.bed_id
        for other in others
        if other.staff_id != arrived.author.staff_id and not could_know(arrived.recorded_at, other.since_at)
    }
    free = [bed_id for bed_id in wanted if bed_id not in kept]
    return _Beds(free, (Flag.BED_HAS_NURSE,) if kept else ())


async def _take_beds(work: Work, unit_id: str, post: Post, bed_ids: Sequence[str], staff_id: str) -> None:
    if owns_stays(post) and bed_ids:
        await take_from_others(work, unit_id, bed_ids, staff_id)
        await take_beds(work, unit_id, bed_ids, staff_id)
