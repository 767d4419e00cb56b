"""The replicas of feeds: deltas while they are dense, pages when they are not, a snapshot when nothing else serves."""

import hashlib

from ward_sim.twin.actions import (
    Action,
    Fetch,
    Forget,
    ReportDivergence,
    Ring,
    Send,
    SetTimer,
    StoreFeed,
)
from ward_sim.twin.backoff import pause_ms
from ward_sim.twin.events import Answered, FeedsWanted, Frame, Json
from ward_sim.twin.offset import measure
from ward_sim.twin.state import Feed, Key, Staged, State

PAGE_LIMIT = 500
# What waits for an answer does not leave with the patient.
WAITING = "held_entry"
_MASK = 2**64 - 1
_OK = 200


def row_sum(type_name: str, row_id: str, version: int) -> int:
    """Return one row's part of a feed's checksum (docs/protocol.md, "Live socket")."""
    digest = hashlib.sha256(f"{type_name}/{row_id}/{version}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def wanted(state: State, event: FeedsWanted, _now: int) -> list[Action]:
    """Begin new feeds with a snapshot, drop those no longer wanted, and tell the socket."""
    actions: list[Action] = []
    for name in [name for name in state.feeds if name not in event.feeds]:
        del state.feeds[name]
        actions.append(Forget(name))
    for name in event.feeds:
        if name not in state.feeds:
            state.feeds[name] = Feed()
            actions += snapshot(state, name)
    return [*actions, *hello(state)]


def hello(state: State) -> list[Action]:
    """Say which feeds, and from where."""
    if not state.socket_open:
        return []
    cursors = {name: [feed.epoch, feed.seq] for name, feed in state.feeds.items()}
    frame = {"frame": "hello", "device": state.device_id, "subscriptions": cursors}
    return [Send({**frame, "outbox_depth": len(state.outbox)})]


def frame(state: State, event: Frame, _now: int) -> list[Action]:
    """Apply a dense delta; anything else falls back to pages or a snapshot."""
    came = event.frame
    if came["frame"] == "ping":
        return [Send({"frame": "pong", "at": came["at"]})]
    if came["frame"] == "ring":
        return [Ring(came)]
    name = came.get("feed", "")
    feed = state.feeds.get(name)
    if feed is None:
        return []
    if feed.request_id is not None:
        feed.missed = True
        return []
    if came["frame"] == "delta":
        return _delta(state, name, feed, came)
    if came["frame"] == "reset":
        return snapshot(state, name)
    if came["frame"] == "upto":
        return _upto(state, name, feed, came)
    return []


def _delta(state: State, name: str, feed: Feed, frame: Json) -> list[Action]:
    if frame["epoch"] != feed.epoch:
        return snapshot(state, name)
    if frame["to"] <= feed.seq:
        return []
    if frame["from"] != feed.seq + 1:
        return pages(state, name)
    return [apply_changes(name, feed, frame["changes"])]


def _upto(state: State, name: str, feed: Feed, frame: Json) -> list[Action]:
    if frame["epoch"] != feed.epoch:
        return snapshot(state, name)
    if frame["head"] > feed.seq:
        return pages(state, name)
    # A socket that fell behind is told the head without a sum.
    if frame["head"] == feed.seq and frame["sum"] and frame["sum"] != f"{feed.sum:016x}":
        return [ReportDivergence(name, feed.seq), *snapshot(state, name)]
    return []


def apply_changes(name: str, feed: Feed, changes: list[Json]) -> StoreFeed:
    """Apply changes newer than the cursor, and move the cursor with them."""
    put: dict[Key, tuple[int, Json]] = {}
    gone: list[Key] = []
    for change in changes:
        if change["seq"] <= feed.seq:
            continue
        feed.seq = change["seq"]
        key = (change["type"], change["id"])
        if change["type"] == "exit":
            leaving = [k for k, (_, row) in feed.rows.items() if row.get("stay_id") == change["id"] and k[0] != WAITING]
        elif change.get("row") is None:
            leaving = [key] if key in feed.rows else []
        else:
            leaving = []
            _put(feed, key, (change["version"], change["row"]))
            put[key] = feed.rows[key]
        for left in leaving:
            _remove(feed, left)
            put.pop(left, None)
            gone.append(left)
    return StoreFeed(name, feed.epoch, feed.seq, put, gone)


def _put(feed: Feed, key: Key, kept: tuple[int, Json]) -> None:
    if key in feed.rows:
        _remove(feed, key)
    feed.put(key, kept)
    feed.sum = (feed.sum + row_sum(*key, kept[0])) & _MASK


def _remove(feed: Feed, key: Key) -> None:
    feed.sum = (feed.sum - row_sum(*key, feed.remove(key))) & _MASK


def pages(state: State, name: str) -> list[Action]:
    """Ask for the changes after the cursor, unless a request of this feed is under way."""
    feed = state.feeds[name]
    path = f"/api/sync/changes?feed={name}&epoch={feed.epoch}&after={feed.seq}&limit={PAGE_LIMIT}"
    return _fetch(state, name, path)


def snapshot(state: State, name: str, chunk: int = 0) -> list[Action]:
    """Ask for a chunk of the snapshot."""
    if chunk == 0:
        state.feeds[name].staged = None
    return _fetch(state, name, f"/api/sync/snapshot/{name}?chunk={chunk}")


def _fetch(state: State, name: str, path: str) -> list[Action]:
    feed = state.feeds[name]
    if feed.request_id is not None:
        feed.missed = True
        return []
    feed.missed = False
    feed.request_id = state.take_request_id()
    state.fetches[feed.request_id] = (name, state.now)
    return [Fetch(feed.request_id, path)]


def catch_up(state: State, name: str) -> list[Action]:
    """Whatever this feed needs to be whole: a snapshot at first, pages afterwards."""
    return pages(state, name) if state.feeds[name].epoch else snapshot(state, name)


def fetch_answered(state: State, event: Answered, now: int) -> list[Action]:
    """A page or a chunk came, or the server could not serve the cursor, or something stood between."""
    name, sent_at = state.fetches.pop(event.request_id, (None, 0))
    feed = state.feeds.get(name) if name else None
    if name is None or feed is None or feed.request_id != event.request_id:
        return []
    feed.request_id = None
    reply = event.reply
    if event.status == 410:
        return snapshot(state, name)
    if event.status != _OK or reply is None or reply.get("feed") != name:
        return fetch_failed(state, name, now)
    feed.attempts = 0
    measure(state.clock, sent_at, now, reply["server_at"])
    if "rows" in reply:
        return _chunk(state, name, feed, reply)
    if reply["epoch"] != feed.epoch:
        return snapshot(state, name)
    applied = apply_changes(name, feed, reply["changes"])
    more = reply["more"] or reply["head"] > feed.seq or feed.missed
    return [applied, *(pages(state, name) if more else [])]


def _chunk(state: State, name: str, feed: Feed, reply: Json) -> list[Action]:
    rows = {(row["type"], row["id"]): (row["version"], row["row"]) for row in reply["rows"]}
    if reply["chunk"] == 0:
        feed.staged = Staged(reply["epoch"], reply["head"], {})
    staged = feed.staged
    if staged is None or (staged.epoch, staged.head) != (reply["epoch"], reply["head"]):
        return snapshot(state, name)
    staged.rows |= rows
    if not reply["last"]:
        return snapshot(state, name, reply["chunk"] + 1)
    feed.staged = None
    feed.epoch, feed.seq = staged.epoch, staged.head
    feed.replace(staged.rows)
    feed.sum = sum(row_sum(*key, kept[0]) for key, kept in feed.rows.items()) & _MASK
    stored = StoreFeed(name, feed.epoch, feed.seq, dict(feed.rows), [], fresh=True)
    return [stored, *pages(state, name), *hello(state)]


def fetch_failed(state: State, name: str, now: int) -> list[Action]:
    """Keep the rows and the cursor; ask again later."""
    feed = state.feeds[name]
    feed.request_id = None
    pause = pause_ms(state.chance, feed.attempts)
    feed.attempts += 1
    return [SetTimer(f"feed {name}", now + pause)]
