"""Snapshots, pages and deltas: what fits the cursor is applied, data and cursor together; what does not is fetched."""

from typing import Any

from ward_sim.twin.contract import Feed, Fetch, Json, State, is_number, text
from ward_sim.twin.epochs import epoch_heard, is_late
from ward_sim.twin.feeds import begin_again, fetch_failed, fetched, note_head
from ward_sim.twin.offset import measure

_OK = 200
_GONE = 410
_NOT_FOUND = 404


def get_reply(state: State, name: str, reply: Json, now: Json) -> list[Json]:
    """The answer to `get_snapshot` or `get_changes`."""
    feed = state.feeds.get(name)
    if feed is None or not feed.under_way:
        return []
    feed.unanswered = reply["status"] == 0 and not feed.stale
    if feed.stale:
        feed.under_way, feed.stale, feed.fetch = False, False, None
        return []
    status, body = reply["status"], reply.get("body")
    if status == _GONE and isinstance(body, dict):
        begin_again(state, name, under_way=False)
        return []
    reading = feed.fetch is not None and feed.fetch.what == "snapshot"
    # The reading that the chunks before belong to is no longer kept.
    if status == _NOT_FOUND and reading and feed.fetch and feed.fetch.chunk > 0:
        feed.fetch = None
        fetch_failed(state, name, now)
        return []
    actions = None
    if status == _OK and isinstance(body, dict):
        state.clock = measure(state.clock, body.get("server_at"), reply["sent_at"], now)
        if body.get("feed") == name:
            asked_ms = reply["sent_at"]["mono_ms"]
            if reading:
                actions = _chunk_read(state, name, body, asked_ms, now)
            else:
                actions = _page_read(state, name, feed, body, now)
    if actions is None:
        fetch_failed(state, name, now, reply.get("retry_after_s"))
        return []
    return actions


def delta_heard(state: State, frame: Json, now: Json) -> list[Json]:
    """A delta from the socket, applied only if the epoch is equal and it begins right after the cursor."""
    name, to = text(frame.get("feed")), frame.get("to")
    feed = state.feeds.get(name)
    changes = _changes_of(frame.get("changes"))
    if feed is None or not feed.epoch or changes is None or not is_number(to):
        return []
    follows = is_number(frame.get("from")) and frame["from"] == feed.seq + 1
    same = frame.get("epoch") == feed.epoch
    if same and follows and _dense(changes, feed.seq) and to == feed.seq + len(changes):
        return _apply(state, name, feed, changes, max(feed.head, to), now)
    if same and to <= feed.seq:
        return []
    note_head(state, name, text(frame.get("epoch")), to, now)
    feed.behind_at = 0
    return []


def reset_heard(state: State, frame: Json) -> None:
    """The cursor can not be served: a snapshot, unless one is being read already. The outbox is not touched."""
    name = text(frame.get("feed"))
    feed = state.feeds.get(name)
    if feed is None:
        return
    if feed.fetch is not None and feed.fetch.what == "snapshot" and not feed.stale:
        reading = feed.fetch.epoch
        if reading in ("", frame.get("epoch")):
            return
    begin_again(state, name, under_way=feed.under_way)


def _chunk_read(state: State, name: str, body: Json, asked_ms: float, now: Json) -> list[Json] | None:
    feed = state.feeds[name]
    epoch, head, chunk = body.get("epoch"), body.get("head"), body.get("chunk")
    rows, job = _rows_of(body.get("rows")), feed.fetch
    if job is None or rows is None or not isinstance(epoch, str) or not is_number(head):
        return None
    if not is_number(chunk) or chunk != job.chunk:
        return None
    if is_late(state, epoch, asked_ms):
        feed.fetch, feed.under_way = None, False
        return []
    if job.chunk > 0 and (epoch, head) != (job.epoch, job.head):
        feed.fetch = None
        fetch_failed(state, name, now)
        return []
    everything = [*job.rows, *rows]
    if body.get("last") is not True:
        feed.fetch = Fetch("snapshot", job.chunk + 1, epoch, head, everything)
        feed.under_way, feed.attempt = False, 0
        return [{"action": "show", "feed": name, "rows": rows}]
    fetched(feed, now)
    feed.epoch, feed.seq, feed.head = epoch, head, head
    # "Then ask for changes after it": at once, unless the next hello does it.
    feed.behind_at = None if state.live.socket == "open" else 0
    state.live.hello = ""
    replaced = {"action": "replace", "feed": name, "epoch": epoch, "seq": head, "rows": everything}
    return [replaced, *epoch_heard(state, epoch, now, asked_ms)]


def _page_read(state: State, name: str, feed: Feed, body: Json, now: Json) -> list[Json] | None:
    everything, head = _changes_of(body.get("changes")), body.get("head")
    if everything is None or not is_number(head) or body.get("epoch") != feed.epoch:
        return None
    # A delta may have been applied while the page was under way.
    changes = [change for change in everything if change["seq"] > feed.seq]
    if not _dense(changes, feed.seq):
        return None
    # The server says that there is more and gives nothing: waiting is better than asking without end.
    if not everything and head > feed.seq:
        return None
    fetched(feed, now)
    feed.behind_at = 0 if body.get("more") is True else None
    return _apply(state, name, feed, changes, max(feed.head, head), now) if changes else []


def _apply(state: State, name: str, feed: Feed, changes: list[Json], head: int, now: Json) -> list[Json]:
    seq = feed.seq + len(changes)
    feed.seq, feed.head = seq, head
    feed.behind_at = feed.behind_at if head > seq else None
    note_head(state, name, feed.epoch, head, now)
    return [{"action": "append", "feed": name, "epoch": feed.epoch, "seq": seq, "changes": changes}]


def _dense(changes: list[Json], after: float) -> bool:
    return all(change["seq"] == after + 1 + place for place, change in enumerate(changes))


def _changes_of(value: Any) -> list[Json] | None:
    fine = isinstance(value, list) and all(isinstance(one, dict) and is_number(one.get("seq")) for one in value)
    return value if fine else None


def _rows_of(value: Any) -> list[Json] | None:
    fine = isinstance(value, list) and all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in value)
    return value if fine else None
