"""SQL of the outbox, by name."""

LEASE = """
update delivery d set locked_until = $2, attempts = attempts + 1
from (
    select delivery_id from delivery
    where done_at is null and ready_at <= $1 and (locked_until is null or locked_until <= $1)
    order by ready_at limit $3 for update skip locked
) ready
where d.delivery_id = ready.delivery_id
returning d.delivery_id::text, d.channel, d.step_id::text, d.staff_id::text, d.device_id::text, d.sound, d.attempts,
    (select t.alert_id::text from alert_step t where t.step_id = d.step_id) as alert_id
"""
READY_AT = "select min(greatest(ready_at, locked_until)) from delivery where done_at is null"

# Everyone asked keeps the alert while it is open, until she answered; her latest asking is the one that is told.
# Each running alert (found by the index of what is due: `is not null` alone does not use it) looks for its own rows; to
# begin with the rows of a person would be to read all that she was ever asked.
_ASKED = """
from alert a cross join lateral (
    select distinct on (t.staff_id) t.staff_id, t.step_id, t.why_ended, t.shown_at, t.opened_at from alert_step t
    where t.alert_id = a.alert_id and t.staff_id = any($1::uuid[])
    and (t.why_ended is null
        or t.why_ended not in ('nobody', 'off_duty', 'on_break', 'declined_before', 'asked_before'))
    order by t.staff_id, t.place desc
) l
"""
_STILL = """
a.next_at > '-infinity' and a.state = 'open' and (l.why_ended is null or l.why_ended in ('timed_out', 'silent'))
"""
ASKED = f"""
select l.staff_id::text, l.step_id::text, a.alert_id::text, a.alert_class, a.began_at, a.unit_id::text
{_ASKED} where {_STILL}
"""
# The loudest ring of everything that asks these people. `offset 0`: looked up for each, never hashed as a whole.
RINGINGS = f"""
select a.alert_id::text, l.step_id::text, l.staff_id::text, a.alert_class, a.began_at, r.sound, a.unit_id::text,
    r.delivery_id::text, r.ready_at, r.done_at, r.outcome, l.shown_at is not null as shown,
    l.opened_at is not null as opened, exists (
        select from delivery p where p.step_id = l.step_id and p.channel = 'push' and p.outcome = 'sent'
        and p.sound = r.sound offset 0) as pushed
{_ASKED} cross join lateral (
    select * from delivery d where d.step_id = l.step_id and d.channel = 'ring'
    order by d.sound <> 'silent' desc, d.ready_at desc limit 1) r
where {_STILL}
"""
# A ring that waits takes its push along. One that a worker took meanwhile is left to it.
RING_AGAIN = """
update delivery d set done_at = null, outcome = null, sound = f.sound, ready_at = f.ready_at,
    attempts = case when f.done_at is null then d.attempts else 0 end
from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::timestamptz[]) as f(delivery_id, done_at, sound, ready_at)
join delivery r on r.delivery_id = f.delivery_id
where d.step_id = r.step_id and d.sound = r.sound and d.locked_until is null
and d.done_at is not distinct from f.done_at and (d.delivery_id = f.delivery_id or f.done_at is null)
"""
# Another process leased it and may have written, or is about to write, that nobody listens there.
RUNG = """
update delivery d set done_at = coalesce(d.done_at, $4), outcome = 'sent', locked_until = null
from unnest($1::uuid[], $2::uuid[], $3::text[]) as f(step_id, staff_id, sound)
where d.channel = 'ring' and d.step_id = f.step_id and d.staff_id = f.staff_id and d.sound = f.sound
and (d.outcome = 'nobody_listens' or d.done_at is null and d.locked_until is not null)
returning d.step_id::text
"""
PLAIN_SINCE = """
select unit_id::text, count(*) as alerts from alert a
join unnest($1::uuid[], $2::timestamptz[]) as since(unit_id, at) using (unit_id)
where a.alert_class = 'plain' and a.next_at is not null and a.began_at > since.at group by unit_id
"""
SUBSCRIBERS = """
select device_id::text, endpoint, p256dh, auth, lang from push_subscription where device_id = any($1::uuid[])
"""
LANGUAGES = "select staff_id::text, ui_lang from staff_member where staff_id = any($1::uuid[])"
CALLS = """
select t.step_id::text, a.alert_id::text, a.alert_class, a.state, a.began_at, a.top_rounds,
    u.unit_id::text, u.name, u.lang
from alert_step t join alert a using (alert_id) join unit u using (unit_id) where t.step_id = any($1::uuid[])
"""

DONE = """
update delivery d set done_at = $1, locked_until = null, outcome = f.outcome, told_by_step_id = f.told_by_step_id
from unnest($2::uuid[], $3::text[], $4::uuid[]) as f(delivery_id, outcome, told_by_step_id)
where d.delivery_id = f.delivery_id and d.done_at is null
"""
AGAIN = """
update delivery d set locked_until = null, ready_at = f.ready_at
from unnest($1::uuid[], $2::timestamptz[]) as f(delivery_id, ready_at)
where d.delivery_id = f.delivery_id and d.done_at is null
"""
FORGET = "delete from push_subscription where device_id = any($1::uuid[])"
ALARM = """
update push_subscription p set alarm = f.alarm from unnest($1::uuid[], $2::text[]) as f(device_id, alarm)
where p.device_id = f.device_id and p.alarm is distinct from f.alarm
"""
PUSH_WORKS = """
update device d set push_works = f.works from unnest($1::uuid[], $2::boolean[]) as f(device_id, works)
where d.device_id = f.device_id and d.push_works is distinct from f.works
"""
UNSENT = """
select distinct t.alert_id::text, a.stay_id::text from alert_step t join alert a using (alert_id)
where t.step_id = any($1::uuid[]) and t.sent_at is null
"""

SUBSCRIBE = """
insert into push_subscription (device_id, endpoint, p256dh, auth, lang, saved_at)
select $1, $2, $3, $4, coalesce($5, p.lang, u.lang), $6
from device d join unit u using (unit_id) left join push_subscription p using (device_id) where d.device_id = $1
on conflict (device_id) do update set endpoint = excluded.endpoint, p256dh = excluded.p256dh, auth = excluded.auth,
    lang = excluded.lang, saved_at = excluded.saved_at, alarm = null
"""
# A browser that was paired anew keeps its endpoint; the tablet that it was before has none any more.
TAKE_OVER = "delete from push_subscription where endpoint = $1 and device_id <> $2"
ASK_FOR_TEST = """
insert into delivery (channel, staff_id, device_id, sound, made_at, ready_at)
select 'test', $1, device_id, 'ring', $3, $3 from push_subscription where device_id = $2 returning delivery_id
"""
TOLD_BY = """
select told_by_step_id::text, d.step_id::text, t.alert_id::text
from delivery d join alert_step t on t.step_id = d.step_id
where told_by_step_id = any($1::uuid[]) and d.step_id <> told_by_step_id and d.outcome = 'sent'
"""
