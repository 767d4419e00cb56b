"""What counts as heard: a ring that was sent, and what a tablet told; a push that was shown; never a feed alone."""

from datetime import timedelta

import pytest

from backend.alerts.actions import receive
from backend.alerts.deliver import ring_again
from backend.alerts.rules.heard import Ringing, rung_again, unheard
from backend.alerts.rules.notices import Asking
from backend.alerts.rules.sending import Fate
from backend.db import unit_of_work
from shared_schemas.alerts import AlertClass, Receipt, ReceiptKind
from tests.alerts.cast import ANNA, NINE, uid
from tests.alerts.outbox import Outbox

GAP = timedelta(seconds=30)
SENT, NOBODY, WAITS = Fate.SENT, Fate.NOBODY_LISTENS, None
NOTHING, SHOWN, PUSHED, OPENED = set(), {"shown"}, {"shown", "pushed"}, {"shown", "opened"}


def a_ring(fate: Fate | None, told: set[str] = NOTHING, *, at_s: float = 0, number: int = 1) -> Ringing:
    at = NINE + timedelta(seconds=at_s)
    return Ringing(
        asking=Asking(uid(100 + number), uid(number), ANNA, AlertClass.RED, NINE, "ring"),
        delivery_id=uid(number),
        ready_at=at,
        done_at=None if fate is None else at,
        fate=fate,
        shown="shown" in told,
        opened="opened" in told,
        pushed="pushed" in told,
    )


@pytest.mark.parametrize(
    ("fate", "told", "stayed", "came_back"),
    [
        (NOBODY, NOTHING, True, True),
        (NOBODY, SHOWN, True, True),
        (NOBODY, {"pushed"}, True, True),
        (NOBODY, PUSHED, False, False),
        (NOBODY, OPENED, False, False),
        (Fate.GIVEN_UP, NOTHING, True, True),
        (SENT, NOTHING, False, True),
        (SENT, SHOWN, False, False),
        (SENT, OPENED, False, False),
        (WAITS, NOTHING, False, False),
        (Fate.ANSWERED, NOTHING, False, False),
    ],
)
def test_a_ring_is_unheard(fate: Fate | None, told: set[str], *, stayed: bool, came_back: bool) -> None:
    assert unheard(a_ring(fate, told), came_back=False) is stayed
    assert unheard(a_ring(fate, told), came_back=True) is came_back


@pytest.mark.parametrize(
    ("another", "sounds_at_s"),
    [
        (a_ring(SENT, SHOWN, at_s=-29, number=2), 1),  # a sound of another alert
        (a_ring(SENT, SHOWN, at_s=-30, number=2), 0),
        (a_ring(NOBODY, PUSHED, at_s=-1, number=2), 0),
        (a_ring(WAITS, at_s=-1, number=2), 29),  # on its way at this moment
    ],
)
def test_rule_11_an_unheard_ring_keeps_its_distance_from_what_sounded(another: Ringing, sounds_at_s: int) -> None:
    again = rung_again([a_ring(NOBODY, at_s=-5), another], set(), NINE, GAP)
    assert again is not None
    [sounding] = again[0].values()
    assert sounding.ready_at == NINE + timedelta(seconds=sounds_at_s)
    assert again[1] == sounding.ready_at + GAP


def test_what_was_heard_is_left_as_it_waits() -> None:
    assert rung_again([a_ring(SENT, SHOWN), a_ring(WAITS, at_s=30, number=2)], {ANNA}, NINE, GAP) is None


async def test_a_push_that_was_shown_has_sounded_and_one_that_was_only_sent_has_not(outbox: Outbox) -> None:
    shift, outbox.sockets = outbox.shift, False
    anna = {shift.cast.anna.staff_id}
    alert_id = await shift.raise_one()
    await outbox.run(0)
    receipt = Receipt(
        alert_id=alert_id,
        step_id=(await shift.alert(alert_id)).steps[0].step_id,
        kind=ReceiptKind.SHOWN,
        at=shift.now,
    )
    assert await ring_again(shift.database, shift.now, anna, anna)
    await outbox.run(0)
    async with unit_of_work(shift.database, shift.now) as work:
        await receive(work, [receipt], list(anna))
    assert not await ring_again(shift.database, shift.now, anna, anna)
    assert outbox.rung == [("Anna", "ring")] * 2


async def test_a_push_moves_along_with_the_ring_that_it_stands_beside(outbox: Outbox) -> None:
    shift, outbox.sockets = outbox.shift, False
    anna = {shift.cast.anna.staff_id}
    for _ in range(2):
        await shift.raise_one()
        await outbox.run(1)
    assert await ring_again(shift.database, shift.now, anna, anna)
    waiting = await shift.database.pool.fetch(
        "select channel, ready_at from delivery where done_at is null and ready_at > $1 order by channel", shift.now
    )
    assert [tuple(row) for row in waiting] == [("push", shift.now + GAP), ("ring", shift.now + GAP)]
