"""The state of a bed, worked out by code of its own, so that golden/bed_state.json means something (docs/adr/0010)."""

from dataclasses import dataclass


@dataclass(slots=True)
class Facts:
    """What a tablet knows about one bed; instants in ms."""

    lies_there: bool = False
    on_leave: bool = False
    readiness: str = "clean"
    marked_at: int | None = None
    freed_at: int | None = None
    reserved_until: int | None = None


def state_of(bed: Facts, now: int) -> str:
    """Return the state: who lies there first, then out of use, then what the last patient left, then who is to come."""
    if bed.lies_there:
        return "on_leave" if bed.on_leave else "occupied"
    if bed.readiness in ("blocked", "closed"):
        return bed.readiness
    left_unmarked = bed.freed_at is not None and (bed.marked_at is None or bed.freed_at >= bed.marked_at)
    if left_unmarked:
        return "dirty"
    if bed.readiness != "clean":
        return bed.readiness
    return "reserved" if bed.reserved_until is not None and now < bed.reserved_until else "free"
