"""The database that a command works on."""

import asyncpg
import pytest

from backend.commands.database import database_at_hand
from backend.postgres import EmbeddedPostgres
from backend.settings import StartRefused, settings_from
from tests.places import reachable_folder


async def test_a_command_works_on_the_database_of_the_server_that_runs_and_leaves_it_running() -> None:
    with reachable_folder() as home:
        settings = settings_from({"WARDLIGHT_HOME": str(home)})
        async with database_at_hand(settings, alone=True) as of_the_server:
            async with database_at_hand(settings) as of_the_command:
                assert of_the_command.database_url == of_the_server.database_url
            connection = await asyncpg.connect(of_the_server.database_url)
            assert await connection.fetchval("select count(*) from migration") > 0
            await connection.close()
            with pytest.raises(StartRefused, match="Another Wardlight"):
                async with database_at_hand(settings, alone=True):
                    pytest.fail("a second server")


async def test_without_a_server_a_command_starts_postgresql_and_stops_it() -> None:
    with reachable_folder() as home:
        settings = settings_from({"WARDLIGHT_HOME": str(home)})
        async with database_at_hand(settings) as ready:
            assert ready.database_url
        with pytest.raises(OSError, match="No such file"):
            await asyncpg.connect(ready.database_url)
        alone = EmbeddedPostgres(home)
        await alone.start()
        await alone.stop()
