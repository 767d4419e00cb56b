"""A server that came back from a backup has another epoch: what it had answered before is sent once more."""

from math import inf

from ward_sim.twin.contract import Json, State


def epoch_heard(state: State, epoch: str, now: Json, asked_ms: float = -inf) -> list[Json]:
    """The epoch that the server is in. The first one heard after a start is taken for new: storage knows better.

    A word that was asked for at `asked_ms` (a frame never is) may be older than the next epoch: it takes nothing back.
    """
    if epoch in ("", state.epoch) or is_late(state, epoch, asked_ms):
        return []
    state.left.pop(epoch, None)
    if state.epoch:
        state.left[state.epoch] = now["mono_ms"]
    state.epoch = epoch
    return [{"action": "resend", "epoch": epoch}]


def is_late(state: State, epoch: str, asked_ms: float) -> bool:
    """Whether a word of this epoch was asked for before the server was known to have left it."""
    return epoch in state.left and asked_ms <= state.left[epoch]


def resent(state: State, entry_ids: list[str]) -> None:
    """Storage has put these back into the outbox."""
    state.push.resent = list(dict.fromkeys([*state.push.resent, *entry_ids]))
