"""The composition root: all slices behind one edge, with their bells, on a database."""

import os
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, Response, get
from litestar.di import NamedDependency, Provide

from backend import alerts, beds, board, staff, stays, sync, tasks, visits, vitals
from backend.access.routes import signed_device
from backend.alerts.deliver import Channels, deliveries, ring_again, rung_here
from backend.alerts.push import Push, Webhook, WebPush
from backend.changes.actions import begin_epoch
from backend.changes.queries import Delta
from backend.clock import Clock, SteppedClock
from backend.db import Database, reading, unit_of_work
from backend.errors import Unavailable
from backend.errors.problem import EXCEPTION_HANDLERS
from backend.piccolo_app import migrate
from backend.postgres import EmbeddedPostgres
from backend.settings import PROJECT_ROOT, Settings, load_settings
from backend.slice import Slice
from backend.sync.actions.door import Door
from backend.sync.deliver import Doorbell
from backend.sync.hub import Hub
from backend.sync.hub.pulse import Pulse
from backend.sync.hub.sockets import Ears
from backend.sync.view import Snapshots
from backend.web.bells import Bell, Bells
from backend.web.edge import Receive, Scope, Send, edged
from backend.web.pwa import Pwa
from shared_schemas.alerts import TabletRow
from shared_schemas.wire import Ring

# In the order of the layers, lowest first: sweeps run in this order.
SLICES: tuple[Slice, ...] = (
    sync.SLICE,
    stays.SLICE,
    beds.SLICE,
    staff.SLICE,
    alerts.SLICE,
    tasks.SLICE,
    vitals.SLICE,
    visits.SLICE,
    board.SLICE,
)
PWA_FOLDER = PROJECT_ROOT / "pwa" / "dist"
NO_PWA = Path(os.devnull)  # a simulation's tablets are no browsers, and packing the app takes longer than a start
DELIVERIES_AT_ONCE = 8  # one that waits for a slow push service holds up no other
CONTACTS_EVERY_S = 1.0  # pongs of a thousand tablets are noted in one statement a second
SERVER_PATHS = ("/api/", "/health/")


@get("/health/live")
async def health_live() -> Response[dict[str, str]]:
    """The process answers."""
    return Response({"status": "live"})


@get("/health/ready")
async def health_ready(database: NamedDependency[Database]) -> Response[dict[str, str]]:
    """The database answers, too."""
    async with reading(database) as connection:
        if not await connection.fetchval("select exists (select from feed)"):
            raise Unavailable("The database is not migrated.")
    return Response({"status": "ready"})


def _always(thing: Any) -> Callable[[], Any]:
    def always() -> Any:
        return thing

    return always


