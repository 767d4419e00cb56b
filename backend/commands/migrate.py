"""`migrate`: bring the database to this version."""

import argparse
import asyncio

from backend.commands.database import database_at_hand, migrate_external
from backend.settings import Settings, load_settings


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = subparsers.add_parser("migrate", help="bring the database to this version")
    parser.set_defaults(run=lambda _: asyncio.run(_migrate(load_settings())))


async def _migrate(settings: Settings) -> int:
    if settings.database_url is None and settings.database_owner_url is None:
        async with database_at_hand(settings):
            print("The embedded database is at this version.")
        return 0
    steps = await migrate_external(settings)
    print(f"Ran {', '.join(steps)}." if steps else "The database is at this version already.")
    return 0
