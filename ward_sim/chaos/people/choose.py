"""Who does what how often. The shares are a simulation's convention."""

from collections.abc import Callable

from ward_sim.chaos.people import about_places as places
from ward_sim.chaos.people import at_home as home
from ward_sim.chaos.people import at_the_bedside as bedside
from ward_sim.chaos.people.pen import Pen, Said

Act = Callable[[Pen], Said | None]
_EVERYWHERE: tuple[tuple[Act, int], ...] = (
    (bedside.chart, 16),
    (bedside.correct, 3),
    (bedside.note, 6),
    (bedside.describe, 2),
    (bedside.plan_care, 6),
    (bedside.do, 9),
    (bedside.leave_undone, 3),
    (bedside.claim, 4),
    (bedside.put_off, 1),
    (bedside.cancel_care, 3),
    (bedside.undo, 1),
    (bedside.go, 3),
    (bedside.answer_tray, 4),
    (places.admit, 5),
    (places.transfer, 4),
    (places.discharge, 3),
    (places.take_back, 2),
)
_ON_A_WARD: tuple[tuple[Act, int], ...] = (
    (bedside.begin_care, 2),
    (bedside.pause, 3),
    (places.move, 5),
    (places.swap, 2),
    (places.mark, 10),
)
_AT_HOME: tuple[tuple[Act, int], ...] = (
    (home.plan_visit, 8),
    (home.begin_visit, 8),
    (home.end_visit, 6),
    (home.find_nobody, 2),
    (home.cancel_visit, 3),
    (home.postpone_visit, 3),
    (home.write_visit, 5),
    (home.sign_visit, 3),
    (home.call_for_help, 1),
)
_TRIES = 6


def next_words(pen: Pen, *, at_home: bool) -> Said | None:
    """Something that this person can say now of what her screen shows; None when nothing comes to her mind."""
    acts = (*_EVERYWHERE, *(_AT_HOME if at_home else _ON_A_WARD))
    for _ in range(_TRIES):
        [act] = pen.die.choices([act for act, _ in acts], [share for _, share in acts])
        said = act(pen)
        if said is not None:
            return said
    return None
