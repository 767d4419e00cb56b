"""From leased rows to messages: what each says, to whom, and how it is sent."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime, timedelta

import msgspec
import structlog

from backend.alerts import statements as sql
from backend.alerts.deliver.channels import Channels, Settled, Subscriber
from backend.alerts.rules.notices import SILENT, Asking
from backend.alerts.rules.outbox import Leased, Plan, Told, plan
from backend.alerts.rules.sending import Answer, Fate, fate
from backend.db import Work
from backend.places.queries import policies
from shared_schemas.alerts import AlertClass
from shared_schemas.catalogue import say
from shared_schemas.wire import Notice

log = structlog.get_logger("deliver")
# A notice that a dead tablet gets later than this is no news: its feed has the alert.
TTL = {
    AlertClass.RED: timedelta(minutes=10),
    AlertClass.AMBER: timedelta(hours=1),
    AlertClass.PLAIN: timedelta(hours=1),
}
URGENCY = {AlertClass.RED: "high", AlertClass.AMBER: "high", AlertClass.PLAIN: "normal"}
TEST_TTL = timedelta(minutes=1)
TITLE = "alert.push.title"
Sending = Callable[[], Awaitable[Settled]]


async def sendings_of(work: Work, leased: Sequence[Leased], channels: Channels) -> list[Sending]:
    """What to do about leased rows, each of them settled by exactly one sending."""
    subscribers = await _subscribers(work, leased)
    asked_rows = [row for row in leased if row.channel in ("ring", "push")]
    made, languages = await _planned(work, asked_rows)
    sendings: list[Sending] = [_kept(Settled(tuple(made.answered), Fate.ANSWERED))] if made.answered else []
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
        tag=about.tag,
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

    return _answered(told.rows, sending)


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

    return _answered(told.rows, sending)


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

    return _answered((row,), sending)


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

    return _answered((row,), sending)


def _answered(rows: tuple[Leased, ...], sending: Sending) -> Sending:
    """Whatever goes wrong in one sending is no answer of that one, and delays the proof of no other."""

    async def answered() -> Settled:
        try:
            return await sending()
        except Exception:
            log.exception("sending_failed", delivery_ids=[row.delivery_id for row in rows])
            return _judged(rows, Answer(None), None)

    return answered


def _judged(rows: tuple[Leased, ...], answer: Answer, told_by_step_id: str | None) -> Settled:
    judged, wait = fate(answer, max(row.attempts for row in rows))
    return Settled(rows, judged, wait, told_by_step_id, answer.status)
