"""The tablet's heart, sans-I/O: what happened comes in as an event, what must be done leaves as actions."""

from math import isfinite

from ward_sim.chance import Chance
from ward_sim.instants import MINUTE, SECOND
from ward_sim.twin import push
from ward_sim.twin.contract import Json, State, whole
from ward_sim.twin.epochs import resent
from ward_sim.twin.feeds import advance_feeds, cursors_read, diverged, feed_deadlines, reached, reconcile
from ward_sim.twin.live import advance_live, frame_heard, hint_live, live_deadlines, socket_closed, socket_opened
from ward_sim.twin.offset import measure, remembered
from ward_sim.twin.pages import get_reply

_ASK_DEVICE_MS = 10 * MINUTE
_ASK_DEVICE_AGAIN_MS = 30 * SECOND
_OK = 200


def fresh(seed: int) -> State:
    """A tablet that has read nothing yet. `seed` is all the chance it will have."""
    return State(Chance(seed))


def step(state: State, event: Json, now: Json) -> list[Json]:
    """Take one event in at `now`; return what must be done, in order. The same input gives the same output."""
    if event["event"] == "socket_opened" or event.get("status"):
        _reached(state, now)
    actions = _hear(state, event, now)
    for advance in (push.advance_push, advance_live, advance_feeds, _advance_device):
        actions = [*actions, *advance(state, now)]
    return [*actions, *_set_timer(state, now)]


def _hear(state: State, event: Json, now: Json) -> list[Json]:
    match event["event"]:
        case "started":
            push.outbox_read(state, event)
            state.device, state.sessions = event["device"], list(event["sessions"])
            state.clock = remembered(event["offset_ms"])
            return reconcile(state)
        case "paired":
            state.device, state.device_at = event["device"], 0
            return reconcile(state)
        case "device_reply":
            return _device_reply(state, event, now)
        case "session_opened":
            opened = event["session"]
            others = [one for one in state.sessions if one["session_id"] != opened["session_id"]]
            state.sessions = [*others, opened]
            return reconcile(state)
        case "session_ended":
            state.sessions = [one for one in state.sessions if one["session_id"] != event["session_id"]]
            return reconcile(state)
        case "frame":
            return frame_heard(state, event["frame"], now)
        case "get_reply":
            return get_reply(state, event["feed"], event, now)
        case _:
            return _hear_lines(state, event, now)


def _hear_lines(state: State, event: Json, now: Json) -> list[Json]:
    match event["event"]:
        case "live_gained":
            state.live.lock = True
            return cursors_read(state, event["cursors"])
        case "live_lost":
            state.live.lock = False
        case "socket_opened":
            socket_opened(state, now)
            push.hint(state, now)
        case "socket_closed" if state.live.socket != "closed":
            socket_closed(state, now)
        case "diverged":
            diverged(state, event["feed"], event["epoch"], now)
        case "resent":
            resent(state, event["entry_ids"])
        case _:
            return _hear_outbox(state, event, now)
    return []


def _hear_outbox(state: State, event: Json, now: Json) -> list[Json]:
    match event["event"]:
        case "saved":
            push.saved(state, event["waiting"])
        case "outbox_read":
            push.outbox_read(state, event)
        case "answered":
            push.answered(state, event["entry_id"])
        case "network_up" | "visible":
            push.hint(state, now)
            hint_live(state, now)
        case "asked":
            push.asked_now(state)
            hint_live(state, now)
        case "flush_gained":
            push.flush_gained(state, event["waiting"])
        case "flush_refused":
            push.flush_refused(state, now)
        case "push_reply":
            return push.push_reply(state, event, now)
        case "settled":
            return push.settled(state, now)
        case "settle_failed":
            return push.settle_failed(state, now)
        case "timer":
            state.timer_at = None
    # The device's word that the network is gone is not believed.
    return []


def _reached(state: State, now: Json) -> None:
    """Somebody answers: what waited longer and longer goes now."""
    reached(state, now)
    if state.device_attempt and state.device_at is not None:
        state.device_at = min(state.device_at, now["mono_ms"])


def _device_reply(state: State, reply: Json, now: Json) -> list[Json]:
    device, body = state.device, reply.get("body") if reply["status"] == _OK else None
    told = body if isinstance(body, dict) else {}
    unit_id = told.get("unit_id")
    if device is None or told.get("device_id") != device["device_id"] or not isinstance(unit_id, str):
        wait_ms = _ASK_DEVICE_AGAIN_MS * 2 ** min(state.device_attempt, 10)
        state.device_at = now["mono_ms"] + min(_ASK_DEVICE_MS, wait_ms)
        state.device_attempt = 0 if reply["status"] else state.device_attempt + 1
        return []
    name = told["name"] if isinstance(told.get("name"), str) else device["name"]
    state.clock = measure(state.clock, told.get("server_at"), reply["sent_at"], now)
    state.device_at, state.device_attempt = now["mono_ms"] + _ASK_DEVICE_MS, 0
    state.device = {**device, "name": name, "unit_id": unit_id}
    return reconcile(state)


def _advance_device(state: State, now: Json) -> list[Json]:
    if state.device is None or state.device_at is None or state.device_at > now["mono_ms"]:
        return []
    state.device_at = None
    return [{"action": "get_device"}]


def _set_timer(state: State, now: Json) -> list[Json]:
    waits = push.push_deadlines(state.push) if state.device else []
    device = [state.device_at] if state.device and state.device_at is not None else []
    every = (*waits, *live_deadlines(state.live), *feed_deadlines(state, now), *device)
    ahead = [at for at in every if at > now["mono_ms"] and isfinite(at)]
    timer_at = whole(min(ahead)) if ahead else None
    if timer_at == state.timer_at:
        return []
    state.timer_at = timer_at
    return [{"action": "set_timer", "at_mono_ms": timer_at}]
