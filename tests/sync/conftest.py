"""A served hospital with the cast, and Anna's tablet in the East ward with one patient."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import asyncpg
import pytest
import pytest_asyncio

from backend.app import Ward as Server
from backend.clock import SteppedClock
from backend.db import Database
from backend.settings import Settings
from shared_schemas.stays import NoteWritten, PatientAdmitted, StayDetailsChanged
from shared_schemas.wire import Verdict
from tests.cast import Cast, identity, uid
from tests.tablet import Tablet, instant, served


@dataclass
class Scene:
    """Anna's tablet, a stay in the East ward, and everybody else."""

    cast: Cast
    server: Server
    tablet: Tablet
    stay_id: str

    @property
    def anna(self) -> str:
        return self.cast.anna.staff_id

    def note(self, text: str | None = "asleep") -> NoteWritten:
        """An entry about the stay that any nurse may write."""
        return NoteWritten(observed_at=self.cast.clock.now(), stay_id=self.stay_id, note=text)

    def details(self) -> StayDetailsChanged:
        """An entry of another type: between two notes it makes each a run of its own."""
        now = self.cast.clock.now()
        return StayDetailsChanged(observed_at=now, stay_id=self.stay_id, pregnant=False, isolation=True)

    def admission(self, stay_id: str, identifier: str) -> PatientAdmitted:
        """A patient arrives in East without a bed."""
        return PatientAdmitted(
            observed_at=self.cast.clock.now(),
            stay_id=stay_id,
            patient_id=uid(),
            unit_id=self.cast.east.unit_id,
            patient=identity(identifier),
        )


def body_of(scene: Scene, more: str = "") -> str:
    return f'{{"observed_at":"{instant(scene.tablet.now)}","clock_quality":"fresh","stay_id":"{scene.stay_id}"{more}}}'


async def fail_on_notes(settings: Settings, doing: str, when: str = "true") -> None:
    """Let PostgreSQL itself fail when a note is written to a stay."""
    owner = await asyncpg.connect(settings.database_owner_url)
    await owner.execute(f"""
        create sequence failures;
        grant usage on sequence failures to wardlight_app;
        create function fail() returns trigger language plpgsql as $$
            begin {doing} return new; end $$;
        create trigger fail before update on stay for each row when ({when}) execute function fail();
    """)
    await owner.close()


@pytest.fixture
async def cast(database: Database, clock: SteppedClock) -> Cast:
    made = Cast(database, clock)
    await made.set_up()
    return made


@pytest_asyncio.fixture
async def server(settings: Settings, clock: SteppedClock) -> AsyncIterator[Server]:
    async with served(settings, clock) as ready:
        yield ready


@pytest.fixture
async def scene(cast: Cast, server: Server) -> Scene:
    tablet = await Tablet.paired(server, cast.east.unit_id)
    await tablet.sign_in(cast.anna.staff_id)
    made = Scene(cast, server, tablet, uid())
    verdict = await tablet.say(made.anna, made.admission(made.stay_id, "900 1"))
    assert verdict.verdict is Verdict.ACCEPTED, verdict
    return made
