"""What happens to tasks, one transaction each."""

from backend.tasks.actions.assign import assign_tasks
from backend.tasks.actions.cancel import undo_placements
from backend.tasks.actions.end import (
    cancel_tasks,
    complete_tasks,
    correct_done,
    discharge,
    record_done,
    record_not_done,
)
from backend.tasks.actions.observe import (
    Done,
    cancel_observation_tasks,
    replace_observation_tasks,
    update_missing,
)
from backend.tasks.actions.plan import plan_by_hand, plan_tasks
from backend.tasks.actions.recur import start_recurring, stop_recurring
from backend.tasks.actions.respond import claim_tasks, defer_tasks, record_responses
from backend.tasks.actions.visit import VisitChange, change_visit_tasks, complete_planning, keep_home_tasks
from backend.tasks.rules.task import PlannedTask

__all__ = [
    "Done",
    "PlannedTask",
    "VisitChange",
    "assign_tasks",
    "cancel_observation_tasks",
    "cancel_tasks",
    "change_visit_tasks",
    "claim_tasks",
    "complete_planning",
    "complete_tasks",
    "correct_done",
    "defer_tasks",
    "discharge",
    "keep_home_tasks",
    "plan_by_hand",
    "plan_tasks",
    "record_done",
    "record_not_done",
    "record_responses",
    "replace_observation_tasks",
    "start_recurring",
    "stop_recurring",
    "undo_placements",
    "update_missing",
]
