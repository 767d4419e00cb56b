"""The machine's own limits: what no server on it can beat."""

from time import perf_counter

import asyncpg

from bench.place import Place
from ward_sim.load.line import HttpLine
from ward_sim.load.timings import Timings, at_once

COMMITS = 200
REQUESTS = 400
ROW = '{"' + "x" * 200 + '": 0}'


async def one_commit(place: Place) -> Timings:
    """Insert one row of 200 bytes and wait until it is on disk, one after the other."""
    connection = await asyncpg.connect(place.postgres.url("postgres", "postgres"))
    try:
        await connection.execute("create table if not exists commit_probe (probe_id bigserial primary key, row text)")
        timings = Timings()
        for _ in range(COMMITS):
            begun = perf_counter()
            await connection.execute("insert into commit_probe (row) values ($1)", ROW)
            timings.add(perf_counter() - begun)
        return timings
    finally:
        await connection.close()


async def loopback_http(place: Place, clients: int) -> tuple[Timings, float]:
    """Ask the server's lightest door; at one client, and requests a second at several."""
    lines = [HttpLine(place.address) for _ in range(clients)]
    await lines[0].ready()
    timings = Timings()
    for _ in range(REQUESTS):
        begun = perf_counter()
        await lines[0].ask("GET", "/health/live")
        timings.add(perf_counter() - begun)

    async def keep_asking(line: HttpLine) -> None:
        for _ in range(REQUESTS):
            await line.ask("GET", "/health/live")

    per_s = clients * REQUESTS / await at_once(keep_asking(line) for line in lines)
    for line in lines:
        line.hang_up()
    return timings, per_s
