"""The outbox at work: what is ready is leased, sent outside any transaction, and what came of it is written."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import structlog

from backend.alerts import statements as sql
from backend.alerts.actions.change import change_alerts
from backend.alerts.push import Push, Webhook
from backend.alerts.rules.alert import Alert
from backend.alerts.rules.notices import SILENT, Asking
from backend.alerts.rules.outbox import Leased, Plan, Told, plan
from backend.alerts.rules.sending import Answer, Fate, fate
from backend.db import Database, Work, unit_of_work
from backend.places.queries import policies
from shared_schemas.alerts import AlertClass, Step
from shared_schemas.catalogue import say
from shared_schemas.wire import Notice

logger = structlog.get_logger()
BATCH = 200
# Longer than a sender's own time-out: a lease that ran out belonged to a sender that died.
LEASED_FOR = timedelta(seconds=15)
# One hanging push service does not hold up the proof of the others.
FIRST_PROOF_SECONDS = 0.25
# A notice that a dead tablet gets later than this is no news: its feed has the alert.
TTL = {
    AlertClass.RED: timedelta(minutes=10),
    AlertClass.AMBER: timedelta(hours=1),
    AlertClass.PLAIN: timedelta(hours=1),
}
URGENCY = {AlertClass.RED: "high", AlertClass.AMBER: "high", AlertClass.PLAIN: "normal"}
TEST_TTL = timedelta(minutes=1)
TITLE = "alert.push.title"


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways out of this process. `ring(alert_id, step_id, staff_id, sound)` names the sockets that rang."""

    ring: Callable[[str, str, str, str], Sequence[str]]
    push: Push
    outside: Webhook


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Where a tablet is pushed."""

    device_id: str
    endpoint: str
    p256dh: bytes
    auth: bytes
    lang: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of some rows: how it ended, or when to send again, and the step that the message named."""

    rows: tuple[Leased, ...]
    fate: Fate
    wait: timedelta = timedelta(0)
    told_by_step_id: str | None = None
    status: int | None = None


Sending = Callable[[], Awaitable[Settled]]


async def deliver_due(database: Database, now: datetime, channels: Channels) -> datetime | None:
    """Send everything that is ready, and name the instant at which the next is.

    1. Lease up to a batch of ready rows (`skip locked`): no other worker has them until the lease runs out.
    2. Read what each person is asked about now; drop what was answered; group the rest by tablet (rule 11).
    3. Send all at once, outside any transaction, each with its own time-out.
    4. Write `sent` into the rows of proof, retries with growing waits, dead subscriptions and alarms.
    A death between 1 and 4 costs a lease: the row is sent again, and the tablet shows it once (tag and Topic).
    Runs may overlap: their leases are disjoint.
    """
    async with unit_of_work(database, now) as work:
        found = await work.connection.fetch(sql.LEASE, now, now + LEASED_FOR, BATCH)
        leased = [Leased(*row) for row in found]
        sendings = await _sendings(work, leased, channels) if leased else []
    if sendings:
        tasks = [asyncio.ensure_future(sending()) for sending in sendings]
        done, late = await asyncio.wait(tasks, timeout=FIRST_PROOF_SECONDS)
        await _settle(database, now, [task.result() for task in done])
        if late:
            await _settle(database, now, await asyncio.gather(*late))
    async with unit_of_work(database, now, readonly=True) as work:
        return await work.connection.fetchval(sql.NEXT)


async def _sendings(work: Work, leased: Sequence[Leased], channels: Channels) -> list[Sending]:
    subscribers = await _subscribers(work, leased)
    asked_rows = [row for row in leased if row.channel in ("ring", "push")]
    made, languages = await _planned(work, asked_rows)
    sendings = [_kept(Settled(tuple(made.answered), Fate.ANSWERED))] if made.answered else []
    sendings += [_ring(told, channels) for told in made.rings]
    for told in made.pushes:
        notice = _notice(told, languages.get(told.rows[0].staff_id or "", "en"))
        sendings.append(_push(told, notice, subscribers.get(told.rows[0].device_id or ""), channels, work.now))
    for row in leased:
        if row.channel == "test":
            sendings.append(_test(row, subscribers.get(row.device_id or ""), channels, work.now))
    outside = [row for row in leased if row.channel == "outside"]
    if outside:
        calls = {call["step_id"]: call for call in await work.connection.fetch(sql.CALLS, [r.step_id for r in outside])}
        sendings += [_call(row, calls[row.step_id], channels) for row in outside]
    return sendings


async def _subscribers(work: Work, leased: Iterable[Leased]) -> dict[str, Subscriber]:
    devices = {row.device_id for row in leased if row.device_id}
    if not devices:
        return {}
    return {row[0]: Subscriber(*row) for row in await work.connection.fetch(sql.SUBSCRIBERS, sorted(devices))}


