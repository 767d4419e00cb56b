"""Instants as the wire writes them: RFC 3339, UTC, milliseconds, Z. In the simulator they are whole milliseconds."""

from datetime import UTC, datetime, timedelta

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant_text(at_ms: int) -> str:
    """Return the wire's text of an instant."""
    return f"{instant(at_ms):%Y-%m-%dT%H:%M:%S}.{at_ms % 1000:03d}Z"


def instant(at_ms: int) -> datetime:
    """Return an instant as an aware datetime in UTC."""
    return _EPOCH + timedelta(milliseconds=at_ms)


def instant_ms(text: str) -> int:
    """Return the milliseconds of an instant on the wire; finer digits are cut off."""
    return (datetime.fromisoformat(text) - _EPOCH) // timedelta(milliseconds=1)
