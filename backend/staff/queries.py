"""Who answers for a stay now."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from backend.access.queries import contacts
from backend.db import Connection
from backend.staff.rules import Ladder, Person, Turn, ladder, person_of
from shared_schemas.staff import Post

# Open turns, and those that ended within a day: an owner who went home is still named, and so is her buddy.
TURNS = """
select staff_id, unit_id, post, started_at, ended_at, buddy_staff_id, break_started_at, break_until_at
from duty
where unit_id = any($1::uuid[]) and (ended_at is null or ended_at > $2::timestamptz - interval '1 day')
"""


class Answering(Protocol):
    """Who is asked about something: the people of a unit, and one of them first."""

    @property
    def unit_id(self) -> str:
        """Whose people are asked."""
        ...

    @property
    def owner_staff_id(self) -> str | None:
        """Who is asked first."""
        ...


async def ladder_people(connection: Connection, asked: Mapping[str, Answering], now: datetime) -> dict[str, Ladder]:
    """Owner, buddy, charge and on call of each of `asked` by its key, from the duty table at `now` (rule 1)."""
    turns = await turns_of(connection, {one.unit_id for one in asked.values()}, now)
    owners = {one.owner_staff_id for one in asked.values() if one.owner_staff_id}
    people = owners | {turn.staff_id for of_unit in turns.values() for turn in of_unit}
    known = await contacts(connection, sorted(people), now)
    return {key: ladder(one.owner_staff_id, turns.get(one.unit_id, ()), known, now) for key, one in asked.items()}


async def colleague(connection: Connection, unit_id: str, staff_id: str, now: datetime) -> Person:
    """Anybody as the ladder of a unit sees her: who is not on duty there now is off duty."""
    turns = (await turns_of(connection, [unit_id], now)).get(unit_id, [])
    turn = next((each for each in turns if each.staff_id == staff_id and each.is_on()), None)
    known = await contacts(connection, [staff_id], now)
    return person_of(staff_id, turn, known.get(staff_id), now)


async def turns_of(connection: Connection, unit_ids: Iterable[str], now: datetime) -> dict[str, list[Turn]]:
    """Turns of duty by unit, open ones and those of the last day."""
    by_unit: dict[str, list[Turn]] = {}
    for each in await connection.fetch(TURNS, list(unit_ids), now):
        buddy = each["buddy_staff_id"]
        turn = Turn(
            staff_id=str(each["staff_id"]),
            unit_id=str(each["unit_id"]),
            post=Post(each["post"]),
            started_at=each["started_at"],
            ended_at=each["ended_at"],
            buddy_staff_id=None if buddy is None else str(buddy),
            break_started_at=each["break_started_at"],
            break_until_at=each["break_until_at"],
        )
        by_unit.setdefault(turn.unit_id, []).append(turn)
    return by_unit


async def charge_of(connection: Connection, unit_ids: Iterable[str]) -> dict[str, str]:
    """Who is in charge of each unit now; units without anybody are absent."""
    found = await connection.fetch(
        "select unit_id, staff_id from duty where unit_id = any($1::uuid[]) and post = 'charge' and ended_at is null",
        list(unit_ids),
    )
    return {str(each["unit_id"]): str(each["staff_id"]) for each in found}
