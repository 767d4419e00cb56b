"""A unit at one instant in one statement: a ward of thirty costs what one of three does."""

from collections.abc import Sequence
from datetime import datetime

from backend.board.view import SCORE, VALUES, Record
from backend.db import Connection

# The latest set is the one that the index of valid sets names first, as every list shows it.
PLACES = f"""
select b.bed_id::text, b.label, s.stay_id::text, s.bed_since_at, s.arrived_at, s.owner_staff_id::text, s.isolation,
    s.departure_planned_at, p.name, p.lang, o.pause_reason, o.paused_at, coalesce(o.stopped, false) as stopped,
    m.readiness, m.marked_at, u.freed_at, r.reserved_at, r.until_at,
    v.observed_at, {", ".join(f"v.{name}" for name in (*VALUES, *SCORE))}, t.tasks
from (select * from bed where unit_id = $1) b
full join (select * from stay where unit_id = $1 and departed_at is null) s on s.bed_id = b.bed_id
left join patient p on p.patient_id = s.patient_id
left join observation_duty o on o.stay_id = s.stay_id
left join bed_status m on m.bed_id = b.bed_id
left join bed_use u on u.bed_id = b.bed_id
left join bed_reservation r on r.bed_id = b.bed_id and r.ended_at is null and r.until_at > $2
left join lateral (
    select * from vital_signs where stay_id = s.stay_id and superseded_by is null and not entered_in_error
    order by observed_at desc, entry_id desc limit 1) v on true
left join lateral (
    select json_agg(json_build_object(
        'task_id', task_id, 'kind', kind, 'due_at', due_at, 'overdue_at', overdue_at,
        'standard_minutes', standard_minutes, 'owner_staff_id', owner_staff_id,
        'interval_minutes', interval_minutes) order by due_at, task_id)::text as tasks
    from task where stay_id = s.stay_id and open and due_at < $3) t on true
order by b.position nulls last, s.stay_id
"""


# How a bed stands, and whose stay is in it.
BEDS = """
select b.bed_id::text, b.bay, b.label, s.stay_id::text, s.bed_since_at, s.arrived_at, o.pause_reason, o.paused_at,
    m.readiness, m.marked_at, u.freed_at, r.reserved_at, r.until_at
from bed b
left join stay s on s.unit_id = $1 and s.departed_at is null and s.bed_id = b.bed_id
left join observation_duty o on o.stay_id = s.stay_id
left join bed_status m on m.bed_id = b.bed_id
left join bed_use u on u.bed_id = b.bed_id
left join bed_reservation r on r.bed_id = b.bed_id and r.ended_at is null and r.until_at > $2
where b.unit_id = $1
order by b.position
"""


async def beds(connection: Connection, unit_id: str, now: datetime) -> Sequence[Record]:
    """The unit's beds in bed order."""
    return await connection.fetch(BEDS, unit_id, now)


async def places(connection: Connection, unit_id: str, now: datetime, until: datetime) -> Sequence[Record]:
    """Beds in bed order and patients without one, each with the latest set and the open work due before `until`."""
    return await connection.fetch(PLACES, unit_id, now, until)
