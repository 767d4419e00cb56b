"""The history of the one Piccolo app, and how it is run."""

import importlib
from pathlib import Path
from types import ModuleType

import asyncpg
from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.apps.migrations.tables import Migration

from backend.db import DB, joined_by_piccolo

HERE = Path(__file__).parent
# As the history is recorded. Piccolo's own AppConfig would bring a formatter of code, 8 MB of every server.
APP_NAME = "ward"
# "ward" in ASCII: one migrating program at a time in a database.
ADVISORY_LOCK = 0x77617264
Migration._meta.db = DB  # noqa: SLF001


def history() -> list[ModuleType]:
    """The steps of the history, oldest first."""
    names = sorted(file.stem for file in (HERE / "migrations").glob("m*.py"))
    return [importlib.import_module(f"backend.migrations.{name}") for name in names]


async def migrate(owner_url: str) -> list[str]:
    """Run every step that has not run yet, as wardlight_owner; returns their ids.

    Waits for another migrating program. Each step and its record are one transaction, so a death between two
    steps costs nothing.
    """
    connection = await asyncpg.connect(owner_url, server_settings={"application_name": "wardlight-migrate"})
    try:
        await connection.execute("select pg_advisory_lock($1)", ADVISORY_LOCK)
        with joined_by_piccolo(connection):
            await Migration.create_table(if_not_exists=True)
            done = set(await Migration.get_migrations_which_ran(APP_NAME))
            to_do = [module for module in history() if module.ID not in done]
            for module in to_do:
                async with connection.transaction():
                    steps: MigrationManager = await module.forwards()
                    for run in steps.raw:
                        await run()
                    await Migration.insert(Migration(name=module.ID, app_name=APP_NAME))
        return [module.ID for module in to_do]
    finally:
        await connection.close()


async def steps_to_run(url: str) -> list[str]:
    """Ids of steps that have not run yet on the database; either role may ask."""
    connection = await asyncpg.connect(url)
    try:
        if await connection.fetchval("select to_regclass('migration')") is None:
            done = set()
        else:
            done = {row["name"] for row in await connection.fetch("select name from migration")}
    finally:
        await connection.close()
    return [module.ID for module in history() if module.ID not in done]
