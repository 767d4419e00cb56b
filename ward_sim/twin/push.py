"""The outbox half of the core: one batch in flight, poison found by halving, all else kept until a verdict."""

from ward_sim.twin.backoff import back_off, hinted
from ward_sim.twin.batch import following, held_with, in_order, next_batch, poisoned, split, without
from ward_sim.twin.contract import Json, Pushing, State, text
from ward_sim.twin.epochs import epoch_heard, is_late
from ward_sim.twin.feeds import note_heads
from ward_sim.twin.missing import missing_heard
from ward_sim.twin.offset import measure, server_clock
from ward_sim.twin.verdicts import Verdicts, read_verdicts

_OK = 200
_TOO_LARGE = 413
_REFUSES_THE_BATCH = frozenset({400, _TOO_LARGE, 422})
_MANY_WAIT_S = 1


def outbox_read(state: State, event: Json) -> None:
    """The outbox as storage has it now. What another tab has just sent proves the network for this one as well."""
    push = state.push
    if (event["last_sent_at"] or 0) > (push.last_sent_at or 0):
        push.attempt, push.retry_at, push.refused = 0, 0, None
    _still_there(push, event["waiting"])
    push.held, push.last_sent_at = list(event["held"]), event["last_sent_at"]


def _still_there(push: Pushing, waiting: list[Json]) -> None:
    """What waits, by storage. What went again has left it where somebody else has sent it."""
    here = {entry["entry_id"] for entry in waiting}
    push.waiting, push.resent = in_order([], waiting), [entry_id for entry_id in push.resent if entry_id in here]


def saved(state: State, entry: Json) -> None:
    """One more entry waits."""
    state.push.waiting = in_order(state.push.waiting, [entry])


def answered(state: State, entry_id: str) -> None:
    """A person answered: the entry leaves the tray. One that goes back to the outbox comes again by `saved`."""
    state.push.held = [entry for entry in state.push.held if entry["entry_id"] != entry_id]


def flush_gained(state: State, waiting: list[Json]) -> None:
    """The lock is ours: what storage has is what is sent."""
    state.push.lock = "held"
    _still_there(state.push, waiting)


def hint(state: State, now: Json) -> None:
    """Something says that the network is back: an early try, not a storm."""
    state.push.retry_at = hinted(state, state.push.retry_at, state.push.tried_at, now)


def asked_now(state: State) -> None:
    """A person asked: now."""
    state.push.retry_at, state.push.later = 0, {}


def push_reply(state: State, reply: Json, now: Json) -> list[Json]:
    """An answer to the batch in flight, or the lack of one."""
    push, flight, body = state.push, state.push.flight, reply.get("body")
    if not flight:
        return []
    verdicts = read_verdicts(body, push, flight, now) if reply["status"] == _OK else None
    if verdicts is not None and isinstance(body, dict):
        # The server that said so is no more: the one that stands has to say it.
        if is_late(state, verdicts.epoch, reply["sent_at"]["mono_ms"]):
            push.flight = None
            return []
        state.clock = measure(state.clock, body.get("server_at"), reply["sent_at"], now)
        settle = {**_settle(state, flight, verdicts, now), "server_ms": server_clock(body.get("server_at"))}
        missing = missing_heard(state, body.get("missing"), now)
        return [settle, *missing, *epoch_heard(state, verdicts.epoch, now, reply["sent_at"]["mono_ms"])]
    if reply["status"] in _REFUSES_THE_BATCH:
        ours = isinstance(body, dict)
        # A proxy says "too large" in HTML: worth halving, never worth holding an entry for.
        if len(flight) > 1 and (ours or reply["status"] == _TOO_LARGE):
            push.flight, push.suspects = None, split(push, flight)
            return []
        if len(flight) == 1 and ours:
            return _hold(state, flight[0], reply)
    return _failed(state, reply, now)


def _settle(state: State, flight: list[str], verdicts: Verdicts, now: Json) -> Json:
    push = state.push
    push.later |= verdicts.later
    push.suspects = without(push, flight)
    push.flight = None
    push.settling = {"sent": verdicts.sent, "held": verdicts.held, "epoch": verdicts.epoch}
    push.attempt, push.retry_at, push.refused = 0, 0, None
    note_heads(state, verdicts.heads, verdicts.epoch, now)
    return {"action": "settle", **push.settling, "heads": verdicts.heads}


def settled(state: State, now: Json) -> list[Json]:
    """Storage has written the verdicts down; only now do the entries leave the outbox."""
    push = state.push
    if push.settling is None:
        return []
    sent, held, epoch = push.settling["sent"], push.settling["held"], push.settling["epoch"]
    gone = {entry["entry_id"] for entry in (*sent, *held)}
    push.settling = None
    push.waiting = [entry for entry in push.waiting if entry["entry_id"] not in gone]
    push.held = in_order(push.held, held)
    push.resent = [entry_id for entry_id in push.resent if entry_id not in gone]
    if sent:
        push.last_sent_at = now["wall_ms"]
    # Another epoch was heard while they were written down: storage may have looked for what goes again before.
    return [{"action": "resend", "epoch": state.epoch}] if epoch not in ("", state.epoch) else []


def settle_failed(state: State, now: Json) -> list[Json]:
    """Storage could not write the verdicts: the entries stay and go again; the server knows them by their ids."""
    state.push.settling = None
    return _failed(state, {"status": 0}, now)


def flush_refused(state: State, now: Json) -> None:
    """The lock could not be had: ask again a little later."""
    state.push.lock, state.push.retry_at = "none", back_off(state, 0, now, _MANY_WAIT_S)


def advance_push(state: State, now: Json) -> list[Json]:
    """Start, go on with or end a flush, as the outbox needs it."""
    push = state.push
    if state.device is None or push.flight or push.settling or push.lock == "asked":
        return []
    fallen = [] if push.retry_at > now["mono_ms"] else held_with(push)
    if fallen:
        return _settle_here(state, fallen)
    while push.suspects and not next_batch(push, now):
        push.suspects = push.suspects[1:]
    batch = [] if push.retry_at > now["mono_ms"] else next_batch(push, now)
    if push.lock == "none":
        if not batch:
            return []
        push.lock = "asked"
        return [{"action": "take_flush"}]
    if not batch:
        push.lock = "none"
        return [{"action": "drop_flush"}]
    push.flight, push.tried_at = batch, now["mono_ms"]
    then = following(push, batch, now)
    return [{"action": "post", "entry_ids": batch, "next": then, "outbox_depth": len(push.waiting)}]


def push_deadlines(push: Pushing) -> list[float]:
    """Return the monotonic instants at which the outbox wants to be looked at again."""
    return [push.retry_at, *push.later.values()] if push.waiting else []


def _hold(state: State, entry_id: str, reply: Json) -> list[Json]:
    why = text(reply["body"].get("title")) or str(reply["status"])
    return _settle_here(state, poisoned(state.push, entry_id, why))


def _settle_here(state: State, held: list[Json]) -> list[Json]:
    """What the server never took goes into the tray without a word of it."""
    push = state.push
    push.suspects = without(push, [entry["entry_id"] for entry in held])
    push.flight, push.settling = None, {"sent": [], "held": held, "epoch": ""}
    return [{"action": "settle", **push.settling, "heads": {}, "server_ms": None}]


def _failed(state: State, reply: Json, now: Json) -> list[Json]:
    push = state.push
    push.retry_at = back_off(state, push.attempt, now, reply.get("retry_after_s"))
    push.flight, push.lock = None, "none"
    push.attempt += 1
    push.refused = reply["status"]
    return [{"action": "drop_flush"}]
