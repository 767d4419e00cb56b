"""What a tablet keeps survives its end at any instant, and known faults of keeping do not."""

from typing import Any

import pytest

from tests.ward_sim.paper_server import FEED, PaperServer
from tests.ward_sim.test_twin import DEVICE, NURSE, STAYS, BadLine
from ward_sim.instants import DAY, SECOND
from ward_sim.mutants import MUTANTS
from ward_sim.storage import Crashed
from ward_sim.tablet import Tablet

NOTE = {"stay_id": STAYS[0], "turn": 1}


def _tablet(mutant: str | None = None) -> tuple[Tablet, BadLine]:
    line = BadLine(1, PaperServer(), healed=True)
    tablet = line.tablet = Tablet(DEVICE, line, 1, mutant)
    tablet.start()
    tablet.sign_in(NURSE)
    line.run(SECOND)
    return tablet, line


def _save(tablet: Tablet) -> str:
    return tablet.save(NURSE["staff_id"], "note_written", NOTE)


def _dies_at(tablet: Tablet, name: str) -> None:
    def boundary(reached: str) -> None:
        if reached == name:
            tablet.storage.boundary = lambda _name: None
            raise Crashed(name)

    tablet.storage.boundary = boundary


def _changes(line: BadLine, *, dies_at: str = "") -> None:
    """The server appends a change, and the tablet hears of it."""
    assert line.tablet is not None
    if dies_at:
        _dies_at(line.tablet, dies_at)
    line.server.append("note", f"other-{len(line.server.changes)}", 1, {"stay_id": STAYS[1]})
    line.frames()
    line.run(2 * SECOND)


def _at_rest(tablet: Tablet, line: BadLine) -> bool:
    """Whether storage has, at its cursor, exactly what the server had there."""
    kept = tablet.storage.feeds[FEED]
    fresh = PaperServer()
    for change in line.server.changes[: kept.seq]:
        fresh.append(*(change[name] for name in ("type", "id", "version", "row")))
    return kept.rows == fresh.rows


@pytest.mark.parametrize(("name", "kept"), [("before outbox.append", 0), ("after outbox.append", 1)])
def test_an_entry_is_kept_whole_or_not_at_all_and_was_never_shown_as_saved(name: str, kept: int) -> None:
    tablet, line = _tablet()
    line.healed = False
    _dies_at(tablet, name)
    with pytest.raises(Crashed):
        _save(tablet)
    assert (tablet.alive, len(tablet.ledger.saved), len(tablet.storage.entries)) == (False, 0, kept)
    tablet.start()
    _save(tablet)
    assert [entry["n"] for entry in tablet.storage.unsent()] == list(range(1, kept + 2))


@pytest.mark.parametrize("when", ["before", "after"])
def test_an_app_that_dies_at_a_verdict_sends_again_and_nothing_is_doubled(when: str) -> None:
    tablet, line = _tablet()
    _dies_at(tablet, f"{when} outbox.settle")
    entry_id = _save(tablet)
    line.run(5 * SECOND)
    assert not tablet.alive
    tablet.start()
    line.run(5 * SECOND)
    assert not tablet.storage.entries
    assert list(line.server.outcomes) == [entry_id]


@pytest.mark.parametrize("name", ["before projection.changes", "after projection.changes"])
def test_rows_and_cursor_move_together(name: str) -> None:
    tablet, line = _tablet()
    _changes(line, dies_at=name)
    assert not tablet.alive
    assert _at_rest(tablet, line)


def test_a_device_without_power_loses_a_tail_of_the_rows_and_no_entry() -> None:
    tablet, line = _tablet()
    line.healed = False
    for _ in range(5):
        _changes(line)
    _save(tablet)
    seq = tablet.storage.feeds[FEED].seq
    tablet.die()
    assert tablet.storage.lose_tail(1) == 1
    assert tablet.storage.feeds[FEED].seq < seq
    assert _at_rest(tablet, line)
    assert len(tablet.storage.entries) == 1
    tablet.storage.lose_tail()
    line.healed = True
    tablet.start()
    line.run(5 * SECOND)
    assert tablet.feeds[FEED].rows == line.server.rows


