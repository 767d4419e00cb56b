"""Alerts: who is asked, who answers, and that it goes on until somebody does."""

from backend.access.rules import may_admit, may_answer_alert, may_assign, may_take_duty
from backend.alerts.actions import (
    accept_alerts,
    accept_handover,
    assign_stays,
    decline_alerts,
    send_alerts,
    snooze_alerts,
    transfer_patients,
)
from backend.alerts.routes import ROUTES
from backend.alerts.sweep import DELIVERED, ENDED, LADDER, TURNS
from backend.slice import Handles, Slice
from shared_schemas.alerts import AlertAccepted, AlertDeclined, AlertSent, AlertSnoozed
from shared_schemas.staff import HandoverAccepted, StayAssigned
from shared_schemas.stays import PatientTransferred

SLICE = Slice(
    name="alerts",
    entries={
        AlertAccepted: Handles(may_answer_alert, accept_alerts),
        AlertDeclined: Handles(may_answer_alert, decline_alerts),
        AlertSnoozed: Handles(may_answer_alert, snooze_alerts),
        AlertSent: Handles(may_assign, send_alerts),
        HandoverAccepted: Handles(may_take_duty, accept_handover),
        StayAssigned: Handles(may_assign, assign_stays),
        PatientTransferred: Handles(may_admit, transfer_patients),
    },
    routes=ROUTES,
    sweeps=(TURNS, LADDER, ENDED, DELIVERED),
)
