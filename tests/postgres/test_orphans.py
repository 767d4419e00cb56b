"""The program that supervises PostgreSQL is itself killed."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from backend.postgres import EmbeddedPostgres
from tests.places import reachable_folder
from tests.tidy import ROOT

# Prints the postmaster's pid and waits to be killed.
PROGRAM = """
import asyncio, sys
from pathlib import Path
from backend.postgres import EmbeddedPostgres

async def live():
    postgres = EmbeddedPostgres(Path(sys.argv[1]))
    await postgres.start()
    print(postgres.pid, postgres.url("wardlight_owner"), flush=True)
    await asyncio.Event().wait()

asyncio.run(live())
"""


async def supervised(home: Path) -> tuple[asyncio.subprocess.Process, int, str]:
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PROGRAM, str(home), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert program.stdout
    pid, url = (await asyncio.wait_for(program.stdout.readline(), 30)).decode().split()
    return program, int(pid), url


async def test_a_killed_program_takes_postgresql_with_it_and_the_next_start_finds_every_acknowledged_row() -> None:
    with reachable_folder(in_memory=False) as home:
        acknowledged = 0
        for round_no in range(3):
            program, postmaster, url = await supervised(home)
            connection = await asyncpg.connect(url)
            await connection.execute("create table if not exists fact (n int)")
            assert await connection.fetchval("select count(*) from fact") == acknowledged, round_no
            await connection.execute("insert into fact select generate_series(1, 10)")
            acknowledged += 10
            program.send_signal(signal.SIGKILL)
            await program.wait()
            connection.terminate()
            next_start = EmbeddedPostgres(home)
            await next_start.start()  # at once: it waits for the old child's end
            assert not runs(postmaster)
            assert not Path(parse_qs(urlsplit(url).query)["host"][0]).exists()
            await next_start.stop()


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "postgres" in Path(f"/proc/{pid}/cmdline").read_text()
