"""A shift on the east ward: Anna's patient, Boris her buddy, Charlotte in charge, Duc on call, a tablet each."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backend.alerts.actions import NewAlert, raise_alerts, receive
from backend.alerts.queries import alerts
from backend.alerts.rules.alert import Alert
from backend.alerts.sweep import LADDER, TURNS
from backend.db import Database, unit_of_work
from backend.slice import Outcome
from shared_schemas.alerts import AlertAccepted, AlertCause, AlertClass, AlertRow, Receipt, ReceiptKind
from shared_schemas.base import Body
from shared_schemas.staff import DutyStarted, Post
from shared_schemas.stays import PatientAdmitted
from tests.cast import Cast, Person, due_at, identity, run_sweeps, uid

SIGN_IN = """
with d as (
    insert into device (device_id, unit_id, name, token_hash, paired_at, contact_at)
    values ($1, $2, 'tablet', sha256(uuid_send($1)), $4, $4) returning device_id)
insert into session (session_id, device_id, staff_id, session_key, opened_at, expires_at)
select $5, device_id, $3, sha256(uuid_send($1)), $4, $4::timestamptz + interval '5 days' from d
"""


@dataclass
class Shift:
    """The cast on duty, and what a test asks about their alerts."""

    cast: Cast
    stay_id: str = ""
    device_of: dict[str, str] = field(default_factory=dict)

    @property
    def database(self) -> Database:
        return self.cast.database

    @property
    def now(self) -> datetime:
        return self.cast.clock.now()

    async def begin(self) -> None:
        """Everybody is on, signed in, and one patient lies in Anna's first bed."""
        cast = self.cast
        await cast.set_up()
        beds = cast.east.beds
        await self.on_duty(cast.boris, Post.NURSE, beds[3:])
        await self.on_duty(cast.anna, Post.NURSE, beds[:3], buddy=cast.boris)
        await self.on_duty(cast.charlotte, Post.CHARGE)
        await self.on_duty(cast.duc, Post.ON_CALL)
        for person in cast.people:
            await self.sign_in(person)
        self.stay_id = await self.admit(beds[0])

    async def on_duty(
        self, person: Person, post: Post, beds: list[str] | None = None, buddy: Person | None = None
    ) -> None:
        unit_id = person.unit_ids[0]
        body = DutyStarted(
            observed_at=self.now,
            unit_id=unit_id,
            post=post,
            bed_ids=beds or [],
            buddy_staff_id=buddy.staff_id if buddy else None,
        )
        await self.say(person, body)

    async def sign_in(self, person: Person) -> None:
        self.device_of[person.staff_id] = device_id = uid()
        fields = (device_id, person.unit_ids[0], person.staff_id, self.now, uid())
        await self.database.pool.execute(SIGN_IN, *fields)

    async def admit(self, bed_id: str | None) -> str:
        body = PatientAdmitted(
            observed_at=self.now,
            stay_id=uid(),
            patient_id=uid(),
            unit_id=self.cast.east.unit_id,
            bed_id=bed_id,
            patient=identity(identifier=uid()[:8]),
        )
        await self.say(self.cast.charlotte, body)
        return body.stay_id

    async def say(self, person: Person, body: Body, ago: float = 0) -> Outcome:
        """An entry of that person reaches the server; its act was `ago` minutes before."""
        outcome = await self.cast.say(person, body, recorded_at=self.now - timedelta(minutes=ago))
        assert outcome.held is None, outcome
        return outcome

    def accepts(self, alert_id: str) -> AlertAccepted:
        return AlertAccepted(observed_at=self.now, alert_id=alert_id)

    async def duty_of(self, person: Person) -> str:
        """The person's open turn of duty."""
        return await self.database.pool.fetchval(
            "select duty_id::text from duty where staff_id = $1 and ended_at is null", person.staff_id
        )

    async def raise_one(self, alert_class: AlertClass = AlertClass.RED, **fields: object) -> str:
        """An alert about a new cause of the patient; its id."""
        async with unit_of_work(self.database, self.now) as work:
            [alert_id] = await raise_alerts(work, [self.new(alert_class, **fields)])
        return alert_id

    def new(self, alert_class: AlertClass = AlertClass.RED, **fields: object) -> NewAlert:
        known = {
            "stay_id": self.stay_id,
            "alert_class": alert_class,
            "cause": AlertCause.OVERDUE_TASK,
            "cause_id": uid(),
            "text_key": "alert.observation_overdue",
        }
        return NewAlert(**(known | fields))  # type: ignore[arg-type]

    async def later(self, minutes: float, *, shown: bool = True, sweep: bool = True) -> None:
        """Time passes to that instant, every due step at its own; tablets are heard of, and show what they are asked."""
        until = self.now + timedelta(minutes=minutes)
        while sweep:
            await self._tablets_are_heard(shown=shown)
            next_at = await self.sweep()
            if next_at is None or next_at > until:
                break
            self.cast.clock.set(max(next_at, self.now))
        self.cast.clock.set(until)
        await self._tablets_are_heard(shown=shown)

    async def sweep(self) -> datetime | None:
        """The ward's turns and the ladder, now."""
        await run_sweeps((TURNS, LADDER), self.database, self.now)
        return await due_at(LADDER, self.database, self.now)

    async def _tablets_are_heard(self, *, shown: bool) -> None:
        await self.database.pool.execute("update device set contact_at = $1", self.now)
        if not shown:
            return
        rows = await self.database.pool.fetch(
            "select alert_id::text, step_id::text, staff_id::text from alert_step "
            "where staff_id is not null and ended_at is null and shown_at is null"
        )
        for alert_id, step_id, staff_id in rows:
            receipt = Receipt(alert_id=alert_id, step_id=step_id, kind=ReceiptKind.SHOWN, at=self.now)
            async with unit_of_work(self.database, self.now) as work:
                await receive(work, [receipt], [staff_id])

    async def alert(self, alert_id: str) -> Alert:
        return (await alerts(self.database.pool, [alert_id]))[alert_id]  # type: ignore[arg-type]

    async def told(self, alert_id: str) -> list[tuple[int, str, str, str]]:
        """The rows of proof as (round, step, name, why it ended or "asked")."""
        names = {person.staff_id: person.name for person in self.cast.people}
        return [
            (
                r.round,
                r.step.value,
                names.get(r.staff_id or "", "nobody"),
                r.why_ended.value if r.why_ended else "asked",
            )
            for r in (await self.alert(alert_id)).steps
        ]

    async def asked(self, alert_id: str) -> list[str]:
        """Names of those whose turn it is."""
        return [name for _, _, name, why in await self.told(alert_id) if why == "asked" and name != "nobody"]

    async def on_the_tablet(self, alert_id: str) -> AlertRow | None:
        """The alert's row in the east ward's feed."""
        return await self.cast.row(self.cast.east, "alert", alert_id)
