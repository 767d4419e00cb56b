"""Every entry type and every row type by its name: the one list that doors, tablets and tests read."""

from shared_schemas import alerts, beds, board, late_sets, places, policy, staff, stays, sync, tasks, visits, vitals
from shared_schemas.base import Body, Row

SLICES = (places, policy, staff, stays, beds, vitals, late_sets, visits, tasks, alerts, sync, board)


def _named(base: type) -> dict:
    found = [
        thing
        for room in SLICES
        for thing in vars(room).values()
        if isinstance(thing, type) and issubclass(thing, base) and thing is not base
    ]
    return {thing.type_name: thing for thing in dict.fromkeys(found)}


ENTRIES: dict[str, type[Body]] = _named(Body)
ROWS: dict[str, type[Row]] = _named(Row)
