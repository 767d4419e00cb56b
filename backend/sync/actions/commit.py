"""Batches committed together: one unit of work for all of them, each tablet with its own proof and its own answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backend.access.rules import feeds_of
from backend.changes.actions import HEADS
from backend.changes.rules import unit_feed
from backend.clock import Clock
from backend.db import Database, Work, packed, packed_instants, unit_of_work
from backend.errors import NotSignedIn
from backend.sync import queries
from backend.sync.actions.course import Course, Rooms
from backend.sync.actions.lanes import Reply
from backend.sync.actions.losses import asked_for, fill_gaps, note_gaps
from backend.sync.actions.tablets import is_to_be_told, show_tablet
from backend.sync.rules.gaps import gaps
from backend.sync.rules.judge import Known, bounded, corrected
from backend.sync.rules.strict import Brought, Sent
from shared_schemas.wire import PushReply


async def commit_together(database: Database, clock: Clock, rooms: Rooms, pushes: Sequence[Brought]) -> list[Reply]:
    """An answer to each push in its order, NotSignedIn to strangers; all is stored or, when this raises, nothing."""
    now = clock.now()
    async with unit_of_work(database, now) as work:
        admitted = await queries.admit(work.connection, *_parameters(pushes, now))
        known = Known(now, admitted.sessions, admitted.spans, set(admitted.held))
        course = Course(work, rooms, admitted, known)
        tablets = [admitted.tablets.get(place) for place in range(len(pushes))]
        for tablet, push in zip(tablets, pushes, strict=True):
            push.unit_id = tablet and tablet.unit_id
        proven = [(tablet, push.batch) for tablet, push in zip(tablets, pushes, strict=True) if tablet]
        await course.run(proven)
        verdicts = {tablet.device_id: course.verdicts_on(tablet, batch) for tablet, batch in proven}
        await course.keep()
        await course.judge_again()
        missing = {}
        for tablet, batch in proven:
            missing[tablet.device_id] = await _note_counter(work, tablet, batch)
            if tablet.holds_or_held_back or is_to_be_told(tablet.contact_at, tablet.shown_contact_at):
                await show_tablet(work, tablet.device_id)
    written = dict(work.collected.get(HEADS, ()))

    def reply_to(tablet: queries.Tablet | None) -> Reply:
        if tablet is None:
            return NotSignedIn("This tablet is not paired.")
        feed = unit_feed(tablet.unit_id)
        # Of what was committed together: a feed's name tells who did something, and is its readers' alone.
        people = [s.staff_id for s in known.sessions.values() if s.device_id == tablet.device_id and s.over_at > now]
        readable = feeds_of(tablet.unit_id, people)
        heads = {feed: course.heads[feed], **{name: head for name, head in written.items() if name in readable}}
        told = {"verdicts": verdicts[tablet.device_id], "missing": missing[tablet.device_id]}
        return PushReply(**told, heads=heads, epoch=tablet.epoch, server_at=now)

    return [reply_to(tablet) for tablet in tablets]


def _parameters(pushes: Sequence[Brought], now: datetime) -> tuple[Any, ...]:
    """The parameters of ADMIT; of each batch every id once."""
    rows, numbers, devices, places, depends_on = [], [], [], [], []
    for place, push in enumerate(pushes, 1):
        firsts: dict[str, Sent] = {}
        for entry in push.batch:
            if entry.n:  # also of one that is not readable otherwise: it has come, and is nobody else's
                numbers.append(entry.n)
                devices.append(entry.envelope and entry.envelope.device_id)
                places.append(place)
            if entry.later is None and firsts.setdefault(entry.key, entry) is entry:
                rows.append((place, *_row(entry, now)))
                depends_on += entry.depends_on
    *columns, recorded_at, observed_at, hashes, originals = zip(*rows, strict=True) if rows else [()] * 12
    instants = packed_instants(recorded_at), packed_instants(observed_at)
    sessions, stays = (sorted(set(ids) - {None}) for ids in columns[-2:])
    listed = map(packed, (depends_on, devices, places, sessions, stays))
    entries = (packed(numbers), *map(packed, columns), *instants, hashes, originals, *listed)
    return ([push.token_hash for push in pushes], now, packed(push.left for push in pushes), *entries)


def _row(entry: Sent, now: datetime) -> tuple[Any, ...]:
    envelope, body = entry.envelope, entry.body
    if envelope is None:
        return (entry.key, None, entry.n, None, 0, None, None, None, None, entry.payload_hash, entry.raw)
    recorded_at = observed_at = None
    if body is not None and entry.recorded_at is not None:
        recorded_at, observed_at = corrected(entry.recorded_at, body, now)[0], corrected(body.observed_at, body, now)[0]
    about = (envelope.type, envelope.v, envelope.session_id, entry.stay_id)
    return (entry.key, envelope.device_id, entry.n, *about, recorded_at, observed_at, entry.payload_hash, entry.raw)


async def _note_counter(work: Work, tablet: queries.Tablet, batch: Sequence[Sent]) -> list[tuple[int, int]]:
    """Record what is missing of the tablet's numbers, and what came after all; returns what it is asked for."""
    own = [entry for entry in batch if entry.n and (not entry.envelope or entry.envelope.device_id == tablet.device_id)]
    numbers = [entry.n for entry in own]
    found = gaps(tablet.last_n, numbers)
    if found:
        recorded_at = {entry.n: bounded(entry.recorded_at, work.now) for entry in own}
        await note_gaps(work, tablet.device_id, tablet.unit_id, found, recorded_at)
    if tablet.has_gaps and any(n <= tablet.last_n for n in numbers):
        await fill_gaps(work, tablet.device_id, tablet.unit_id, numbers)
    return await asked_for(work, tablet.device_id) if found or tablet.has_gaps else []
