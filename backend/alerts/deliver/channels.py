"""The ways out of this process, and what came of using them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from backend.alerts.push import Push, Webhook
from backend.alerts.rules.outbox import Leased
from backend.alerts.rules.sending import Fate


@dataclass(frozen=True, slots=True)
class Channels:
    """The ways out of this process. `ring(alert_id, step_id, staff_id, sound)` names the sockets that rang."""

    ring: Callable[[str, str, str, str], Sequence[str]]
    push: Push
    outside: Webhook


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Where a tablet is pushed."""

    device_id: str
    endpoint: str
    p256dh: bytes
    auth: bytes
    lang: str


@dataclass(frozen=True, slots=True)
class Settled:
    """What came of some rows: how it ended, or when to send again, and the step that the message named."""

    rows: tuple[Leased, ...]
    fate: Fate
    wait: timedelta = timedelta(0)
    told_by_step_id: str | None = None
    status: int | None = None
