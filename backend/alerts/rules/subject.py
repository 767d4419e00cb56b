"""Whom an alert is about, as far as asking goes."""

from datetime import datetime
from typing import NamedTuple


class Subject(NamedTuple):
    """Where an alert is asked, who is asked first, who raised it, and the feed that shows it (None: none any more)."""

    unit_id: str
    owner_staff_id: str | None
    raised_by_staff_id: str | None
    departed_at: datetime | None
    feed: str | None
