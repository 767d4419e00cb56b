"""Writing alerts: what changed, its rows of proof, its deliveries and its row of the feed, all in one transaction."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

import msgspec

from backend.alerts.rules.alert import Alert, row_of, was_asked
from backend.alerts.rules.notices import Asking, Sounding, soundings
from backend.alerts.rules.people import Moment
from backend.alerts.rules.subject import Subject
from backend.alerts.rules.timing import sound
from backend.changes.actions import append
from backend.db import Work
from shared_schemas.alerts import AlertStep, Step

_COLUMNS = [name for name in Alert.__struct_fields__ if name != "steps"]
_STEP_COLUMNS = ["alert_id", "place", *AlertStep.__struct_fields__]


def _upsert(table: str, key: str, columns: list[str]) -> str:
    listed = ", ".join(columns)
    changes = ", ".join(f"{name} = excluded.{name}" for name in columns if name != key)
    return (
        f"insert into {table} ({listed}) select {listed} from jsonb_populate_recordset(null::{table}, $1::jsonb) "
        f"on conflict ({key}) do update set {changes}"
    )


SAVE = _upsert("alert", "alert_id", _COLUMNS)
SAVE_STEPS = _upsert("alert_step", "step_id", _STEP_COLUMNS)
# Takes the lock on every person's sound, in the order of their ids, and reads it.
SOUND_FREE = """
insert into notice_sound (staff_id, free_at)
select staff_id, '-infinity' from unnest($1::uuid[]) as a(staff_id) order by staff_id
on conflict (staff_id) do update set free_at = notice_sound.free_at
returning staff_id::text, nullif(free_at, '-infinity') as free_at
"""
SOUND_TAKEN = """
update notice_sound n set free_at = t.free_at from unnest($1::uuid[], $2::timestamptz[]) as t(staff_id, free_at)
where n.staff_id = t.staff_id
"""
# Every signed-in tablet of the person is rung and pushed; the outside channel has neither.
DELIVER = """
with asked as (
    select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[]) as a(step_id, staff_id, sound, ready_at)
)
insert into delivery (channel, step_id, staff_id, device_id, sound, made_at, ready_at)
select case when staff_id is null then 'outside' else 'ring' end, step_id, staff_id, null::uuid, sound, $5, ready_at
from asked
union all
select 'push', a.step_id, a.staff_id, p.device_id, a.sound, $5, a.ready_at from asked a
join push_subscription p on p.device_id in (
    select device_id from session s where s.staff_id = a.staff_id and s.ended_at is null and s.expires_at > $5)
"""


async def save(
    work: Work,
    before: Mapping[str, Alert],
    after: Iterable[Alert],
    subjects: Mapping[str, Subject],
    moments: Mapping[str, Moment],
) -> None:
    """Store every alert that changed, with its new and changed rows of proof, and send to whom is asked now."""
    changed = [
        msgspec.structs.replace(alert, version=alert.version + 1)
        for alert in after
        if alert != before.get(alert.alert_id)
    ]
    if not changed:
        return
    await work.connection.execute(SAVE, msgspec.json.encode(changed).decode())
    steps = [row for alert in changed for row in _new_steps(before.get(alert.alert_id), alert)]
    if steps:
        await work.connection.execute(SAVE_STEPS, msgspec.json.encode(steps).decode())
    await _send(work, before, changed, moments)
    for alert in changed:
        feed = subjects[alert.alert_id].feed
        if feed is not None:
            append(work, feed, row_of(alert), row_id=alert.alert_id, version=alert.version, stay_id=alert.stay_id)


def _new_steps(before: Alert | None, alert: Alert) -> Iterator[dict]:
    known = {row.step_id: row for row in before.steps} if before else {}
    for place, row in enumerate(alert.steps):
        if row != known.get(row.step_id):
            yield {"alert_id": alert.alert_id, "place": place, **msgspec.structs.asdict(row)}


def _to_send(before: Alert | None, alert: Alert) -> Iterator[AlertStep]:
    """Askings and calls outside that are new, and those that are asked again after downtime."""
    known = {row.step_id: row for row in before.steps} if before else {}
    for row in alert.steps:
        old = known.get(row.step_id)
        again = old is not None and old.sent_at is not None and row.sent_at is None
        if row.ended_at is None and (old is None or again) and (was_asked(row) or row.step is Step.OUTSIDE):
            yield row


async def _send(
    work: Work, before: Mapping[str, Alert], changed: Iterable[Alert], moments: Mapping[str, Moment]
) -> None:
    by_person: dict[str, list[Asking]] = {}
    made: list[tuple[str, str | None, str, datetime]] = []
    gap = timedelta(0)
    for alert in changed:
        for row in _to_send(before.get(alert.alert_id), alert):
            if row.staff_id is None:
                made.append((row.step_id, None, "ring", work.now))
                continue
            moment = moments[alert.alert_id]
            gap = max(gap, timedelta(seconds=moment.policy.sound_gap_s))
            heard = sound(alert.alert_class, row.round, row.step, night=moment.night)
            asking = Asking(alert.alert_id, row.step_id, row.staff_id, alert.alert_class, alert.began_at, heard)
            by_person.setdefault(row.staff_id, []).append(asking)
    made += [(s.step_id, s.staff_id, s.sound, s.ready_at) for s in await _sounded(work, by_person, gap)]
    if made:
        await work.connection.execute(DELIVER, *(list(column) for column in zip(*made, strict=True)), work.now)


async def _sounded(work: Work, by_person: Mapping[str, list[Asking]], gap: timedelta) -> list[Sounding]:
    if not by_person:
        return []
    free = await work.connection.fetch(SOUND_FREE, list(by_person))
    made: list[Sounding] = []
    taken: dict[str, datetime] = {}
    for staff_id, free_at in free:
        new, free_again_at = soundings(by_person[staff_id], free_at or work.now, work.now, gap)
        made += new
        taken[staff_id] = free_again_at
    await work.connection.execute(SOUND_TAKEN, list(taken), list(taken.values()))
    return made
