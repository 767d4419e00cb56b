"""Time and the ward's turns at work on alerts: each sweep does what is due, one worker an alert."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from backend.alerts import queries
from backend.alerts.actions.change import change_loaded
from backend.alerts.actions.follow import followed
from backend.alerts.rules.alert import Alert, active
from backend.alerts.rules.ladder import wake
from backend.alerts.rules.people import Moment
from backend.alerts.rules.subject import Subject
from backend.alerts.rules.turns import end, left
from backend.batch import DueRows
from backend.changes.actions import gone
from backend.db import Database, Work, unit_of_work
from backend.slice import Sweep
from shared_schemas.alerts import AlertState

BATCH = 100
# Ended alerts stay on the tablets for a shift, so that who comes on sees what happened.
SHOWN_AFTER_END = timedelta(hours=12)
DEPARTED = "departed"

DUE = DueRows(
    "ladder",
    f"select alert_id from alert where next_at <= $1 and alert_id <> all($2::uuid[]) order by next_at limit {BATCH}",
)
CLAIM = """
select alert_id::text from alert where alert_id = any($1::uuid[]) and next_at <= $2 order by alert_id
for no key update skip locked
"""
NEXT_AT = "select min(next_at) from alert"
_TURNED = """
from alert a left join stay s using (stay_id)
where a.next_at is not null and (
    s.departed_at <= $1 or s.unit_id <> a.unit_id
    or coalesce(a.assignee_staff_id, s.owner_staff_id) is distinct from a.owner_staff_id
    or a.alert_class = 'red' and exists (
        select from alert_step t where t.alert_id = a.alert_id and t.staff_id is not null
        and (t.ended_at is null or t.staff_id = a.accepted_by_staff_id and t.why_ended = 'accepted')
        and exists (select from duty d where d.staff_id = t.staff_id and d.ended_at >= t.began_at)
        and not exists (select from duty d where d.staff_id = t.staff_id and d.ended_at is null)))
"""
TURNED = DueRows(
    "turns", f"select a.alert_id {_TURNED} and a.alert_id <> all($2::uuid[]) order by a.alert_id limit {BATCH}"
)
TURNED_AT = f"select $1 where exists (select {_TURNED})"
GONE_HOME = """
select distinct on (staff_id) staff_id::text, receiver_staff_id::text from duty d
where staff_id = any($1::uuid[]) and not exists (
    select from duty o where o.staff_id = d.staff_id and o.ended_at is null)
order by staff_id, ended_at desc
"""
OLD = """
update alert set hidden_at = $1, version = version + 1 where alert_id in (
    select alert_id from alert where ended_at <= $2 and hidden_at is null
    order by ended_at limit 200 for no key update skip locked)
