"""The socket half of the core: opened by whoever holds `live`, greeted with cursors, given up when silent."""

from ward_sim.instants import SECOND
from ward_sim.twin.backoff import back_off, hinted
from ward_sim.twin.contract import Json, Living, State, is_number, text
from ward_sim.twin.epochs import epoch_heard
from ward_sim.twin.feeds import note_head
from ward_sim.twin.pages import delta_heard, reset_heard

# The server pings every 20 s: two and a half missed pings mean a dead line.
_SILENT_MS = 50 * SECOND
_OPENING_MS = 10 * SECOND
_RING = ("alert_id", "step_id", "staff_id", "sound")


def socket_opened(state: State, now: Json) -> None:
    """The line is there; the hello follows."""
    live = state.live
    live.socket, live.heard_at, live.hello, live.hellos = "open", now["mono_ms"], "", 0


def socket_closed(state: State, now: Json) -> None:
    """The line is gone: back off. Only a frame resets the count: a server that drops us is not hammered."""
    live = state.live
    live.retry_at = back_off(state, live.attempt, now)
    live.socket = "closed"
    live.attempt += 1


def hint_live(state: State, now: Json) -> None:
    """Something says that the network is back."""
    if state.live.socket == "closed":
        state.live.retry_at = hinted(state, state.live.retry_at, float("-inf"), now)


def frame_heard(state: State, frame: object, now: Json) -> list[Json]:
    """One frame of the server. Unknown frames are passed over: the protocol may grow."""
    if state.live.socket != "open" or not isinstance(frame, dict):
        return []
    state.live.heard_at, state.live.attempt = now["mono_ms"], 0
    match frame.get("frame"):
        case "delta":
            return delta_heard(state, frame, now)
        case "reset":
            reset_heard(state, frame)
            return epoch_heard(state, text(frame.get("epoch")), now)
        case "upto":
            return _upto_heard(state, frame, now)
        case "same":
            return _same_heard(state, frame, now)
        case "ping":
            return [{"action": "send", "frame": {"frame": "pong", "at": text(frame.get("at"))}}]
        case "ring":
            return [{"action": "ring", **{name: text(frame.get(name)) for name in _RING}}]
    return []


def _upto_heard(state: State, frame: Json, now: Json) -> list[Json]:
    """How far a feed is at the server; where we are as far, our rows must have its sum."""
    name, epoch, total = (text(frame.get(key)) for key in ("feed", "epoch", "sum"))
    head = frame.get("head")
    head = head if is_number(head) else 0
    note_head(state, name, epoch, head, now)
    actions = epoch_heard(state, epoch, now)
    feed = state.feeds.get(name)
    there = feed is not None and feed.epoch == epoch and feed.seq == head and not feed.under_way
    # A socket that fell behind hears no sum.
    if feed is None or not there or not epoch or not total or feed.compare_at > now["mono_ms"]:
        return actions
    return [*actions, {"action": "compare", "feed": name, "epoch": epoch, "seq": head, "sum": total}]


def _same_heard(state: State, frame: Json, now: Json) -> list[Json]:
    """Nothing is new since the hello of this number: each feed that it named is at its head, and has this sum."""
    sums = frame.get("sums")
    if frame.get("hello") != state.live.hellos or not isinstance(sums, list):
        return []
    told = iter(sums)
    uptos = [
        {"feed": feed, "epoch": epoch, "head": seq, "sum": next(told, "")}
        for feed, (epoch, seq) in state.live.said.items()
    ]
    return [action for upto in uptos for action in _upto_heard(state, upto, now)]


def advance_live(state: State, now: Json) -> list[Json]:
    """Open, greet or give up the socket, as it stands."""
    live = state.live
    if not live.lock or state.device is None:
        if live.socket == "closed":
            return []
        live.socket = "closed"
        return [{"action": "close_socket"}]
    if live.socket == "closed":
        if live.retry_at > now["mono_ms"]:
            return []
        live.socket, live.heard_at = "opening", now["mono_ms"]
        return [{"action": "open_socket"}]
    if now["mono_ms"] >= _given_up_at(live):
        socket_closed(state, now)
        return [{"action": "close_socket"}]
    return [] if live.socket == "opening" else _greet(state)


def live_deadlines(live: Living) -> list[float]:
    """Return the monotonic instants at which the socket wants to be looked at again."""
    if not live.lock:
        return []
    return [live.retry_at if live.socket == "closed" else _given_up_at(live)]


def _given_up_at(live: Living) -> float:
    return live.heard_at + (_OPENING_MS if live.socket == "opening" else _SILENT_MS)


def _greet(state: State) -> list[Json]:
    known = [name for name, feed in state.feeds.items() if feed.epoch]
    hello = f"feeds {' '.join(known)}"
    if hello == state.live.hello:
        return []
    state.live.hello = hello
    subscriptions = {name: [state.feeds[name].epoch, state.feeds[name].seq] for name in known}
    state.live.hellos += 1
    state.live.said = subscriptions
    frame = {"frame": "hello", "subscriptions": subscriptions}
    # Said once: a server that does not know the word yet closes the socket over it, and hears the next hello.
    told = {"diverged": state.diverged} if state.diverged else {}
    state.diverged = []
    return [{"action": "send", "frame": {**frame, "outbox_depth": len(state.push.waiting), **told}}]
