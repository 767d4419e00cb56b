"""The outbox: save, send oldest first, keep everything until a verdict takes it."""

import msgspec

from shared_schemas.wire import BATCH_BYTES, ENTRIES_PER_BATCH
from ward_sim.instants import SECOND, instant_text
from ward_sim.twin.actions import (
    Action,
    Post,
    Seal,
    SetTimer,
    Settle,
    ShowSaved,
    StoreEntry,
)
from ward_sim.twin.backoff import pause_ms
from ward_sim.twin.events import Answered, EntryStored, Json, SaveAsked, Sealed
from ward_sim.twin.offset import clock_fields, measure
from ward_sim.twin.state import InFlight, State

# Room for the push around the entries.
_ENVELOPE_BYTES = 200
_POISON = frozenset({400, 413, 422})


def save(state: State, event: SaveAsked, now: int) -> list[Action]:
    """Fix the entry's bytes and its place in device order; the author's mac comes next."""
    body = {"observed_at": instant_text(now), **event.body, **clock_fields(state.clock, now)}
    entry = {
        "entry_id": state.chance.uuid7(now),
        "device_id": state.device_id,
        "n": state.next_n,
        "type": event.type,
        "v": event.v,
        "session_id": event.session_id,
        "recorded_at": instant_text(now),
        "depends_on": event.depends_on,
        "body": msgspec.json.encode(body).decode(),
    }
    state.next_n += 1
    state.unsealed[entry["entry_id"]] = entry
    return [Seal(entry)]


def sealed(state: State, event: Sealed, _now: int) -> list[Action]:
    """Store the entry before anybody is told that it is saved."""
    entry = {**state.unsealed.pop(event.entry_id), "mac": event.mac}
    state.storing[event.entry_id] = entry
    return [StoreEntry(entry)]


def stored(state: State, event: EntryStored, now: int) -> list[Action]:
    """Now it is durable: say so, and try to send."""
    entry = state.storing.pop(event.entry_id)
    state.outbox[event.entry_id] = entry
    return [ShowSaved(entry), *flush(state, now)]


def flush(state: State, now: int) -> list[Action]:
    """Send the oldest entries, unless a batch is under way or it is too early after a failure."""
    if state.in_flight or not state.outbox or now < state.retry_at:
        return []
    batch = _batch(state, now)
    if not batch:
        # Only what still waits counts: a bygone instant would ring at once, and again, for ever.
        return [SetTimer("flush", min(state.later_until[entry_id] for entry_id in state.outbox))]
    request_id = state.take_request_id()
    state.in_flight = InFlight(request_id, [entry["entry_id"] for entry in batch], now)
    push = {"outbox_depth": len(state.outbox), "max_n": state.next_n - 1, "entries": batch}
    return [Post(request_id, push)]


def _batch(state: State, now: int) -> list[Json]:
    batch: list[Json] = []
    room = BATCH_BYTES - _ENVELOPE_BYTES
    for entry_id, entry in state.outbox.items():
        if state.later_until.get(entry_id, 0) > now:
            continue
        room -= len(msgspec.json.encode(entry)) + 1
        if batch and (room < 0 or len(batch) >= state.batch_limit):
            break
        batch.append(entry)
    return batch


def push_answered(state: State, event: Answered, now: int) -> list[Action]:
    """Read the verdicts, bisect at poison, keep everything at anything else."""
    flight = state.in_flight
    if flight is None or flight.request_id != event.request_id:
        return []
    state.in_flight = None
    reply = event.reply
    if event.status == 200 and reply is not None and "verdicts" in reply:
        measure(state.clock, flight.sent_at, now, reply["server_at"])
        state.attempts = 0
        state.batch_limit = min(ENTRIES_PER_BATCH, state.batch_limit * 2)
        return [_settle(state, flight, reply["verdicts"], now), *flush(state, now)]
    if event.status in _POISON and reply is not None:
        return [*_bisect(state, flight, event.status), *flush(state, now)]
    return back_off(state, now)


def _settle(state: State, flight: InFlight, verdicts: list[Json], now: int) -> Action:
    """Take every entry with a final verdict out; only ids of this batch count."""
    gone: list[str] = []
    tray: dict[str, Json] = {}
    for verdict in verdicts:
        entry_id = verdict["entry_id"]
        if entry_id not in flight.entry_ids or entry_id not in state.outbox:
            continue
        if verdict["verdict"] == "later":
            state.later_until[entry_id] = now + verdict.get("retry_after_s", 5) * SECOND
            continue
        entry = state.outbox.pop(entry_id)
        state.later_until.pop(entry_id, None)
        gone.append(entry_id)
        if verdict["verdict"] == "held" or verdict.get("outcome") == "held":
            tray[entry_id] = {"entry": entry, "verdict": verdict}
    state.tray.update(tray)
    return Settle(gone, tray, verdicts)


def _bisect(state: State, flight: InFlight, status: int) -> list[Action]:
    if len(flight.entry_ids) > 1:
        state.batch_limit = len(flight.entry_ids) // 2
        return []
    entry_id = flight.entry_ids[0]
    entry = state.outbox.pop(entry_id)
    state.later_until.pop(entry_id, None)
    verdict = {"entry_id": entry_id, "verdict": "held", "reason": "malformed", "status": status}
    state.tray[entry_id] = {"entry": entry, "verdict": verdict}
    return [Settle([entry_id], {entry_id: state.tray[entry_id]}, [verdict])]


def back_off(state: State, now: int) -> list[Action]:
    """Keep everything and wait with full jitter."""
    state.in_flight = None
    state.retry_at = now + pause_ms(state.chance, state.attempts)
    state.attempts += 1
    return [SetTimer("flush", state.retry_at)]
