"""What stops alerts: resolved by an outcome, withdrawn because the cause is gone; attending alone does not (rule 6)."""

from datetime import datetime

from backend.alerts.actions.change import change_running
from backend.alerts.queries import Causes
from backend.alerts.rules.alert import Alert
from backend.alerts.rules.ladder import going
from backend.alerts.rules.turns import end
from backend.db import Work
from shared_schemas.alerts import AlertState


async def resolve_alerts(work: Work, causes: Causes, why: str, at: datetime | None = None) -> None:
    """End what runs about these causes by an outcome; done `at` before it began, it is withdrawn as false (rule 8)."""
    await change_running(work, causes, lambda alert, _, __: end(alert, AlertState.RESOLVED, why, work.now, at))


async def withdraw_alerts(work: Work, causes: Causes, why: str) -> None:
    """End what runs about these causes because the cause is gone."""
    await change_running(work, causes, lambda alert, _, __: end(alert, AlertState.WITHDRAWN, why, work.now))


async def note_attended(work: Work, causes: Causes, at: datetime) -> None:
    """Somebody came: the attend limit of an accepted alert runs again from then; the alert stays until its outcome."""

    def again(alert: Alert, moment, _) -> Alert:  # noqa: ANN001
        accepter = alert.accepted_by_staff_id
        return going(alert, accepter, max(at, alert.began_at), moment) if accepter else alert

    await change_running(work, causes, again)
