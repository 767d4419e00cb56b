"""Bad hours by seeds: known faults of tablets are found, a seed repeats, and seeds that once failed hold."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
import structlog

from tests.ward_sim.seed_trace import Trace
from ward_sim.chaos.command import again, chaos
from ward_sim.chaos.faults import plan_faults
from ward_sim.chaos.ground import Ground
from ward_sim.chaos.run import run_seed
from ward_sim.chaos.scenario import Scenario
from ward_sim.core import BothCores, NodeChild, NodeCore, TwinCore
from ward_sim.mutants import MUTANTS

# What each known fault dies of first, and seeds that once showed a fault of ours.
SEEDS = msgspec.json.decode((Path(__file__).parent / "chaos_seeds.json").read_bytes())
KILLED_WITHIN = 150
# The laws that must speak against each: one that is found by another law alone shows that its own judge is blind.
BROKEN_BY = {
    "naive_cursor": {"S3", "S5"},
    "no_dedupe": {"S2"},
    "purge_outbox_on_exit": {"S1"},
    "drop_on_401": {"S1"},
    "poison_pill": {"L1"},
    "relaxed_ack": {"S1"},
    "cursor_before_data": {"S5"},
    "no_scope_exit": {"S4"},
    "push_reorder": {"S6"},
}

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
        by_invariant = (await run_seed(ground, seed, mutant))["by_invariant"]
        if any(by_invariant[name]["violations"] for name in BROKEN_BY[mutant]):
            assert seed <= KILLED_WITHIN
            return
    pytest.fail(f"{mutant} lives")


class ForgetfulCore(TwinCore):
    """Stands where the browser's core does, and forgets one timer."""

    told: dict[str, Any] = {}  # noqa: RUF012  # as the core in Node keeps it
    timers = 0

    def step(self, event: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
        actions = super().step(event, now)
        self.told = self.summary(now)
        self.timers += sum(action["action"] == "set_timer" for action in actions)
        return [action for action in actions if action["action"] != "set_timer"] if self.timers == 20 else actions


async def test_a_core_that_differs_once_is_found(ground: Ground) -> None:
    report = await run_seed(ground, 1, cores=lambda _number: BothCores(ForgetfulCore()))  # pyright: ignore[reportArgumentType]
    assert report["by_invariant"]["trace"] == {"checked": 1, "violations": 1}
    assert "set_timer" in report["found"][0]


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


class Mishap(Exception):
    """No violation: the simulation itself has a fault."""


async def test_a_seed_that_raises_has_failed_with_its_traceback_and_the_next_is_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def plan(scenario: Scenario) -> list[str]:
        if scenario.seed == 1:
            raise Mishap
        return plan_faults(scenario)

    monkeypatch.setattr("ward_sim.chaos.run.plan_faults", plan)
    report = await chaos(1, 2, None, jobs=1)
    assert (report["seeds"], report["failed_seeds"], report["again"]) == (2, [1], [again(1, None)])
    assert report["by_invariant"]["ended"] == {"checked": 2, "violations": 1}
    told = capsys.readouterr().err
    assert "seed 1: ended: Traceback" in told
    assert "Mishap" in told
    assert f"again: {again(1, None)}" in told


def test_a_failing_seed_is_repeated_by_one_command() -> None:
    assert again(4711, None) == "uv run python -m ward_sim chaos --seed 4711 --seeds 1"
    assert again(7, "no_dedupe") == "uv run python -m ward_sim chaos --seed 7 --seeds 1 --mutant no_dedupe"