async def _planned(work: Work, rows: Sequence[Leased]) -> tuple[Plan, dict[str, str]]:
    if not rows:
        return Plan(), {}
    people = sorted({row.staff_id for row in rows if row.staff_id})
    asked: dict[str, list[Asking]] = {}
    unit_of: dict[str, str] = {}
    for staff_id, step_id, alert_id, alert_class, began_at, unit_id in await work.connection.fetch(sql.ASKED, people):
        asking = Asking(alert_id, step_id, staff_id, AlertClass(alert_class), began_at)
        asked.setdefault(staff_id, []).append(asking)
        unit_of[staff_id] = unit_id
    storms = await _storms(work, set(unit_of.values()))
    languages = {row[0]: row[1] for row in await work.connection.fetch(sql.LANGUAGES, people)}
    return plan(rows, asked, {who: storms[unit] for who, unit in unit_of.items() if unit in storms}), languages


async def _storms(work: Work, unit_ids: set[str]) -> dict[str, int]:
    """Units where more plain alerts came at once than the policy bears, with how many."""
    if not unit_ids:
        return {}
    in_force = await policies(work.connection, sorted(unit_ids), work.now)
    since = [work.now - timedelta(seconds=policy.storm_window_s) for policy in in_force.values()]
    found = await work.connection.fetch(sql.PLAIN_SINCE, list(in_force), since)
    return {row["unit_id"]: row["alerts"] for row in found if row["alerts"] > in_force[row["unit_id"]].storm_count}


def _notice(told: Told, lang: str) -> Notice:
    """No personal fact: a class and a count."""
    about = told.words
    return Notice(
        alert_id=about.alert_id,
        step_id=about.step_id,
        staff_id=told.rows[0].staff_id or "",
        tag=about.alert_id,
        title=say(lang, TITLE, {}),
        text=say(lang, about.text_key, about.text_params),
        url="/#/alerts" if told.many else f"/#/alerts/{about.alert_id}",
        lang=lang,
        silent=told.sound == SILENT,
    )


def _kept(settled: Settled) -> Sending:
    async def sending() -> Settled:
        return settled

    return sending


def _ring(told: Told, channels: Channels) -> Sending:
    async def sending() -> Settled:
        about, row = told.words, told.rows[0]
        rung = channels.ring(about.alert_id, about.step_id, row.staff_id or "", told.sound)
        return Settled(told.rows, Fate.SENT if rung else Fate.NOBODY_LISTENS)

    return sending


def _push(told: Told, notice: Notice, to: Subscriber | None, channels: Channels, now: datetime) -> Sending:
    async def sending() -> Settled:
        if to is None:
            return Settled(told.rows, Fate.SUBSCRIPTION_GONE)
        answer = await channels.push.send(
            to,
            msgspec.json.encode(notice),
            topic=notice.tag.replace("-", ""),
            ttl=TTL[told.alert_class],
            urgency=URGENCY[told.alert_class],
            now=now,
        )
        return _judged(told.rows, answer, notice.step_id)

    return sending


def _test(row: Leased, to: Subscriber | None, channels: Channels, now: datetime) -> Sending:
    async def sending() -> Settled:
        if to is None:
            return Settled((row,), Fate.SUBSCRIPTION_GONE)
        notice = Notice(
            alert_id=None,
            step_id=None,
            staff_id=row.staff_id or "",
            tag="test",
            title=say(to.lang, TITLE, {}),
            text=say(to.lang, "alert.push.test", {}),
            url="/#/settings",
            lang=to.lang,
        )
        plaintext = msgspec.json.encode(notice)
        answer = await channels.push.send(to, plaintext, topic="test", ttl=TEST_TTL, urgency="high", now=now)
        return _judged((row,), answer, None)

    return sending


def _call(row: Leased, call: dict, channels: Channels) -> Sending:
    async def sending() -> Settled:
        if call["state"] not in ("open", "accepted"):
            return Settled((row,), Fate.ANSWERED)
        figures = {"unit": call["name"], "count": call["top_rounds"]}
        message = {
            "alert_id": call["alert_id"],
            "step_id": call["step_id"],
            "alert_class": call["alert_class"],
            "unit_id": call["unit_id"],
            "began_at": call["began_at"].isoformat(),
            "lang": call["lang"],
            "text": say(call["lang"], "alert.push.outside", figures),
        }
        answer = await channels.outside.call(message)
        return Settled((row,), Fate.NOBODY_LISTENS) if answer is None else _judged((row,), answer, None)

    return sending


def _judged(rows: tuple[Leased, ...], answer: Answer, told_by_step_id: str | None) -> Settled:
    judged, wait = fate(answer, max(row.attempts for row in rows))
    return Settled(rows, judged, wait, told_by_step_id, answer.status)


async def _settle(database: Database, now: datetime, settled: Sequence[Settled]) -> None:
    if not settled:
        return
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
            logger.error("push refused", device_id=row.device_id, status=each.status, delivery_id=row.delivery_id)
        alarms.append((row.device_id, f"status {each.status}" if each.fate is Fate.REFUSED else None))
        if row.channel == "test" or each.fate is Fate.SUBSCRIPTION_GONE:
            works.append((row.device_id, each.fate is Fate.SENT))
    if gone:
        await work.connection.execute(sql.FORGET, gone)
    if alarms:
        await work.connection.execute(sql.ALARM, *(list(column) for column in zip(*alarms, strict=True)))
    if works:
        await work.connection.execute(sql.PUSH_WORKS, *(list(column) for column in zip(*works, strict=True)))


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
