"""What happens to duty: taking it up, changing it, breaks, going home, handing over."""

from backend.staff.actions.assign import assign_stays
from backend.staff.actions.duty import change_duty, end_break, end_duty, start_break, start_duty
from backend.staff.actions.hand_over import accept_handover, decline_handover, offer_handover

__all__ = [
    "accept_handover",
    "assign_stays",
    "change_duty",
    "decline_handover",
    "end_break",
    "end_duty",
    "offer_handover",
    "start_break",
    "start_duty",
]
