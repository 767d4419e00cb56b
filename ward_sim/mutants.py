"""Known ways in which tablets have lost or doubled care: a simulation must find each of them.

Here are those that live in the core, each around a core that is sound; `ward_sim/storage.py` and `ward_sim/tablet.py`
have the others.
"""

from ward_sim.core import Core
from ward_sim.twin.contract import Json

_IN_STORAGE = ("relaxed_ack", "cursor_before_data", "purge_outbox_on_exit")
_IN_TABLET = ("no_dedupe", "drop_on_401")
_REFUSES_THE_BATCH = (400, 413, 422)


class Sound:
    """A core as it is; a mutant hears or answers differently somewhere."""

    def __init__(self, core: Core) -> None:
        self.core = core

    def begin(self, seed: int) -> None:
        """A fresh start of the app."""
        self.core.begin(seed)

    def step(self, event: Json, now: Json) -> list[Json]:
        """Take one event in; return what must be done, in order."""
        actions = self.core.step(self.hear(event), now)
        return [self.answer(action) for action in actions]

    def summary(self, now: Json) -> Json:
        """Return how the tablet stands."""
        return self.core.summary(now)

    def hear(self, event: Json) -> Json:
        """Return the event as this core takes it."""
        return event

    def answer(self, action: Json) -> Json:
        """Return the action as this core wants it."""
        return action


class NaiveCursor(Sound):
    """The highest number that was heard is the cursor: a delta that leaves a hole is applied."""

    def begin(self, seed: int) -> None:
        """Nothing is known of any feed."""
        super().begin(seed)
        self._cursors: dict[str, tuple[str, int]] = {}

    def hear(self, event: Json) -> Json:
        """Fill the hole with changes of nothing."""
        if event["event"] == "live_gained":
            self._cursors = {name: (cursor[0], cursor[1]) for name, cursor in event["cursors"].items()}
        frame = event.get("frame")
        if not isinstance(frame, dict) or frame.get("frame") != "delta":
            return event
        epoch, seq = self._cursors.get(frame["feed"], ("", 0))
        if frame["epoch"] != epoch or frame["from"] <= seq + 1:
            return event
        nothing = {"type": "nothing", "id": "", "version": 0, "row": None}
        hole = [{"seq": number, **nothing} for number in range(seq + 1, frame["from"])]
        return {"event": "frame", "frame": {**frame, "from": seq + 1, "changes": [*hole, *frame["changes"]]}}

    def answer(self, action: Json) -> Json:
        """Follow the cursors."""
        if action["action"] in ("append", "replace"):
            self._cursors[action["feed"]] = (action["epoch"], action["seq"])
        return action


class PoisonPill(Sound):
    """A refused batch is sent again as it is: one bad entry stops all behind it."""

    def hear(self, event: Json) -> Json:
        """Take a refusal of the batch for a server that is busy."""
        refused = event["event"] == "push_reply" and event["status"] in _REFUSES_THE_BATCH
        return {**event, "status": 503} if refused else event


class PushReorder(Sound):
    """A batch is sent newest first."""

    def hear(self, event: Json) -> Json:
        """Bring the verdicts into the order in which the core asked."""
        body = event.get("body")
        if event["event"] != "push_reply" or not isinstance(body, dict) or not isinstance(body.get("verdicts"), list):
            return event
        return {**event, "body": {**body, "verdicts": body["verdicts"][::-1]}}

    def answer(self, action: Json) -> Json:
        """Turn the batch around."""
        return {**action, "entry_ids": action["entry_ids"][::-1]} if action["action"] == "post" else action


class NoScopeExit(Sound):
    """A patient who left stays on the tablet."""

    def answer(self, action: Json) -> Json:
        """Leave every `exit` out; the cursor moves on."""
        if action["action"] != "append":
            return action
        return {**action, "changes": [change for change in action["changes"] if change["type"] != "exit"]}


_IN_CORE: dict[str, type[Sound]] = {
    "naive_cursor": NaiveCursor,
    "poison_pill": PoisonPill,
    "push_reorder": PushReorder,
    "no_scope_exit": NoScopeExit,
}
MUTANTS = (*_IN_CORE, *_IN_STORAGE, *_IN_TABLET)


def mutated(core: Core, mutant: str | None) -> Core:
    """Return the core with this fault, or as it is when the fault lives elsewhere."""
    return _IN_CORE[mutant](core) if mutant in _IN_CORE else core
