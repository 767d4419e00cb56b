"""Alerts as they are stored, and the moment of each stay: people, policy, night and what is known of tablets."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from backend.alerts.rules.alert import Alert
from backend.alerts.rules.people import Moment
from backend.alerts.rules.subject import Subject
from backend.alerts.rules.timing import is_night
from backend.changes.rules import unit_feed
from backend.db import Connection
from backend.places.queries import policies, time_zones
from backend.staff.queries import ladder_people
from backend.staff.rules import without
from backend.stays.queries import Facts, facts
from shared_schemas.alerts import AlertCause

Causes = Iterable[tuple[AlertCause, str]]
# The stay of each alert by its id; None: an SOS is of no stay.
StayOf = Mapping[str, str | None]

LOAD = """
select (to_jsonb(a) || jsonb_build_object('steps', coalesce(
    (select jsonb_agg(to_jsonb(s) order by s.place) from alert_step s where s.alert_id = a.alert_id), '[]')))::text
from alert a where a.alert_id = any($1::uuid[]) order by a.began_at, a.alert_id
"""
OF_CAUSES = """
select a.cause, a.cause_id::text, count(*) as alerts,
    max(a.alert_id::text) filter (where a.next_at is not null) as running,
    (array_agg(a.alert_id::text order by a.began_at desc))[1] as latest
from alert a join unnest($1::text[], $2::uuid[]) as c(cause, cause_id) using (cause, cause_id)
group by a.cause, a.cause_id
"""
RUNNING = """
select alert_id::text, stay_id::text from alert a
join unnest($1::text[], $2::uuid[]) as c(cause, cause_id) using (cause, cause_id)
where a.next_at is not null
"""
LATEST = """
select distinct on (a.cause, a.cause_id) a.alert_id::text from alert a
join unnest($1::text[], $2::uuid[]) as c(cause, cause_id) using (cause, cause_id)
order by a.cause, a.cause_id, a.began_at desc
"""
OPEN_RED = """
select distinct stay_id::text from alert
where stay_id = any($1::uuid[]) and alert_class = 'red' and next_at is not null
"""
STAYS_OF = "select alert_id::text, stay_id::text from alert where alert_id = any($1::uuid[])"
SOS_UNITS = """
select raised_by_staff_id::text, unit_id::text from alert
where cause = 'sos' and cause_id = any($1::uuid[]) and next_at is not null
"""
LOCK = "select from alert where alert_id = any($1::uuid[]) order by alert_id for no key update"
_decoder = msgspec.json.Decoder(Alert)


async def alerts(connection: Connection, alert_ids: Iterable[str]) -> dict[str, Alert]:
    """Alerts with all their rows of proof, oldest first; unknown ones are absent."""
    found = [_decoder.decode(row[0]) for row in await connection.fetch(LOAD, list(alert_ids))]
    return {alert.alert_id: alert for alert in found}


async def running(connection: Connection, causes: Causes) -> StayOf:
    """The stay of each alert about these causes that is not over, by alert."""
    pairs = list(causes)
    if not pairs:
        return {}
    found = await connection.fetch(RUNNING, [cause.value for cause, _ in pairs], [of for _, of in pairs])
    return {row["alert_id"]: row["stay_id"] for row in found}


async def latest(connection: Connection, causes: Causes) -> list[Alert]:
    """The latest alert about each of these causes, over or not; without rows for what never alerted."""
    pairs = list(causes)
    found = await connection.fetch(LATEST, [cause.value for cause, _ in pairs], [of for _, of in pairs])
    return list((await alerts(connection, [row["alert_id"] for row in found])).values()) if found else []


async def with_open_red(connection: Connection, stay_ids: Iterable[str]) -> set[str]:
    """Those of these stays about which somebody is asked in red."""
    return {row[0] for row in await connection.fetch(OPEN_RED, list(stay_ids))}


async def stays_of(connection: Connection, alert_ids: Iterable[str]) -> StayOf:
    """The stay of each alert; unknown ones are absent."""
    found = await connection.fetch(STAYS_OF, list(alert_ids))
    return {row["alert_id"]: row["stay_id"] for row in found}


def subject_of(alert: Alert, stays: Mapping[str, Facts]) -> Subject:
    """The subject of an alert: its stay among `stays` as it is now, or the unit of an SOS, which has no owner.

    The nurse of a visit is asked before the owner of the stay.
    """
    if alert.stay_id is None:
        return Subject(alert.unit_id, None, alert.raised_by_staff_id, None, unit_feed(alert.unit_id))
    stay = stays[alert.stay_id]
    owner = alert.assignee_staff_id or stay.owner_staff_id
    return Subject(stay.unit_id, owner, alert.raised_by_staff_id, stay.departed_at, stay.feed)


async def hold(connection: Connection, stay_of: StayOf) -> dict[str, Facts]:
    """Keep other writers from these alerts by the locks on their stays, in id order; the stays.

    An alert of no stay is locked itself, after them.
    """
    stays = await facts(connection, {stay_id for stay_id in stay_of.values() if stay_id}, lock=True)
    alone = [alert_id for alert_id, stay_id in stay_of.items() if stay_id is None]
    if alone:
        await connection.execute(LOCK, alone)
    return stays


async def moments(connection: Connection, subjects: Mapping[str, Subject], now: datetime) -> dict[str, Moment]:
    """What a decision about each alert needs beside it and its subject; who raised it is not asked about herself."""
    if not subjects:
        return {}
    units = sorted({subject.unit_id for subject in subjects.values()})
    in_force = await policies(connection, units, now)
    zones = await time_zones(connection, units)
    ladders = await ladder_people(connection, subjects, now)
    nights = {unit: is_night(in_force[unit], now.astimezone(zones[unit]).time()) for unit in units}
    found = {}
    for alert_id, subject in subjects.items():
        raiser, ladder = subject.raised_by_staff_id, ladders[alert_id]
        asked = without(ladder, raiser) if raiser else ladder
        found[alert_id] = Moment(now, asked, in_force[subject.unit_id], nights[subject.unit_id])
    return found


async def sos_units(connection: Connection, staff_ids: Iterable[str]) -> dict[str, str]:
    """The unit that is asked about the SOS of each of these people; absent where none goes on."""
    return {row[0]: row[1] for row in await connection.fetch(SOS_UNITS, sorted(staff_ids))}
