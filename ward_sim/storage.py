"""A tablet's storage: the outbox database and the projection, each changed by whole transactions only."""

from dataclasses import dataclass, field

from ward_sim.twin.actions import Forget, Settle, StoreEntry, StoreFeed
from ward_sim.twin.events import FeedAtRest, Json, Started


@dataclass(slots=True)
class Storage:
    """What survives the death of the app at any instant."""

    outbox: dict[str, Json] = field(default_factory=dict)
    tray: dict[str, Json] = field(default_factory=dict)
    feeds: dict[str, FeedAtRest] = field(default_factory=dict)
    next_n: int = 1

    def store_entry(self, action: StoreEntry) -> None:
        """The outbox transaction: entry and counter together."""
        self.outbox[action.entry["entry_id"]] = action.entry
        self.next_n = max(self.next_n, action.entry["n"] + 1)

    def settle(self, action: Settle) -> None:
        """Entries with a verdict leave; held ones go to the tray."""
        for entry_id in action.gone:
            self.outbox.pop(entry_id, None)
        self.tray.update(action.tray)

    def store_feed(self, action: StoreFeed) -> None:
        """Rows and cursor together."""
        kept = self.feeds.get(action.feed)
        rows = {} if action.fresh or kept is None else kept.rows
        for key in action.gone:
            rows.pop(key, None)
        rows.update(action.put)
        self.feeds[action.feed] = FeedAtRest(action.epoch, action.seq, rows)

    def forget(self, action: Forget) -> None:
        """A feed that is no longer wanted here; the outbox stays."""
        self.feeds.pop(action.feed, None)

    def reopened(self) -> Started:
        """What a new start of the app reads."""
        feeds = {name: FeedAtRest(rest.epoch, rest.seq, dict(rest.rows)) for name, rest in self.feeds.items()}
        return Started(list(self.outbox.values()), dict(self.tray), feeds, self.next_n)
