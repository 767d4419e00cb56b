"""Four tablets in two wards on which people say whatever comes to mind about beds, with and without a network."""

import random
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Self

from shared_schemas.base import Body
from shared_schemas.stays import (
    BedAssigned,
    BedsSwapped,
    PatientAdmitted,
    PatientDischarged,
    PatientTransferred,
    PlacementCancelled,
)
from shared_schemas.wire import EntryVerdict, Verdict
from tests.beds.laws import Laws, restorable
from tests.beds.sayings import Sayings
from tests.beds.ward import BedWard
from tests.cast import Person
from tests.tablet import Tablet

APPLIED = {Verdict.ACCEPTED, Verdict.FLAGGED}
PLACING = (PatientAdmitted, BedAssigned, PatientTransferred, BedsSwapped, PatientDischarged)


@dataclass
class Hand:
    """A tablet and who holds it; whether it has a network, and every batch that it sent."""

    tablet: Tablet
    person: Person
    online: bool = True
    sent: list[list[dict[str, Any]]] = field(default_factory=list)


class Machine:
    """What was said and what became of it. `applied` counts what the server took, by type; `seen` what happened on the way."""

    def __init__(self, ward: BedWard, seed: int) -> None:
        self.ward, self.rng, self.laws = ward, random.Random(f"beds {seed}"), Laws(ward)
        self.sayings = Sayings(ward, self.rng, self.laws)
        self.hands: list[Hand] = []
        self.said: dict[str, Body] = {}
        self.applied: Counter[type[Body]] = Counter()
        self.seen: Counter[str] = Counter()
        # Where the patients of a placement were just before it, of those that came alone.
        self.before: dict[str, tuple[list[str], list[Any]]] = {}

    @classmethod
    async def begun(cls, ward: BedWard, seed: int) -> Self:
        """Both charge nurses work in both wards, at two tablets each."""
        machine = cls(ward, seed)
        for person in (ward.cast.charlotte, ward.cast.carl):
            await ward.also_in_west(person)
            for _ in range(2):
                machine.hands.append(Hand(await ward.cast.another_tablet_of(person), person))
        await machine.laws.follow()
        return machine

    async def step(self) -> None:
        """Somebody says something; it is sent at once, or later with what follows."""
        hand, rng = self.rng.choice(self.hands), self.rng
        if rng.random() < (0.1 if hand.online else 0.3):
            hand.online = not hand.online
        self._save(hand)
        again, sweeps = bool(hand.sent) and rng.random() < 0.05, rng.random() < 0.04
        if hand.online:
            await self._send(hand)
        if again:
            await self._send_again(hand)
        self.ward.later(rng.choice([0, 1, 1, 2]))
        if sweeps:
            await self.ward.cast.sweep(seconds=rng.choice([30, 600, 1800]))
        await self.laws.hold(told=hand.online or again or sweeps)

    async def come_home(self) -> None:
        """Every tablet finds the network again, one after another, in any order."""
        for hand in self.rng.sample(self.hands, len(self.hands)):
            await self._send(hand)
            await self.laws.hold()
        await self.ward.cast.sweep()
        await self.laws.hold()

    def _save(self, hand: Hand) -> None:
        body = self.sayings.draw()
        entry_id = hand.tablet.save(hand.person.staff_id, body, entry_id=self.sayings.uid())
        self.said[entry_id] = body
        if isinstance(body, PLACING):
            self.sayings.placements.append((body.stay_id, entry_id))

    async def _send(self, hand: Hand) -> None:
        """The outbox as one batch; what waited may come in any order."""
        batch = list(hand.tablet.outbox)
        if not batch:
            return
        if len(batch) > 1:
            self.seen["late"] += 1
            self.rng.shuffle(batch)
        else:
            await self._remember(batch[0]["entry_id"])
        verdicts = await hand.tablet.push(batch)
        hand.sent.append(batch)
        for verdict in verdicts:
            assert verdict.verdict in {*APPLIED, Verdict.HELD}, verdict
            assert verdict.detail != "not_applied", verdict
            self.applied[type(self.said[verdict.entry_id])] += verdict.verdict in APPLIED
        if len(batch) == 1:
            await self._see_restored(verdicts[0])

    async def _send_again(self, hand: Hand) -> None:
        """A batch comes a second time, whole or in part: its answer was lost on the way."""
        batch = self.rng.choice(hand.sent)
        batch = batch[: self.rng.randint(1, len(batch))]
        first = [hand.tablet.verdicts[entry["entry_id"]] for entry in batch]
        before = await self.laws.everything()
        again = await hand.tablet.push(batch)
        assert {each.verdict for each in again} == {Verdict.DUPLICATE}
        assert [each.outcome for each in again] == [each.verdict for each in first]
        assert await self.laws.everything() == before
        hand.tablet.verdicts |= {each.entry_id: each for each in first}
        self.seen["twice"] += 1

    async def _remember(self, entry_id: str) -> None:
        """Where everybody is whom this placement moves."""
        body = self.said[entry_id]
        if isinstance(body, PLACING):
            stay_ids = [body.stay_id, *([body.other_stay_id] if isinstance(body, BedsSwapped) else [])]
            self.before[entry_id] = (stay_ids, await restorable(self.ward, stay_ids))

    async def _see_restored(self, verdict: EntryVerdict) -> None:
        """A cancel that was taken without a flag has put everybody back to where she was."""
        body = self.said[verdict.entry_id]
        if isinstance(body, PlacementCancelled) and verdict.verdict is Verdict.ACCEPTED and body.cancels in self.before:
            stay_ids, before = self.before[body.cancels]
            assert await restorable(self.ward, stay_ids) == before, self.said[body.cancels]
            self.seen["restored"] += 1
