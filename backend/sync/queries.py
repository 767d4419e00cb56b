"""What the door asks of the database: one statement admits a whole batch."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from backend.access.rules import GrantSpan, ScopeSpan
from backend.db import Connection, unpacked
from backend.sync.rules.judge import Session

# What bears on entries of these sessions about these stays.
_BEARING = """
    (select array_agg((s.session_id::text, s.device_id::text, s.staff_id::text, s.session_key,
        least(s.expires_at, s.ended_at))) from session s where s.session_id = any({sessions})) as sessions,
    (select array_agg((g.staff_id::text, g.unit_id::text, g.role, g.from_at, g.to_at)) from staff_grant g
        where g.staff_id in (select s.staff_id from session s where s.session_id = any({sessions}))) as grants,
    (select array_agg((c.stay_id::text, c.unit_id::text, c.from_at, c.to_at) order by c.from_at, c.stay_scope_id)
        from stay_scope c where c.stay_id = any({stays})) as spans
"""
BEARING = "select" + _BEARING.format(sessions="$1::uuid[]", stays="$2::uuid[]")

# Of entries: those that are held and were not applied since.
_STILL_HELD = """
    verdict = 'held' and not exists (
        select from held_entry h where h.held_entry_id = entry_id and h.resolution = 'reapplied')
"""

# Columns of new entries from $5 on.
_FRESH = {
    "place": "bigint",
    "entry_id": "uuid",
    "device_id": "uuid",
    "n": "bigint",
    "type": "text",
    "v": "integer",
    "session_id": "uuid",
    "stay_id": "uuid",
    "recorded_at": "timestamptz",
    "observed_at": "timestamptz",
}
_PACKED = {name: unpacked(f"${number}", kind) for number, (name, kind) in enumerate(_FRESH.items(), 5)}
# Proves the tablets, notes their contact, stores every entry that is new (as accepted: the handlers run in this very
# transaction), and reads whatever the judgement needs. Two batches with the same entry meet at its primary key; of two
# here the first is stored.
ADMIT = """
with tablet as (
    update device set contact_at = greatest(contact_at, $2), outbox_depth = b.left_over, last_n = greatest(last_n,
        (select max(t.n) from unnest({places}, {devices}, {counted}) as t(place, device_id, n)
         where t.place = b.place and coalesce(t.device_id, device.device_id) = device.device_id))
    from unnest($1::bytea[], {left_over}) with ordinality as b(token_hash, left_over, place)
    where device.token_hash = b.token_hash and revoked_at is null
    returning b.place, device_id, unit_id, new.contact_at, shown_contact_at, old.last_n,
        (old.outbox_depth > 0) <> (new.outbox_depth > 0) as holds_or_held_back
), author as materialized (
    select session_id, staff_id from session where session_id = any({sessions})
), fresh as (
    insert into entry (entry_id, device_id, n, type, v, session_id, staff_id, stay_id, recorded_at, observed_at,
        received_at, payload_hash, original)
    select e.entry_id, coalesce(e.device_id, tablet.device_id), e.n, coalesce(e.type, ''), e.v, e.session_id,
        s.staff_id, e.stay_id, e.recorded_at, e.observed_at, $2, e.payload_hash, e.original
    from unnest({fresh}, $15::bytea[], $16::bytea[]) with ordinality as e({names}, payload_hash, original, number)
    join tablet using (place) left join author s on s.session_id = e.session_id
    order by e.number
    on conflict (entry_id) do nothing returning entry_id
)
select
    (select array_agg((t.place - 1, t.device_id::text, t.unit_id::text, t.contact_at, t.shown_contact_at, t.last_n,
        feed.epoch, feed.head, t.holds_or_held_back, exists (
            select from loss_incident l where l.device_id = t.device_id and l.closed_at is null)))
        from tablet t join feed on feed.feed_id = 'unit:' || t.unit_id) as tablets,
    (select array_agg(entry_id::text) from fresh) as fresh,
    (select array_agg((entry_id::text, payload_hash, verdict, reason, detail, flags))
        from entry where entry_id = any({entries})) as stored,
    (select array_agg(entry_id::text) from entry where entry_id = any({depends_on}) and {still_held}) as held,
    (select array_agg((held_entry_id::text, author_staff_id::text)) from held_entry
        where held_entry_id = any({entries}) and resolution in ('discarded', 'resent')) as answered,
    (select array_agg((held_entry_id::text, stay_id::text, original)) from held_entry where resolution is null
        and (reason in ('unknown_subject', 'depends_on_held') and stay_id = any({stays})
            or reason = 'unknown_subject' and entry_type = 'held_entry_resolved')) as waiting,
    {bearing}
