"""One seed: hours of faults while safety is watched, then healing and liveness, then the judge."""

import random
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from ward_sim.chaos.faults import plan_faults
from ward_sim.chaos.ground import START_AT, Ground
from ward_sim.chaos.judge import (
    l1_drain,
    l3_storm,
    s01_saved,
    s02_once,
    s03_converged,
    s04_scope,
    s05_together,
    s06_device_order,
    s07_causality,
    s08_clinical,
    s09_clocks,
    s10_versions,
    s11_restored,
    s12_bytes,
)
from ward_sim.chaos.judge.book import Book
from ward_sim.chaos.judge.evidence import Evidence, gathered
from ward_sim.chaos.judge.passed import Passed
from ward_sim.chaos.network import ChaosNetwork
from ward_sim.chaos.scenario import END_AT, Scenario
from ward_sim.chaos.server import MortalServer
from ward_sim.core import Core, CoresDiffer
from ward_sim.faults import Faults
from ward_sim.instants import SECOND
from ward_sim.world import World

Json = dict[str, Any]
Cores = Callable[[int], Core]
Look = Callable[[Evidence], Awaitable[None]]
CHECKERS = (
    s01_saved,
    s02_once,
    s03_converged,
    s04_scope,
    s05_together,
    s06_device_order,
    s07_causality,
    s08_clinical,
    s09_clocks,
    s10_versions,
    s11_restored,
    s12_bytes,
)
_ROUNDS = 40


async def run_seed(
    ground: Ground,
    seed: int,
    mutant: str | None = None,
    cores: Cores | None = None,
    look: Look | None = None,
    taps: Sequence[Any] = (),
) -> Json:
    """Run a seed and return its report; `look` is shown what the judge has looked at, `taps` all that passes."""
    began, used = time.perf_counter(), time.process_time()
    database = f"seed_{seed}"
    await ground.copy_database(database)
    server = MortalServer(ground, database)
    world = World(START_AT)
    die = random.Random(f"{seed}/scenario")
    network = ChaosNetwork(world, server, _share_of_faults(die))  # pyright: ignore[reportArgumentType]
    network.open(random.Random(f"{seed}/network"), lambda: die.randrange(2 * SECOND, 40 * SECOND))
    scenario = Scenario(seed, die, ground, world, server, network, Book())
    passed = Passed(scenario)
    network.taps += [*taps, passed]
    try:
        await network.start_server()
        faults = await _play(scenario, cores, mutant)
        evidence = await judged(scenario, passed)
        if look is not None:
            await look(evidence)
        scenario.book.check("ended", holds=True, otherwise="")
    except CoresDiffer as differ:
        faults = []
        scenario.book.check("trace", holds=False, otherwise=str(differ))
    finally:
        await server.stop()
        await ground.line.cut_all()
        await ground.drop_database(database)
        await ground.drop_database(f"{database}_backup")
    return {
        "seed": seed,
        "violations": sum(scenario.book.violations.values()),
        "found": scenario.book.found,
        "by_invariant": scenario.book.by_invariant(),
        "entries": len(scenario.pressed),
        "requests": network.counts.requests,
        "server_deaths": server.deaths,
        "restores": server.restores,
        "interleaved": network.together,
        "faults": faults,
        "seconds": round(time.perf_counter() - began, 2),
        "processor_seconds": round(time.process_time() - used, 2),
    }


def _share_of_faults(die: random.Random) -> Faults:
    """Some networks are good, some are dreadful."""
    bad = die.choice((0.3, 1.0, 2.0))
    usual = Faults(refused=0.0, socket_cut=0.03, frame_slow=0.08)
    return Faults(**{name: getattr(usual, name) * bad for name in Faults.__slots__})


async def _play(scenario: Scenario, cores: Any, mutant: str | None) -> list[str]:
    scenario.sit_down(cores, mutant)
    for seat in scenario.seats:
        seat.line.newer_server = scenario.die.random() < 0.2
    scenario.plan_acts()
    faults = plan_faults(scenario)
    await scenario.world.run(END_AT)
    await _heal(scenario)
    return faults


async def _heal(scenario: Scenario) -> None:
    """No fault and no new local write from here on; all sockets break at once, sometimes with the server."""
    world, network, server = scenario.world, scenario.network, scenario.server
    scenario.healed_at = world.now
    network.faults = Faults(**dict.fromkeys(Faults.__slots__, 0.0))
    network.meetings = 0
    if scenario.seed % 3 == 0:
        await server.die()
    await network.start_server()
    for seat in scenario.seats:
        line = seat.line
        line.is_mute = False
        line.hear_again()
        line.refusals.clear()
        line.unstick()
        line.break_socket()
        seat.tablet.storage.boundary = lambda _name: None
        if line.offline_since is not None:
            line.go_online()
        line.is_mended = True
        if not seat.tablet.alive:
            seat.is_closed = True
            await scenario.reopen(seat)
    await world.run(scenario.healed_at + l3_storm.ENDS_WITHIN)
    l3_storm.look(scenario)
    await world.run(scenario.healed_at + l1_drain.WITHIN)
    l1_drain.look(scenario)
    await s12_bytes.ask_as_a_stranger(scenario)
    await _rest(scenario)


async def _rest(scenario: Scenario) -> None:
    """Until every tablet is where the server is: sweeps go on writing, as they do in life."""
    for _ in range(_ROUNDS):
        await scenario.network.advance()
        await scenario.world.run(scenario.world.now + 10 * SECOND)
        connection = await scenario.server.reader()
        heads = {row["feed_id"]: row["head"] for row in await connection.fetch("select feed_id, head from feed")}
        # A person whose session is over is told nothing more.
        everyone = [(name, kept.seq) for seat in scenario.seats for name, kept in seat.tablet.feeds.items()]
        feeds = [(name, seq) for name, seq in everyone if not name.startswith("user:")]
        if all(heads.get(name) == seq for name, seq in feeds):
            return


async def judged(scenario: Scenario, passed: Passed) -> Evidence:
    """Check every invariant of the end; return what was looked at."""
    evidence = await gathered(scenario, passed)
    for checker in CHECKERS:
        checker.check(evidence)
    steps = sum(getattr(seat.tablet.core, "steps", 0) for seat in scenario.seats)
    for _ in range(steps):
        scenario.book.check("trace", holds=True, otherwise="")
    return evidence
