"""The feeds half of the core: which feeds, how far each is, and what to fetch when a change did not fit."""

from math import inf

from ward_sim.instants import MINUTE, SECOND
from ward_sim.twin.backoff import back_off
from ward_sim.twin.contract import Feed, Fetch, Json, State

# With an open socket the delta is on its way: pages only if it does not come.
_DELTA_DUE_MS = 1_500
_POLL_MS = 15 * SECOND
# One lost socket is opened again at once; a second failure means that sockets do not pass here.
_NO_SOCKET_AFTER = 2
_PAGE = 1_000
# A server whose own sums are wrong must not make its tablets read snapshots without end.
_COMPARE_AGAIN_MS = 10 * MINUTE


def feeds_wanted(state: State) -> list[str]:
    """Return the feeds this tablet may have: reference tables, its unit, and each person signed in."""
    if state.device is None:
        return []
    people = [f"user:{session['staff_id']}" for session in state.sessions]
    return list(dict.fromkeys(["reference", f"unit:{state.device['unit_id']}", *people]))


def reconcile(state: State) -> list[Json]:
    """Begin feeds that are newly wanted and forget those no longer wanted."""
    known = state.feeds
    state.feeds = {name: known.get(name) or Feed() for name in feeds_wanted(state)}
    return [{"action": "forget", "feed": name} for name in known if name not in state.feeds]


def cursors_read(state: State, cursors: Json) -> list[Json]:
    """The right to apply changes is ours: storage's cursors are where we stand."""
    state.feeds = {}
    for name in feeds_wanted(state):
        epoch, seq = cursors.get(name, ("", 0))
        state.feeds[name] = Feed(epoch, seq, seq)
    # Without a device nothing is known to be unwanted.
    gone = [name for name in cursors if name not in state.feeds] if state.device else []
    return [{"action": "forget", "feed": name} for name in gone]


def note_heads(state: State, heads: dict[str, int], epoch: str, now: Json) -> None:
    """Heads named with a batch's verdicts: a feed that is not there yet gets a look soon."""
    for name, head in heads.items():
        note_head(state, name, epoch, head, now)


def note_head(state: State, name: str, epoch: str, head: int, now: Json) -> None:
    """The server's head of one feed."""
    known = state.feeds.get(name)
    if known is None or not known.epoch:
        return
    same = known.epoch == epoch
    if same and head <= known.seq:
        return
    if same:
        known.head = max(known.head, head)
    if known.behind_at is None:
        known.behind_at = now["mono_ms"] + (_DELTA_DUE_MS if state.live.socket == "open" else 0)


def begin_again(state: State, name: str, *, under_way: bool) -> None:
    """The cursor is of no use: the feed begins again with a snapshot; a request that is still out will be void."""
    state.feeds[name] = Feed(under_way=under_way, stale=under_way)


def diverged(state: State, name: str, epoch: str, now: Json) -> None:
    """The rows are not the server's at the same cursor: the feed begins again, and the next hello says so."""
    feed = state.feeds.get(name)
    if feed is None or not feed.epoch or feed.epoch != epoch:
        return
    begin_again(state, name, under_way=feed.under_way)
    state.feeds[name].compare_at = now["mono_ms"] + _COMPARE_AGAIN_MS
    state.diverged = list(dict.fromkeys([*state.diverged, name]))


def reached(state: State, now: Json) -> None:
    """Somebody answers: feeds that let one ask for all ask for themselves again."""
    for feed in state.feeds.values():
        if feed.unanswered:
            feed.unanswered, feed.retry_at = False, min(feed.retry_at, now["mono_ms"])


def advance_feeds(state: State, now: Json) -> list[Json]:
    """Ask for what is missing, one request a feed."""
    if not state.live.lock or state.device is None:
        return []
    return [_ask(name, state.feeds[name]) for name, at in _due_feeds(state, now).items() if at <= now["mono_ms"]]


def feed_deadlines(state: State, now: Json) -> list[float]:
    """Return the monotonic instants at which a feed wants to be looked at again."""
    return list(_due_feeds(state, now).values()) if state.live.lock else []


def fetch_failed(state: State, name: str, now: Json, retry_after_s: float | None = None) -> None:
    """A fetch that brought nothing usable: later again, with what was already got."""
    feed = state.feeds[name]
    feed.retry_at = back_off(state, feed.attempt, now, retry_after_s)
    feed.under_way = False
    feed.attempt += 1


def fetched(feed: Feed, now: Json) -> None:
    """Leave behind what a fetch that ended well does."""
    feed.fetch, feed.under_way, feed.attempt, feed.retry_at = None, False, 0, 0
    feed.poll_at = now["mono_ms"] + _POLL_MS


def _due_feeds(state: State, now: Json) -> dict[str, float]:
    """Which feeds may ask, and from when on.

    Of those that nobody answers one asks for all, each in its turn; an open socket is an answer too, so that there each
    goes its own pace.
    """
    wanted = {name: _wants_at(state, feed) for name, feed in state.feeds.items()}
    silent = {
        name: feed
        for name, feed in state.feeds.items()
        if feed.unanswered and (feed.under_way or wanted[name] <= now["mono_ms"])
    }
    probe = None if state.live.socket == "open" else min(silent, key=lambda name: silent[name].attempt, default=None)
    due: dict[str, float] = {}
    for name, feed in state.feeds.items():
        if feed.under_way or (probe is not None and name != probe and name in silent):
            continue
        # One that failed much oftener has reasons of its own: it slows down nobody.
        peers = [one for one in silent.values() if one.attempt <= feed.attempt + 1] if name == probe else [feed]
        due[name] = max(wanted[name], *(one.retry_at for one in peers))
    return due


def _wants_at(state: State, feed: Feed) -> float:
    """From when on a feed has something to ask; infinite if nothing."""
    if not feed.epoch:
        return 0
    polls = state.live.socket != "open" and state.live.attempt >= _NO_SOCKET_AFTER
    return min(inf if feed.behind_at is None else feed.behind_at, feed.poll_at if polls else inf)


def _ask(name: str, feed: Feed) -> Json:
    if not feed.epoch:
        job = feed.fetch if feed.fetch and feed.fetch.what == "snapshot" else Fetch("snapshot")
        feed.fetch, feed.under_way = job, True
        head = None if job.chunk == 0 else job.head
        return {"action": "get_snapshot", "feed": name, "chunk": job.chunk, "head": head}
    feed.fetch, feed.under_way = Fetch("changes"), True
    return {"action": "get_changes", "feed": name, "epoch": feed.epoch, "after": feed.seq, "limit": _PAGE}
