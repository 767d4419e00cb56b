"""Batches on their way through the slices: run by run, each entry judged, applied or held."""

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from itertools import chain
from typing import NamedTuple

import structlog
from msgspec import Raw

from backend.access.actions import MOVED_STAYS
from backend.access.queries import stay_spans
from backend.changes.queries import heads
from backend.changes.rules import unit_feed
from backend.db import Work
from backend.slice import Arrived, Author, Handles, Outcome
from backend.sync import queries
from backend.sync.actions.hold import Held, hold
from backend.sync.actions.resolve import TO_APPLY, Kept, Reapplying, close, hold_again, still_waiting
from backend.sync.rules.judge import Known, Refusal, bounded, judged
from backend.sync.rules.order import runs, side_by_side, stay_by_stay
from backend.sync.rules.strict import Decoders, Sent, id_from, sent
from shared_schemas.flags import Flag
from shared_schemas.sync import HeldEntryResolved, Resolution
from shared_schemas.wire import EntryVerdict, HeldReason, Verdict

log = structlog.get_logger("door")
RETRY_LATER_S = 300
# Held for want of what another tablet may still bring.
FOR_MORE = frozenset({HeldReason.UNKNOWN_SUBJECT, HeldReason.DEPENDS_ON_HELD})
SET_VERDICTS = """
update entry set verdict = v.verdict, reason = v.reason, detail = v.detail, flags = v.flags
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[]) as v(entry_id, verdict, reason, detail, flags)
where entry.entry_id = v.entry_id
"""


class Rooms(NamedTuple):
    """Who handles which entry type, and how its body is read."""

    handlers: Mapping[str, Handles]
    decoders: Decoders


