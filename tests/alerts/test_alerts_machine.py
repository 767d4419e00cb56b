"""Alerts over a real PostgreSQL, run by a machine: whatever people and workers do, none is lost, doubled or stuck."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule, run_state_machine_as_test

from backend.alerts.actions import raise_alerts, resolve_alerts, withdraw_alerts
from backend.alerts.queries import alerts
from backend.alerts.rules.alert import Alert
from backend.alerts.sweep import sweep_ladder, sweep_turns
from backend.clock import SteppedClock
from backend.db import Database
from backend.postgres import EmbeddedPostgres
from shared_schemas.alerts import AlertCause, AlertClass
from shared_schemas.staff import Post
from tests.alerts import laws
from tests.alerts.machines import machine
from tests.alerts.people_machine import CAUSE, PeopleMachine
from tests.alerts.shift import Shift
from tests.cast import Cast
from tests.conftest import START, migrated_database

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
THERE = """
select staff_id::text, unit_id::text from duty where ended_at is null
and (break_started_at is null or break_until_at <= $1)
"""


class PowerCut(Exception):
    """The process dies inside a transaction."""


class AlertsMachine(PeopleMachine):
    """Two causes of one patient; `raised` counts how often each began, `running` which have an alert now."""

    postgres: EmbeddedPostgres

    def __init__(self) -> None:
        super().__init__()
        self.opened = AsyncExitStack()
        self.raised: dict[str, int] = {}
        self.running: set[str] = set()
        self.seen: dict[str, Alert] = {}
        self.resumed_at = START
        self.stepped_back = timedelta(0)

    @initialize()
    def a_shift_begins(self) -> None:
        async def begin() -> Shift:
            name = await self.opened.enter_async_context(migrated_database(self.postgres))
            database = Database(self.postgres.url("wardlight_app", name))
            await database.open()
            self.opened.push_async_callback(database.close)
            made = Shift(Cast(database, SteppedClock(START)))
            await made.begin()
            # They may work in both wards, so that answers follow the patient; Carl leads where she is brought.
            cast, units = made.cast, [made.cast.east.unit_id, made.cast.west.unit_id]
            for person in cast.people:
                person.unit_ids = units[::-1] if person is cast.carl else units
            await made.on_duty(cast.carl, Post.CHARGE)
            return made

        self.shift = self.run(begin())
        cast = self.shift.cast
        self.people = [cast.anna, cast.boris, cast.charlotte, cast.duc, cast.carl, cast.hana]

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
        self.resumed_at = self.shift.now

    @rule(minutes=st.sampled_from([0.5, 4]))
    def the_server_s_clock_steps_back(self, minutes: float) -> None:
        back = timedelta(minutes=minutes)
        self.shift.cast.clock = SteppedClock(self.shift.now - back)
        self.stepped_back += back

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
            # What was planned before the clock stepped back is later by that step.
            latest = self.shift.now + timedelta(minutes=1) + self.stepped_back
            for row in unasked:
                assert row["next_at"] <= latest, "looked at again until somebody is there"

        self.run(look())

    @invariant()
    def the_laws_hold(self) -> None:
        async def look() -> None:
            cast = self.shift.cast
            await cast.sweep()
            pool, now = self.shift.database.pool, self.shift.now
            ids = [row[0] for row in await pool.fetch("select alert_id::text from alert")]
            found = await alerts(pool, ids)  # type: ignore[arg-type]
            there = {(row[0], row[1]) for row in await pool.fetch(THERE, now)}
            laws.one_runs_a_cause(found.values())
            for alert_id, alert in found.items():
                before = self.seen.get(alert_id)
                if before is not None:
                    laws.it_stays_over(before, alert)
                    laws.proof_is_kept(before, alert)
                laws.it_goes_on(alert, now, self.stepped_back)
                laws.an_accept_runs_out(alert, self.resumed_at)
                laws.proof_is_unique(alert)
                laws.skips_have_reasons(alert)
                here = {staff_id for staff_id, unit_id in there if unit_id == alert.unit_id}
                laws.only_who_is_there_is_asked(laws.asked(before, alert), here)
            self.seen = found
            assert await pool.fetch(laws.TASKS_DISAGREE) == []
            assert await pool.fetch(laws.FALSE_OTHERWISE) == []

        self.run(look())

    def teardown(self) -> None:
        self.run(self.opened.aclose())
        self.runner.close()


def test_no_alert_is_lost_doubled_or_asked_of_nobody(postgres: EmbeddedPostgres) -> None:
    AlertsMachine.postgres = postgres
    run_state_machine_as_test(AlertsMachine, settings=machine(examples=12, steps=16))
