"""Home care: visits and calls with their progress, notes and signatures; where patients live; the SOS."""

from backend.access import rules as gates
from backend.slice import Handles, Slice
from backend.visits import actions
from backend.visits.sweep import HOME_DUTY
from shared_schemas import visits as words
from shared_schemas.stays import PlacementCancelled

SLICE = Slice(
    name="visits",
    entries={
        words.HomeDescribed: Handles(gates.may_plan_visits, actions.describe_homes),
        words.VisitPlanned: Handles(gates.may_plan_visits, actions.plan_visits),
        words.VisitRescheduled: Handles(gates.may_plan_visits, actions.reschedule_visits),
        words.VisitReassigned: Handles(gates.may_plan_visits, actions.reassign_visits),
        words.VisitCancelled: Handles(gates.may_plan_visits, actions.cancel_visits),
        words.VisitStarted: Handles(gates.may_chart, actions.start_visits),
        words.VisitEnded: Handles(gates.may_chart, actions.end_visits),
        words.VisitNotDone: Handles(gates.may_say_not_visited, actions.record_not_visited),
        words.VisitNoteWritten: Handles(gates.may_chart, actions.write_visit_notes),
        words.VisitSigned: Handles(gates.may_chart, actions.sign_visits),
        # Who is in danger is heard wherever she is, and flagged when she is not of that unit.
        words.SosRaised: Handles(gates.may_answer_alert, actions.raise_sos, always_kept=True),
        words.SosEnded: Handles(gates.may_answer_alert, actions.end_sos),
        PlacementCancelled: Handles(gates.may_admit, actions.cancel_placements, takes_back=True),
    },
    sweeps=(HOME_DUTY,),
)
