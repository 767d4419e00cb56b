"""`python -m ward_sim`: day, replay, load, chaos and demo."""

import argparse
import asyncio
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from ward_sim import commands
from ward_sim.chaos import command as chaos_command
from ward_sim.core import CORES
from ward_sim.demo.children import DemoRefused
from ward_sim.load.run import MADE_AT_MS, SCENES, Wanted, load
from ward_sim.load.wards import hospital_of
from ward_sim.loading import hospital_file
from ward_sim.mutants import MUTANTS


def main(words: list[str] | None = None) -> int:
    """Run one command; exit code 1 when it found something wrong, 2 when it could not run."""
    arguments = _parser().parse_args(words)
    try:
        # An end that is asked for is the same as Ctrl-C: children are stopped on the way out. A shell lets its
        # background jobs ignore Ctrl-C; this one listens.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
        # A demo is ended by Ctrl-C, which reaches a task of asyncio's own loop in an orderly way only.
        run = asyncio.run if arguments.run is _demo else uvloop.run
        return run(arguments.run(arguments))
    except DemoRefused as refused:
        print(refused, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Everything is stopped.", file=sys.stderr)
        return 0 if arguments.run is _demo else 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ward_sim", description="Simulate a hospital's tablets.")
    chosen = parser.add_subparsers(required=True, metavar="COMMAND")
    day = chosen.add_parser("day", help="a simulated day, judged")
    day.add_argument("--mutant", choices=MUTANTS, help="give the tablets a known fault; the judge must find it")
    day.add_argument("--hours", type=int, choices=range(1, 25), metavar="1..24", default=24, help="end it earlier")
    day.add_argument("--core", choices=CORES, default="twin", help="whose core the tablets have; both: compared")
    day.set_defaults(run=_day)
    replay = chosen.add_parser("replay", help="chart real series and score them again")
    replay.add_argument("folder", type=Path)
    replay.add_argument("--patients", type=int, help="only the first so many records")
    replay.set_defaults(run=_replay)
    load = chosen.add_parser("load", help="many tablets on a real server: steady, busy, stuck, and all back at once")
    load.add_argument("--units", type=int, default=8)
    load.add_argument("--tablets", type=int, default=200)
    load.add_argument("--seconds", type=float, default=10.0, help="how long a scene is")
    load.add_argument("--scenes", nargs="+", choices=SCENES, default=SCENES, metavar="SCENE", help=", ".join(SCENES))
    load.add_argument("--url", help="of a running server that has this hospital; without it one is started")
    load.add_argument("--write", type=Path, metavar="FILE", help="only write the hospital for `backend staff load`")
    load.set_defaults(run=_load)
    chaos = chaos_command.add_to(chosen)
    chaos.add_argument(
        "--mutant", choices=MUTANTS, help="give the tablets a known fault; end with the seed that finds it"
    )
    chaos.set_defaults(run=_chaos)
    demo = chosen.add_parser("demo", help="a living hospital at http://127.0.0.1:8000")
    demo.add_argument("--port", type=int, help="instead of PORT")
    demo.set_defaults(run=_demo)
    for command in (day, replay, load, chaos, demo):
        command.add_argument("--seed", type=int, default=1)
        command.add_argument("--json", action="store_true", help="one JSON object as the last line")
    return parser


async def _day(arguments: argparse.Namespace) -> int:
    report, wrong = await commands.day(arguments.seed, arguments.mutant, arguments.hours, arguments.core)
    return _tell(report, wrong=wrong, as_json=arguments.json)


async def _chaos(arguments: argparse.Namespace) -> int:
    seeds = range(arguments.seed, arguments.seed + arguments.seeds * arguments.step, arguments.step)
    if arguments.each:
        reports = await chaos_command.run_seeds(seeds, arguments.mutant)
        print(msgspec.json.encode(reports).decode())
        return int(any(report["violations"] for report in reports))
    report = await chaos_command.chaos(arguments.seed, arguments.seeds, arguments.mutant, arguments.jobs)
    return _tell(report, wrong=report["violations"] > 0, as_json=arguments.json)


async def _replay(arguments: argparse.Namespace) -> int:
    if not arguments.folder.is_dir():
        raise DemoRefused(f"There is no folder {arguments.folder}.")
    report, wrong = await commands.replay(arguments.folder, arguments.seed, arguments.patients)
    return _tell(report, wrong=wrong, as_json=arguments.json)


async def _load(arguments: argparse.Namespace) -> int:
    if arguments.write:
        hospital_file(hospital_of(arguments.units, arguments.seed, MADE_AT_MS), arguments.write)
        return 0
    scenes = tuple(arguments.scenes)
    wanted = Wanted(arguments.seed, arguments.units, arguments.tablets, arguments.seconds, scenes, arguments.url)
    report, wrong = await load(wanted)
    return _tell(report, wrong=wrong, as_json=arguments.json)


async def _demo(arguments: argparse.Namespace) -> int:
    await commands.demo(arguments.seed, arguments.port)
    return 0


def _tell(report: dict[str, Any], *, wrong: bool, as_json: bool) -> int:
    if as_json:
        print(msgspec.json.encode(report).decode())
    else:
        for name, figure in report.items():
            print(f"{name:>20}  {figure}")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
