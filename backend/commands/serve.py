"""`serve`: the server and, without a DATABASE_URL, its PostgreSQL, in one process."""

import argparse
import asyncio
import contextlib
import ctypes
import errno
import gc
import logging
import signal
import socket
import sys

import msgspec
import structlog
import uvicorn
import uvloop

from backend.clock import SystemClock
from backend.commands.database import database_at_hand
from backend.settings import Settings, StartRefused, load_settings

GRACEFUL_SECONDS = 10  # requests under way end, sockets are told to come back
LARGEST_FRAME = 262_144
KERNEL_BUFFER = 256 * 1024
STUCK_MS = 60_000  # as long as two pings; then the line ends, and with it all that waits for it
# New objects between two collections; a batch of 100 entries makes some 15,000.
COLLECT_AFTER = 20_000
# glibc's mallopt: blocks from 1 MiB on are given back when they are freed. By itself it learns to keep what was freed
# once, and every thread that checked a PIN would hold Argon2's 19 MiB for ever.
M_MMAP_THRESHOLD, LARGE_BLOCK = -3, 2**20
ENDINGS = (signal.SIGINT, signal.SIGTERM)


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the command."""
    parser = subparsers.add_parser("serve", help="serve tablets at HOST and PORT")
    parser.add_argument("--port", type=int, help="instead of PORT")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    log_in_one_form(watched=sys.stdout.isatty())
    _give_large_blocks_back()
    settings = load_settings()
    if arguments.port is not None:
        settings = msgspec.structs.replace(settings, port=arguments.port)
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_serve(settings))
    except OSError as error:
        raise StartRefused(f"The server can not start: {error.strerror or error}.") from error


class AnnouncedServer(uvicorn.Server):
    """Says where it is once tablets can reach it."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        await super().startup(sockets)
        # What was loaded stays: the collector looks at it no more, and a batch of entries sets it off less often.
        gc.freeze()
        gc.set_threshold(COLLECT_AFTER)
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            print(f"Wardlight is at http://{f'[{host}]' if ':' in host else host}:{port}", flush=True)


def _give_large_blocks_back() -> None:
    with contextlib.suppress(AttributeError):  # another C library than glibc
        ctypes.CDLL(None).mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK)


def log_in_one_form(*, watched: bool) -> None:
    """A line of JSON an event, or coloured text where somebody watches; no variable's value: it may be a patient's."""
    logging.getLogger("apscheduler").setLevel(logging.WARNING)  # it would tell of every bell, each second
    told = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    last = (
        [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
        if watched
        else [structlog.processors.ExceptionRenderer(told), structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *last,
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


async def _serve(settings: Settings) -> int:
    listening = _bound(settings)  # first: a taken port is known before PostgreSQL starts
    with listening:
        async with database_at_hand(settings, alone=True) as ready:
            server = AnnouncedServer(_configuration(ready))
            for known in ENDINGS:  # uvicorn repeats the signal, but PostgreSQL is still to be stopped
                signal.signal(known, lambda *_: None)
            await server.serve(sockets=[listening])
            return 0 if server.started else 1


def _bound(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # What is accepted inherits both. By itself the kernel keeps megabytes for a tablet that takes nothing, for ever.
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, STUCK_MS)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            text = f"Port {settings.port} is taken; set PORT to another one."
        else:
            text = f"{settings.host}:{settings.port} can not be used: {error.strerror}."
        raise StartRefused(text) from error
    return listening


def _configuration(settings: Settings) -> uvicorn.Config:
    from backend.app import create_app  # noqa: PLC0415 (other commands start without the web)

    return uvicorn.Config(
        create_app(settings, SystemClock()),
        http="httptools",
        ws="websockets-sansio",
        ws_max_size=LARGEST_FRAME,
        # With a context a socket: 44 KB each, and a tablet without news costs some thirty bytes (docs/performance.md).
        ws_per_message_deflate=True,
        ws_ping_interval=None,  # the hub's own pings ask the tablet, and not only its browser
        timeout_graceful_shutdown=GRACEFUL_SECONDS,
        forwarded_allow_ips=list(settings.trusted_proxies),
        proxy_headers=bool(settings.trusted_proxies),
        server_header=False,
        access_log=False,
        log_level="warning",
    )
