"""What stops alerts: resolved by an outcome, withdrawn because the cause is gone; attending alone does not (rule 6)."""

from backend.alerts.actions.change import change_running
from backend.alerts.queries import Causes
from backend.alerts.rules.turns import end
from backend.db import Work
from shared_schemas.alerts import AlertState


async def resolve_alerts(work: Work, causes: Causes, why: str) -> None:
    """End what runs about these causes by an outcome."""
    await change_running(work, causes, lambda alert, _, __: end(alert, AlertState.RESOLVED, why, work.now))


async def withdraw_alerts(work: Work, causes: Causes, why: str) -> None:
    """End what runs about these causes because the cause is gone."""
    await change_running(work, causes, lambda alert, _, __: end(alert, AlertState.WITHDRAWN, why, work.now))
