"""Feeds as they are stored: the one writing statement, heads, pages and snapshots."""

from collections.abc import Sequence
from typing import NamedTuple

from backend.changes.rules import MODULUS, Pending, checksum
from backend.db import Connection, unpacked

OPEN_FEED = """
insert into feed (feed_id, epoch) select $1, epoch from feed where feed_id = 'reference' on conflict do nothing
"""

LOCK = "select feed_id from feed where feed_id = any($1::text[]) order by feed_id for update"

ROWS_OF_STAY = """
select type, id, version, rank, "row" from feed_row where feed_id = $1 and stay_id = $2 order by rank, seq
"""

_COLUMNS = {
    "feed_id": "text",
    "type": "text",
    "id": "text",
    "version": "bigint",
    "rank": "smallint",
    "stay_id": "text",
    '"row"': "text",
    "hash": "bigint",
    "place": "bigint",
}
_PENDING = ", ".join(unpacked(f"${number}", kind) for number, kind in enumerate(_COLUMNS.values(), 1))
# Feeds ($10) are locked in the order of their ids, so that two transactions never wait for each other. A row's old hash
# comes from the version that the upsert itself replaces (`old.`), never from the statement's snapshot.
_NUMBERED = f"""
with locked as materialized (
    select feed_id, head from feed where feed_id = any($10::text[]) order by feed_id for update
), numbered as materialized (
    select i.*, l.head + i.place as seq
    from unnest({_PENDING}) as i({", ".join(_COLUMNS)})
    join locked l using (feed_id)
), logged as (
    insert into change (feed_id, seq, type, id, version, "row")
    select feed_id, seq, type, id, version, "row" from numbered
), kept as (
    insert into feed_row as f (feed_id, type, id, version, rank, stay_id, seq, hash, "row")
    select feed_id, type, id, version, rank, stay_id, seq, hash, "row" from numbered where "row" is not null
    on conflict (feed_id, type, id) do update set version = excluded.version, rank = excluded.rank,
        stay_id = excluded.stay_id, seq = excluded.seq, hash = excluded.hash, "row" = excluded."row"
    returning f.feed_id, new.hash::numeric - coalesce(old.hash, 0) as shift
)"""
_REMOVED = """, removed as (
    delete from feed_row f using numbered n
    where n."row" is null and n.type <> 'exit' and (f.feed_id, f.type, f.id) = (n.feed_id, n.type, n.id)
    returning f.feed_id, -f.hash::numeric as shift
), departed as (
    delete from feed_row f using numbered n
    where n.type = 'exit' and f.feed_id = n.feed_id and f.stay_id = n.id
    returning f.feed_id, -f.hash::numeric as shift
)"""
_COUNTED = """, shifts as (
    select feed_id, sum(shift) as shift from ({sources}) s group by feed_id
), last as (
    select feed_id, max(seq) as head from numbered group by feed_id
)
update feed f set head = last.head,
    sum = mod(mod(f.sum + coalesce(s.shift, 0), {modulus}) + {modulus}, {modulus})
from last left join shifts s using (feed_id) where f.feed_id = last.feed_id
returning f.feed_id, f.epoch, f.head
"""
WRITE = _NUMBERED + _COUNTED.format(modulus=MODULUS, sources="select * from kept")
WRITE_AND_REMOVE = (
    _NUMBERED
    + _REMOVED
    + _COUNTED.format(
        modulus=MODULUS, sources="select * from kept union all select * from removed union all select * from departed"
    )
)