def test_what_an_older_epoch_acknowledged_is_sent_again_in_order_and_only_once() -> None:
    tablet, line = _tablet()
    first, second = _save(tablet), _save(tablet)
    line.run(10 * SECOND)
    assert set(tablet.storage.sent) == {first, second}
    line.server.outcomes.clear()
    line.server.epoch = "restored"
    line.frames()
    line.run(5 * SECOND)
    assert list(line.server.outcomes) == [first, second]
    assert {kept["epoch"] for kept in tablet.storage.sent.values()} == {"restored"}
    assert tablet.summary()["resending"] == 0
    line.server.outcomes.clear()
    tablet.start()
    line.frames()
    line.run(5 * SECOND)
    assert not line.server.outcomes


def test_what_an_older_epoch_held_is_sent_again_too_answered_or_not() -> None:
    tablet, line = _tablet()
    held = tablet.save(NURSE["staff_id"], "note_written", {**NOTE, "strange": True})
    line.run(10 * SECOND)
    assert set(tablet.storage.held) == {held}
    line.server.outcomes.clear()
    line.server.epoch = "restored"
    line.frames()
    line.run(5 * SECOND)
    assert line.server.outcomes == {held: "held"}
    assert (set(tablet.storage.held), tablet.storage.entries) == ({held}, {})
    assert tablet.summary()["held"] == 1
    answer = tablet.save(NURSE["staff_id"], "held_entry_resolved", NOTE, answers=held)
    line.run(10 * SECOND)
    assert (tablet.storage.held, tablet.summary()["held"]) == ({}, 0)
    line.server.outcomes.clear()
    line.server.epoch = "restored twice"
    line.frames()
    line.run(5 * SECOND)
    assert list(line.server.outcomes) == [held, answer]
    assert set(tablet.storage.resend(lambda kept: kept["epoch"] != "restored a third time")) == {held, answer}
    assert (list(tablet.storage.entries), tablet.storage.held) == ([held, answer], {})


def test_what_a_person_has_ended_goes_to_an_older_server_only_when_it_asks() -> None:
    tablet, line = _tablet()
    held = tablet.save(NURSE["staff_id"], "note_written", {**NOTE, "strange": True})
    line.run(10 * SECOND)
    ends = {"held_entry_id": held, "resolution": "discarded"}
    answer = tablet.save(NURSE["staff_id"], "held_entry_resolved", ends, answers=held)
    line.run(10 * SECOND)
    line.server.outcomes.clear()
    line.server.epoch, line.server.missing = "restored", [[1, 1]]
    line.frames()
    line.run(10 * SECOND)
    assert list(line.server.outcomes) == [answer, held]


def test_numbers_that_the_server_misses_go_again_and_are_not_looked_for_without_end() -> None:
    tablet, line = _tablet()
    entries = [_save(tablet) for _ in range(4)]
    line.run(10 * SECOND)
    posts = len(line.server.pushed)
    line.server.missing = [[2, 3], [90, 99]]
    last = _save(tablet)
    line.run(10 * SECOND)
    assert line.server.pushed[posts:] == [[last], entries[1:3]]
    assert list(tablet.storage.sent) == [entries[0], entries[3], last, *entries[1:3]]


def test_rows_that_are_not_the_servers_are_found_by_their_sum_and_read_anew() -> None:
    tablet, line = _tablet()
    _changes(line)
    tablet.feeds[FEED].rows.popitem()
    line.frames()
    line.frames()
    line.run(5 * SECOND)
    assert [feed for feed, _ in tablet.diverged] == [FEED]
    assert tablet.feeds[FEED].rows == line.server.rows


def _relaxed_ack(tablet: Tablet, line: BadLine) -> bool:
    line.healed = False
    _save(tablet)
    tablet.die()
    tablet.storage.lose_tail()
    return len(tablet.storage.entries) < len(tablet.ledger.saved)


def _cursor_before_data(tablet: Tablet, line: BadLine) -> bool:
    _changes(line, dies_at="after projection.cursor")
    return not _at_rest(tablet, line)


