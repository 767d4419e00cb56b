"""The one door for clinical facts: a batch of entries in, a verdict on each out (docs/protocol.md)."""

from collections.abc import Iterable, Sequence

import asyncpg
import msgspec
import structlog

from backend.access.queries import token_hash
from backend.clock import Clock
from backend.db import Database
from backend.errors import WardError
from backend.slice import Slice
from backend.sync.actions.commit import commit_together
from backend.sync.actions.course import Rooms
from backend.sync.actions.lanes import Lanes, Reply
from backend.sync.rules.strict import Brought, Sent, sent
from backend.sync.rules.waiting import mark_waiting
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
        self.rooms = Rooms(
            {body.type_name: handles for body, handles in entries},
            {body.type_name: (body, msgspec.json.Decoder(body)) for body, _ in entries},
        )
        self.lanes = Lanes(self._attempted, self._alone)
        # In which unit's lane a tablet's pushes go. A hint: whoever is unknown has a lane of her own.
        self._unit_of: dict[bytes, str] = {}

    async def receive(self, token: str, push: Push) -> PushReply:
        """Give every entry of a batch its verdict; NotSignedIn for a stranger; what AWAY names: nothing was stored."""
        batch = [sent(raw, self.rooms.decoders) for raw in push.entries]
        mark_waiting(batch)
        # What the tablet has when this is answered: the ward is told of that, and not of what has just come.
        left = max(push.outbox_depth - sum(entry.later is None for entry in batch), 0)
        brought = Brought(token_hash(token), batch, left)
        reply = await self.lanes.committed(self._unit_of.get(brought.token_hash, token), brought)
        if brought.unit_id is not None:
            self._unit_of[brought.token_hash] = brought.unit_id
        return reply

    async def _alone(self, push: Brought) -> Reply:
        """One transaction for a push; if a handler raises, each entry alone, so that none fails its neighbours."""
        try:
            [reply] = await self._attempted([push])
        except AWAY:
            raise
        except Exception:
            log.exception("batch_apart", entries=len(push.batch))
        else:
            return reply
        replies = [await self._entry(push, entry) for entry in push.batch]
        heads = {feed: head for reply in replies for feed, head in reply.heads.items()}
        verdicts = [verdict for reply in replies for verdict in reply.verdicts]
        return msgspec.structs.replace(replies[-1], verdicts=verdicts, heads=heads)

    async def _entry(self, push: Brought, entry: Sent) -> PushReply:
        alone = [Brought(push.token_hash, [entry], push.left)]
        try:
            [reply] = await self._attempted(alone)
        except AWAY:
            raise
        except Exception:
            log.exception("entry_not_applied", entry_id=entry.key)
            entry.body, entry.reason, entry.detail = None, HeldReason.INVALID, HeldDetail.NOT_APPLIED
            [reply] = await self._attempted(alone)
        if isinstance(reply, Exception):
            raise reply
        return reply

    async def _attempted(self, pushes: Sequence[Brought]) -> list[Reply]:
        """A deadlock or a lost race is nobody's fault: the same again, at most three times in all."""
        for attempt in range(ATTEMPTS):
            try:
                return await commit_together(self.database, self.clock, self.rooms, pushes)
            except asyncpg.TransactionRollbackError:
                if attempt == ATTEMPTS - 1:
                    raise
        raise AssertionError("unreachable")