class Ward:
    """The server of one hospital as an ASGI application.

    `stepped`: its clock is set by `advance` alone, and nothing rings by itself.
    """

    def __init__(
        self, settings: Settings, clock: Clock, push: Push, *, stepped: bool = False, pwa: Path = PWA_FOLDER
    ) -> None:
        self.settings, self.clock, self._is_stepped = settings, clock, stepped
        self.database = Database(settings.database_url or "", pool_size=settings.pool_size)
        self.hub = Hub(self.database, clock)
        self.hub.contacts.pace_s = 0.0 if stepped else CONTACTS_EVERY_S
        self.pulse = Pulse(self.hub)
        self.hub.ears = Ears(self._ring_again, self._prove)
        self.doorbell = Doorbell(self.hub)
        self.channels = Channels(self.hub.ring, push, Webhook(settings.webhook_url))
        self.bells = self._bells()
        self.database.listeners.append(self._ring_for)
        self.door = Door(SLICES, self.database, clock)
        self.litestar = self._litestar()
        self._pwa = Pwa(pwa)
        self._edge = edged(self._inside, settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        await self._edge(scope, receive, send)

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        ours = scope["type"] != "http" or scope["path"].startswith(SERVER_PATHS)
        await (self.litestar if ours else self._pwa)(scope, receive, send)  # pyright: ignore[reportArgumentType]

    def _ring_for(self, deltas: Sequence[Delta]) -> None:
        """A tablet's contact alone makes nothing due, and tablets are many."""
        if any(delta.types != {TabletRow.type_name} for delta in deltas):
            self.bells.ring()

    async def _ring_again(self, staff_ids: Collection[str], came_back: Collection[str]) -> None:
        if await ring_again(self.database, self.clock.now(), staff_ids, came_back):
            self.bells.ring()

    async def _prove(self, rings: Sequence[Ring]) -> None:
        await rung_here(self.database, self.clock.now(), rings)

    def _bells(self) -> Bells:
        sweeps = [sweep for room in SLICES for sweep in room.sweeps]
        outbox = deliveries(self.channels)
        if self._is_stepped:  # everything at its instant and in its order
            return Bells([Bell("all", [*sweeps, outbox], self.database)], self.clock)
        bells = [
            Bell("sweeps", sweeps, self.database),
            Bell("deliveries", [outbox], self.database, at_once=DELIVERIES_AT_ONCE),
        ]
        return Bells(bells, self.clock)

    def _litestar(self) -> Litestar:
        provided: dict[str, Any] = {
            "settings": self.settings,
            "clock": self.clock,
            "database": self.database,
            "hub": self.hub,
            "push": self.channels.push,
            "door": self.door,
            "snapshots": Snapshots(self.database),
        }
        dependencies = {name: Provide(_always(thing), sync_to_thread=False) for name, thing in provided.items()}
        return Litestar(
            route_handlers=[
                health_live,
                health_ready,
                *(route for room in SLICES for route in room.routes),
            ],
            dependencies={
                **dependencies,
                "now": Provide(self.clock.now, sync_to_thread=False),
                "device": Provide(signed_device),
            },
            exception_handlers=EXCEPTION_HANDLERS,  # pyright: ignore[reportArgumentType]
            lifespan=[self.open],
            openapi_config=None,
            request_max_body_size=256 * 1024,
            debug=False,
        )

    @asynccontextmanager
    async def open(self, _: object = None) -> AsyncIterator[None]:
        """The database, and by the clock the doorbell and the bells, while the block runs."""
        await self.database.open()
        try:
            async with unit_of_work(self.database, self.clock.now()) as work:
                await begin_epoch(work)
            if not self._is_stepped:
                self.doorbell.start()
                self.pulse.start()
                self.bells.start()
            yield
        finally:
            self.hub.end(None, "restart")
            await self.door.lanes.settled()
            await self.bells.stop()
            await self.pulse.stop()
            await self.doorbell.stop()
            await self.channels.push.close()
            await self.channels.outside.close()
            await self.database.close()

    async def advance(self, to: datetime) -> None:
        """Run every sweep and delivery that is due up to `to`, each at its instant; return when all is quiet."""
        if not isinstance(self.clock, SteppedClock):
            raise TypeError("only a stepped server is advanced")
        await self.bells.advance(self.clock.now(), to, self.clock.set)


def create_app(settings: Settings, clock: Clock, push: Push | None = None) -> Ward:
    """The server by these settings and this clock; without a `push` it sends Web Push itself."""
    return Ward(settings, clock, push or WebPush(settings))


class Stepped:
    """The server for a simulation: made anew by each lifespan, from the environment's settings of that moment.

    Its clock stands at 1970 until it is advanced. Without a DATABASE_URL it runs the embedded PostgreSQL.
    """

    def __init__(self) -> None:
        self._ward: Ward | None = None

    @property
    def ward(self) -> Ward:
        """The running server; RuntimeError outside of a lifespan."""
        if self._ward is None:
            raise RuntimeError("the stepped server has not been started by its lifespan")
        return self._ward

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Speak ASGI."""
        if scope["type"] != "lifespan":
            await self.ward(scope, receive, send)
            return
        async with _at_hand(load_settings()) as settings:
            clock = SteppedClock(datetime(1970, 1, 1, tzinfo=UTC))
            self._ward = Ward(settings, clock, WebPush(settings), stepped=True, pwa=NO_PWA)
            try:
                await self._ward(scope, receive, send)
            finally:
                self._ward = None

    async def advance(self, to: datetime) -> None:
        """As `Ward.advance`."""
        await self.ward.advance(to)


@asynccontextmanager
async def _at_hand(settings: Settings) -> AsyncIterator[Settings]:
    """Settings whose DATABASE_URL answers; a simulation's own PostgreSQL waits for no disk."""
    if settings.database_url:
        yield settings
        return
    postgres = EmbeddedPostgres(settings.home, settings.postgres_bin, durable=False)
    await postgres.start()
    try:
        await migrate(postgres.url("wardlight_owner"))
        yield msgspec.structs.replace(settings, database_url=postgres.url())
    finally:
        await postgres.stop()


stepped = Stepped()