def _purge_outbox_on_exit(tablet: Tablet, line: BadLine) -> bool:
    line.ask = lambda *_: None  # pyright: ignore[reportAttributeAccessIssue]
    _save(tablet)
    line.server.append("exit", STAYS[0], 1, None)
    line.frames()
    line.run(2 * SECOND)
    return not tablet.storage.entries


def _naive_cursor(tablet: Tablet, line: BadLine) -> bool:
    line.server.append("note", "unheard", 1, {"stay_id": STAYS[1]})
    line.server.append("note", "heard", 1, {"stay_id": STAYS[1]})
    frame = next(one for one in line.server.frames(1) if one["frame"] == "delta")
    tablet.hear({"event": "frame", "frame": frame})
    return ("note", "heard") in tablet.feeds[FEED].rows and ("note", "unheard") not in tablet.feeds[FEED].rows


def _no_scope_exit(tablet: Tablet, line: BadLine) -> bool:
    line.server.append("note", "hers", 1, {"stay_id": STAYS[0]})
    line.server.append("exit", STAYS[0], 1, None)
    frame = next(one for one in line.server.frames(0) if one["frame"] == "delta")
    tablet.hear({"event": "frame", "frame": frame})
    return ("note", "hers") in tablet.feeds[FEED].rows


def _answered(tablet: Tablet, line: BadLine, status: int) -> list[list[tuple[int, str]]]:
    """Two entries go to somebody who refuses them; what was posted in a minute, by number."""
    posted: list[list[tuple[int, str]]] = []

    def ask(tablet: Tablet, method: str, path: str, body: Any, heard: Any) -> None:
        if method == "POST":
            posted.append([(entry["n"], entry["entry_id"]) for entry in body["entries"]])
            line._later(lambda: heard(status, {"status": status, "title": "No"}, None), 5)

    line.healed = False
    honest = line.ask
    line.ask = lambda *_: None  # pyright: ignore[reportAttributeAccessIssue]
    _save(tablet)
    line.run(11 * SECOND)
    _save(tablet)
    line.ask = ask
    tablet.start()
    line.run(60 * SECOND)
    line.ask = honest
    return posted


def _poison_pill(tablet: Tablet, line: BadLine) -> bool:
    posted = _answered(tablet, line, 422)
    return {len(batch) for batch in posted} == {2}


def _drop_on_401(tablet: Tablet, line: BadLine) -> bool:
    _answered(tablet, line, 401)
    return not tablet.storage.entries


def _push_reorder(tablet: Tablet, line: BadLine) -> bool:
    batch = next(batch for batch in _answered(tablet, line, 503) if len(batch) == 2)
    return batch != sorted(batch)


def _no_dedupe(tablet: Tablet, line: BadLine) -> bool:
    batches = _answered(tablet, line, 503)
    return len({entry_id for batch in batches for _, entry_id in batch}) > 2


_SHOWS = {
    "relaxed_ack": _relaxed_ack,
    "cursor_before_data": _cursor_before_data,
    "purge_outbox_on_exit": _purge_outbox_on_exit,
    "naive_cursor": _naive_cursor,
    "no_scope_exit": _no_scope_exit,
    "poison_pill": _poison_pill,
    "drop_on_401": _drop_on_401,
    "push_reorder": _push_reorder,
    "no_dedupe": _no_dedupe,
}


@pytest.mark.parametrize("mutant", MUTANTS)
def test_each_known_fault_does_its_harm_and_a_sound_tablet_does_not(mutant: str) -> None:
    assert _SHOWS[mutant](*_tablet(mutant))
    assert not _SHOWS[mutant](*_tablet())


def test_what_was_sent_stays_for_a_week_of_the_server_whatever_the_tablets_clock_says() -> None:
    tablet, line = _tablet()
    first = _save(tablet)
    line.run(SECOND)
    last = {"sent": [], "held": [], "heads": {}, "epoch": "e1"}
    now = line.device_now()
    tablet.storage.settle({**last, "server_ms": now}, now + 8 * DAY)
    tablet.storage.settle({**last, "server_ms": None}, now + 8 * DAY)
    assert list(tablet.storage.sent) == [first]
    tablet.storage.settle({**last, "server_ms": now + 8 * DAY}, now)
    assert tablet.storage.sent == {}
