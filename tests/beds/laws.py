"""What must be so of beds at every instant: by the server's tables, by tablets that follow the feeds, and between both."""

from collections.abc import Sequence
from typing import Any

from backend.beds.rules.state import Lying, Marked, Reserved, Standing, StateSince, bed_state
from shared_schemas.beds import BedState, Readiness
from tests.beds.ward import ROWS, BedWard, standing
from tests.cast import Ward
from tests.tablet import Tablet

OVERLAPS = """
select from bed_stay a join bed_stay b on a.{same} = b.{same} and a.bed_stay_id < b.bed_stay_id
and tstzrange(a.from_at, a.to_at) && tstzrange(b.from_at, b.to_at)
"""
# Each a query that finds the offenders, now and in all the past.
LAWS = {
    "no bed ever holds two": OVERLAPS.format(same="bed_id"),
    "no patient is ever in two beds": OVERLAPS.format(same="stay_id"),
    "nobody lies in a bed before her stay or after it": """
        select from bed_stay b join stay s using (stay_id)
        where not b.entered_in_error and not s.entered_in_error and b.from_at < coalesce(b.to_at, 'infinity')
        and (b.from_at < s.admitted_at or coalesce(b.to_at, 'infinity') > coalesce(s.departed_at, 'infinity'))""",
    "what a stay says of its bed is what the beds say of their stays": """
        select from (select stay_id, bed_id from stay where bed_id is not null and departed_at is null) s
        full join (select stay_id, bed_id from bed_stay where to_at is null) b using (stay_id, bed_id)
        where s.stay_id is null or b.bed_id is null""",
    "a bed stands in the unit of who lies in it": """
        select from stay s join bed b using (bed_id) where s.departed_at is null and s.unit_id <> b.unit_id""",
    "no bed is kept for two": """
        select from bed_reservation a join bed_reservation b on a.bed_id = b.bed_id
        and a.reservation_id < b.reservation_id and a.ended_at is null and b.ended_at is null
        and a.until_at > $1 and b.until_at > $1""",
}
BROKEN = " union all ".join(f"select '{law}' where exists ({sql})" for law, sql in LAWS.items())
SERVERS = """
select b.bed_id::text, s.readiness, s.marked_at, r.reserved_at, r.until_at, l.from_at, d.paused_at,
    (select max(to_at) from bed_stay e where e.bed_id = b.bed_id and not e.entered_in_error) as freed_at
from bed b left join bed_status s using (bed_id)
left join bed_reservation r on r.bed_id = b.bed_id and r.ended_at is null and r.until_at > $1
left join bed_stay l on l.bed_id = b.bed_id and l.to_at is null
left join observation_duty d on d.stay_id = l.stay_id and d.pause_reason = 'leave'
"""
KEPT = " union all ".join(
    f"select {table}::text from {table}"
    for table in ("stay", "placement", "bed_stay", "bed_use", "bed_status", "bed_mark", "bed_reservation")
)
IN_USE = {BedState.OCCUPIED, BedState.ON_LEAVE}
UNWATCHED = """
select count(*) from stay s where departed_at is null
and not exists (select from task t where t.stay_id = s.stay_id and t.open and t.kind = 'observation')
and not exists (select from observation_duty d where d.stay_id = s.stay_id and (d.paused_at is not null or d.stopped))
"""
PLACES = """
select unit_id, bed_id, bed_since_at, owner_staff_id, arrived_at, moved_from_unit_id, departed_at, placed_entry_id,
    (select array_agg((bed_id, from_at, to_at) order by from_at, bed_id) from bed_stay b
     where b.stay_id = s.stay_id and not entered_in_error)
from stay s where stay_id = any($1::uuid[]) and not entered_in_error order by stay_id
"""
# Unit, bed, owner, arrival, unit before, departure: what a cancel restores whatever others did to the bed meanwhile.
RESTORED = (0, 1, 3, 4, 5, 6)


async def places(ward: BedWard, stay_ids: Sequence[str]) -> list[Any]:
    """Where these patients are and have been; whose admission was a mistake has never been anywhere."""
    return [tuple(row) for row in await ward.cast.database.pool.fetch(PLACES, list(stay_ids))]


async def restorable(ward: BedWard, stay_ids: Sequence[str]) -> list[Any]:
    """Of their places what a cancel restores, whatever others did meanwhile."""
    return [tuple(place[at] for at in RESTORED) for place in await places(ward, stay_ids)]


class Laws:
    """The wards' feeds as a tablet of each follows them, held against the server's tables."""

    def __init__(self, ward: BedWard) -> None:
        self.ward = ward
        self.followers: list[tuple[Ward, Tablet]] = []
        self.kept: dict[str, dict[str, list[Any]]] = {}

    async def follow(self) -> None:
        """Begin to follow both wards."""
        cast = self.ward.cast
        for unit, person in ((cast.east, cast.anna), (cast.west, cast.wei)):
            self.followers.append((unit, await cast.another_tablet_of(person)))
        await self.hold()

    def rows(self, type_name: str) -> list[Any]:
        """The rows of a type in both wards as they were when the laws were last held up."""
        return [row for kept in self.kept.values() for row in kept[type_name]]

    def version(self, type_name: str, row_id: str) -> int | None:
        """Which version of a row the tablets have."""
        found = [tablet.kept[f"unit:{unit.unit_id}"].get((type_name, row_id)) for unit, tablet in self.followers]
        return next((row[0] for row in found if row), None)

    async def hold(self, *, told: bool = True) -> None:
        """Every law holds now, and each tablet shows each bed as the server has it. `told`: the server heard something."""
        pool, now = self.ward.cast.database.pool, self.ward.now
        broken = [row[0] for row in await pool.fetch(BROKEN, now)]
        assert broken == [], broken
        servers = {row["bed_id"]: _standing(row) for row in await pool.fetch(SERVERS, now)}
        for unit, tablet in self.followers:
            feed = f"unit:{unit.unit_id}"
            if told:
                await tablet.pull(feed)
            self.kept[feed] = kept = {name: tablet.rows(name) for name in ROWS}
            shown = {bed_id: bed_state(standing(kept, bed_id, now), now) for bed_id in unit.beds}
            right = {bed_id: bed_state(servers[bed_id], now) for bed_id in unit.beds}
            assert shown == right, (shown, right)
            self._occupancy(kept["stay"], shown)

    def _occupancy(self, stays: list[Any], shown: dict[str, StateSince]) -> None:
        """Beds in use are as many as the patients who have one, each in another."""
        lying = [stay.bed_id for stay in stays if stay.bed_id and not stay.departed_at]
        in_use = {bed_id for bed_id, (state, _) in shown.items() if state in IN_USE}
        assert len(lying) == len(in_use)
        assert set(lying) == in_use

    async def everything(self) -> list[str]:
        """All that is kept of stays and beds, to see whether anything changed."""
        return [row[0] for row in await self.ward.cast.database.pool.fetch(KEPT)]


def _standing(row: Any) -> Standing:
    """How a bed stands by the server's own tables."""
    marked = row["readiness"] and Marked(Readiness(row["readiness"]), row["marked_at"])
    reserved = row["until_at"] and Reserved(row["reserved_at"], row["until_at"])
    lying = row["from_at"] and Lying(row["from_at"], row["paused_at"])
    return Standing(lying, marked, row["freed_at"], reserved)