class Course:
    """The state of batches that are committed together: verdicts by entry key, and what is held."""

    def __init__(
        self,
        work: Work,
        rooms: Rooms,
        admitted: queries.Admitted,
        known: Known,
    ) -> None:
        self.work, self.admitted, self.known = work, admitted, known
        self.rooms = rooms
        self.verdicts: dict[str, EntryVerdict] = {}
        self.waiting: list[Held] = []
        self._stored_waiting = 0
        self._stored = dict(admitted.stored)
        self._firsts: dict[str, Sent] = {}
        self._tablets: dict[str, queries.Tablet] = {}
        # The units' feeds, as far as these batches can have seen them.
        self.heads = {unit_feed(tablet.unit_id): tablet.head for tablet in admitted.tablets.values()}

    async def run(self, batches: Sequence[tuple[queries.Tablet, Sequence[Sent]]]) -> None:
        """Judge and apply every entry that is new, each id once: the first that bears it."""
        for tablet, batch in batches:
            for entry in batch:
                if entry.later is None and self._firsts.setdefault(entry.key, entry) is entry:
                    self._tablets[entry.key] = tablet
        firsts = list(self._firsts.values())
        raced = [
            entry.key for entry in firsts if entry.key not in self.admitted.fresh and entry.key not in self._stored
        ]
        if raced:  # another batch stored it after our statement began: by now its verdict can be seen
            self._stored |= await queries.stored(self.work.connection, raced)
            now = await heads(self.work.connection, list(self.heads))
            self.heads = {feed: head.head for feed, head in now.items()}
        fresh = [stay_by_stay(filter(self._is_new, batch), self.rooms.handlers) for _, batch in batches]
        # One of them may admit the patient of whom another speaks: what came first stays first.
        strange = any(entry.stay_id not in self.known.spans for batch in fresh for entry in batch if entry.stay_id)
        for group in runs(chain.from_iterable(fresh) if strange else side_by_side(fresh)):
            await self._apply(group)

    def _is_new(self, entry: Sent) -> bool:
        return entry.key in self.admitted.fresh and self._firsts.get(entry.key) is entry

    async def _apply(self, group: Sequence[Sent]) -> None:
        taken: list[tuple[Sent, Arrived]] = []
        handles = self.rooms.handlers.get(group[0].envelope.type) if group[0].envelope else None
        for entry in group:
            judgement = judged(entry, handles, self.known) if handles and entry.body else None
            if isinstance(judgement, Arrived) and self._is_ended(judgement):
                judgement = Refusal(HeldReason.ALREADY_CHANGED)
            if isinstance(judgement, Arrived):
                taken.append((entry, judgement))
            else:
                self._refuse(entry, judgement or Refusal(entry.reason or HeldReason.UNKNOWN_TYPE, entry.detail))
        if not taken or handles is None:
            return
        if isinstance(taken[0][1].body, HeldEntryResolved):
            await self._store_waiting()  # it may answer what came with it: a restored server hears both in one push
        outcomes = await handles.apply(self.work, [arrived for _, arrived in taken])
        for (entry, arrived), outcome in zip(taken, outcomes, strict=True):
            self._note(entry, arrived, outcome)
        await self._follow_up()

    async def _follow_up(self) -> None:
        for again in self.work.collected.pop(TO_APPLY, []):
            await self._apply_again(again)
        moved = self.work.collected.pop(MOVED_STAYS, [])
        if moved:
            self.known.spans.update(await stay_spans(self.work.connection, moved))

    async def _apply_again(self, again: Reapplying) -> None:
        """Apply a held entry because a person said so."""
        refusal = await self._refused_again(again.kept, again.by if again.leads else None)
        if refusal is None:
            await close(self.work, again.kept, Resolution.REAPPLIED, again.by.staff_id)
        else:
            await hold_again(self.work, again.kept, refusal.reason, refusal.detail)

    async def _refused_again(self, kept: Kept, lead: Author | None = None) -> Refusal | None:
        """Apply a held entry; returns why not. A reused id stays held: another entry bears that id."""
        entry = self._read(kept)
        handles = self.rooms.handlers.get(entry.envelope.type) if entry.envelope else None
        if kept.held.reason is HeldReason.ID_REUSE:
            return Refusal(HeldReason.ID_REUSE)
        if not (handles and entry.envelope and entry.body):
            return Refusal(entry.reason or HeldReason.UNKNOWN_TYPE, entry.detail)
        stays = [entry.stay_id] if entry.stay_id else []
        bearing = await queries.bearing(self.work.connection, [entry.envelope.session_id], stays)
        judgement = judged(entry, handles, Known(self.work.now, *bearing), lead=lead)
        if not isinstance(judgement, Arrived):
            return judgement
        [outcome] = await handles.apply(self.work, [judgement])
        await self._follow_up()
        refused = outcome.held or outcome.claim_held
        return refused and Refusal(refused, outcome.detail or "")

    async def judge_again(self) -> None:
        """What was held for want of its subject is tried again when more about the same stay has been taken.

        After a restore tablets send again what the server lost, each in its own order and at its own time: a set before
        the admission that another tablet has, an answer before what it answers. What can not be applied stays held.
        """
        taken = {entry.stay_id for entry in self._firsts.values() if self._is_taken(entry)} - {None}
        keys = [key.encode() for key in self._firsts]
        waiting = [
            one.held_entry_id
            for one in self.admitted.waiting
            if one.stay_id in taken or (one.stay_id is None and any(key in one.raw for key in keys))
        ]
        waiting += [held.held_entry_id for held in self.waiting if held.stay_id in taken and held.reason in FOR_MORE]
        found = [(self._read(kept), kept) for kept in await still_waiting(self.work, waiting)] if waiting else []
        for entry, kept in sorted(found, key=lambda one: (one[1].held.recorded_at or one[1].held_at, one[0].n)):
            try:
                async with self.work.savepoint():
                    held_back = entry.depends_on and await queries.held_among(self.work.connection, entry.depends_on)
                    if not held_back and await self._refused_again(kept) is None:
                        await close(self.work, kept, Resolution.REAPPLIED, kept.held.author_staff_id)
            except Exception:
                log.exception("not_judged_again", entry_id=kept.held.held_entry_id)

    def _read(self, kept: Kept) -> Sent:
        return sent(Raw(kept.held.raw), self.rooms.decoders)

    def _is_ended(self, arrived: Arrived) -> bool:
        """On a server that went back in time: a person has ended its waiting already, and it comes once more."""
        answered = self.admitted.answered
        return arrived.entry_id in answered and answered[arrived.entry_id] in {None, arrived.author.staff_id}

    def _is_taken(self, entry: Sent) -> bool:
        verdict = self.verdicts.get(entry.key)
        return verdict is not None and verdict.verdict is not Verdict.HELD

    def _note(self, entry: Sent, arrived: Arrived, outcome: Outcome) -> None:
        if outcome.held is not None:
            self._refuse(entry, Refusal(outcome.held, outcome.detail or ""))
            return
        flags = list(dict.fromkeys((*arrived.flags, *outcome.flags)))
        if outcome.claim_held is not None:
            flags.append(Flag(outcome.claim_held.value))
            self._hold(entry, entry.key, Refusal(outcome.claim_held, outcome.detail or ""), self._tablets[entry.key])
        verdict = Verdict.FLAGGED if flags else Verdict.ACCEPTED
        self.verdicts[entry.key] = EntryVerdict(entry_id=entry.entry_id, verdict=verdict, flags=flags)

    def _refuse(self, entry: Sent, refusal: Refusal) -> None:
        self.known.held.add(entry.key)
        self._hold(entry, entry.key, refusal, self._tablets[entry.key])
        self.verdicts[entry.key] = _held_verdict(entry, refusal)

    def _hold(self, entry: Sent, held_entry_id: str, refusal: Refusal, tablet: queries.Tablet) -> None:
        envelope = entry.envelope
        session = self.known.sessions.get(envelope.session_id) if envelope else None
        self.waiting.append(
            Held(
                held_entry_id,
                tablet.device_id,
                tablet.unit_id,
                envelope.type if envelope else "",
                refusal.reason,
                refusal.detail,
                entry.stay_id,
                session.staff_id if session else None,
                bounded(entry.recorded_at, self.work.now),
                entry.raw,
            )
        )

    def verdicts_on(self, tablet: queries.Tablet, batch: Iterable[Sent]) -> list[EntryVerdict]:
        """A verdict on every entry of a tablet's batch in its order, repeated ones included."""
        return [self._verdict_on(entry, tablet) for entry in batch]

    def _verdict_on(self, entry: Sent, tablet: queries.Tablet) -> EntryVerdict:
        if entry.later is not None:
            return EntryVerdict(
                entry_id=entry.entry_id, verdict=Verdict.LATER, why_later=entry.later, retry_after_s=RETRY_LATER_S
            )
        first = self._firsts[entry.key]
        stored = self._stored.get(entry.key)
        if first is entry and stored is None:
            return self.verdicts[entry.key]
        if entry.payload_hash != (stored.payload_hash if stored else first.payload_hash):
            refusal = Refusal(HeldReason.ID_REUSE)
            self._hold(entry, id_from(sha256(entry.key.encode() + entry.payload_hash).digest()), refusal, tablet)
            return _held_verdict(entry, refusal)
        return _repeated(entry, stored, self.verdicts.get(entry.key))

    async def keep(self) -> None:
        """Store the verdicts that are not plain acceptance, and what waits."""
        others = [
            (
                key,
                verdict.verdict.value,
                verdict.reason and verdict.reason.value,
                verdict.detail or "",
                " ".join(verdict.flags),
            )
            for key, verdict in self.verdicts.items()
            if verdict.verdict is not Verdict.ACCEPTED
        ]
        if others:
            await self.work.connection.execute(SET_VERDICTS, *(list(column) for column in zip(*others, strict=True)))
        await self._store_waiting()

    async def _store_waiting(self) -> None:
        await hold(self.work, self.waiting[self._stored_waiting :])
        self._stored_waiting = len(self.waiting)


def _held_verdict(entry: Sent, refusal: Refusal) -> EntryVerdict:
    detail = refusal.detail or None
    return EntryVerdict(entry_id=entry.entry_id, verdict=Verdict.HELD, reason=refusal.reason, detail=detail)


def _repeated(entry: Sent, stored: queries.Stored | None, first: EntryVerdict | None) -> EntryVerdict:
    verdict = EntryVerdict(entry_id=entry.entry_id, verdict=Verdict.DUPLICATE)
    if stored is not None:
        verdict.outcome = Verdict(stored.verdict)
        verdict.reason = HeldReason(stored.reason) if stored.reason else None
        verdict.detail, verdict.flags = stored.detail or None, [Flag(flag) for flag in stored.flags.split()]
    elif first is not None:
        verdict.outcome, verdict.reason = first.verdict, first.reason
        verdict.detail, verdict.flags = first.detail, first.flags
    return verdict
