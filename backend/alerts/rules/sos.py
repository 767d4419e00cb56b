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


def spoken(alert: Alert, why: str, press: str | None, now: datetime) -> Alert:
    """Ended by who has spoken with her and knew of her latest `press` (an entry); of an earlier one, it goes on.

    No clock is asked: hers may be slow, and her second cry would look older than what was said after the first.
    """
    return end(alert, AlertState.RESOLVED, why, now) if press == alert.text_params.get("press") else alert


def retelling(text_key: str, text_params: Params, alert: Alert) -> tuple[str, dict[str, str | int]]:
    """What the alert tells after this press: of the cry that is later; the press is the one that came last."""
    if is_newer(text_params, alert):
        return text_key, dict(text_params)
    return alert.text_key, {**alert.text_params, "press": text_params["press"]}


def is_newer(text_params: Params, alert: Alert) -> bool:
    """Whether this cry is later than the one that the alert tells of."""
    return pressed_at(text_params) >= pressed_at(alert.text_params)
