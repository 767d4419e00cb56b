"""What holds of alerts at any instant, whatever people, tablets and workers did before."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from backend.alerts.rules.alert import FINAL, SKIPS, Alert, was_asked
from shared_schemas.alerts import AlertClass, AlertState, AlertStep, Step
from shared_schemas.policy import default_policy

POLICY = default_policy()
# The longest that an open alert waits for its next step: the repeat, or a plain one's charge nurse at night.
LONGEST_WAIT = {AlertClass.RED: 3, AlertClass.AMBER: 15, AlertClass.PLAIN: 60}
# What tasks know and alerts must agree with: overdue and open (or an open response) has one that runs, else none does.
TASKS_DISAGREE = """
select t.task_id::text from task t
where (t.open and (t.alerted_at is not null or t.kind = 'response'))
    <> exists (select from alert a where a.cause_id = t.task_id and a.next_at is not null)
"""
# Rule 8: done before the alert began counts as false, and nothing else does.
FALSE_OTHERWISE = """
select t.task_id::text from task t join alert a on a.cause_id = t.task_id
where a.cause = 'overdue_task' and t.state = 'completed' and a.ended_at is not null and a.ended_why in ('done', 'done_before')
and not exists (select from alert b where b.cause_id = t.task_id and b.began_at > a.began_at)
and (a.ended_why = 'done_before') <> (t.ended_at < a.began_at)
"""


def one_runs_a_cause(alerts: Iterable[Alert]) -> None:
    running = Counter((alert.cause, alert.cause_id) for alert in alerts if alert.next_at is not None)
    assert all(count == 1 for count in running.values()), running


def it_goes_on(alert: Alert, now: datetime, slack: timedelta) -> None:
    """An alert that is not over has a next instant, after this one and no later than its class waits."""
    if alert.state in FINAL:
        assert alert.next_at is None
        return
    assert alert.next_at is not None
    values = POLICY.classes[alert.alert_class.value]
    longest = {
        AlertState.OPEN: LONGEST_WAIT[alert.alert_class],
        AlertState.SNOOZED: values.snooze_minutes,
        AlertState.ACCEPTED: values.attend_minutes,
    }[alert.state]
    assert now < alert.next_at <= now + timedelta(minutes=longest) + slack, alert


def an_accept_runs_out(alert: Alert, resumed_at: datetime) -> None:
    """ "I am going" has its row of proof, and stops the climb no longer than the attend limit from the act (rules 3, 8).

    `resumed_at`: when the server last came back; limits began anew then (rule 12).
    """
    if alert.state is not AlertState.ACCEPTED:
        return
    acts = [row.answered_at for row in alert.steps if row.staff_id == alert.accepted_by_staff_id and row.answered_at]
    assert acts, "the accepter has no row of proof"
    limit = timedelta(minutes=POLICY.classes[alert.alert_class.value].attend_minutes)
    assert alert.attend_by_at is not None
    assert alert.attend_by_at <= max(*acts, alert.began_at, resumed_at) + limit
    assert not any(was_asked(row) and row.ended_at is None for row in alert.steps), "somebody is asked beside her"


def it_stays_over(before: Alert, after: Alert) -> None:
    """No ended alert reopens, and how it ended is not told anew."""
    if before.state in FINAL:
        assert (after.state, after.ended_at, after.ended_why) == (before.state, before.ended_at, before.ended_why)


def proof_is_kept(before: Alert, after: Alert) -> None:
    """No row of proof is lost, given to another, or begun anew; what ended stays ended; the first answer stays."""
    now = {row.step_id: row for row in after.steps}
    for row in before.steps:
        kept = now[row.step_id]
        assert (kept.staff_id, kept.began_at) == (row.staff_id, row.began_at)
        assert row.answered_at is None or kept.answered_at == row.answered_at
        assert row.ended_at is None or kept.ended_at is not None


def proof_is_unique(alert: Alert) -> None:
    """One row per (alert, round, step) (rule 15)."""
    rows = Counter((row.round, row.step) for row in alert.steps)
    assert all(count == 1 for count in rows.values()), rows


def skips_have_reasons(alert: Alert) -> None:
    """Who was not asked at a step has a row that is over and says why; only the outside channel is nobody (rule 1)."""
    for row in alert.steps:
        if row.step is Step.OUTSIDE or row.times_out_at is not None or row.answered_at is not None:
            continue
        assert row.why_ended in SKIPS, row
        assert row.ended_at == row.began_at


def asked(before: Alert | None, after: Alert) -> list[AlertStep]:
    """Askings since the last look."""
    known = {row.step_id for row in before.steps} if before else set()
    return [row for row in after.steps if row.step_id not in known and row.times_out_at is not None]


def only_who_is_there_is_asked(new: Iterable[AlertStep], there: Collection[str]) -> None:
    """Nobody is asked who is off duty or on a break (rule 1)."""
    for row in new:
        assert row.staff_id in there, row
