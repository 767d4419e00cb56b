"""Alerts as they are stored, and the moment of each stay: people, policy, night and what is known of tablets."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from backend.alerts.rules.alert import Alert
from backend.alerts.rules.people import Moment
from backend.alerts.rules.timing import is_night
from backend.db import Connection
from backend.places.queries import policies, time_zones
from backend.staff.queries import ladder_people
from backend.stays.queries import Facts
from shared_schemas.alerts import AlertCause

Causes = Iterable[tuple[AlertCause, str]]

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
STAYS_OF = "select alert_id::text, stay_id::text from alert where alert_id = any($1::uuid[])"
_decoder = msgspec.json.Decoder(Alert)


async def alerts(connection: Connection, alert_ids: Iterable[str]) -> dict[str, Alert]:
    """Alerts with all their rows of proof, oldest first; unknown ones are absent."""
    found = [_decoder.decode(row[0]) for row in await connection.fetch(LOAD, list(alert_ids))]
    return {alert.alert_id: alert for alert in found}


async def running(connection: Connection, causes: Causes) -> dict[str, str]:
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


async def stays_of(connection: Connection, alert_ids: Iterable[str]) -> dict[str, str]:
    """The stay of each alert; unknown ones are absent."""
    found = await connection.fetch(STAYS_OF, list(alert_ids))
    return {row["alert_id"]: row["stay_id"] for row in found}


async def moments(connection: Connection, stays: Mapping[str, Facts], now: datetime) -> dict[str, Moment]:
    """What a decision about each stay needs beside the alert."""
    if not stays:
        return {}
    units = sorted({stay.unit_id for stay in stays.values()})
    in_force = await policies(connection, units, now)
    zones = await time_zones(connection, units)
    ladders = await ladder_people(connection, stays, now)
    nights = {unit: is_night(in_force[unit], now.astimezone(zones[unit]).time()) for unit in units}
    return {
        stay.stay_id: Moment(now, ladders[stay.stay_id], in_force[stay.unit_id], nights[stay.unit_id])
        for stay in stays.values()
    }
