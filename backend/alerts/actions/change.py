"""The one way in which running alerts change: their stays locked first, then loaded, changed by a rule, and saved.

The lock on the stay comes before everything else of its alerts, everywhere, so that two writers never wait for each
other and nobody decides on rows of proof that another is writing.
"""

from collections.abc import Callable, Mapping

from backend.alerts import queries
from backend.alerts.actions.write import save
from backend.alerts.rules.alert import Alert
from backend.alerts.rules.people import Moment
from backend.alerts.rules.subject import Subject
from backend.db import Work
from backend.stays.queries import Facts

# A rule applied: the alert, its moment and its subject; the same alert back: nothing changed.
Rule = Callable[[Alert, Moment, Subject], Alert]


async def change_alerts(work: Work, stay_of: queries.StayOf, rule: Rule) -> dict[str, Alert]:
    """Change these alerts (their stays by alert) by one rule; what they are afterwards, by alert."""
    if not stay_of:
        return {}
    stays = await queries.hold(work.connection, stay_of)
    before = await queries.alerts(work.connection, stay_of)
    return await change_loaded(work, before, stays, rule)


async def change_loaded(
    work: Work, before: Mapping[str, Alert], stays: Mapping[str, Facts], rule: Rule
) -> dict[str, Alert]:
    """The same for alerts that are loaded under the lock of their stays."""
    subjects = {alert_id: queries.subject_of(alert, stays) for alert_id, alert in before.items()}
    moments = await queries.moments(work.connection, subjects, work.now)
    after = {alert_id: rule(alert, moments[alert_id], subjects[alert_id]) for alert_id, alert in before.items()}
    await save(work, before, after.values(), subjects, moments)
    return after


async def change_running(work: Work, causes: queries.Causes, rule: Rule) -> dict[str, Alert]:
    """Change the alerts about these causes that are not over; none of them costs one statement."""
    return await change_alerts(work, await queries.running(work.connection, causes), rule)
