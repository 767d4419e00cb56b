"""L3: a reconnect storm has a bounded peak and an end."""

from collections import Counter
from typing import TYPE_CHECKING

from ward_sim.instants import MINUTE, SECOND

if TYPE_CHECKING:
    from ward_sim.chaos.scenario import Scenario

# A tablet dials at once when it learns of a network, and again once when that fails; from then on with full jitter.
MOST_A_SECOND_EACH = 3
MOST_EACH = 12
ENDS_WITHIN = 2 * MINUTE


def look(scenario: "Scenario") -> None:
    """When all sockets broke at once: how often the tablets dialled, and whether all are connected again."""
    since = scenario.healed_at
    dials = [at for seat in scenario.seats for at in seat.line.dialled if since <= at < since + ENDS_WITHIN]
    many = len(scenario.seats)
    peak = max(Counter((at - since) // SECOND for at in dials).values(), default=0)
    book = scenario.book
    book.check("L3", holds=peak <= MOST_A_SECOND_EACH * many, otherwise=f"{peak} dials in a second by {many} tablets")
    book.check("L3", holds=len(dials) <= MOST_EACH * many, otherwise=f"{len(dials)} dials by {many} tablets")
    for seat in scenario.seats:
        open_again = seat.line.socket is not None
        book.check("L3", holds=open_again, otherwise=f"tablet {seat.line.number} has no socket after the storm")
