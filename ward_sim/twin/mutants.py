"""Known ways in which tablets have lost or doubled care: the judge must find each of them."""

from ward_sim.twin.actions import Action, Seal, Settle
from ward_sim.twin.core import step
from ward_sim.twin.events import Answered, Event, RequestFailed
from ward_sim.twin.state import State

MUTANTS = ("no_dedupe", "drop_on_401")


def mutated_step(mutant: str | None, state: State, event: Event, now: int) -> tuple[State, list[Action]]:
    """Take one step as a tablet with this fault would; without a fault as the core does."""
    before: list[Action] = []
    if mutant == "no_dedupe" and isinstance(event, RequestFailed):
        before = _new_ids_at_retry(state, event, now)
    if mutant == "drop_on_401" and isinstance(event, Answered) and event.status == 401:
        before = _forget_queue(state, event)
    state, actions = step(state, event, now)
    return state, [*before, *actions]


def _new_ids_at_retry(state: State, event: RequestFailed, now: int) -> list[Action]:
    """The key of an entry is made when it is sent, not when it is saved: a lost answer makes a second fact."""
    flight = state.in_flight
    if flight is None or flight.request_id != event.request_id:
        return []
    actions: list[Action] = [Settle(list(flight.entry_ids), {}, [])]
    for old_id in flight.entry_ids:
        entry = state.outbox.pop(old_id)
        again = {k: v for k, v in entry.items() if k != "mac"}
        again |= {"entry_id": state.chance.uuid7(now), "n": state.next_n}
        state.next_n += 1
        state.unsealed[again["entry_id"]] = again
        actions.append(Seal(again))
    return actions


def _forget_queue(state: State, event: Answered) -> list[Action]:
    """A refused token is taken for "log in again", and the queue goes with the session."""
    flight = state.in_flight
    if flight is None or flight.request_id != event.request_id:
        return []
    gone = list(state.outbox)
    state.outbox.clear()
    return [Settle(gone, {}, [])]
