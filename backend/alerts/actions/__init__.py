"""What happens to alerts, each in the caller's transaction."""

from backend.alerts.actions.answers import accept_alerts, decline_alerts, receive, snooze_alerts
from backend.alerts.actions.ending import end_alert_of_sos, resolve_alerts, withdraw_alerts
from backend.alerts.actions.follow import (
    accept_handover,
    assign_stays,
    reassign_alerts,
    transfer_patients,
    undo_placements,
)
from backend.alerts.actions.raising import NewAlert, raise_alerts, retell_alerts, worsen_alerts
from backend.alerts.actions.sending import send_alerts

__all__ = [
    "NewAlert",
    "accept_alerts",
    "accept_handover",
    "assign_stays",
    "decline_alerts",
    "end_alert_of_sos",
    "raise_alerts",
    "reassign_alerts",
    "receive",
    "resolve_alerts",
    "retell_alerts",
    "send_alerts",
    "snooze_alerts",
    "transfer_patients",
    "undo_placements",
    "withdraw_alerts",
    "worsen_alerts",
]
