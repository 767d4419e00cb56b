"""The writing statements of access."""

SET_PAIRING_CODE = """
insert into pairing_code (code_hash, unit_id, expires_at, uses_left) values ($1, $2, $3, $4)
on conflict (code_hash) do update
set unit_id = excluded.unit_id, expires_at = excluded.expires_at, uses_left = excluded.uses_left
"""
USE_PAIRING_CODE = """
update pairing_code set uses_left = uses_left - 1
where code_hash = $1 and expires_at > $2 and uses_left > 0 returning unit_id::text
"""
PAIR = """
insert into device (device_id, unit_id, name, token_hash, paired_at, contact_at)
values (uuidv7(), $1, $2, $3, $4, $4) returning device_id::text
"""
REVOKE = """
with ended as (update session set ended_at = $2 where device_id = $1 and ended_at is null)
update device set revoked_at = $2, row_version = row_version + 1 where device_id = $1 and revoked_at is null
returning unit_id::text, row_version
"""
FAILURES = """
select failures, wait_until_at from pin_failure where device_id = $1 and staff_id = $2 for update
"""
COUNT_FAILURE = """
insert into pin_failure (device_id, staff_id, failures, wait_until_at) values ($1, $2, $3, $4)
on conflict (device_id, staff_id) do update
set failures = greatest(pin_failure.failures + 1, excluded.failures), wait_until_at = excluded.wait_until_at
"""
FORGET_FAILURES = "delete from pin_failure where device_id = $1 and staff_id = $2"
PIN_HASH = "select pin_hash from staff_member where staff_id = $1 and active"
OPEN_SESSION = """
insert into session (session_id, device_id, staff_id, session_key, opened_at, expires_at)
values (uuidv7(), $1, $2, $3, $4, $5) returning session_id::text
"""
END_SESSION = """
update session set ended_at = coalesce(ended_at, $3) where session_id = $2 and device_id = $1 returning staff_id::text
"""
SET_PERSON = """
insert into staff_member (staff_id, name, lang, ui_lang, active, pin_hash) values ($1, $2, $3, $4, $5, $6)
on conflict (staff_id) do update set name = excluded.name, lang = excluded.lang, ui_lang = excluded.ui_lang,
    active = excluded.active, pin_hash = coalesce(excluded.pin_hash, staff_member.pin_hash),
    version = staff_member.version + 1
returning version
"""
END_GRANTS = """
update staff_grant set to_at = $4 where staff_id = $1 and to_at is null
and (unit_id, role) not in (select * from unnest($2::uuid[], $3::text[]))
"""
ADD_GRANTS = """
insert into staff_grant (staff_id, unit_id, role, from_at)
select $1, wanted.unit_id, wanted.role, $4 from unnest($2::uuid[], $3::text[]) as wanted(unit_id, role)
where not exists (select from staff_grant g
    where g.staff_id = $1 and g.unit_id = wanted.unit_id and g.role = wanted.role and g.to_at is null)
"""
LEAVE_UNIT = """
update stay_scope set to_at = greatest(from_at, $3)
where stay_id = $1 and to_at is null and unit_id is distinct from $2::uuid
"""
ENTER_UNIT = """
insert into stay_scope (stay_id, unit_id, from_at)
select $1, $2, $3 where not exists (select from stay_scope where stay_id = $1 and to_at is null)
"""