HEADS = "select feed_id, epoch, head, sum from feed where feed_id = any($1::text[])"
PAGE = """
select seq, type, id, version, "row" from change
where feed_id = $1 and seq > $2 and seq <= $3 order by seq limit $4
"""
HEAD_AND_PAGE = """
select f.epoch, f.head, c.seq, c.type, c.id, c.version, c."row"
from feed f left join lateral (
    select * from change where feed_id = f.feed_id and seq > $2 and seq <= f.head order by seq limit $3
) c on true
where f.feed_id = $1 order by c.seq
"""
# What a database that went back in time does not have in common with the one that it was: the cluster's identifier (it
# was moved), the time line (a point in time, a replica that took over), a table's own number (loaded from a dump).
# Feeds are locked in the order of their ids, as writers lock them.
BEGIN_EPOCH = """
with found as (
    select s.system_identifier || '/' || left(pg_walfile_name(pg_current_wal_lsn()), 8) || '/' || 'feed'::regclass::oid
        as value from pg_control_system() s
), noted as (
    update lineage l set value = found.value from found where l.value <> found.value or $2 returning 1
), locked as materialized (
    select feed_id from feed where exists (select from noted) order by feed_id for update
), begun as (
    update feed f set epoch = $1 from locked where f.feed_id = locked.feed_id returning 1
)
select count(*) from begun
"""
SNAPSHOT = """
select type, id, version, "row", stay_id, seq from feed_row where feed_id = $1 order by rank, seq desc
"""


class Head(NamedTuple):
    """Where a feed stands; `checksum` is over its rows at `head`."""

    epoch: str
    head: int
    checksum: str


class Delta(NamedTuple):
    """Changes `from_seq`..`to_seq` of a feed; `changes` are their JSON texts, `types` what they are about."""

    feed: str
    epoch: str
    from_seq: int
    to_seq: int
    changes: list[str]
    types: frozenset[str] = frozenset()


def change_text(seq: int, type_name: str, row_id: str, version: int, row: str | None) -> str:
    """A change as JSON; `row` is JSON already, and type and id hold nothing that JSON escapes."""
    return f'{{"seq":{seq},"type":"{type_name}","id":"{row_id}","version":{version},"row":{row or "null"}}}'


def delta(feed: str, epoch: str, from_seq: int, changes: Sequence[Pending]) -> Delta:
    """The changes that one transaction wrote to one feed."""
    texts = [
        change_text(seq, change.type, change.id, change.version, change.row)
        for seq, change in enumerate(changes, from_seq)
    ]
    types = frozenset(change.type for change in changes)
    return Delta(feed, epoch, from_seq, from_seq + len(texts) - 1, texts, types)


async def heads(connection: Connection, feeds: Sequence[str]) -> dict[str, Head]:
    """Head and checksum of each feed that exists."""
    rows = await connection.fetch(HEADS, list(feeds))
    return {row["feed_id"]: Head(row["epoch"], row["head"], checksum(int(row["sum"]))) for row in rows}


async def page(connection: Connection, feed: str, after: int, upto: int, limit: int) -> list[str]:
    """At most `limit` changes after `after` as JSON texts, oldest first. Fewer than asked for: they were pruned."""
    return _following(after, [tuple(row) for row in await connection.fetch(PAGE, feed, after, upto, limit)])


async def head_and_page(connection: Connection, feed: str, after: int, limit: int) -> tuple[str, int, list[str]] | None:
    """Epoch, head, and at most `limit` changes after `after` as JSON texts; None: no such feed."""
    rows = await connection.fetch(HEAD_AND_PAGE, feed, after, limit)
    if not rows:
        return None
    epoch, head = rows[0]["epoch"], rows[0]["head"]
    return epoch, head, _following(after, [tuple(row[2:]) for row in rows if row["seq"] is not None])


def _following(after: int, rows: Sequence[tuple]) -> list[str]:
    """The changes as JSON texts; none when the first of those asked for are pruned, for what follows has a gap."""
    return [change_text(*row) for row in rows] if rows and rows[0][0] == after + 1 else []


class KeptRow(NamedTuple):
    """A current row of a feed; `seq` of the change that brought it."""

    type: str
    id: str
    version: int
    row: str
    stay_id: str | None
    seq: int


async def snapshot_rows(connection: Connection, feed: str) -> list[KeptRow]:
    """All current rows in the order in which a nurse needs them: by rank, newest first."""
    return [KeptRow(*row) for row in await connection.fetch(SNAPSHOT, feed)]


def row_text(row: KeptRow) -> str:
    """A snapshot's row as JSON."""
    return f'{{"type":"{row.type}","id":"{row.id}","version":{row.version},"row":{row.row}}}'