returning alert_id::text, unit_id::text, version
"""
OLD_AT = f"""
select min(ended_at) + interval '{SHOWN_AFTER_END.total_seconds()} s' from alert
where ended_at is not null and hidden_at is null
"""
# The rows of proof stay; what went over which channel is of no use after a while.
DELIVERIES_KEPT_FOR = timedelta(days=7)
PRUNED_EVERY = timedelta(days=1)
DONE_AT = f"""
select min(done_at) + interval '{(DELIVERIES_KEPT_FOR + PRUNED_EVERY).total_seconds()} s' from delivery
where done_at is not null
"""
PRUNE = """
with pruned as (
    delete from delivery where delivery_id in (
        select delivery_id from delivery where done_at <= $1 and exists (select from delivery where done_at <= $2)
        order by done_at limit 1000 for update skip locked)
    returning 1
)
select count(*) from pruned
"""


async def sweep_ladder(database: Database, now: datetime) -> int:
    """Let every alert take the step that is due.

    1. Read which alerts are due, oldest first; lock their stays.
    2. Claim those alerts that are still due and that no other worker holds (`skip locked`).
    3. The rules say what follows: next step, silence, attend limit, end of a snooze, repeat, resume.
    4. The step, its rows of proof, the outbox rows and the feed's change commit together; nothing is sent here.
    A death in between leaves `next_at` where it was.
    """
    return await DUE.each(database, now, _climb)


async def _climb(work: Work, alert_ids: Sequence[str]) -> int:
    stay_of = await queries.stays_of(work.connection, alert_ids)
    stays = await queries.hold(work.connection, stay_of)
    claimed = [row[0] for row in await work.connection.fetch(CLAIM, alert_ids, work.now)]
    before = await queries.alerts(work.connection, claimed)
    await change_loaded(work, before, stays, lambda alert, moment, _: wake(alert, moment))
    return len(claimed)


async def sweep_turns(database: Database, now: datetime) -> int:
    """Let alerts follow their patients and people: departure, transfer, handover, going home (rules 6, 13, 14).

    1. Read the alerts whose stay departed, has another unit or owner than they know, or whose red lies with somebody
       who went home. A handover and a transfer take their alerts along by themselves; duty, beds, departures and offers
       that ended are written by lower rooms, which do not know alerts.
    2. Lock their stays and look again.
    3. Withdraw, restart in the new unit, ask the receiver, or ask the charge nurse, in one transaction a batch.
    """
    return await TURNED.each(database, now, _turn_all)


async def _turn_all(work: Work, alert_ids: Sequence[str]) -> int:
    stay_of = await queries.stays_of(work.connection, alert_ids)
    stays = await queries.hold(work.connection, stay_of)
    before = await queries.alerts(work.connection, stay_of)
    holders = {row.staff_id for alert in before.values() for row in active(alert)}
    holders |= {alert.accepted_by_staff_id for alert in before.values()}
    gone_home = await work.connection.fetch(GONE_HOME, sorted(filter(None, holders)))
    after = await change_loaded(work, before, stays, partial(turn, away={row[0]: row[1] for row in gone_home}))
    return sum(after[alert_id] != alert for alert_id, alert in before.items())


def turn(alert: Alert, moment: Moment, subject: Subject, away: Mapping[str, str | None]) -> Alert:
    """What the stay's facts make of an alert, and those who went home (whom each named as her receiver)."""
    if subject.departed_at is not None and subject.departed_at <= moment.now:
        return end(alert, AlertState.WITHDRAWN, DEPARTED, moment.now)
    here = alert.unit_id == subject.unit_id
    alert = followed(alert, moment, subject)
    if not here:
        return alert
    held = {row.staff_id for row in active(alert)} | {alert.accepted_by_staff_id}
    for staff_id in sorted(away.keys() & held):
        receiver = away[staff_id]
        alert = left(alert, staff_id, None if receiver in away else receiver, moment)
    return alert


async def sweep_ended(database: Database, now: datetime) -> int:
    """Take alerts off the tablets a shift after they ended.

    1. Claim ended alerts that are still shown; a second worker skips them.
    2. Write that they are gone in the same transaction.
    """
    async with unit_of_work(database, now) as work:
        old = await work.connection.fetch(OLD, now, now - SHOWN_AFTER_END)
        for row in old:
            gone(work, f"unit:{row['unit_id']}", "alert", row["alert_id"], row["version"])
    return len(old)


async def sweep_delivered(database: Database, now: datetime) -> int:
    """Once a day, delete a batch of deliveries that ended a week ago; what is still on its way is never touched."""
    async with unit_of_work(database, now) as work:
        since = now - DELIVERIES_KEPT_FOR
        return await work.connection.fetchval(PRUNE, since, since - PRUNED_EVERY) or 0


TURNS = Sweep("turns", TURNED_AT, sweep_turns)
LADDER = Sweep("ladder", NEXT_AT, sweep_ladder)
ENDED = Sweep("ended", OLD_AT, sweep_ended)
DELIVERED = Sweep("delivered", DONE_AT, sweep_delivered)
