"""A real server at a real port whose clock a test may set forward, so that nobody waits for minutes."""

import threading
import time
from datetime import datetime, timedelta

import uvicorn

from backend.app import create_app
from backend.clock import SystemClock
from backend.settings import Settings

READY_SECONDS = 20


class HurriedClock:
    """The machine's clock, running on from wherever it was set forward to."""

    def __init__(self) -> None:
        self._machine = SystemClock()
        self._ahead = timedelta(0)

    def now(self) -> datetime:
        return self._machine.now() + self._ahead

    def forward_to(self, instant: datetime) -> None:
        """It is this instant now, if it was earlier."""
        self._ahead += max(instant - self.now(), timedelta(0))


class HurriedServer:
    """The whole server by `create_app`, in a thread: its own sender, sweeps and sockets; only the clock is given."""

    def __init__(self, settings: Settings, clock: HurriedClock) -> None:
        self.url = f"http://127.0.0.1:{settings.port}"
        self.clock = clock
        configuration = uvicorn.Config(
            create_app(settings, clock),
            port=settings.port,
            http="httptools",
            ws="websockets-sansio",
            timeout_graceful_shutdown=5,
            log_config=None,
        )
        self._server = uvicorn.Server(configuration)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> None:
        """Returns when the server answers."""
        self._thread.start()
        until = time.monotonic() + READY_SECONDS
        while not self._server.started:
            assert self._thread.is_alive(), "the server ended by itself"
            assert time.monotonic() < until, "the server did not start"
            time.sleep(0.02)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()
