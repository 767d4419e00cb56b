"""The ladder run by a machine that does anything at any time: it never loses an alert, and always goes on."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from backend.alerts.rules.alert import FINAL, Alert, asked_ever, was_asked
from backend.alerts.rules.answers import accept, decline, received, snooze
from backend.alerts.rules.ladder import begin, wake
from backend.alerts.rules.people import Moment, somebody_is_there
from backend.alerts.rules.timing import steps_from, top_step
from backend.alerts.rules.turns import end, handed_over, left, moved, worsen
from backend.staff.rules import Person
from shared_schemas.alerts import AlertClass, AlertState, DeclineReason, ReceiptKind, Step
from tests.alerts.cast import (
    ANNA,
    BORIS,
    CHARLOTTE,
    DUC,
    EUNJI,
    NINE,
    OTHER_UNIT,
    WARD,
    Ward,
    an_alert,
    at,
    nurse,
)
from tests.alerts.machines import machine

WHO = st.sampled_from([ANNA, BORIS, CHARLOTTE, DUC, EUNJI])
POST = st.sampled_from(["owner", "buddy", "charge", "on_call"])
NURSE = st.one_of(
    st.none(),
    st.builds(
        nurse, staff_id=WHO, on_duty=st.booleans(), on_break=st.booleans(), reachable=st.sampled_from([True, False])
    ),
)


class LadderMachine(RuleBasedStateMachine):
    """One alert, five people who come, go, answer and stay silent."""

    def __init__(self) -> None:
        super().__init__()
        self.minutes = 0.0
        self.ward: Ward = WARD
        self.alert: Alert = an_alert()

    @property
    def moment(self) -> Moment:
        """Now, with the people who are there."""
        return at(self.minutes, self.ward)

    def becomes(self, alert: Alert) -> None:
        """Take a step and check what no step may do."""
        before = self.alert
        assert before.state not in FINAL or alert.state is before.state, "resolved and withdrawn are final"
        known = {row.step_id: row for row in alert.steps}
        assert len(known) == len(alert.steps), "a row of proof is unique"
        assert len({(row.round, row.step) for row in alert.steps}) == len(alert.steps), "one per (round, step)"
        for row in before.steps:
            assert row.step_id in known, "a row of proof is never lost"
            assert known[row.step_id].began_at == row.began_at
        self.alert = alert

    @initialize(alert_class=st.sampled_from(AlertClass), acting=st.one_of(st.none(), WHO))
    def born(self, alert_class: AlertClass, acting: str | None) -> None:
        self.alert = begin(an_alert(alert_class), self.moment, acting)

    @rule(post=POST, who=NURSE)
    def duty_changes(self, post: str, who: Person | None) -> None:
        self.ward = replace(self.ward, **{post: who})

    @rule(minutes=st.sampled_from([0.25, 0.5, 1, 3, 5, 10, 30]))
    def time_passes(self, minutes: float) -> None:
        until = NINE + timedelta(minutes=self.minutes + minutes)
        turns = 0
        while self.alert.next_at is not None and self.alert.next_at <= until:
            self.minutes = max(self.minutes, (self.alert.next_at - NINE).total_seconds() / 60)
            self.becomes(wake(self.alert, self.moment))
            turns += 1
            assert turns < 200, "the ladder never spins"
        self.minutes = (until - NINE).total_seconds() / 60

    @rule(minutes=st.sampled_from([5, 90]))
    def the_server_is_down(self, minutes: float) -> None:
        self.minutes += minutes
        self.becomes(wake(self.alert, self.moment))

    @rule(who=WHO, ago=st.sampled_from([0, 1, 20]))
    def somebody_accepts(self, who: str, ago: float) -> None:
        before = self.alert
        self.becomes(accept(before, who, self.moment.now - timedelta(minutes=ago), self.moment))
        if before.state is AlertState.ACCEPTED:
            assert self.alert.accepted_by_staff_id == before.accepted_by_staff_id, "the first accept wins"

    @rule(who=WHO, named=NURSE)
    def somebody_declines(self, who: str, named: Person | None) -> None:
        self.becomes(decline(self.alert, who, DeclineReason.IN_ISOLATION, named, self.moment.now, self.moment)[0])

    @rule(who=WHO, minutes=st.integers(1, 30))
    def somebody_snoozes(self, who: str, minutes: int) -> None:
        self.becomes(snooze(self.alert, who, minutes, self.moment.now, self.moment)[0])

    @rule(kind=st.sampled_from(ReceiptKind), draw=st.randoms(use_true_random=False))
    def a_tablet_reports(self, kind: ReceiptKind, draw) -> None:  # noqa: ANN001
        rows = [row for row in self.alert.steps if was_asked(row)]
        if rows:
            step_id = draw.choice(rows).step_id
            self.becomes(received(self.alert, step_id, kind, self.moment.now, self.moment))

    @rule(receiver=WHO)
    def the_patient_is_handed_over(self, receiver: str) -> None:
        self.ward = replace(self.ward, owner=nurse(receiver))
        self.becomes(handed_over(self.alert, receiver, self.moment))

    @rule(who=WHO, receiver=st.one_of(st.none(), WHO))
    def somebody_goes_home(self, who: str, receiver: str | None) -> None:
        self.becomes(left(self.alert, who, receiver, self.moment))

    @rule()
    def the_patient_moves(self) -> None:
        self.becomes(moved(self.alert, OTHER_UNIT, None, self.moment))

    @precondition(lambda self: self.alert.state not in FINAL)
    @rule(alert_class=st.sampled_from(AlertClass), acting=st.one_of(st.none(), WHO))
    def the_patient_worsens(self, alert_class: AlertClass, acting: str | None) -> None:
        self.becomes(worsen(self.alert, alert_class, "alert.response_high", {}, self.moment, acting))

    @precondition(lambda self: self.minutes > 30)
    @rule(state=st.sampled_from([AlertState.RESOLVED, AlertState.WITHDRAWN]))
    def it_is_over(self, state: AlertState) -> None:
        self.becomes(end(self.alert, state, "done", self.moment.now))

    @invariant()
    def the_ladder_always_goes_on(self) -> None:
        if self.alert.state in FINAL:
            assert self.alert.next_at is None
        else:
            assert self.alert.next_at is not None

    @invariant()
    def red_is_never_snoozed(self) -> None:
        assert not (self.alert.alert_class is AlertClass.RED and self.alert.state is AlertState.SNOOZED)

    @invariant()
    def nobody_is_asked_after_the_end(self) -> None:
        if self.alert.state in (AlertState.RESOLVED, AlertState.WITHDRAWN, AlertState.ACCEPTED):
            asked = [row for row in self.alert.steps if row.staff_id and row.ended_at is None]
            assert asked == []

    @invariant()
    def nobody_is_asked_about_nothing_and_nothing_of_nobody(self) -> None:
        """Within a look of somebody being there, somebody was asked; a red with nobody has gone outside."""
        if self.alert.state is not AlertState.OPEN or asked_ever(self.alert):
            return
        top = top_step(self.alert.alert_class, self.moment)
        there = somebody_is_there(self.moment, steps_from(Step.ASSIGNEE, top))
        look = timedelta(minutes=1)
        assert self.alert.next_at is not None
        if there:
            assert self.alert.next_at <= self.moment.now + look
        if self.alert.alert_class is AlertClass.RED:
            assert any(row.step is Step.OUTSIDE for row in self.alert.steps)


TestLadderMachine = LadderMachine.TestCase
TestLadderMachine.settings = machine(examples=150, steps=40)
