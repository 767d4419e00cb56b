"""What a unit of work promises."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest
from piccolo.apps.migrations.tables import Migration

from backend.db import Database, Work, unit_of_work
from backend.errors import Unavailable
from backend.postgres import EmbeddedPostgres

NOW = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)
DEFERRED = """
create table bay (id int primary key);
create table bunk (id int primary key, bay int not null references bay deferrable initially deferred);
"""


async def as_owner(postgres: EmbeddedPostgres, name: str, sql: str) -> None:
    owner = await asyncpg.connect(postgres.url("wardlight_owner", name))
    await owner.execute(sql)
    await owner.close()


async def test_a_commit_that_fails_gives_its_connection_back(
    database: Database, postgres: EmbeddedPostgres, database_name: str
) -> None:
    await as_owner(postgres, database_name, DEFERRED)
    called = []
    for _ in range(25):  # more often than the pool has connections
        with pytest.raises(asyncpg.ForeignKeyViolationError):
            async with asyncio.timeout(5), unit_of_work(database, NOW) as work:
                work.after_commit(lambda: called.append("committed"))
                await work.connection.execute("insert into bunk values (1, 1)")
    assert database.pool.get_idle_size() == database.pool.get_size()
    assert called == []
    async with unit_of_work(database, NOW) as work:
        assert await work.connection.fetchval("select count(*) from bunk") == 0


async def test_a_cut_line_gives_its_connection_back(database: Database, postgres: EmbeddedPostgres) -> None:
    lead = await asyncpg.connect(postgres.url("postgres", "postgres"))
    for _ in range(12):
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError)):
            async with asyncio.timeout(5), unit_of_work(database, NOW) as work:
                await lead.execute("select pg_terminate_backend($1)", work.connection.get_server_pid())
                await work.connection.execute("select 1")
    await lead.close()
    async with unit_of_work(database, NOW) as work:
        assert await work.connection.fetchval("select 1") == 1


async def test_hooks_run_once_in_order_of_first_call_and_callbacks_after_the_commit(
    database: Database, postgres: EmbeddedPostgres, database_name: str
) -> None:
    await as_owner(postgres, database_name, DEFERRED)
    seen = []

    async def first(work: Work) -> None:
        seen.append("first")
        work.before_commit(added_late)

    async def second(_: Work) -> None:
        seen.append("second")

    async def added_late(work: Work) -> None:
        seen.append("late")
        await work.connection.execute("insert into bay values (1)")

    async with unit_of_work(database, NOW) as work:
        work.after_commit(lambda: seen.append("committed"))
        for hook in (first, second, first):
            work.before_commit(hook)
        assert seen == []
    assert seen == ["first", "second", "late", "committed"]
    assert await database.pool.fetchval("select count(*) from bay") == 1


async def test_piccolo_and_raw_sql_share_one_transaction(
    database: Database, postgres: EmbeddedPostgres, database_name: str
) -> None:
    await as_owner(
        postgres,
        database_name,
        "grant insert on migration to wardlight_app; grant usage on all sequences in schema public to wardlight_app;",
    )
    with pytest.raises(ZeroDivisionError):
        async with unit_of_work(database, NOW) as work:
            await Migration.insert(Migration(name="by piccolo", app_name="test"))
            assert await work.connection.fetchval("select name from migration where app_name = 'test'") == "by piccolo"
            raise ZeroDivisionError
    async with unit_of_work(database, NOW):
        assert not await Migration.exists().where(Migration.app_name == "test")


async def test_a_piccolo_query_outside_a_unit_of_work_is_an_error(database: Database) -> None:
    with pytest.raises(RuntimeError, match="outside a unit of work"):
        await Migration.select()


async def test_a_savepoint_that_is_left_takes_what_it_collected_with_it(
    database: Database, postgres: EmbeddedPostgres, database_name: str
) -> None:
    await as_owner(postgres, database_name, DEFERRED)
    async with unit_of_work(database, NOW) as work:
        work.collected["changes"] = ["kept"]
        with pytest.raises(ZeroDivisionError):
            async with work.savepoint():
                await work.connection.execute("insert into bay values (1)")
                work.collected["changes"].append("left")
                work.collected["alerts"] = ["left"]
                raise ZeroDivisionError
        assert work.collected == {"changes": ["kept"]}
        assert await work.connection.fetchval("select count(*) from bay") == 0


async def test_units_of_work_do_not_nest(database: Database) -> None:
    async with unit_of_work(database, NOW):
        with pytest.raises(RuntimeError, match="inside another"):
            async with unit_of_work(database, NOW):
                pytest.fail("it opened")


async def test_too_few_connections_are_said_to_be_so(
    postgres: EmbeddedPostgres, database_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("backend.db.ACQUIRE_SECONDS", 0.05)
    narrow = Database(postgres.url("wardlight_app", database_name), pool_size=1)
    await narrow.open()
    held = await narrow.pool.acquire()
    with pytest.raises(Unavailable):
        async with unit_of_work(narrow, NOW):
            pytest.fail("it opened")
    await narrow.pool.release(held)
    async with unit_of_work(narrow, NOW):
        pass
    await narrow.close()


async def test_statements_are_counted_without_begin_and_commit(database: Database) -> None:
    with database.counted_statements() as statements:
        async with unit_of_work(database, NOW) as work:
            await work.connection.fetchval("select 1")
            await Migration.select()
    assert len(statements) == 2
    async with unit_of_work(database, NOW) as work:
        await work.connection.fetchval("select 1")
    assert len(statements) == 2


async def test_the_app_role_can_not_change_the_schema(database: Database) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with unit_of_work(database, NOW) as work:
            await work.connection.execute("create table mine (id int)")
