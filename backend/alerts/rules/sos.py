"""An SOS and what was said of who raised it: her latest cry counts, whatever reached the server first."""

from collections.abc import Mapping
from datetime import datetime

from backend.alerts.rules.alert import Alert
from backend.alerts.rules.turns import end
from shared_schemas.alerts import AlertState

Params = Mapping[str, str | int]


def pressed_at(text_params: Params) -> datetime:
    """When she pressed, as the alert tells it."""
    return datetime.fromisoformat(str(text_params["observed_at"]))


def spoken(alert: Alert, why: str, said_at: datetime, now: datetime) -> Alert:
    """Ended by who has spoken with her, unless she pressed again since: then it goes on."""
    return alert if said_at < pressed_at(alert.text_params) else end(alert, AlertState.RESOLVED, why, now)


def is_newer(text_params: Params, alert: Alert) -> bool:
    """Whether this cry is later than the one that the alert tells of."""
    return pressed_at(text_params) >= pressed_at(alert.text_params)
