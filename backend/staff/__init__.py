"""Duty: who is on, whose beds, whose buddy, who is in charge, and handing over."""

from backend.access import rules as gates
from backend.slice import Handles, Slice
from backend.staff import actions
from backend.staff.routes import ROUTES
from backend.staff.sweep import DUTIES, HANDOVERS
from shared_schemas import staff as words

SLICE = Slice(
    name="staff",
    entries={
        words.DutyStarted: Handles(gates.may_take_duty, actions.start_duty),
        words.DutyChanged: Handles(gates.may_take_duty, actions.change_duty),
        words.DutyEnded: Handles(gates.may_take_duty, actions.end_duty),
        words.BreakStarted: Handles(gates.may_take_duty, actions.start_break),
        words.BreakEnded: Handles(gates.may_take_duty, actions.end_break),
        words.HandoverOffered: Handles(gates.may_take_duty, actions.offer_handover),
        words.HandoverDeclined: Handles(gates.may_take_duty, actions.decline_handover),
    },
    routes=ROUTES,
    sweeps=(HANDOVERS, DUTIES),
)
