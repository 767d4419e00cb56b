"""What people do in the machine of alerts: they answer, come and go, hand over, transfer, chart and plan."""

import asyncio
from collections.abc import Coroutine
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from backend.alerts.actions import worsen_alerts
from backend.db import unit_of_work
from shared_schemas.alerts import AlertAccepted, AlertClass, AlertDeclined, AlertSnoozed, DeclineReason
from shared_schemas.base import Body
from shared_schemas.staff import (
    BreakEnded,
    BreakStarted,
    DutyEnded,
    HandoverAccepted,
    HandoverDeclined,
    HandoverOffered,
    Post,
)
from shared_schemas.stays import PatientTransferred
from shared_schemas.tasks import TaskDone, TaskPlanned
from shared_schemas.vitals import VitalSignsCharted
from tests.alerts.shift import Shift
from tests.cast import Person, uid
from tests.vitals.bedside import scoring

PERSON = st.integers(0, 5)
CAUSE = st.integers(0, 1)
AGO = st.sampled_from([0, 1, 8, 35])


class PeopleMachine(RuleBasedStateMachine):
    """One patient of a shift, two causes of alerts about her, and her planned care."""

    shift: Shift

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.people: list[Person] = []
        self.causes = [uid() for _ in range(2)]
        self.tasks: list[str] = []

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    async def _work(self, doing: Any) -> None:
        async with unit_of_work(self.shift.database, self.shift.now) as work:
            await doing(work)

    def now(self, ago: float = 0) -> datetime:
        return self.shift.now - timedelta(minutes=ago)

    async def _said(self, person: Person, body: Body, ago: float = 0) -> None:
        """It was said so many minutes ago without a network and arrives now; what can not be any more is held."""
        await self.shift.cast.say(person, body, recorded_at=self.now(ago))

    async def _say_about(self, person: Person, cause: int, body: Any, ago: float) -> None:
        alert_id = await self.shift.database.pool.fetchval(
            "select alert_id::text from alert where cause_id = $1 order by began_at desc limit 1", self.causes[cause]
        )
        if alert_id is not None:
            await self._said(person, body(alert_id), ago)

    @rule(person=PERSON, cause=CAUSE, ago=AGO)
    def somebody_accepts(self, person: int, cause: int, ago: float) -> None:
        def body(alert_id: str) -> Body:
            return AlertAccepted(observed_at=self.now(ago), alert_id=alert_id)

        self.run(self._say_about(self.people[person], cause, body, ago))

    @rule(person=PERSON, cause=CAUSE, named=st.one_of(st.none(), PERSON), ago=AGO)
    def somebody_declines(self, person: int, cause: int, named: int | None, ago: float) -> None:
        def body(alert_id: str) -> Body:
            who = None if named is None else self.people[named].staff_id
            reason = DeclineReason.OFF_THE_WARD
            return AlertDeclined(observed_at=self.now(ago), alert_id=alert_id, reason=reason, named_staff_id=who)

        self.run(self._say_about(self.people[person], cause, body, ago))

    @rule(person=PERSON, cause=CAUSE, minutes=st.integers(1, 30), ago=AGO)
    def somebody_snoozes(self, person: int, cause: int, minutes: int, ago: float) -> None:
        def body(alert_id: str) -> Body:
            return AlertSnoozed(observed_at=self.now(ago), alert_id=alert_id, minutes=minutes)

        self.run(self._say_about(self.people[person], cause, body, ago))

    @rule(person=PERSON, back=st.booleans())
    def a_break(self, person: int, back: bool) -> None:
        async def say() -> None:
            who = self.people[person]
            duty_id = await self.shift.duty_of(who)
            if duty_id is not None:
                ended, started = BreakEnded, BreakStarted
                await self._said(who, (ended if back else started)(observed_at=self.shift.now, duty_id=duty_id))

        self.run(say())

    @rule(person=PERSON, receiver=st.one_of(st.none(), PERSON))
    def somebody_goes_home_or_comes_back(self, person: int, receiver: int | None) -> None:
        async def say() -> None:
            who, cast = self.people[person], self.shift.cast
            duty_id = await self.shift.duty_of(who)
            if duty_id is not None:
                to = None if receiver is None else self.people[receiver].staff_id
                await self._said(who, DutyEnded(observed_at=self.now(), duty_id=duty_id, receiver_staff_id=to))
            else:
                posts = {cast.charlotte.name: Post.CHARGE, cast.carl.name: Post.CHARGE, cast.duc.name: Post.ON_CALL}
                post = posts.get(who.name, Post.ASSISTANT if who is cast.hana else Post.NURSE)
                await self.shift.on_duty(who, post, buddy=cast.boris if who is cast.anna else None)

        self.run(say())

    @rule(giver=PERSON, receiver=PERSON, accepts=st.sampled_from([True, False, None]))
    def the_patient_is_handed_over(self, giver: int, receiver: int, accepts: bool | None) -> None:
        async def say() -> None:
            to, stay_id, now = self.people[receiver], self.shift.stay_id, self.now()
            offer = HandoverOffered(observed_at=now, stay_ids=[stay_id], to_staff_id=to.staff_id)
            await self._said(self.people[giver], offer)
            if accepts is not None:
                answer = HandoverAccepted if accepts else HandoverDeclined
                await self._said(to, answer(observed_at=now, stay_id=stay_id))

        self.run(say())

    @rule(west=st.booleans(), bed=st.one_of(st.none(), st.integers(0, 5)))
    def the_patient_is_transferred(self, west: bool, bed: int | None) -> None:
        cast = self.shift.cast
        ward = cast.west if west else cast.east
        body = PatientTransferred(
            observed_at=self.now(),
            stay_id=self.shift.stay_id,
            to_unit_id=ward.unit_id,
            to_bed_id=None if bed is None else ward.beds[bed],
        )
        self.run(self._said(cast.charlotte, body))

    @rule(cause=CAUSE, alert_class=st.sampled_from(AlertClass), acting=st.one_of(st.none(), PERSON))
    def the_cause_becomes_worse(self, cause: int, alert_class: AlertClass, acting: int | None) -> None:
        by = None if acting is None else self.people[acting].staff_id
        worse = self.shift.new(alert_class, cause_id=self.causes[cause], accepted_by_staff_id=by)
        self.run(self._work(lambda work: worsen_alerts(work, [worse])))

    @rule(total=st.sampled_from([0, 3, 5, 7, 9]), ago=AGO, acting=st.booleans())
    def a_set_is_charted(self, total: int, ago: float, acting: bool) -> None:
        values, stay_id = scoring(total), self.shift.stay_id
        body = VitalSignsCharted(observed_at=self.now(ago), stay_id=stay_id, values=values, acting=acting)
        self.run(self._said(self.shift.cast.charlotte, body, ago))

    @rule(ago=AGO)
    def care_is_planned(self, ago: float) -> None:
        task_id = uid()
        body = TaskPlanned(observed_at=self.now(), stay_id=self.shift.stay_id, text="Bloods", due_at=self.now(ago))
        self.run(self.shift.cast.say(self.shift.cast.charlotte, body, entry_id=task_id))
        self.tasks.append(task_id)

    @precondition(lambda self: self.tasks)
    @rule(ago=AGO)
    def planned_care_was_done(self, ago: float) -> None:
        body = TaskDone(observed_at=self.now(ago), stay_id=self.shift.stay_id, task_id=self.tasks.pop())
        self.run(self._said(self.shift.cast.charlotte, body, ago))
