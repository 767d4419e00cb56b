"""Every checker of the chaos judge finds a violation that was planted in what it looks at."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from copy import copy, deepcopy
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
import structlog

from tests.ward_sim.plants import PLANTED, Plant, mark, some
from ward_sim.chaos.ground import Ground
from ward_sim.chaos.judge import l1_drain, l2_stuck, l3_storm, s10_versions
from ward_sim.chaos.judge.book import Book
from ward_sim.chaos.judge.effects import has_effect
from ward_sim.chaos.judge.evidence import Evidence, Version
from ward_sim.chaos.run import CHECKERS, run_seed
from ward_sim.chaos.scenario import Scenario, Seat
from ward_sim.storage import Storage

pytestmark = pytest.mark.slow(10)
# A seed without a restore, in which a ward and a team have written something of most kinds.
SEED = 5


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def evidence() -> AsyncIterator[Evidence]:
    """What the judge has looked at; its server goes on until the last test is over."""
    seen: asyncio.Queue[Evidence] = asyncio.Queue()
    over = asyncio.Event()

    async def look(found: Evidence) -> None:
        seen.put_nowait(found)
        await over.wait()

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    async with Ground() as ground, asyncio.TaskGroup() as tasks:
        tasks.create_task(run_seed(ground, SEED, look=look))
        found = await asyncio.wait_for(seen.get(), 120)
        assert found.scenario.book.found == []
        yield found
        over.set()
    structlog.reset_defaults()


def _judge(evidence: Evidence, plant: Plant) -> Book:
    """Judge a copy of the evidence into which something was planted."""
    planted = copy(evidence)
    planted.scenario = copy(evidence.scenario)
    planted.scenario.book = Book()
    seats = {seat: _with_feeds_of_its_own(seat) for seat in evidence.scenario.seats}
    planted.scenario.seats = list(seats.values())
    planted.scenario.pressed = [replace(one, seat=seats[one.seat]) for one in evidence.scenario.pressed]
    for name in ("heads", "changes", "versions", "present", "snapshots", "entries"):
        setattr(planted, name, deepcopy(getattr(evidence, name)))
    planted.passed = copy(evidence.passed)
    planted.passed.verdicts = deepcopy(evidence.passed.verdicts)
    planted.passed.posted, planted.passed.frames = list(evidence.passed.posted), deepcopy(evidence.passed.frames)
    plant(planted)
    for checker in CHECKERS:
        checker.check(planted)
    return planted.scenario.book


def _with_feeds_of_its_own(seat: Seat) -> Seat:
    one = copy(seat)
    one.tablet = copy(seat.tablet)
    one.tablet.feeds = copy(seat.tablet.feeds)
    one.tablet.feeds.update({feed: copy(kept) for feed, kept in seat.tablet.feeds.items()})
    for kept in one.tablet.feeds.values():
        kept.rows = dict(kept.rows)
    return one


@pytest.mark.parametrize(("invariant", "plant"), PLANTED)
def test_a_planted_violation_is_found(evidence: Evidence, invariant: str, plant: Plant) -> None:
    clean = _judge(evidence, lambda _: None)
    assert sum(clean.violations.values()) == 0, clean.found
    assert clean.checked[invariant] > 0 or invariant in ("S10", "S11")
    assert _judge(evidence, plant).violations[invariant] > 0


def _answer_shows(evidence: Evidence, *rows: dict[str, Any]) -> bool:
    """Whether a nurse's `discarded`, which the server accepted, shows in these versions of the tray's row."""
    planted, pressed = copy(evidence), copy(evidence.scenario.pressed[0])
    planted.versions = {("held_entry", "planted"): [Version(n, n, "a feed", row) for n, row in enumerate(rows, 1)]}
    pressed.body, pressed.staff_id = {"held_entry_id": "planted", "resolution": "discarded"}, "nurse"
    entry = some(evidence, "vital_signs_charted")._replace(type="held_entry_resolved", body=pressed.body)
    return has_effect(planted, pressed, entry)


def test_an_answer_that_was_heard_before_what_it_answers_shows_in_the_only_row_and_no_other_answer_does(
    evidence: Evidence,
) -> None:
    hers = {"resolution": "discarded", "resolved_by_staff_id": "nurse"}
    assert _answer_shows(evidence, hers)
    assert _answer_shows(evidence, {}, hers | {"resolved_by_staff_id": "another"}), "and hers is told in a flag"
    for row in ({}, hers | {"resolution": "resent"}, hers | {"resolved_by_staff_id": "another"}):
        assert not _answer_shows(evidence, row)


@pytest.mark.parametrize(("n", "stay_id", "violations"), [(3, "s", 0), (1, "s", 1), (3, "another", 1)])
def test_a_misshapen_entry_may_wait_behind_one_of_its_stay_that_is_too_new_and_nowhere_else(
    evidence: Evidence, n: int, stay_id: str, violations: int
) -> None:
    planted, scenario = copy(evidence), copy(evidence.scenario)
    planted.scenario, scenario.book = scenario, Book()
    seat = copy(scenario.pressed[0].seat)
    seat.tablet = copy(seat.tablet)
    seat.tablet.storage = Storage()
    scenario.pressed = []
    for odd, at, of in (("newer", 2, "s"), ("unknown_field", n, stay_id)):
        pressed = copy(evidence.scenario.pressed[0])
        pressed.seat, pressed.odd, pressed.ticked, pressed.entry = seat, odd, True, {"entry_id": odd, "n": at}
        scenario.pressed.append(pressed)
        seat.tablet.storage.entries[odd] = {"entry": pressed.entry, "n": at, "stay_id": of}
    s10_versions.check(planted)
    assert scenario.book.violations["S10"] == violations


def test_an_outbox_that_does_not_drain_is_found(evidence: Evidence) -> None:
    scenario = copy(evidence.scenario)
    scenario.book = Book()
    storage = scenario.seats[0].tablet.storage
    kept = dict(next(iter(storage.sent.values())))
    storage.entries["stuck"] = kept
    try:
        l1_drain.look(scenario)
    finally:
        del storage.entries["stuck"]
    assert scenario.book.violations["L1"] == 1


def test_a_storm_of_dials_is_found(evidence: Evidence) -> None:
    scenario = copy(evidence.scenario)
    scenario.book = Book()
    line = scenario.seats[0].line
    line.dialled, kept = [scenario.healed_at] * 100, line.dialled
    try:
        l3_storm.look(scenario)
    finally:
        line.dialled = kept
    assert scenario.book.violations["L3"] >= 1


def test_marks_in_their_turn_in_one_transaction_are_no_violation(evidence: Evidence) -> None:
    book = _judge(evidence, lambda planted: mark(planted, "blocked", "dirty", "cleaning", "clean"))
    assert book.violations["S8"] == 0, book.found


@pytest.fixture
def follower(evidence: Evidence) -> Iterator[tuple[Scenario, Seat, Seat]]:
    """A scenario with a book of its own, a tablet that follows, and one whose socket is stuck. The others are away."""
    scenario = copy(evidence.scenario)
    scenario.book = Book()
    seat, stuck, *others = scenario.seats
    line, tablet, feed = seat.line, seat.tablet, f"unit:{seat.tablet.unit_id}"
    kept = copy(line.carried), tablet.feeds[feed].seq
    for other in others:
        other.tablet.alive = False
    stuck.line.stick()
    yield scenario, seat, stuck
    stuck.line.unstick()
    for other in others:
        other.tablet.alive = True
    line.carried, tablet.feeds[feed].seq = kept
    line.is_mute, line.offline_since = False, None
    line.refusals.clear()
    if line.socket is not None:
        line.socket.flows.set()


def _delay(seat: Seat) -> None:
    """The newest change of its unit has not been sent to it."""
    kept = seat.tablet.feeds[f"unit:{seat.tablet.unit_id}"]
    kept.seq -= 1
    seat.line.carried = [frame for frame in seat.line.carried if frame["to"] <= kept.seq]


async def test_a_tablet_that_a_stuck_one_delays_is_found(follower: tuple[Scenario, Seat, Seat]) -> None:
    scenario, seat, stuck = follower
    before = l2_stuck.standing(scenario)
    await l2_stuck.look(scenario, stuck, before)
    assert (scenario.book.checked["L2"], scenario.book.violations["L2"]) == (1, 0)
    _delay(seat)
    await l2_stuck.look(scenario, stuck, before)
    assert (scenario.book.checked["L2"], scenario.book.violations["L2"]) == (2, 1)


@pytest.mark.parametrize(
    "excuse",
    [
        lambda seat: seat.line.dialled.append(0),
        lambda seat: setattr(seat.line, "is_mute", True),
        lambda seat: setattr(seat.line, "offline_since", 0),
        lambda seat: seat.line.refusals.append(503),
        lambda seat: seat.line.stick(),
    ],
)
async def test_a_tablet_that_lags_for_reasons_of_its_own_is_not_held_against_the_stuck_one(
    follower: tuple[Scenario, Seat, Seat], excuse: Callable[[Seat], object]
) -> None:
    scenario, seat, stuck = follower
    before = l2_stuck.standing(scenario)
    _delay(seat)
    excuse(seat)
    await l2_stuck.look(scenario, stuck, before)
    assert scenario.book.checked["L2"] == 0
