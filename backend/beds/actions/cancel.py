"""What cancels of placements mean for reservations: who was to lie in the bed is to lie in it again."""

from collections.abc import Sequence

from backend.beds.actions.write import feed_reservation
from backend.db import Work
from backend.slice import Arrived
from backend.stays import actions as stays
from shared_schemas.stays import PlacementCancelled

# One that goes on begins anew: while it had ended, the bed may have been kept for somebody else.
RESTORE = """
with again as (
    select reservation_id, greatest($2, (
        select max(o.ended_at) from bed_reservation o
        where o.bed_id = r.bed_id and o.reservation_id <> r.reservation_id)) as from_at
    from bed_reservation r where ended_by = $1
)
update bed_reservation r set version = version + 1,
    from_at = coalesce((select a.from_at from again a where a.reservation_id = r.reservation_id), r.from_at),
    ended_at = case when ended_by = $1 then null else ended_at end, ended_by = nullif(ended_by, $1),
    overtaken_at = case when overtaken_by = $1 then null else overtaken_at end, overtaken_by = nullif(overtaken_by, $1)
where (ended_by = $1 or (overtaken_by = $1 and ended_at is null)) and until_at > $2
  and not exists (select from bed_reservation o where o.bed_id = r.bed_id and o.ended_at is null
      and o.until_at > $2 and o.reservation_id <> r.reservation_id)
returning r.*, (select unit_id from bed where bed.bed_id = r.bed_id) as unit_id
"""


async def undo_placements(work: Work, run: Sequence[Arrived[PlacementCancelled]]) -> list[stays.Undone]:
    """Take back placements with what they did to reservations."""
    undone = await stays.undo_placements(work, run)
    for one in undone:
        if one.stay_ids:
            for reservation in await work.connection.fetch(RESTORE, one.cancels, work.now):
                feed_reservation(work, reservation)
    return undone
