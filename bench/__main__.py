"""`python -m bench`: measure, print the table, write bench/results.json."""

import argparse
import asyncio
import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC

import uvloop

from bench import charting, crowd, growth, limits, reading, statements, units
from bench.place import Place, place, present
from bench.results import (
    RESULTS,
    Figures,
    keep,
    of_beds,
    of_board,
    of_charting,
    of_crowd,
    of_hot_unit,
    of_limits,
    of_snapshot,
    of_socket,
    of_units,
    over_rounds,
)
from bench.table import table
from bench.ward import CLIENTS, LoadedWard, loaded
from ward_sim.demo.children import DemoRefused
from ward_sim.hospital import Ward

ROUNDS = 5
UNIT_ROUNDS = 3


async def one_round(at: Place, of: Ward, ward: LoadedWard) -> Figures:
    """Every measurement once, the limits among them, so that a noisy neighbour meets all alike."""
    commit = await limits.one_commit(at)
    http, http_per_s = await limits.loopback_http(at, CLIENTS)
    alone, reply_bytes, cpu_ms = await charting.one_by_one(at, ward)
    delay = await reading.to_another_tablet(at, ward)
    together = await charting.side_by_side(ward)
    read = await reading.snapshot(ward)
    whole = await reading.board(ward)
    beds = await reading.beds(ward)
    batched = await charting.in_batches(ward)
    hot = await units.hot_unit(ward)
    crowded = await crowd.change_to_board(at, of, ward)
    return {
        **of_limits(commit, http, http_per_s),
        **of_charting(alone, reply_bytes, cpu_ms, together, batched),
        **of_hot_unit(*hot),
        **of_snapshot(read),
        **of_board(whole),
        **of_beds(*beds),
        **of_crowd(crowded),
        **of_socket(delay),
        "server_resident_mb": at.resident_mb,
    }


async def measured(rounds: int, seed: int) -> Figures:
    """Medians over rounds, each on a fresh ward of the same server."""
    found: list[Figures] = []
    counts: Figures = {}
    async with place(rounds + units.UNITS, seed) as at:
        for number, ward in enumerate(at.hospital.wards[:rounds]):
            _say(f"round {number + 1} of {rounds}: loading a ward of 30")
            ready = await loaded(at.hospital, ward, at.address, at.now_ms)
            if number == 0:
                counts = await statements.counted(at, ready)
            _say(f"round {number + 1} of {rounds}: measuring")
            found.append(await one_round(at, ward, ready))
        _say(f"loading {units.UNITS} wards of 30")
        wards = [await loaded(at.hospital, ward, at.address, at.now_ms) for ward in at.hospital.wards[rounds:]]
        _say("measuring them together")
        together = [of_units(*await units.eight_units(at, wards)) for _ in range(UNIT_ROUNDS)]
    return {**over_rounds(found), **over_rounds(together), **counts}


def _say(text: str) -> None:
    print(f"bench: {text}", file=sys.stderr, flush=True)


def main() -> int:
    """Run the benchmarks; 1 with one plain sentence when they can not run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--growth", action="store_true", help="instead: 1 to 40 units with 10 to 1,000 tablets")
    arguments = parser.parse_args()
    load = os.getloadavg()[0]
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            if arguments.growth:
                return _grown(runner.run(growth.measured(arguments.seed, _say)), load)
            figures = runner.run(measured(arguments.rounds, arguments.seed))
    except (DemoRefused, growth.NotWhole) as refused:
        print(f"bench: {refused}", file=sys.stderr)
        return 1
    print(table(figures))
    about = {
        "measured_at": present().astimezone(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "processors": os.cpu_count(),
        "load_average_before": round(load, 1),
        "rounds": arguments.rounds,
    }
    keep(figures, about)
    return 0


def _grown(figures: Figures, load: float) -> int:
    """Growth takes longer than the rest: its last figures stay beside it, with their own day and commit."""
    print(growth.table(figures))
    about = {
        "growth.measured_at": present().astimezone(UTC).isoformat(timespec="seconds"),
        "growth.commit": _commit(),
        "growth.load_average_before": round(load, 1),
    }
    keep(figures, about)
    return 0


def _commit() -> str:
    git = shutil.which("git")
    command = [str(git), "rev-parse", "--short", "HEAD"]
    if git is None:
        return ""
    return subprocess.run(command, cwd=RESULTS.parent, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603


if __name__ == "__main__":
    sys.exit(main())
