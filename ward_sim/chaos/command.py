"""`python -m ward_sim chaos`: many seeds, in as many processes as are asked for, and one report."""

import argparse
import asyncio
import gc
import logging
import os
import sys
import time
import traceback
from contextlib import ExitStack
from typing import Any

import msgspec
import structlog

from ward_sim.chaos.ground import Ground
from ward_sim.chaos.judge.book import Book
from ward_sim.chaos.run import run_seed
from ward_sim.core import BothCores, Core, NodeChild, NodeCore, TwinCore

Json = dict[str, Any]
# Levels of logging: what a server says that is killed on purpose is no news.
_CRITICAL = 50
_FEWEST_TABLETS = 3
_WORTH_PROCESSES = 20
# A long run that was broken off goes on from the smallest of the last seeds told of, one a process: `--seed`.
_PROGRESS_EVERY = 25
_FIGURES = ("entries", "requests", "server_deaths", "restores", "interleaved", "processor_seconds")


async def chaos(first: int, seeds: int, mutant: str | None, jobs: int | None) -> Json:
    """Run so many seeds from the first on and return the report; a mutant's run ends with the seed that kills it."""
    began = time.perf_counter()
    if jobs is None:
        jobs = 1 if mutant or seeds < _WORTH_PROCESSES else (os.cpu_count() or 1) + 1
    shares = [range(first + job, first + seeds, jobs) for job in range(jobs)]
    if jobs == 1:
        reports = await run_seeds(shares[0], mutant)
    else:
        told = await asyncio.gather(*(_in_a_process(share, mutant) for share in shares if share))
        reports = [report for share in told for report in share]
    return _report(first, seeds, mutant, reports) | {"seconds": round(time.perf_counter() - began, 1)}


async def run_seeds(seeds: range, mutant: str | None) -> list[Json]:
    """Run seeds one after another on one ground; every report goes out as a line of its own, too."""
    logging.getLogger("asyncpg").setLevel(_CRITICAL)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(_CRITICAL))
    reports = []
    with ExitStack() as open_things:
        child = None if mutant else open_things.enter_context(NodeChild())
        async with Ground() as ground:
            gc.freeze()  # modules and hospital stay as long as the process: nobody need look at them again
            for seed in seeds:
                reports.append(await _run_one(ground, seed, mutant, child))
                _tell(reports[-1], mutant)
                if len(reports) % _PROGRESS_EVERY == 0:
                    failed = sum(report["violations"] > 0 for report in reports)
                    share = f"from {seeds.start} by {seeds.step}"
                    print(
                        f"{share}: {len(reports)} of {len(seeds)}, up to seed {seed}, {failed} failed",
                        file=sys.stderr,
                        flush=True,
                    )
                if mutant and reports[-1]["violations"]:
                    break
    return reports


async def _run_one(ground: Ground, seed: int, mutant: str | None, child: NodeChild | None) -> Json:
    """Run a seed; one that raises has failed, with its traceback, and the others go on."""
    try:
        return await run_seed(ground, seed, mutant, lambda number: _core(child, seed, number))
    except Exception:  # noqa: BLE001  # whatever it was, the seeds after it still tell something
        book = Book()
        book.check("ended", holds=False, otherwise=traceback.format_exc())
        counts = {"violations": 1, "found": book.found, "by_invariant": book.by_invariant()}
        return {"seed": seed, **counts, **dict.fromkeys(_FIGURES, 0)}


def _core(child: NodeChild | None, seed: int, number: int) -> Core:
    """One tablet of each seed runs the browser's core and the twin side by side, the others the twin alone.

    All of them doubled the price of a seed and found no more. A mutant is a fault of the twin.
    """
    if child is None or number != seed % _FEWEST_TABLETS:
        return TwinCore()
    return BothCores(NodeCore(child, f"{seed}/{number}"))


def _tell(report: Json, mutant: str | None) -> None:
    for sentence in report["found"]:
        print(f"seed {report['seed']}: {sentence}", file=sys.stderr)
    if report["violations"]:
        print(f"again: {again(report['seed'], mutant)}", file=sys.stderr, flush=True)


def again(seed: int, mutant: str | None) -> str:
    """The one command that repeats a seed."""
    return f"uv run python -m ward_sim chaos --seed {seed} --seeds 1" + (f" --mutant {mutant}" if mutant else "")


async def _in_a_process(share: range, mutant: str | None) -> list[Json]:
    words = ["--seed", str(share.start), "--seeds", str(len(share)), "--step", str(share.step), "--each"]
    words += ["--mutant", mutant] if mutant else []
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "ward_sim", "chaos", *words, stdout=asyncio.subprocess.PIPE, env=dict(os.environ)
    )
    out, _ = await child.communicate()
    if child.returncode not in (0, 1):
        raise RuntimeError(f"the process of seeds from {share.start} on ended with {child.returncode}")
    return msgspec.json.decode(out.strip().rsplit(b"\n", 1)[-1])


def _report(first: int, seeds: int, mutant: str | None, reports: list[Json]) -> Json:
    book = Book()
    for report in reports:
        book.add(report["by_invariant"])
    failed = sorted(report["seed"] for report in reports if report["violations"])
    return {
        "first_seed": first,
        "seeds": len(reports),
        "asked_for": seeds,
        "mutant": mutant,
        "violations": sum(book.violations.values()),
        "failed_seeds": failed,
        "again": [again(seed, mutant) for seed in failed[:5]],
        "by_invariant": book.by_invariant(),
        **{name: round(sum(report[name] for report in reports), 1) for name in _FIGURES},
    }


def add_to(chosen: Any) -> argparse.ArgumentParser:
    """Register the command; return its parser."""
    parser: argparse.ArgumentParser = chosen.add_parser("chaos", help="bad hours by seeds, every invariant judged")
    parser.add_argument("--seeds", type=int, default=500, help="how many")
    parser.add_argument("--jobs", type=int, help="so many processes, each with a PostgreSQL of its own")
    parser.add_argument("--step", type=int, default=1, help=argparse.SUPPRESS)
    parser.add_argument("--each", action="store_true", help=argparse.SUPPRESS)
    return parser
