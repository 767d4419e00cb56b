"""The cast with a tablet each: what they say goes through the tablet's door of a stepped server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime

from backend.app import Ward as Server
from backend.clock import SteppedClock
from backend.db import Database
from backend.settings import Settings
from backend.slice import Outcome
from shared_schemas.base import Body
from shared_schemas.flags import HeldDetail
from shared_schemas.wire import EntryVerdict, HeldReason, Verdict
from tests.cast import Cast, Person
from tests.tablet import Tablet, instant, served

# Flags that the door gives by itself, whatever the slice makes of the entry.
DOOR_FLAGS = {"after_departure", "out_of_scope", "future_time", "clock_unverified"}
CLAIMS = {HeldReason.BED_TAKEN.value: HeldReason.BED_TAKEN, HeldReason.INVALID.value: HeldReason.INVALID}


@dataclass
class DoorCast(Cast):
    """Everybody has a tablet of her own unit and sends one batch at a time."""

    server: Server = field(kw_only=True)
    tablets: dict[str, Tablet] = field(default_factory=dict)
    turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    async def tablet_of(self, person: Person) -> Tablet:
        """Her tablet, paired and signed in when she first needs it."""
        if person.staff_id not in self.tablets:
            self.tablets[person.staff_id] = await self.another_tablet_of(person)
        return self.tablets[person.staff_id]

    async def another_tablet_of(self, person: Person) -> Tablet:
        """One more tablet on which she is signed in."""
        tablet = await Tablet.paired(self.server, person.unit_ids[0], person.name)
        await tablet.sign_in(person.staff_id)
        return tablet

    async def say(
        self, person: Person, body: Body, *, recorded_at: datetime | None = None, entry_id: str | None = None
    ) -> Outcome:
        """She saves the entry and her tablet sends it; what the slice made of it, read from the verdict."""
        async with self.turns.setdefault(person.staff_id, asyncio.Lock()):
            tablet = await self.tablet_of(person)
            given = {"entry_id": entry_id, "recorded_at": recorded_at and instant(recorded_at)}
            verdict = await tablet.say(
                person.staff_id, body, **{name: value for name, value in given.items() if value is not None}
            )
        return outcome_of(verdict)


def outcome_of(verdict: EntryVerdict) -> Outcome:
    """The slice's part of a verdict."""
    if verdict.verdict is Verdict.HELD:
        return Outcome(held=verdict.reason, detail=HeldDetail(verdict.detail) if verdict.detail else None)
    flags = tuple(flag for flag in verdict.flags if flag not in DOOR_FLAGS)
    claims = [CLAIMS[flag] for flag in flags if flag in CLAIMS]
    if claims:
        return Outcome(flags=tuple(flag for flag in flags if flag not in CLAIMS), claim_held=claims[0])
    return Outcome(flags=flags)


@asynccontextmanager
async def at_the_door(database: Database, clock: SteppedClock, settings: Settings) -> AsyncIterator[DoorCast]:
    """The cast, set up, on a served hospital."""
    async with served(settings, clock) as server:
        cast = DoorCast(database, clock, server=server)
        await cast.set_up()
        yield cast
