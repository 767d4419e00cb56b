"""A shift whose outbox is at work, and what came out of it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backend.alerts.deliver import Channels, deliveries
from backend.alerts.push import Webhook, WebPush, subscription_keys
from tests.alerts.shift import Shift
from tests.cast import Person, due_at
from tests.push_receiver import PushReceiver

SUBSCRIBE = "insert into push_subscription values ($1, $2, $3, $4, 'en', $5)"


@dataclass
class Outbox:
    """A shift whose tablets are pushed at a receiver of our own, and sockets that note what rings."""

    shift: Shift
    receiver: PushReceiver
    push: WebPush
    webhook: Webhook = field(default_factory=lambda: Webhook(None))
    sockets: bool = True
    rung: list[tuple[str, str]] = field(default_factory=list)

    def ring(self, alert_id: str, step_id: str, staff_id: str, sound: str) -> list[str]:
        names = {person.staff_id: person.name for person in self.shift.cast.people}
        self.rung.append((names[staff_id], sound))
        return ["socket"] if self.sockets else []

    async def subscribe(self, person: Person) -> None:
        subscription = self.receiver.subscribe(person.name)
        keys = subscription_keys(**subscription["keys"])
        device_id = self.shift.device_of[person.staff_id]
        await self.shift.database.pool.execute(SUBSCRIBE, device_id, subscription["endpoint"], *keys, self.shift.now)  # type: ignore[misc]

    async def run(self, seconds: float = 3) -> datetime | None:
        """So much time passes and what is ready is sent; when more will be."""
        self.shift.cast.clock.advance(timedelta(seconds=seconds))
        channels = Channels(self.ring, self.push, self.webhook)
        outbox = deliveries(channels)
        await outbox.run(self.shift.database, self.shift.now)
        return await due_at(outbox, self.shift.database, self.shift.now)

    async def outcomes(self) -> list[str | None]:
        rows = await self.shift.database.pool.fetch(
            "select outcome from delivery where channel <> 'ring' order by made_at"
        )
        return [row["outcome"] for row in rows]
