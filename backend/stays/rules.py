"""What follows from what for stays: whose decision was overtaken, when a bed is taken, which marks stay."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# A departed patient stays visible this long, so that a colleague sees where the patient went; then the feed lets go.
SHOWN_AFTER_DEPARTURE = timedelta(minutes=15)


def overtaken(base_version: int | None, placed_version: int) -> bool:
    """Whether a move was decided before the stay's latest move: notes and owners do not overtake it."""
    return base_version is not None and base_version < placed_version


def taken_from(observed_at: datetime, *not_before: datetime | None) -> datetime:
    """When a place counts as taken: as observed, but never before any of these instants."""
    return max([observed_at, *(at for at in not_before if at is not None)])


@dataclass(frozen=True, slots=True)
class Details:
    """The marks of a stay that change its care."""

    pregnant: bool
    isolation: bool


def merged_details(kept: Details, wanted: Details, *, unseen: bool) -> Details:
    """The marks after a change; when the author had not seen the latest one (`unseen`), adding wins."""
    if not unseen:
        return wanted
    return Details(kept.pregnant or wanted.pregnant, kept.isolation or wanted.isolation)
