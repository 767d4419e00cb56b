"""The database that a command works on: the one in the settings, or the embedded one while the command runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec

from backend.piccolo_app import migrate, steps_to_run
from backend.postgres import EmbeddedPostgres, RunsAlready
from backend.settings import Settings, StartRefused


@asynccontextmanager
async def database_at_hand(settings: Settings, *, alone: bool = False) -> AsyncIterator[Settings]:
    """Settings whose DATABASE_URL answers, migrated.

    Embedded: the PostgreSQL of a server that runs on this home (`alone` refuses that), else our own until the
    block ends.
    """
    if settings.database_url:
        await _answers(settings.database_url, "DATABASE_URL")
        if await steps_to_run(settings.database_url):
            raise StartRefused("The database is older than this program; run `python -m backend migrate` first.")
        yield settings
        return
    postgres = EmbeddedPostgres(settings.home, settings.postgres_bin)
    try:
        await postgres.start()
    except RunsAlready:
        if alone:
            raise
        postgres.join()
        await _answers(postgres.url(), "the running server")
    owner = postgres.url("wardlight_owner")
    try:
        await migrate(owner)
        yield msgspec.structs.replace(settings, database_url=postgres.url(), database_owner_url=owner)
    finally:
        await postgres.stop()


async def _answers(url: str, place: str) -> None:
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise StartRefused(f"PostgreSQL at {place} does not answer: {error}.") from error
    await connection.close()


async def migrate_external(settings: Settings) -> list[str]:
    """Run the history on the DATABASE_OWNER_URL; returns the ids of the steps that ran."""
    if not settings.database_owner_url:
        raise StartRefused("DATABASE_OWNER_URL is not set; `migrate` works as wardlight_owner.")
    await _answers(settings.database_owner_url, "DATABASE_OWNER_URL")
    return await migrate(settings.database_owner_url)
