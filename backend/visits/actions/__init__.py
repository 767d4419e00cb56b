"""What happens to homes and visits, one transaction each."""

from backend.visits.actions.cancel import cancel_placements
from backend.visits.actions.describe import describe_homes
from backend.visits.actions.note import sign_visits, write_visit_notes
from backend.visits.actions.plan import cancel_visits, plan_visits, reassign_visits, reschedule_visits
from backend.visits.actions.progress import end_visits, record_not_visited, start_visits
from backend.visits.actions.sos import end_sos, raise_sos

__all__ = [
    "cancel_placements",
    "cancel_visits",
    "describe_homes",
    "end_sos",
    "end_visits",
    "plan_visits",
    "raise_sos",
    "reassign_visits",
    "record_not_visited",
    "reschedule_visits",
    "sign_visits",
    "start_visits",
    "write_visit_notes",
]
