"""Old changes go: a tablet that was away for longer takes a snapshot."""

from datetime import datetime, timedelta

from backend.db import Database, unit_of_work
from backend.slice import Sweep

# As long as a tablet keeps what it sent (docs/protocol.md): who was away for a week still reads page by page.
KEPT_FOR = timedelta(days=7)
FEEDS, CHANGES = 20, 500

# Where nothing is left to prune and nothing new happens there is nothing to mark either.
PRUNING_AT = f"""
select case when m.at > $1 then m.at when exists (select from change) then $1 end
from (select coalesce(min(marked_at) + interval '{KEPT_FOR.total_seconds()} s', $1) as at from feed_mark) m
"""
# The lowest first: a feed never has a hole.
PRUNE = """
with due as (
    select m.feed_id, least(m.seq, oldest.seq + $3 - 1) as upto
    from feed_mark m, lateral (select min(seq) as seq from change where feed_id = m.feed_id) oldest
    where m.marked_at <= $1 and oldest.seq <= m.seq limit $2
), pruned as (
    delete from change c using due where c.feed_id = due.feed_id and c.seq <= due.upto returning c.seq
)
select count(*) from pruned
"""
MARK = """
with marked as (
    insert into feed_mark (feed_id, seq, marked_at) select feed_id, head, $1 from feed
    where exists (select from change) and not exists (select from feed_mark where marked_at > $2)
    on conflict (feed_id) do update set seq = excluded.seq, marked_at = excluded.marked_at returning 1
)
select count(*) from marked
"""


async def sweep_changes(database: Database, now: datetime) -> int:
    """Prune changes that every feed had a week ago, so that each is kept for one week at least and two at most.

    1. Delete a batch of changes up to marks that are a week old, the lowest of a feed first.
    2. When none is left, mark where each feed stands now. Of two workers one may mark early: the rest waits a week.
    Current rows (`feed_row`) stay: a cursor before the oldest change is answered with a snapshot.
    """
    async with unit_of_work(database, now) as work:
        pruned = await work.connection.fetchval(PRUNE, now - KEPT_FOR, FEEDS, CHANGES)
        return pruned or await work.connection.fetchval(MARK, now, now - KEPT_FOR) or 0


PRUNING = Sweep("pruning", PRUNING_AT, sweep_changes)
