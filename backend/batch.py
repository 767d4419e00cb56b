"""Many rows in one transaction; when one of them is bad, each in a transaction of its own: it stops no other."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import asyncpg
import structlog

from backend.db import Database, Work, reading, unit_of_work
from backend.errors import Unavailable

log = structlog.get_logger("batch")
T = TypeVar("T")
# A fault of a moment costs a second; a row that stays bad is tried once a minute, alone.
FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=1)
NO_DATABASE = (
    OSError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InterfaceError,
    Unavailable,
)


async def together_or_apart(
    rows: Sequence[T], act: Callable[[Sequence[T]], Awaitable[int]], on_bad: Callable[[T, Exception], None]
) -> int:
    """Act on all at once; if that raises, on each half, down to the rows that are bad; the sum of what `act` says.

    A database that does not answer is nobody's fault: that raises, and the rest waits for the next round.
    """
    if not rows:
        return 0
    try:
        return await act(rows)
    except Exception as error:
        if isinstance(error, NO_DATABASE) and not isinstance(error, ValueError):  # DataError is of the row
            raise
        if len(rows) == 1:
            on_bad(rows[0], error)
            return 0
    half = len(rows) // 2
    return await together_or_apart(rows[:half], act, on_bad) + await together_or_apart(rows[half:], act, on_bad)


@dataclass(slots=True)
class DueRows:
    """What a sweep finds by `find`: ids, of which $1 is now and $2 the ids that are put off.

    A bad row is logged and put off for a while, then tried alone, so that it is neither first for ever nor in the way.
    """

    sweep: str
    find: str
    _bad: dict[str, tuple[datetime, timedelta]] = field(default_factory=dict)

    async def each(
        self, database: Database, now: datetime, act: Callable[[Work, Sequence[str]], Awaitable[int]]
    ) -> int:
        """Find a batch and act on it in a unit of work; how much was done, 0 when only what is put off is due."""
        put_off = [row_id for row_id, (until_at, wait) in self._bad.items() if until_at - wait <= now < until_at]
        async with reading(database) as connection:
            found = [str(row[0]) for row in await connection.fetch(self.find, now, put_off)]

        async def in_one_work(row_ids: Sequence[str]) -> int:
            async with unit_of_work(database, now) as work:
                done = await act(work, row_ids)
            for row_id in row_ids:
                self._bad.pop(row_id, None)
            return done

        def on_bad(row_id: str, error: Exception) -> None:
            _, waited = self._bad.get(row_id, (now, FIRST_WAIT / 2))
            wait = min(waited * 2, LONGEST_WAIT)
            self._bad[row_id] = now + wait, wait
            log.error("row_failed", sweep=self.sweep, row_id=row_id, again_at=now + wait, exc_info=error)

        suspects = [row_id for row_id in found if row_id in self._bad]
        done = await together_or_apart([row_id for row_id in found if row_id not in self._bad], in_one_work, on_bad)
        for row_id in suspects:
            done += await together_or_apart([row_id], in_one_work, on_bad)
        return done
