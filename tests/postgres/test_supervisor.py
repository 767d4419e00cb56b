"""PostgreSQL under our own supervisor, killed as hard as a kernel can."""

import asyncio
import contextlib
import os
import shutil
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest

from backend.postgres import EmbeddedPostgres, find_postgres_bin
from backend.settings import StartRefused
from tests.places import reachable_folder

KILLS = int(os.environ.get("WARD_KILLS", "3"))  # `make soak` asks for more


@contextlib.asynccontextmanager
async def running_postgres(*, durable: bool = False) -> AsyncIterator[EmbeddedPostgres]:
    with reachable_folder(in_memory=not durable) as home:
        postgres = EmbeddedPostgres(home, durable=durable)
        await postgres.start()
        try:
            yield postgres
        finally:
            await postgres.stop()


async def until_more(acknowledged: list[int]) -> None:
    enough = len(acknowledged) + 50
    while len(acknowledged) < enough:
        await asyncio.sleep(0.01)


async def test_acknowledged_rows_survive_every_kill_of_postgresql() -> None:
    async with running_postgres(durable=True) as postgres:
        owner = await asyncpg.connect(postgres.url("wardlight_owner"))
        await owner.execute("create table fact (n int primary key); grant all on fact to wardlight_app")
        await owner.close()
        acknowledged: list[int] = []
        async with asyncio.timeout(60), asyncio.TaskGroup() as writing:
            writer = writing.create_task(keep_writing(postgres, acknowledged))
            for _ in range(KILLS):
                await until_more(acknowledged)
                os.kill(postgres.pid, signal.SIGKILL)
            await until_more(acknowledged)
            writer.cancel()
        connection = await asyncpg.connect(postgres.url())
        kept = {row["n"] for row in await connection.fetch("select n from fact")}
        await connection.close()
        assert set(acknowledged) <= kept


async def keep_writing(postgres: EmbeddedPostgres, acknowledged: list[int]) -> None:
    n = 0
    while True:
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
            connection = await asyncpg.connect(postgres.url())
            while True:
                n += 1
                await connection.execute("insert into fact values ($1)", n)
                acknowledged.append(n)
        await asyncio.sleep(0.01)


async def test_a_second_program_on_one_home_is_refused_in_one_sentence() -> None:
    with reachable_folder() as home:
        first = EmbeddedPostgres(home, durable=False)
        await first.start()
        with pytest.raises(StartRefused, match="Another Wardlight is running"):
            await EmbeddedPostgres(home, durable=False).start()
        connection = await asyncpg.connect(first.url())
        await connection.close()
        await first.stop()


async def test_rows_are_there_after_stop_and_start() -> None:
    with reachable_folder() as home:
        for expected in (0, 1):
            postgres = EmbeddedPostgres(home, durable=False)
            await postgres.start()
            owner = await asyncpg.connect(postgres.url("wardlight_owner"))
            await owner.execute("create table if not exists fact (n int)")
            assert await owner.fetchval("select count(*) from fact") == expected
            await owner.execute("insert into fact values (1)")
            await owner.close()
            await postgres.stop()


def test_an_old_or_missing_postgresql_is_refused_in_one_sentence() -> None:
    with reachable_folder() as folder:
        with pytest.raises(StartRefused, match="18 or newer is not there"):
            find_postgres_bin(folder)
        for name in ("initdb", "postgres"):
            (folder / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 17.4'\n")
            (folder / name).chmod(0o755)
        with pytest.raises(StartRefused, match="has 17"):
            find_postgres_bin(folder)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives PostgreSQL another user")
async def test_root_may_keep_everything_below_a_folder_that_nobody_else_can_enter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = find_postgres_bin().parents[1]
    shutil.copytree(wheel / "pginstall", tmp_path / wheel.name / "pginstall", symlinks=True)
    shutil.copytree(f"{wheel}.libs", tmp_path / f"{wheel.name}.libs")
    tmp_path.chmod(0o700)
    with reachable_folder() as elsewhere:
        monkeypatch.setattr("backend.postgres.cluster.ROOTS_CLUSTERS", elsewhere)
        postgres = EmbeddedPostgres(tmp_path / "home", tmp_path / wheel.name / "pginstall" / "bin", durable=False)
        await postgres.start()
        connection = await asyncpg.connect(postgres.url())
        assert await connection.fetchval("select current_user") == "wardlight_app"
        await connection.close()
        await postgres.stop()
        assert (tmp_path / "home" / "postgres").resolve().is_relative_to(elsewhere)


async def test_a_database_whose_secrets_are_gone_is_refused_at_once_and_kept() -> None:
    with reachable_folder() as home:
        postgres = EmbeddedPostgres(home, durable=False)
        await postgres.start()
        await postgres.stop()
        (home / "secrets").rename(home / "secrets.aside")
        async with asyncio.timeout(30):
            with pytest.raises(StartRefused, match="was made with other secrets"):
                await EmbeddedPostgres(home, durable=False).start()
        shutil.rmtree(home / "secrets")
        (home / "secrets.aside").rename(home / "secrets")
        await postgres.start()
        await postgres.stop()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives PostgreSQL another user")
async def test_a_home_that_is_closed_later_does_not_begin_with_an_empty_database() -> None:
    with reachable_folder() as home:
        postgres = EmbeddedPostgres(home, durable=False)
        await postgres.start()
        await postgres.stop()
        home.chmod(0o700)
        with pytest.raises(StartRefused, match="can not reach"):
            await EmbeddedPostgres(home, durable=False).start()
