"""A real PostgreSQL, a fresh database for every test, and a clock that is set by hand."""

import os
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import hypothesis
import pytest
import pytest_asyncio
import structlog

from backend.clock import SteppedClock
from backend.db import Database
from backend.piccolo_app import migrate
from backend.postgres import EmbeddedPostgres
from backend.settings import Settings, settings_from
from tests.order import dealt
from tests.places import reachable_folder

# A Tuesday night shift; no daylight-saving change is near.
START = datetime(2026, 11, 3, 1, 0, tzinfo=UTC)

# A traceback with every variable takes seconds to print, and a push that waits meanwhile is sent again.
structlog.configure(processors=[structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)])

# No test is timed: a busy machine proves nothing about a rule.
hypothesis.settings.register_profile("untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("untimed")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A skipped browser test is a failed one: a machine without a browser has proven nothing."""
    report = yield
    if report.skipped and "playwright" in getattr(item, "fixturenames", ()):
        report.outcome, report.longrepr = "failed", f"a browser test was skipped: {report.longrepr}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """After the shuffle: each process of the run begins with its longest tests."""
    items[:] = dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


@pytest.fixture(scope="session")
def ward_home() -> Iterator[Path]:
    """A home folder of this run, on a memory disk where there is one."""
    with reachable_folder() as home:
        yield home


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def postgres(ward_home: Path) -> AsyncIterator[EmbeddedPostgres]:
    """One cluster a run, whose database `wardlight` is migrated once and then only copied."""
    embedded = EmbeddedPostgres(ward_home, durable=False)
    await embedded.start()
    try:
        await migrate(embedded.url("wardlight_owner"))
        yield embedded
    finally:
        await embedded.stop()


@asynccontextmanager
async def migrated_database(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """The name of a migrated and empty database; it is dropped at the end."""
    name = f"ward_{uuid4().hex}"
    lead = await asyncpg.connect(postgres.url("postgres", "postgres"))
    try:
        await lead.execute(f"create database {name} owner wardlight_owner template wardlight strategy file_copy")
        yield name
        await lead.execute(f"drop database {name} with (force)")
    finally:
        await lead.close()


@pytest_asyncio.fixture(loop_scope="session")
async def database_name(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    """A migrated and empty database of this test alone."""
    async with migrated_database(postgres) as name:
        yield name


@pytest_asyncio.fixture(loop_scope="session")
async def database(postgres: EmbeddedPostgres, database_name: str) -> AsyncIterator[Database]:
    """This test's database, open as wardlight_app."""
    opened = Database(postgres.url("wardlight_app", database_name), application_name="wardlight-test")
    await opened.open()
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def settings(postgres: EmbeddedPostgres, database_name: str, ward_home: Path) -> Settings:
    """Settings of a server on this test's database."""
    return settings_from(
        {
            "WARDLIGHT_HOME": str(ward_home),
            "DATABASE_URL": postgres.url("wardlight_app", database_name),
            "DATABASE_OWNER_URL": postgres.url("wardlight_owner", database_name),
            "WARDLIGHT_SECRET": "5e" * 32,
            "WARDLIGHT_VAPID_PRIVATE_KEY": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",  # RFC 8291, appendix A
        }
    )


@pytest.fixture
def clock() -> SteppedClock:
    """Stands at START until the test sets it."""
    return SteppedClock(START)
