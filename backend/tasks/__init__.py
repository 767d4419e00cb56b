"""Care that is due: planned by scores, templates and people, and watched until somebody says what became of it."""

from backend.access import rules as gates
from backend.slice import CARE, OBSERVED, Handles, Slice
from backend.tasks import actions
from backend.tasks.sweep import DEPARTED_STAYS, OVERDUE_TASKS, SLOTS
from shared_schemas import tasks as words
from shared_schemas.stays import PatientDischarged

SLICE = Slice(
    name="tasks",
    entries={
        words.TaskPlanned: Handles(gates.may_plan, actions.plan_by_hand, of_its_stay=CARE, only_adds=True),
        # Of an observation or a response a tick is only noted, whatever a set makes of it; a reason asks which it was.
        words.TaskDone: Handles(gates.may_chart, actions.record_done, of_its_stay=CARE),
        words.TaskNotDone: Handles(gates.may_chart, actions.record_not_done, of_its_stay=CARE | OBSERVED),
        words.TaskDeferred: Handles(gates.may_plan, actions.defer_tasks),
        words.TaskCancelled: Handles(gates.may_plan, actions.cancel_tasks),
        words.TaskClaimed: Handles(gates.may_chart, actions.claim_tasks),
        words.TaskAssigned: Handles(gates.may_assign, actions.assign_tasks),
        words.TaskDoneCorrected: Handles(gates.may_chart, actions.correct_done),
        words.RecurringCareStarted: Handles(gates.may_plan, actions.start_recurring),
        words.RecurringCareStopped: Handles(gates.may_plan, actions.stop_recurring),
        PatientDischarged: Handles(gates.may_admit, actions.discharge),
    },
    sweeps=(DEPARTED_STAYS, SLOTS, OVERDUE_TASKS),
)
