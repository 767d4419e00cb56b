"""`python -m bench.offline`: the tablet's sync beside PouchDB's; prints the table, adds to bench/results.json."""

import argparse
import asyncio
import os
import sys
from statistics import median
from typing import Any

import uvloop
from playwright.async_api import Playwright, async_playwright

from bench.offline import ours, pouchdb
from bench.offline.charted import charted, documents, sealed
from bench.offline.figures import LINES, OTHERS, of_drain, of_first_sync, of_nothing_new, of_storage
from bench.offline.reading import all_at_once, documents_of, nothing_new, rows_of
from bench.offline.relay import Relay, relaying
from bench.place import HOST, Place, free_port, place
from bench.results import Figures, keep, over_rounds
from bench.table import table
from bench.ward import LoadedWard, loaded
from ward_sim.demo.children import DemoRefused
from ward_sim.hospital import Ward
from ward_sim.instants import HOUR
from ward_sim.load.line import HttpLine
from ward_sim.load.tablet import Tablet
from ward_sim.loading import pairing_code

Json = dict[str, Any]
OFFLINE_FOR = 14 * HOUR
LONG_AGO = 60 * HOUR
ROUNDS, ENTRIES, FACTS, TABLETS = 3, 10_000, 58_000, 100
BATCH = 300


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


class Bench:
    """A server with a hospital, PouchDB's beside it, a counted line to each, and a browser."""

    def __init__(self, at: Place, browser: Playwright, lines: tuple[Relay, Relay], pouchdb_port: int) -> None:
        self.at, self.browser, (self.line, self.their_line), self.pouchdb_port = at, browser, lines, pouchdb_port
        self.adapters: list[str] = []

    async def one_round(self, ward: Ward, entries: int) -> Figures:
        """Drain and first sync, ours and with both of PouchDB's adapters, and the way to another tablet's storage."""
        ready = await loaded(self.at.hospital, ward, self.at.address, self.at.now_ms, OFFLINE_FOR)
        code, [nurse, *_] = pairing_code(ward), ward.people("ward_nurse")
        _say("  to another tablet's storage")
        delays = await ours.to_storage(self.browser, self.line, code, nurse, lambda: _chart_one(ready))
        written = charted(ready.bedsides, entries, self.at.hospital.die.randrange(2**32))
        kept = documents(written, self.at.hospital.chance)
        async with pouchdb.pouchdb_server(self.pouchdb_port) as server:
            _say("  drain")
            sent = await ours.drain(self.browser, self.line, code, nurse, written, self.at.server_pid)
            theirs = [
                await pouchdb.drain(self.browser, self.their_line, adapter, kept, server)
                for adapter in pouchdb.ADAPTERS
            ]
            _say("  first sync")
            rows, _ = await rows_of(ready.tablets[0], ready.feed)
            await pouchdb.fill(self.pouchdb_port, "facts", documents_of(rows))
            read = await ours.first_sync(self.browser, self.line, code, nurse)
            theirs_read = [
                await pouchdb.first_sync(self.browser, self.their_line, adapter, "facts", len(rows))
                for adapter in pouchdb.ADAPTERS
            ]
        self.adapters += [_faster(theirs), _faster(theirs_read)]
        fastest, quickest = (min(of, key=lambda one: one.ms) for of in (theirs, theirs_read))
        return {**of_drain(sent, fastest), **of_first_sync(read, quickest), **of_storage(*delays)}

    async def large_ward(self, ward: Ward, facts: int) -> Figures:
        """A ward of so many facts: many new tablets at once, and one that comes back with nothing new."""
        hospital = self.at.hospital
        ready = await loaded(hospital, ward, self.at.address, self.at.now_ms, LONG_AGO)
        code, [nurse, *_] = pairing_code(ward), ward.people("ward_nurse")
        writer = ready.tablets[0]
        count = 0
        while count < facts:
            written = charted(ready.bedsides, max(BATCH, (facts - count) // 2), hospital.die.randrange(2**32))
            whole = sealed(writer, written)
            for start in range(0, len(whole), BATCH):
                await writer.send(writer.push_of(whole[start : start + BATCH]))
            count = len((await rows_of(writer, ready.feed))[0])
            _say(f"  {count} facts")
        feeds = ["reference", ready.feed, f"user:{nurse.staff_id}"]
        exchanged = await nothing_new(self.at, self.line, ready.tablets[0], feeds)
        started = await ours.start(self.browser, self.line, code, nurse)
        return of_nothing_new(count, exchanged, started)

    async def many(self, ward: Ward, tablets: int) -> Figures:
        """The first sync of many tablets of one ward at once."""
        code, [nurse, *_] = pairing_code(ward), ward.people("ward_nurse")
        fresh = [
            await Tablet.signed_in(HttpLine(self.at.address), code, nurse, self.at.hospital.chance)
            for _ in range(tablets)
        ]
        timings = await all_at_once(fresh, f"unit:{ward.unit_id}")
        return {"first_sync_100_at_once.median_s": timings.percentile_ms(50) / 1000}


async def _chart_one(ready: LoadedWard) -> str:
    writer = ready.tablets[0]
    [entry] = sealed(writer, charted(ready.bedsides, 1, 1))
    await writer.send(writer.push_of([entry]))
    return entry["entry_id"]


def _faster(theirs: list[pouchdb.Replicated]) -> str:
    return pouchdb.ADAPTERS[min(range(len(theirs)), key=lambda number: theirs[number].ms)]


async def measured(rounds: int, seed: int, entries: int, facts: int) -> Figures:
    """Medians over rounds, each on a fresh ward of the same server."""
    ours_at, pouchdb_at, pouchdb_port = free_port(HOST), free_port(HOST), free_port(HOST)
    async with (
        place(rounds + 1, seed, origin=f"http://{HOST}:{ours_at}") as at,
        async_playwright() as browser,
        relaying(ours_at, at.address[1]) as line,
        relaying(pouchdb_at, pouchdb_port) as their_line,
    ):
        bench = Bench(at, browser, (line, their_line), pouchdb_port)
        *wards, large = at.hospital.wards
        found = []
        for number, ward in enumerate(wards, 1):
            _say(f"round {number} of {rounds}")
            found.append(await bench.one_round(ward, entries))
        figures = over_rounds(found)
        keep(figures, {"pouchdb.adapter": _named(bench.adapters), "drain.rounds": rounds})
        _say(f"first sync of {TABLETS} tablets at once")
        figures |= await bench.many(wards[-1], TABLETS)
        _say(f"a ward with {facts} facts")
        return figures | await bench.large_ward(large, facts)


def _named(adapters: list[str]) -> str:
    names = sorted(set(adapters), key=adapters.count, reverse=True)
    return " and ".join(names) if len(names) > 1 else names[0]


def main() -> int:
    """Run the benchmark; 1 with one plain sentence when it can not run."""
    parser = argparse.ArgumentParser(prog="python -m bench.offline", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--entries", type=int, default=ENTRIES)
    parser.add_argument("--facts", type=int, default=FACTS)
    arguments = parser.parse_args()
    loads = [os.getloadavg()[0]]
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            figures = runner.run(measured(arguments.rounds, arguments.seed, arguments.entries, arguments.facts))
    except (DemoRefused, ours.NotDone) as refused:
        print(f"bench: {refused}", file=sys.stderr)
        return 1
    loads.append(os.getloadavg()[0])
    print(table(figures, LINES, OTHERS))
    keep(figures, {"drain.load_average": round(median(loads), 1)})
    return 0


if __name__ == "__main__":
    sys.exit(main())
