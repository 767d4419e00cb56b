"""Bad hours by seeds: known faults of tablets are found, a seed repeats, and seeds that once failed hold."""

from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
import structlog

from tests.ward_sim.seed_trace import Trace
from ward_sim.chaos.command import again
from ward_sim.chaos.ground import Ground
from ward_sim.chaos.run import run_seed
from ward_sim.core import BothCores, NodeChild, NodeCore
from ward_sim.mutants import MUTANTS

# What each known fault dies of first, and seeds that once showed a fault of ours.
SEEDS = msgspec.json.decode((Path(__file__).parent / "chaos_seeds.json").read_bytes())
KILLED_WITHIN = 150

pytestmark = pytest.mark.slow(30)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def ground() -> AsyncIterator[Ground]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    async with Ground() as made:
        yield made
    structlog.reset_defaults()


@pytest.mark.parametrize("mutant", MUTANTS)
async def test_a_known_fault_of_a_tablet_is_found_within_150_seeds(ground: Ground, mutant: str) -> None:
    first = SEEDS["mutants"][mutant]
    for seed in (first, *range(1, KILLED_WITHIN + 1)):
        report = await run_seed(ground, seed, mutant)
        if report["violations"]:
            assert seed <= KILLED_WITHIN
            return
    pytest.fail(f"{mutant} lives")


async def test_a_seed_gives_the_same_trace_again(ground: Ground) -> None:
    one, other = Trace(), Trace()
    for trace in (one, other):
        report = await run_seed(ground, SEEDS["repeated"], taps=[trace])
        assert report["requests"] > 50
    assert one.number() == other.number()


@pytest.mark.parametrize("seed", SEEDS["failed_once"])
async def test_a_seed_that_failed_once_holds_with_both_cores(ground: Ground, seed: int) -> None:
    with NodeChild() as child:
        report = await run_seed(ground, seed, cores=lambda number: BothCores(NodeCore(child, f"{seed}/{number}")))
    assert report["violations"] == 0, report["found"]
    assert report["by_invariant"]["trace"]["checked"] > 100


def test_a_failing_seed_is_repeated_by_one_command() -> None:
    assert again(4711, None) == "uv run python -m ward_sim chaos --seed 4711 --seeds 1"
    assert again(7, "no_dedupe") == "uv run python -m ward_sim chaos --seed 7 --seeds 1 --mutant no_dedupe"
