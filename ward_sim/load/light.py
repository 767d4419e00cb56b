"""A light tablet: it pairs, signs in, follows its feeds live and pushes what was saved on it."""

import asyncio
from collections import deque
from time import perf_counter
from typing import Any, Self

import msgspec

from ward_sim.hospital import Person
from ward_sim.load.follower import AWAY, Follower, encode
from ward_sim.load.ledger import Ledger
from ward_sim.load.line import HttpLine, Refused
from ward_sim.load.tablet import Tablet
from ward_sim.twin.backoff import pause_ms

Json = dict[str, Any]
BATCH = 100


class LightTablet(Follower):
    """A tablet without storage: its outbox is a queue in memory."""

    def __init__(self, tablet: Tablet, staff_id: str | None, ledger: Ledger, *, is_ear: bool = False) -> None:
        super().__init__(tablet, staff_id, ledger, is_ear=is_ear)
        self.outbox: deque[Json] = deque()
        self._flushing = asyncio.Lock()

    @classmethod
    async def paired(
        cls, address: tuple[str, int], code: str, person: Person | None, ledger: Ledger, *, is_ear: bool = False
    ) -> Self:
        """Pair, and sign this person in."""
        line = HttpLine(address)
        if person is None:
            return cls(await Tablet.paired(line, code, ledger.chance), None, ledger, is_ear=is_ear)
        tablet = await Tablet.signed_in(line, code, person, ledger.chance)
        return cls(tablet, person.staff_id, ledger, is_ear=is_ear)

    def came_back(self) -> None:
        """What was saved meanwhile goes out."""
        if self.outbox:
            self._begin(self.flush())

    def save(self, type_name: str, body: Json, at_ms: int) -> None:
        """Put an entry into the outbox."""
        self.outbox.append(self.tablet.entry(type_name, body, at_ms))
        self.outbox_depth = len(self.outbox)

    async def flush(self) -> None:
        """Push the outbox, oldest first, until it is empty; back off as docs/protocol.md says."""
        async with self._flushing:
            await self._flush()

    async def _flush(self) -> None:
        attempts = 0
        while self.outbox:
            batch = [self.outbox[n] for n in range(min(BATCH, len(self.outbox)))]
            begun = perf_counter()
            for entry in batch:
                self.ledger.pending.setdefault(entry["entry_id"], begun)
            try:
                verdicts = await self._posted(batch)
            except (*AWAY, Refused) as error:
                self.ledger.refused[getattr(error, "status", 0)] += 1
                self.tablet.line.hang_up()
                await asyncio.sleep(pause_ms(self.ledger.chance, attempts) / 1000)
                attempts += 1
                continue
            attempts = 0
            self.ledger.pushes.add(perf_counter() - begun)
            self._settle(batch, verdicts)

    async def _posted(self, batch: list[Json]) -> list[Json]:
        push = encode({"outbox_depth": len(self.outbox), "max_n": batch[-1]["n"], "entries": batch})
        headers = {**self.tablet.proof, "content_type": "application/json"}
        reply = await self.tablet.line.ask("POST", "/api/sync/entries", push, **headers)
        return msgspec.json.decode(reply.body)["verdicts"]

    def _settle(self, batch: list[Json], verdicts: list[Json]) -> None:
        for entry, verdict in zip(batch, verdicts, strict=True):
            self.outbox.popleft()
            self.ledger.repeated += verdict["verdict"] == "duplicate"
            if verdict["verdict"] in {"accepted", "flagged", "duplicate"}:
                self.ledger.acknowledged.append((self, entry))
            else:
                self.ledger.wrong.append(f"{entry['type']} was not applied: {verdict}")
        self.outbox_depth = len(self.outbox)
