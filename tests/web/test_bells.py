"""A bell asks once what is due, runs that, and names the next instant whatever fails."""

from datetime import UTC, datetime, timedelta

from backend.db import Database
from backend.slice import Sweep
from backend.web.bells import SAFETY_TICK, Bell

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
IN_AN_HOUR = NOW + timedelta(hours=1)


class Chore:
    """A sweep that notes that it ran."""

    def __init__(self, name: str, ran: list[str], *, fails: bool = False) -> None:
        self.name, self.ran, self.fails = name, ran, fails

    async def run(self, _: Database, now: datetime) -> int:
        self.ran.append(self.name)
        if self.fails:
            raise ConnectionResetError(now.isoformat())
        return 1

    def sweep(self, due_at: str) -> Sweep:
        return Sweep(self.name, due_at, self.run)


def at(instant: datetime) -> str:
    return f"select timestamptz '{instant.isoformat()}'"


async def test_nothing_due_costs_one_statement_and_names_the_nearest_instant(database: Database) -> None:
    ran: list[str] = []
    sweeps = [
        Chore("never", ran).sweep("select null::timestamptz"),
        Chore("later", ran).sweep(at(IN_AN_HOUR)),
        Chore("state", ran).sweep("select $1 where false"),
    ]
    bell = Bell("test", sweeps, database)
    with database.counted_statements() as statements:
        assert await bell.round(NOW) == IN_AN_HOUR
    assert (len(statements), ran) == (1, [])


async def test_a_sweep_that_fails_stops_no_other_and_is_tried_again_after_the_tick(database: Database) -> None:
    ran: list[str] = []
    sweeps = [Chore("broken", ran, fails=True).sweep(at(NOW)), Chore("whole", ran).sweep(at(IN_AN_HOUR))]
    bell = Bell("test", sweeps, database)
    assert await bell.round(NOW) == NOW + SAFETY_TICK
    assert ran == ["broken"]
    ran.clear()
    assert await bell.round(IN_AN_HOUR) is not None
    assert ran[:2] == ["broken", "whole"]


async def test_a_sweep_that_can_not_say_when_it_is_due_is_run_and_stops_no_other(database: Database) -> None:
    ran: list[str] = []

    def chore(name: str) -> Sweep:
        async def once(*_: object) -> int:
            ran.append(name)
            return 0

        return Sweep(name, "select (1 / 0)::text::timestamptz" if name == "broken" else at(NOW), once)

    bell = Bell("test", [chore("broken"), chore("ladder")], database)
    assert await bell.round(NOW) == NOW + SAFETY_TICK
    assert ran == ["broken", "ladder"]


async def test_a_sweep_whose_rows_another_worker_holds_is_not_run_in_a_circle(database: Database) -> None:
    ran: list[str] = []

    async def nothing(*_: object) -> int:
        ran.append("held")
        return 0

    bell = Bell("test", [Sweep("held", at(NOW), nothing)], database)
    assert await bell.round(NOW) == NOW + SAFETY_TICK
    assert ran == ["held"]


async def test_batches_follow_until_nothing_is_due(database: Database) -> None:
    await database.pool.execute("create temp table left_over (due_at timestamptz)")
    ran: list[int] = []

    async def one(*_: object) -> int:
        ran.append(1)
        done = await database.pool.execute("delete from left_over where ctid = (select min(ctid) from left_over)")
        return int(done.split()[-1])

    await database.pool.execute("insert into left_over select $1 from generate_series(1, 3)", NOW)
    bell = Bell("test", [Sweep("left_over", "select min(due_at) from left_over", one)], database)
    assert await bell.round(NOW) is None
    assert len(ran) == 3


async def test_a_database_that_does_not_answer_is_asked_again_after_the_tick(database: Database) -> None:
    bell = Bell("test", [Sweep("lost", at(NOW), _never)], database)
    await database.close()
    assert await bell.round(NOW) == NOW + SAFETY_TICK


async def _never(*_: object) -> int:
    raise AssertionError("nothing is known to be due")
