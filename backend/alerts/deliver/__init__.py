"""The outbox at work: what is ready is leased, sent outside any transaction, and what came of it is written."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from backend.alerts import statements as sql
from backend.alerts.deliver.again import ring_again
from backend.alerts.deliver.channels import Channels, Subscriber
from backend.alerts.deliver.send import Sending, sendings_of
from backend.alerts.deliver.settle import rung_here, settle
from backend.alerts.rules.outbox import Leased
from backend.batch import together_or_apart
from backend.db import Database, unit_of_work
from backend.slice import Sweep

__all__ = ["LEASED_FOR", "Channels", "Subscriber", "deliver_due", "deliveries", "ring_again", "rung_here"]
log = structlog.get_logger("deliver")
BATCH = 200
# Longer than a sender's own time-out: a lease that ran out belonged to a sender that died.
LEASED_FOR = timedelta(seconds=15)
# One hanging push service does not hold up the proof of the others.
FIRST_PROOF_SECONDS = 0.25


async def deliver_due(database: Database, now: datetime, channels: Channels) -> int:
    """Send a batch of what is ready; how many rows that were.

    1. Lease up to a batch of ready rows (`skip locked`): no other worker has them until the lease runs out.
    2. Read what each person is asked about now; drop what was answered; group the rest by tablet (rule 11). A row
       that raises is logged and tried again when its lease runs out; it stops no other.
    3. Send all at once, outside any transaction, each with its own time-out.
    4. Write `sent` into the rows of proof, retries with growing waits, dead subscriptions and alarms.
    A death between 1 and 4 costs a lease: the row is sent again, and the tablet shows it once (tag and Topic).
    Runs may overlap: their leases are disjoint.
    """
    async with unit_of_work(database, now) as work:
        found = await work.connection.fetch(sql.LEASE, now, now + LEASED_FOR, BATCH)
    leased = [Leased(*row) for row in found]
    sendings = await _sendings(database, now, leased, channels)
    if sendings:
        tasks = [asyncio.ensure_future(sending()) for sending in sendings]
        done, late = await asyncio.wait(tasks, timeout=FIRST_PROOF_SECONDS)
        await settle(database, now, [task.result() for task in done])
        if late:
            await settle(database, now, await asyncio.gather(*late))
    return len(leased)


async def _sendings(database: Database, now: datetime, leased: Sequence[Leased], channels: Channels) -> list[Sending]:
    made: list[Sending] = []

    async def read(rows: Sequence[Leased]) -> int:
        async with unit_of_work(database, now, readonly=True) as work:
            made.extend(await sendings_of(work, rows, channels))
        return len(rows)

    def on_bad(row: Leased, error: Exception) -> None:
        log.error("row_failed", delivery_id=row.delivery_id, exc_info=error)

    await together_or_apart(leased, read, on_bad)
    return made


def deliveries(channels: Channels) -> Sweep:
    """The outbox as a sweep: what is ready goes out by these channels."""
    return Sweep("deliveries", sql.READY_AT, partial(deliver_due, channels=channels))
