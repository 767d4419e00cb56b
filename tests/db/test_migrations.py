"""The history of the database runs once, whole, and by one program at a time."""

import asyncio
from collections.abc import AsyncIterator
from types import SimpleNamespace
from uuid import uuid4

import asyncpg
import pytest
import pytest_asyncio

from backend import piccolo_app
from backend.migrations import step
from backend.piccolo_app import history, migrate
from backend.postgres import EmbeddedPostgres


@pytest_asyncio.fixture(loop_scope="session")
async def empty_url(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A database without a history, as its owner."""
    name = f"ward_{uuid4().hex}"
    lead = await asyncpg.connect(postgres.url("postgres", "postgres"))
    await lead.execute(f"create database {name} owner wardlight_owner")
    yield postgres.url("wardlight_owner", name)
    await lead.execute(f"drop database {name} with (force)")
    await lead.close()


async def test_the_history_runs_from_the_first_step_to_the_last_and_only_once(empty_url: str) -> None:
    assert await migrate(empty_url) == [module.ID for module in history()]
    assert await migrate(empty_url) == []


async def test_of_two_programs_that_migrate_at_once_one_waits_and_finds_nothing_to_do(empty_url: str) -> None:
    ran = await asyncio.gather(migrate(empty_url), migrate(empty_url), migrate(empty_url))
    assert sorted(len(ids) for ids in ran) == [0, 0, len(history())]


async def test_a_step_that_fails_leaves_nothing_and_is_run_again(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_last_step(ddl: str) -> None:
        async def forwards() -> object:
            return step("m9999_last", ddl)

        steps = [*history_before, SimpleNamespace(ID="m9999_last", forwards=forwards)]
        monkeypatch.setattr(piccolo_app, "history", lambda: steps)

    history_before = history()
    # The step itself succeeds; what fails is the record of it.
    with_last_step("create table half (n int); alter table migration add constraint deaf check (name <> 'm9999_last');")
    with pytest.raises(asyncpg.CheckViolationError):
        await migrate(empty_url)
    connection = await asyncpg.connect(empty_url)
    assert await connection.fetchval("select to_regclass('half')") is None
    assert await connection.fetchval("select count(*) from migration") == len(history_before)
    await connection.close()
    with_last_step("create table half (n int);")
    assert await migrate(empty_url) == ["m9999_last"]
