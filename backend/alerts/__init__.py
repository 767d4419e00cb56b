"""Alerts: who is asked, who answers, and that it goes on until somebody does."""

from backend.access.rules import may_answer_alert
from backend.alerts.actions import accept_alerts, decline_alerts, snooze_alerts
from backend.alerts.routes import ROUTES
from backend.alerts.sweep import DELIVERED, ENDED, LADDER, TURNS
from backend.slice import Handles, Slice
from shared_schemas.alerts import AlertAccepted, AlertDeclined, AlertSnoozed

SLICE = Slice(
    name="alerts",
    entries={
        AlertAccepted: Handles(may_answer_alert, accept_alerts),
        AlertDeclined: Handles(may_answer_alert, decline_alerts),
        AlertSnoozed: Handles(may_answer_alert, snooze_alerts),
    },
    routes=ROUTES,
    sweeps=(TURNS, LADDER, ENDED, DELIVERED),
)
