"""The only place that asks what time it is."""

from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable


@runtime_checkable
class Clock(Protocol):
    """Tells the present instant in UTC."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The machine's instant in UTC."""
        return datetime.now(UTC)


class SteppedClock:
    """A clock set by hand: for tests, simulated days and replays. It never runs by itself nor backwards."""

    def __init__(self, start: datetime) -> None:
        self._now = _utc(start)

    def now(self) -> datetime:
        """The instant to which the clock was last set."""
        return self._now

    def set(self, to: datetime) -> None:
        """Set the clock to an aware instant, which must not lie before the present one."""
        to = _utc(to)
        if to < self._now:
            raise ValueError(f"the clock stands at {self._now.isoformat()} and can not go back to {to.isoformat()}")
        self._now = to

    def advance(self, by: timedelta) -> datetime:
        """Set the clock forward and return the new instant."""
        self.set(self._now + by)
        return self._now


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return instant.astimezone(UTC)
