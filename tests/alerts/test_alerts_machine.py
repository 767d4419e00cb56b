"""Alerts over a real PostgreSQL, run by a machine: whatever people and workers do, none is lost, doubled or stuck."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from backend.alerts.actions import raise_alerts, resolve_alerts, withdraw_alerts
from backend.alerts.sweep import sweep_ladder, sweep_turns
from backend.clock import SteppedClock
from backend.db import Database, unit_of_work
from backend.postgres import EmbeddedPostgres
from shared_schemas.alerts import AlertCause, AlertClass, AlertDeclined, AlertSnoozed, DeclineReason
from shared_schemas.base import Body
from shared_schemas.staff import BreakEnded, BreakStarted
from tests.alerts.shift import Shift
from tests.cast import Cast, Person, uid
from tests.conftest import START

PERSON = st.integers(0, 3)
CAUSE = st.integers(0, 4)
COUNTS = """
select cause_id::text, count(*) as alerts, count(*) filter (where next_at is not null) as running
from alert group by cause_id
"""
# A step whose asking reached no outbox, an outbox row for a step nobody is asked at, and an alert without any proof.
STRANGE = """
select t.step_id::text from alert_step t
where t.staff_id is not null and t.times_out_at is not null
and not exists (select from delivery d where d.step_id = t.step_id and d.channel = 'ring')
union all
select alert_id::text from alert a where not exists (select from alert_step t where t.alert_id = a.alert_id)
"""


class PowerCut(Exception):
    """The process dies inside a transaction."""


class AlertsMachine(RuleBasedStateMachine):
    """Five causes of one patient; `raised` counts how often each began, `running` which have an alert now."""

    url = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.raised: dict[str, int] = {}
        self.running: set[str] = set()

    def run(self, doing: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(doing)

    @initialize()
    def a_shift_begins(self) -> None:
        async def begin() -> Shift:
            database = Database(self.url)
            await database.open()
            await database.pool.execute(
                "update alert set next_at = null, state = 'withdrawn' where next_at is not null"
            )
            await database.pool.execute("update duty set ended_at = started_at where ended_at is null")
            made = Shift(Cast(database, SteppedClock(START)))
            await made.begin()
            return made

        self.shift = self.run(begin())
        cast = self.shift.cast
        self.people = [cast.anna, cast.boris, cast.charlotte, cast.duc]
        self.causes = [uid() for _ in range(5)]

    async def _work(self, doing: Any) -> None:
        async with unit_of_work(self.shift.database, self.shift.now) as work:
            await doing(work)

    @rule(cause=CAUSE, alert_class=st.sampled_from(AlertClass), dies=st.booleans(), twice=st.booleans())
    def care_is_overdue(self, cause: int, alert_class: AlertClass, dies: bool, twice: bool) -> None:
        new = self.shift.new(alert_class, cause_id=self.causes[cause])

        async def raise_it(work: Any) -> None:
            await raise_alerts(work, [new])
            if dies:
                raise PowerCut

        async def all_at_once() -> None:
            results = await asyncio.gather(
                *(self._work(raise_it) for _ in range(2 if twice else 1)), return_exceptions=True
            )
            assert all(result is None or isinstance(result, PowerCut) for result in results), results

        self.run(all_at_once())
        if not dies and new.cause_id not in self.running:
            self.running.add(new.cause_id)
            self.raised[new.cause_id] = self.raised.get(new.cause_id, 0) + 1

    @rule(cause=CAUSE, end=st.sampled_from([resolve_alerts, withdraw_alerts]))
    def care_is_done_or_needless(self, cause: int, end: Any) -> None:
        pair = (AlertCause.OVERDUE_TASK, self.causes[cause])
        self.run(self._work(lambda work: end(work, [pair], "done")))
        self.running.discard(pair[1])

    @rule(minutes=st.sampled_from([0.5, 3, 12, 45]), workers=st.integers(1, 3), shown=st.booleans())
    def time_passes(self, minutes: float, workers: int, shown: bool) -> None:
        async def pass_it() -> None:
            await self.shift.later(minutes, shown=shown)
            database, now = self.shift.database, self.shift.now
            await asyncio.gather(
                *(sweep(database, now) for _ in range(workers) for sweep in (sweep_turns, sweep_ladder))
            )

        self.run(pass_it())

    @rule(hours=st.sampled_from([0.2, 2]))
    def the_server_is_down(self, hours: float) -> None:
        self.run(self.shift.later(hours * 60, sweep=False))

    async def _say_about(self, person: Person, cause: int, body: Any) -> None:
        alert_id = await self.shift.database.pool.fetchval(
            "select alert_id::text from alert where cause_id = $1 order by began_at desc limit 1", self.causes[cause]
        )
        if alert_id is not None:
            await self.shift.say(person, body(alert_id))

    @rule(person=PERSON, cause=CAUSE)
    def somebody_accepts(self, person: int, cause: int) -> None:
        self.run(self._say_about(self.people[person], cause, self.shift.accepts))

    @rule(person=PERSON, cause=CAUSE, named=st.one_of(st.none(), PERSON))
    def somebody_declines(self, person: int, cause: int, named: int | None) -> None:
        def body(alert_id: str) -> Body:
            who = None if named is None else self.people[named].staff_id
            reason = DeclineReason.OFF_THE_WARD
            return AlertDeclined(observed_at=self.shift.now, alert_id=alert_id, reason=reason, named_staff_id=who)

        self.run(self._say_about(self.people[person], cause, body))

    @rule(person=PERSON, cause=CAUSE, minutes=st.integers(1, 30))
    def somebody_snoozes(self, person: int, cause: int, minutes: int) -> None:
        def body(alert_id: str) -> Body:
            return AlertSnoozed(observed_at=self.shift.now, alert_id=alert_id, minutes=minutes)

        self.run(self._say_about(self.people[person], cause, body))

    @rule(person=PERSON, back=st.booleans())
    def a_break(self, person: int, back: bool) -> None:
        async def say() -> None:
            who = self.people[person]
            duty_id = await self.shift.duty_of(who)
            ended, started = BreakEnded, BreakStarted
            await self.shift.say(who, (ended if back else started)(observed_at=self.shift.now, duty_id=duty_id))

        self.run(say())

    @invariant()
    def none_is_lost_or_doubled_and_each_goes_on(self) -> None:
        async def look() -> None:
            pool = self.shift.database.pool
            found = {row["cause_id"]: row for row in await pool.fetch(COUNTS) if row["cause_id"] in self.causes}
            assert {cause: row["alerts"] for cause, row in found.items()} == self.raised
            assert {cause for cause, row in found.items() if row["running"]} == self.running
            assert all(row["running"] <= 1 for row in found.values())
            assert await pool.fetch(STRANGE) == []

        self.run(look())

    @invariant()
    def a_sweep_leaves_nothing_due_and_asks_somebody(self) -> None:
        async def look() -> None:
            await self.shift.sweep()
            pool = self.shift.database.pool
            next_at = await pool.fetchval("select min(next_at) from alert")
            assert next_at is None or next_at > self.shift.now
            unasked = await pool.fetch(
                "select alert_class, next_at from alert a where state = 'open' and not exists "
                "(select from alert_step t where t.alert_id = a.alert_id and t.times_out_at is not null)"
            )
            for row in unasked:
                assert row["next_at"] <= self.shift.now + timedelta(minutes=1), (
                    "looked at again until somebody is there"
                )

        self.run(look())

    def teardown(self) -> None:
        if hasattr(self, "shift"):
            self.run(self.shift.database.close())
        self.runner.close()


def test_no_alert_is_lost_doubled_or_asked_of_nobody(postgres: EmbeddedPostgres, database_name: str) -> None:
    AlertsMachine.url = postgres.url("wardlight_app", database_name)
    run_state_machine_as_test(
        AlertsMachine,
        settings=settings(max_examples=12, stateful_step_count=15),
    )
