"""A server that came back from a backup has another epoch: what it had acknowledged before is sent once more."""

from ward_sim.twin.contract import Json, State


def epoch_heard(state: State, epoch: str) -> list[Json]:
    """The epoch that the server is in. The first one heard after a start is taken for new: storage knows better."""
    if epoch in ("", state.epoch):
        return []
    state.epoch = epoch
    return [{"action": "resend", "epoch": epoch}]


def resent(state: State, entry_ids: list[str]) -> None:
    """Storage has put these back into the outbox."""
    state.push.resent = list(dict.fromkeys([*state.push.resent, *entry_ids]))
