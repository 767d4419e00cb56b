"""`backup`, `restore` and `restored`: the whole database in a file, and what must follow when one is put back."""

import argparse
import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import asyncpg

from backend.changes.actions import begin_epoch
from backend.clock import SystemClock
from backend.commands.database import database_at_hand, migrate_external
from backend.db import Database, unit_of_work
from backend.postgres import find_postgres_bin
from backend.settings import Settings, StartRefused, load_settings

# Nothing is left of what was there, also not of what a newer program made; `drop owned` needs no more than an owner.
FIRST = b"begin;\ndrop owned by current_user cascade;\n"
LAST = b"\ncommit;\n"
OTHERS = """
select count(*) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid() and application_name like 'wardlight%'
"""
PIECE = 1 << 20


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    backup = subparsers.add_parser("backup", help="write the whole database to a file")
    restore = subparsers.add_parser("restore", help="make the database what a backup says; the server is stopped")
    for parser, run in ((backup, _backup), (restore, _restore)):
        parser.add_argument("file", type=Path)
        parser.set_defaults(run=lambda arguments, run=run: asyncio.run(run(load_settings(), arguments.file)))
    restored = subparsers.add_parser("restored", help="say that the database was put back by other means")
    restored.set_defaults(run=lambda _: asyncio.run(_restored(load_settings())))


async def _backup(settings: Settings, file: Path) -> int:
    """Whole or not at all: the file bears its name once it can be read back and lies on the disk."""
    folder = find_postgres_bin(settings.postgres_bin)
    draft = file.with_name(f"{file.name}.part")
    try:
        async with database_at_hand(settings) as ready:
            address = ready.database_owner_url or ready.database_url or ""
            await _ran([folder / "pg_dump", "--format=custom", f"--file={draft}"], address)
        await _ran([folder / "pg_restore", "--file=/dev/null", draft])
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(file)
    except OSError as error:
        raise StartRefused(f"{file} can not be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
    print(f"The backup is in {file}.")
    return 0


async def _restore(settings: Settings, file: Path) -> int:
    """One transaction: the database is the backup, or what it was before, and in a new epoch."""
    if not os.access(file, os.R_OK):
        raise StartRefused(f"{file} can not be read.")
    folder = find_postgres_bin(settings.postgres_bin)
    async with _owned(settings) as ready:
        await _refuse_a_running_server(ready.database_owner_url or "")
        await _put_back(folder, ready.database_owner_url or "", file)
        await migrate_external(ready)
        # A backup of before epochs knew their copy would take this database for its own.
        await _new_epoch(ready)
    print("The database is the backup's. Tablets send again what the backup does not have.")
    return 0


async def _restored(settings: Settings) -> int:
    async with database_at_hand(settings) as ready:
        await _new_epoch(ready)
    print("Every tablet takes a snapshot and sends again what the database does not have.")
    return 0


async def _new_epoch(settings: Settings) -> None:
    database = Database(settings.database_url or "", application_name="wardlight-restored")
    await database.open()
    try:
        async with unit_of_work(database, SystemClock().now()) as work:
            await begin_epoch(work, restored=True)
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def _owned(settings: Settings) -> AsyncIterator[Settings]:
    """The database with the right to remake it: the owner's, or the embedded one while no server runs on it."""
    if settings.database_url is None:
        async with database_at_hand(settings, alone=True) as ready:
            yield ready
    elif settings.database_owner_url is None:
        raise StartRefused("DATABASE_OWNER_URL is not set; `restore` works as wardlight_owner.")
    else:
        yield settings


async def _refuse_a_running_server(address: str) -> None:
    try:
        connection = await asyncpg.connect(address, timeout=10)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise StartRefused(f"PostgreSQL at DATABASE_OWNER_URL does not answer: {error}.") from error
    try:
        if await connection.fetchval(OTHERS):
            raise StartRefused("A server still works on this database; stop every one of them first.")
    finally:
        await connection.close()


async def _put_back(folder: Path, address: str, file: Path) -> None:
    """Pass the backup's SQL on. It is committed only when all was read; whatever dies before leaves all as it was."""
    where, environment = _login(address)
    reading = await asyncio.create_subprocess_exec(
        *(folder / "pg_restore", "--no-owner", "--file=-", file),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    writing = await asyncio.create_subprocess_exec(
        *(folder / "psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", where),
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    assert reading.stdout
    assert reading.stderr
    assert writing.stdin
    assert writing.stderr
    told = asyncio.gather(reading.stderr.read(), writing.stderr.read())
    with contextlib.suppress(ConnectionError):  # psql ended: its own words follow
        writing.stdin.write(FIRST)
        while piece := await reading.stdout.read(PIECE):
            writing.stdin.write(piece)
            await writing.stdin.drain()
        if await reading.wait() == 0:
            writing.stdin.write(LAST)
            await writing.stdin.drain()
    writing.stdin.close()
    if reading.returncode is None:
        reading.kill()
    ends = [await reading.wait(), await writing.wait()]
    if any(ends):
        reason = next((text.decode().strip() for text in (await told)[::-1] if text.strip()), "it said nothing")
        raise StartRefused(f"{file} could not be put back, the database is as it was: {reason.splitlines()[-1]}")
    await told


async def _ran(words: list[str | Path], address: str = "") -> None:
    where, environment = _login(address)
    program = await asyncio.create_subprocess_exec(
        *words,
        *([where] if address else []),
        env=environment,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await program.communicate()
    if program.returncode:
        raise StartRefused(f"{Path(words[0]).name}: {(said.decode().strip().splitlines() or ['it said nothing'])[-1]}")


def _login(address: str) -> tuple[str, dict[str, str]]:
    """Where to connect, and the password apart from it: everybody on the machine can read a program's words."""
    parts = urlsplit(address)
    if parts.password is None:
        return f"--dbname={address}", dict(os.environ)
    without = parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", "@", 1))
    return f"--dbname={without.geturl()}", {**os.environ, "PGPASSWORD": unquote(parts.password)}
