"""Who had left when: by the versions of stays that the witnesses saw."""

from collections.abc import Iterable

from ward_sim.instants import SECOND
from ward_sim.judge.witness import SeenVersion
from ward_sim.ledger import Saved

# The server acts on what it is told within this, and the witnesses look then.
_ONE_MOMENT = 5 * SECOND


def left_stays(stays: dict[str, list[SeenVersion]], saved: Iterable[Saved]) -> set[str]:
    """Return the stays that left the hospital, and those whose admission was cancelled: they have never been there."""
    cancelled = {kept.body["cancels"] for kept in saved if kept.entry["type"] == "placement_cancelled"}
    return {
        stay_id
        for stay_id, versions in stays.items()
        if versions[-1].row.get("departed_at")
        or (versions[-1].until_at is not None and versions[-1].row.get("placed_entry_id") in cancelled)
    }


def gone_at(versions: list[SeenVersion], at: int) -> bool:
    """Return whether the stay had left when something arrived: that is kept, but rings for nobody."""
    known = [seen for seen in versions if seen.from_at <= at + _ONE_MOMENT]
    if not known:
        return False
    last = known[-1]
    return bool(last.row.get("departed_at")) or (last.until_at is not None and last.until_at <= at + _ONE_MOMENT)
