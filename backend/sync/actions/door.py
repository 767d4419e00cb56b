"""The one door for clinical facts: a batch of entries in, a verdict on each out (docs/protocol.md)."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import asyncpg
import msgspec
import structlog

from backend.access.queries import token_hash
from backend.changes.actions import HEADS
from backend.changes.rules import unit_feed
from backend.clock import Clock
from backend.db import Database, unit_of_work
from backend.errors import NotSignedIn, WardError
from backend.slice import Handles, Slice
from backend.sync import queries
from backend.sync.actions.course import Course
from backend.sync.actions.losses import fill_gaps, note_gaps
from backend.sync.actions.tablets import is_to_be_told, show_tablet
from backend.sync.rules.gaps import gaps
from backend.sync.rules.judge import Known, bounded, corrected
from backend.sync.rules.strict import Sent, sent
from backend.sync.rules.waiting import mark_waiting
from shared_schemas.base import Body
from shared_schemas.flags import HeldDetail
from shared_schemas.wire import HeldReason, Push, PushReply

log = structlog.get_logger("door")
ATTEMPTS = 3
# The whole batch may come again: the tablet keeps everything.
AWAY = (
    WardError,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
)


class Door:
    """Who handles which entry type, and how its body is read; on which database, and by which clock."""

    def __init__(self, slices: Iterable[Slice], database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        entries = [entry for room in slices for entry in room.entries.items()]
        self.handlers: dict[str, Handles] = {body.type_name: handles for body, handles in entries}
        self.decoders: dict[str, tuple[type[Body], msgspec.json.Decoder[Any]]] = {
            body.type_name: (body, msgspec.json.Decoder(body)) for body, _ in entries
        }


async def receive(door: Door, token: str, push: Push) -> PushReply:
    """Give every entry of a batch its verdict; NotSignedIn for a stranger; what AWAY names, when nothing was stored.

    One transaction for all; if a handler raises, each entry alone, so that one bad entry never fails its neighbours.
    """
    now = door.clock.now()
    batch = [sent(raw, door.decoders) for raw in push.entries]
    mark_waiting(batch)
    # What the tablet still has when this batch is answered: the ward is told of that, and not of what has just come.
    left = max(push.outbox_depth - sum(entry.later is None for entry in batch), 0)
    try:
        return await _attempted(door, now, token, left, batch)
    except AWAY:
        raise
    except Exception:
        log.exception("batch_apart", entries=len(batch))
    replies = [await _alone(door, now, token, left, entry) for entry in batch]
    heads = {feed: head for reply in replies for feed, head in reply.heads.items()}
    verdicts = [verdict for reply in replies for verdict in reply.verdicts]
    return PushReply(verdicts=verdicts, heads=heads, epoch=replies[-1].epoch, server_at=now)


async def _alone(door: Door, now: datetime, token: str, depth: int, entry: Sent) -> PushReply:
    try:
        return await _attempted(door, now, token, depth, [entry])
    except AWAY:
        raise
    except Exception:
        log.exception("entry_not_applied", entry_id=entry.key)
    entry.body, entry.reason, entry.detail = None, HeldReason.INVALID, HeldDetail.NOT_APPLIED
    return await _attempted(door, now, token, depth, [entry])


async def _attempted(door: Door, now: datetime, token: str, depth: int, batch: Sequence[Sent]) -> PushReply:
    """A deadlock or a lost race is nobody's fault: the same again, at most three times in all."""
    for attempt in range(ATTEMPTS):
        try:
            return await _together(door, now, token, depth, batch)
        except asyncpg.TransactionRollbackError:
            if attempt == ATTEMPTS - 1:
                raise
    raise AssertionError("unreachable")


async def _together(door: Door, now: datetime, token: str, depth: int, batch: Sequence[Sent]) -> PushReply:
    async with unit_of_work(door.database, now) as work:
        firsts = _firsts(batch)
        admitted = await queries.admit(work.connection, *_parameters(token, now, depth, batch, firsts))
        if admitted is None:
            raise NotSignedIn("This tablet is not paired.")
        known = Known(now, admitted.sessions, admitted.spans, set(admitted.held))
        course = Course(work, door.handlers, door.decoders, admitted, known)
        await course.run(firsts)
        verdicts = course.verdicts_on(batch)
        await course.keep()
        await _note_counter(course, batch)
        if admitted.holds_or_held_back or is_to_be_told(admitted.contact_at, admitted.shown_contact_at):
            await show_tablet(work, admitted.device_id)
    heads = {unit_feed(admitted.unit_id): course.head, **dict(work.collected.get(HEADS, ()))}
    return PushReply(verdicts=verdicts, heads=heads, epoch=admitted.epoch, server_at=now)


def _firsts(batch: Sequence[Sent]) -> list[Sent]:
    """What can be applied now, each id once: the first that bears it."""
    firsts: dict[str, Sent] = {}
    for entry in batch:
        if entry.later is None:
            firsts.setdefault(entry.key, entry)
    return list(firsts.values())


def _parameters(
    token: str, now: datetime, depth: int, batch: Sequence[Sent], firsts: Sequence[Sent]
) -> tuple[Any, ...]:
    rows = [_row(entry, now) for entry in firsts]
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(11)]
    counted = [entry for entry in batch if entry.envelope]
    devices = [entry.envelope.device_id for entry in counted if entry.envelope]
    depends_on = [entry_id for entry in firsts for entry_id in entry.depends_on]
    return (token_hash(token), now, depth, [entry.n for entry in counted], *columns, depends_on, devices)


def _row(entry: Sent, now: datetime) -> tuple[Any, ...]:
    envelope, body = entry.envelope, entry.body
    if envelope is None:
        return (entry.key, None, entry.n, "", 0, None, None, None, None, entry.payload_hash, entry.raw)
    recorded_at = observed_at = None
    if body is not None and entry.recorded_at is not None:
        recorded_at, observed_at = corrected(entry.recorded_at, body, now)[0], corrected(body.observed_at, body, now)[0]
    about = (envelope.type, envelope.v, envelope.session_id, entry.stay_id)
    return (entry.key, envelope.device_id, entry.n, *about, recorded_at, observed_at, entry.payload_hash, entry.raw)


async def _note_counter(course: Course, batch: Sequence[Sent]) -> None:
    admitted = course.admitted
    own = [
        entry for entry in batch if entry.n and (not entry.envelope or entry.envelope.device_id == admitted.device_id)
    ]
    numbers = [entry.n for entry in own]
    found = gaps(admitted.last_n, numbers)
    if found:
        recorded_at = {entry.n: bounded(entry.recorded_at, course.work.now) for entry in own}
        await note_gaps(course.work, admitted.device_id, admitted.unit_id, found, recorded_at)
    if admitted.has_gaps and any(n <= admitted.last_n for n in numbers):
        await fill_gaps(course.work, admitted.device_id, admitted.unit_id, numbers)
