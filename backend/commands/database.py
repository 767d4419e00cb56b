"""The database that a command works on: the one in the settings, or the embedded one while the command runs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec

from backend.piccolo_app import migrate
from backend.postgres import EmbeddedPostgres
from backend.settings import Settings, StartRefused


@asynccontextmanager
async def database_at_hand(settings: Settings) -> AsyncIterator[Settings]:
    """Settings whose DATABASE_URL answers. Embedded: PostgreSQL runs, migrated, until the block ends."""
    if settings.database_url:
        await _answers(settings.database_url, "DATABASE_URL")
        yield settings
        return
    postgres = EmbeddedPostgres(settings.home, settings.postgres_bin)
    await postgres.start()
    try:
        owner = postgres.url("wardlight_owner")
        await migrate(owner)
        yield msgspec.structs.replace(settings, database_url=postgres.url(), database_owner_url=owner)
    finally:
        await postgres.stop()


async def _answers(url: str, variable: str) -> None:
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise StartRefused(f"PostgreSQL at {variable} does not answer: {error}.") from error
    await connection.close()


async def migrate_external(settings: Settings) -> list[str]:
    """Run the history on the DATABASE_OWNER_URL; returns the ids of the steps that ran."""
    if not settings.database_owner_url:
        raise StartRefused("DATABASE_OWNER_URL is not set; `migrate` works as wardlight_owner.")
    await _answers(settings.database_owner_url, "DATABASE_OWNER_URL")
    return await migrate(settings.database_owner_url)
