"""Writing what came of deliveries: proof (also of what another process sent), retries, dead subscriptions, alarms."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
import structlog

from backend.alerts import statements as sql
from backend.alerts.actions.change import change_alerts
from backend.alerts.deliver.channels import Settled
from backend.alerts.rules.alert import Alert
from backend.alerts.rules.sending import Fate, pause
from backend.batch import together_or_apart
from backend.db import Database, Work, unit_of_work
from backend.sync.actions.tablets import show_tablet
from shared_schemas.alerts import Step
from shared_schemas.wire import Ring

log = structlog.get_logger("deliver")


async def settle(database: Database, now: datetime, settled: Sequence[Settled]) -> None:
    """One transaction for all that is known by now.

    One that can not be written is logged and sent again, at growing pauses: it rings on, but not at each lease's end.
    """
    unwritten: list[Settled] = []

    async def in_one_work(some: Sequence[Settled]) -> int:
        await _write(database, now, some)
        return len(some)

    def on_bad(each: Settled, error: Exception) -> None:
        log.error("not_settled", delivery_ids=[row.delivery_id for row in each.rows], exc_info=error)
        unwritten.append(each)

    async def put_off(some: Sequence[Settled]) -> int:
        pauses = [(row.delivery_id, now + pause(row.attempts)) for each in some for row in each.rows]
        async with unit_of_work(database, now) as work:
            await work.connection.execute(sql.AGAIN, *(list(column) for column in zip(*pauses, strict=True)))
        return len(some)

    def on_worse(each: Settled, error: Exception) -> None:
        log.error("not_put_off", delivery_ids=[row.delivery_id for row in each.rows], exc_info=error)

    await together_or_apart(settled, in_one_work, on_bad)
    await together_or_apart(unwritten, put_off, on_worse)


async def rung_here(database: Database, now: datetime, rings: Sequence[Ring]) -> None:
    """Another process sent these rings, and sockets of this one rang: the proof that the sender can not write."""

    async def in_one_work(some: Sequence[Ring]) -> int:
        columns = [(ring.step_id, ring.staff_id, ring.sound) for ring in some]
        async with unit_of_work(database, now) as work:
            rows = await work.connection.fetch(sql.RUNG, *(list(column) for column in zip(*columns, strict=True)), now)
            await _note_sent(work, {row[0] for row in rows})
        return len(some)

    def on_bad(ring: Ring, error: Exception) -> None:
        log.error("ring_not_proven", step_id=ring.step_id, exc_info=error)

    await together_or_apart(rings, in_one_work, on_bad)


async def _write(database: Database, now: datetime, settled: Sequence[Settled]) -> None:
    async with unit_of_work(database, now) as work:
        ended = [(row, each) for each in settled if each.fate is not Fate.AGAIN for row in each.rows]
        again = [(row.delivery_id, now + each.wait) for each in settled if each.fate is Fate.AGAIN for row in each.rows]
        if ended:
            columns = [(row.delivery_id, each.fate.value, each.told_by_step_id) for row, each in ended]
            await work.connection.execute(sql.DONE, now, *(list(column) for column in zip(*columns, strict=True)))
        if again:
            await work.connection.execute(sql.AGAIN, *(list(column) for column in zip(*again, strict=True)))
        await _note_subscriptions(work, settled)
        await _note_sent(work, {row.step_id for row, each in ended if each.fate is Fate.SENT and row.step_id})


async def _note_subscriptions(work: Work, settled: Iterable[Settled]) -> None:
    """404 and 410 end a subscription; a refusal is an alarm on it; a test says whether push works on the tablet."""
    gone: list[str] = []
    alarms: list[tuple[str, str | None]] = []
    works: list[tuple[str, bool]] = []
    for each in settled:
        row = each.rows[0]
        if row.device_id is None or each.fate in (Fate.AGAIN, Fate.ANSWERED):
            continue
        if each.fate is Fate.SUBSCRIPTION_GONE:
            gone.append(row.device_id)
        if each.fate in (Fate.REFUSED, Fate.TOO_LARGE):
            log.error("push refused", device_id=row.device_id, status=each.status, delivery_id=row.delivery_id)
        alarms.append((row.device_id, f"status {each.status}" if each.fate is Fate.REFUSED else None))
        if row.channel == "test" or each.fate is Fate.SUBSCRIPTION_GONE:
            works.append((row.device_id, each.fate is Fate.SENT))
    if gone:
        await work.connection.execute(sql.FORGET, gone)
    if alarms:
        await work.connection.execute(sql.ALARM, *(list(column) for column in zip(*alarms, strict=True)))
    if works:
        await work.connection.execute(sql.PUSH_WORKS, *(list(column) for column in zip(*works, strict=True)))
        for device_id, _ in works:
            await show_tablet(work, device_id)


async def _note_sent(work: Work, step_ids: set[str]) -> None:
    if not step_ids:
        return
    unsent = {row[0]: row[1] for row in await work.connection.fetch(sql.UNSENT, sorted(step_ids))}

    def sent(alert: Alert, *_: object) -> Alert:
        called = any(row.step is Step.OUTSIDE and row.step_id in step_ids for row in alert.steps)
        rows = tuple(
            msgspec.structs.replace(row, sent_at=work.now) if row.step_id in step_ids and row.sent_at is None else row
            for row in alert.steps
        )
        outside_sent_at = work.now if called else alert.outside_sent_at
        return msgspec.structs.replace(alert, steps=rows, outside_sent_at=outside_sent_at)

    await change_alerts(work, unsent, sent)
