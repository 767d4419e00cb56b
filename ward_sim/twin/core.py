"""One step of the tablet's core: state and event in, state and actions out."""

from collections.abc import Callable
from typing import Any

from ward_sim.twin import outbox, replica
from ward_sim.twin.actions import Action, OpenSocket, SetTimer
from ward_sim.twin.backoff import pause_ms
from ward_sim.twin.events import (
    Answered,
    EntryStored,
    Event,
    FeedsWanted,
    Frame,
    NetworkUp,
    RequestFailed,
    SaveAsked,
    Sealed,
    SocketClosed,
    SocketOpened,
    Started,
    Timer,
)
from ward_sim.twin.state import Feed, State


def step(state: State, event: Event, now: int) -> tuple[State, list[Action]]:
    """Return the state after the event, and what is to be done; `now` is the device's clock in ms."""
    state.now = now
    return state, _HANDLERS[type(event)](state, event, now)


def _started(state: State, event: Started, now: int) -> list[Action]:
    state.outbox = {entry["entry_id"]: entry for entry in event.outbox}
    state.tray = dict(event.tray)
    state.next_n = event.next_n
    for name, rest in event.feeds.items():
        total = sum(replica.row_sum(*key, kept[0]) for key, kept in rest.rows.items()) % 2**64
        state.feeds[name] = Feed(rest.epoch, rest.seq, dict(rest.rows), total)
    return [*_everything(state, now), OpenSocket()]


def _everything(state: State, now: int) -> list[Action]:
    """What every hint of a network calls: send, then catch up."""
    actions = outbox.flush(state, now)
    for name in state.feeds:
        actions += replica.catch_up(state, name)
    return actions


def _network_up(state: State, _event: NetworkUp, now: int) -> list[Action]:
    state.retry_at = now
    actions = _everything(state, now)
    return actions if state.socket_open else [*actions, OpenSocket()]


def _answered(state: State, event: Answered, now: int) -> list[Action]:
    if event.request_id in state.fetches:
        return replica.fetch_answered(state, event, now)
    return outbox.push_answered(state, event, now)


def _request_failed(state: State, event: RequestFailed, now: int) -> list[Action]:
    name, _ = state.fetches.pop(event.request_id, (None, 0))
    if name is not None:
        feed = state.feeds.get(name)
        mine = feed is not None and feed.request_id == event.request_id
        return replica.fetch_failed(state, name, now) if mine else []
    if state.in_flight and state.in_flight.request_id == event.request_id:
        return outbox.back_off(state, now)
    return []


def _timer(state: State, event: Timer, now: int) -> list[Action]:
    if event.name == "flush":
        return outbox.flush(state, now)
    if event.name == "socket":
        return [] if state.socket_open else [OpenSocket()]
    name = event.name.removeprefix("feed ")
    return replica.catch_up(state, name) if name in state.feeds else []


def _socket_opened(state: State, _event: SocketOpened, now: int) -> list[Action]:
    state.socket_open = True
    state.socket_attempts = 0
    return [*replica.hello(state), *outbox.flush(state, now)]


def _socket_closed(state: State, _event: SocketClosed, now: int) -> list[Action]:
    state.socket_open = False
    pause = pause_ms(state.chance, state.socket_attempts)
    state.socket_attempts += 1
    return [SetTimer("socket", now + pause)]


_HANDLERS: dict[type, Callable[[State, Any, int], list[Action]]] = {
    Started: _started,
    FeedsWanted: replica.wanted,
    SaveAsked: outbox.save,
    Sealed: outbox.sealed,
    EntryStored: outbox.stored,
    Answered: _answered,
    RequestFailed: _request_failed,
    NetworkUp: _network_up,
    Timer: _timer,
    SocketOpened: _socket_opened,
    SocketClosed: _socket_closed,
    Frame: replica.frame,
}
