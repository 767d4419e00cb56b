"""The clock that tests and simulations set by hand."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from backend.clock import Clock, SteppedClock, SystemClock

START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # London's clocks go back within the hour


def test_a_stepped_clock_stands_until_it_is_set() -> None:
    clock = SteppedClock(START)
    assert clock.now() == clock.now() == START
    assert clock.advance(timedelta(hours=1)) == clock.now() == START + timedelta(hours=1)


def test_a_stepped_clock_never_goes_back() -> None:
    clock = SteppedClock(START)
    clock.set(START)
    with pytest.raises(ValueError, match="can not go back"):
        clock.set(START - timedelta(microseconds=1))


def test_every_clock_speaks_utc_and_refuses_an_instant_without_a_zone() -> None:
    seoul = timezone(timedelta(hours=9))
    assert SteppedClock(START.astimezone(seoul)).now().utcoffset() == timedelta(0)
    assert SystemClock().now().utcoffset() == timedelta(0)
    assert isinstance(SystemClock(), Clock)
    with pytest.raises(ValueError, match="time zone"):
        SteppedClock(datetime(2026, 1, 1))  # noqa: DTZ001