""".format(
    left_over=unpacked("$3", "bigint"),
    devices=unpacked("$18", "uuid"),
    places=unpacked("$19", "bigint"),
    counted=unpacked("$4", "bigint"),
    fresh=", ".join(_PACKED.values()),
    names=", ".join(_FRESH),
    entries=_PACKED["entry_id"],
    stays=_PACKED["stay_id"],
    depends_on=unpacked("$17", "uuid"),
    still_held=_STILL_HELD,
    sessions=unpacked("$20", "uuid"),
    bearing=_BEARING.format(sessions=unpacked("$20", "uuid"), stays=unpacked("$21", "uuid")),
)
HELD = "select entry_id::text from entry where entry_id = any($1::uuid[]) and" + _STILL_HELD
STORED = """
select entry_id::text, payload_hash, verdict, reason, detail, flags from entry where entry_id = any($1::uuid[])
"""


class Stored(NamedTuple):
    """The first verdict of an entry that came before."""

    entry_id: str
    payload_hash: bytes
    verdict: str
    reason: str | None
    detail: str
    flags: str


class Tablet(NamedTuple):
    """A proven tablet, and where its unit's feed stands.

    `last_n`: the highest number that had come before. `holds_or_held_back`: it has something unsent now and had nothing
    before, or the other way round.
    """

    device_id: str
    unit_id: str
    contact_at: datetime
    shown_contact_at: datetime | None
    last_n: int
    epoch: str
    head: int
    holds_or_held_back: bool
    has_gaps: bool


class Waiting(NamedTuple):
    """A held entry that may be applied when more has come."""

    held_entry_id: str
    stay_id: str | None
    raw: bytes


class Admitted(NamedTuple):
    """Proven tablets by their place among those that ask, and what is known about their batches.

    `spans` are the stays' scopes, oldest first. `answered`: entries of these batches that somebody has discarded or
    sent anew already, and whose these must be (None: anybody's).
    """

    tablets: dict[int, Tablet]
    fresh: set[str]
    stored: dict[str, Stored]
    held: set[str]
    answered: dict[str, str | None]
    waiting: list[Waiting]
    sessions: dict[str, Session]
    spans: dict[str, list[ScopeSpan]]


async def admit(connection: Connection, *parameters: Any) -> Admitted:
    """Admit batches (the parameters of ADMIT); of a tablet that is not there nothing was written."""
    row = await connection.fetchrow(ADMIT, *parameters)
    assert row is not None  # a select without a table gives one row
    return Admitted(
        tablets={place: Tablet(*tablet) for place, *tablet in row["tablets"] or ()},
        fresh=set(row["fresh"] or ()),
        stored={stored[0]: Stored(*stored) for stored in row["stored"] or ()},
        held=set(row["held"] or ()),
        answered=dict(row["answered"] or ()),
        waiting=[Waiting(*waiting) for waiting in row["waiting"] or ()],
        sessions=_sessions(row["sessions"] or (), row["grants"] or ()),
        spans=_spans(row["spans"] or ()),
    )


def _sessions(sessions: Iterable[Sequence[Any]], grants: Iterable[Sequence[Any]]) -> dict[str, Session]:
    held: dict[str, list[GrantSpan]] = {}
    for staff_id, *span in grants:
        held.setdefault(staff_id, []).append(GrantSpan(*span))
    return {session[0]: Session(*session, grants=held.get(session[2], [])) for session in sessions}


def _spans(scopes: Iterable[Sequence[Any]]) -> dict[str, list[ScopeSpan]]:
    spans: dict[str, list[ScopeSpan]] = {}
    for stay_id, *span in scopes:
        spans.setdefault(stay_id, []).append(ScopeSpan(*span))
    return spans


async def bearing(
    connection: Connection, session_ids: Sequence[str], stay_ids: Sequence[str]
) -> tuple[dict[str, Session], dict[str, list[ScopeSpan]]]:
    """Sessions with their people's roles, and where the stays were."""
    row = await connection.fetchrow(BEARING, list(session_ids), list(stay_ids))
    assert row is not None  # a select without a table gives one row
    return _sessions(row["sessions"] or (), row["grants"] or ()), _spans(row["spans"] or ())


async def held_among(connection: Connection, entry_ids: Sequence[str]) -> set[str]:
    """Those of these entries that are held, and were not applied since."""
    rows = await connection.fetch(HELD, list(entry_ids))
    return {row["entry_id"] for row in rows}


async def stored(connection: Connection, entry_ids: Sequence[str]) -> dict[str, Stored]:
    """The first verdicts of entries."""
    rows = await connection.fetch(STORED, list(entry_ids))
    return {row["entry_id"]: Stored(*row) for row in rows}
