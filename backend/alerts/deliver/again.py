"""Ringing again: what asked a person while no tablet of hers listened is due anew, in its own row of the outbox."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from backend.alerts import statements as sql
from backend.alerts.actions.write import SOUND_FREE, SOUND_TAKEN
from backend.alerts.rules.heard import Ringing, rung_again, unheard
from backend.alerts.rules.notices import Asking
from backend.alerts.rules.sending import Fate
from backend.db import Connection, Database, Work, reading, unit_of_work
from backend.places.queries import policies
from shared_schemas.alerts import AlertClass


async def ring_again(database: Database, now: datetime, staff_ids: Collection[str], came_back: Collection[str]) -> bool:
    """Make due again what asks these people and none of their tablets sounded; True when anything is.

    They listen now; `came_back` are those of them who did not a moment ago: what was sent to these and never shown
    counts as not heard.

    1. One statement reads what asks them; most often nothing does, or all was heard, and that is all.
    2. Lock when the tablets of each may sound again, and read once more: of two hellos one rings.
    3. The rules say when each rings (rule 11).
    4. Rows of the outbox are due again; the deliveries ring, and write the proof where it belongs.
    """
    async with reading(database) as connection:
        asked = [each for each, _ in await _ringings(connection, sorted(staff_ids))]
    missed = {each.asking.staff_id for each in asked if unheard(each, came_back=each.asking.staff_id in came_back)}
    if not missed:
        return False
    people = sorted(missed)
    async with unit_of_work(database, now) as work:
        free = {row[0]: row[1] for row in await work.connection.fetch(SOUND_FREE, people)}
        return await _due_again(work, await _ringings(work.connection, people), free, came_back)


async def _ringings(connection: Connection, people: list[str]) -> list[tuple[Ringing, str]]:
    """The loudest ring of each asking, with the unit of its alert."""
    found = await connection.fetch(sql.RINGINGS, people)
    return [(_ringing(row), row["unit_id"]) for row in found]


def _ringing(row: Mapping[str, Any]) -> Ringing:
    alert_class = AlertClass(row["alert_class"])
    return Ringing(
        asking=Asking(
            row["alert_id"], row["step_id"], row["staff_id"], alert_class, row["began_at"], sound=row["sound"]
        ),
        delivery_id=row["delivery_id"],
        ready_at=row["ready_at"],
        done_at=row["done_at"],
        fate=Fate(row["outcome"]) if row["outcome"] else None,
        shown=row["shown"],
        opened=row["opened"],
        pushed=row["pushed"],
    )


async def _due_again(
    work: Work, found: Iterable[tuple[Ringing, str]], free: dict[str, datetime | None], came_back: Collection[str]
) -> bool:
    by_person: defaultdict[str, list[Ringing]] = defaultdict(list)
    units: set[str] = set()
    for ringing, unit_id in found:
        by_person[ringing.asking.staff_id].append(ringing)
        units.add(unit_id)
    in_force = await policies(work.connection, sorted(units), work.now)
    gap = timedelta(seconds=max((policy.sound_gap_s for policy in in_force.values()), default=0))
    rows: list[tuple[str, datetime | None, str, datetime]] = []
    taken: dict[str, datetime] = {}
    for staff_id, hers in by_person.items():
        again = rung_again(hers, came_back, work.now, gap)
        if again is None:
            continue
        timed, free_again_at = again
        taken[staff_id] = max(free_again_at, free.get(staff_id) or free_again_at)
        done = {each.delivery_id: each.done_at for each in hers}
        rows += [(key, done[key], sounding.sound, sounding.ready_at) for key, sounding in timed.items()]
    if not rows:
        return False
    await work.connection.execute(sql.RING_AGAIN, *(list(column) for column in zip(*rows, strict=True)))
    await work.connection.execute(SOUND_TAKEN, list(taken), list(taken.values()))
    return True
