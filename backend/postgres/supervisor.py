"""Keeps one PostgreSQL running for as long as this program lives.

1. Hold the folder's lock, so that only one program supervises it.
2. Make the cluster once; start `postgres` itself as the child, on a private socket; it dies with us.
3. Ready is a real connection; then the two roles and the database are ensured.
4. A child that dies is started again, with back-off while the old one's own children die.
"""

import asyncio
import contextlib
import ctypes
import fcntl
import os
import pwd
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import asyncpg
import structlog

from backend.postgres.binaries import find_postgres_bin
from backend.postgres.cluster import cluster_in
from backend.settings import StartRefused, kept_secret

log = structlog.get_logger("postgres")
DATABASE = "wardlight"
OWNER, APP, SUPERUSER = "wardlight_owner", "wardlight_app", "postgres"
START_SECONDS = 60.0  # crash recovery of a large ward took 0.4 s; a slow disk may need far more
STOP_SECONDS = 20.0
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 2.0
SOCKETS, SOCKETS_FILE = "wardlight-sockets-", "postgres.sockets"
PR_SET_PDEATHSIG = 1
SERVER_OPTIONS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "recovery_init_sync_method": "syncfs" if sys.platform == "linux" else "fsync",
    "max_connections": "100",
    "log_min_messages": "warning",
}
NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "wal_level": "minimal"}
NOT_DURABLE |= {"max_wal_senders": "0"}


class RunsAlready(StartRefused):
    """Another program supervises PostgreSQL in this home; `join` uses that one."""


class EmbeddedPostgres:
    """One supervised PostgreSQL in `home`. `durable=False` is for tests only: it may forget after a power cut."""

    def __init__(self, home: Path, postgres_bin: Path | None = None, *, durable: bool = True) -> None:
        self._home = home
        self._bin = postgres_bin
        self._durable = durable
        self._child: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None
        self._held = contextlib.ExitStack()
        self._sockets = Path()
        self._passwords: dict[str, str] = {}

    @property
    def pid(self) -> int:
        """Process id of the running postmaster."""
        if self._child is None:
            raise RuntimeError("PostgreSQL is not running")
        return self._child.pid

    def url(self, role: str = APP, database: str = DATABASE) -> str:
        """The address for a role; valid from start to stop, also across restarts of the child."""
        return f"postgresql://{role}:{self._passwords[role]}@/{database}?host={quote(str(self._sockets))}"

    async def start(self) -> None:
        """Return when roles and database are there and connections work; StartRefused says why not."""
        try:
            self._prepare()
            await self._start_child()
            await self._ensure_roles()
        except BaseException:
            await self.stop()
            raise
        self._watch = asyncio.create_task(self._keep_running())

    def join(self) -> None:
        """Make `url` lead to the PostgreSQL that another program supervises in this home."""
        self._read_passwords()
        self._sockets = Path((self._home / SOCKETS_FILE).read_text())

    async def stop(self) -> None:
        """Fast shutdown: connections are cut, everything committed is on disk."""
        if self._watch:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        if self._child and self._child.returncode is None:
            self._child.send_signal(signal.SIGINT)
            try:
                await asyncio.wait_for(self._child.wait(), STOP_SECONDS)
            except TimeoutError:
                self._child.send_signal(signal.SIGQUIT)
                await self._child.wait()
        self._child = None
        self._held.close()

    def _prepare(self) -> None:
        self._cluster = cluster_in(self._home, find_postgres_bin(self._bin))
        lock = self._held.enter_context((self._home / "postgres.lock").open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise RunsAlready(f"Another Wardlight is running in {self._home}.") from error
        self._read_passwords()
        self._cluster.initialise(self._passwords[SUPERUSER], durable=self._durable)
        self._sockets = self._new_sockets()
        self._held.callback(shutil.rmtree, self._sockets, ignore_errors=True)
        self._cluster.give_to_child(self._sockets)
        self._log = self._held.enter_context((self._home / "postgres.log").open("ab"))

    def _read_passwords(self) -> None:
        for role in (SUPERUSER, OWNER, APP):
            self._passwords[role] = kept_secret(self._home, role, lambda: secrets.token_hex(16))

    def _new_sockets(self) -> Path:
        """A short path, because a socket's must stay below 100 bytes; the one of a killed program is removed."""
        remembered = self._home / SOCKETS_FILE
        before = Path(remembered.read_text()) if remembered.exists() else None
        if before and before.name.startswith(SOCKETS):
            shutil.rmtree(before, ignore_errors=True)
        sockets = Path(tempfile.mkdtemp(prefix=SOCKETS, dir="/tmp"))
        remembered.write_text(str(sockets))
        return sockets

    async def _start_child(self) -> None:
        """Start and wait for a real connection; a child that dies is tried again until START_SECONDS are over."""
        pause = FIRST_PAUSE
        try:
            async with asyncio.timeout(START_SECONDS):
                while not await self._started_once():
                    await asyncio.sleep(pause)
                    pause = min(2 * pause, LONGEST_PAUSE)
        except TimeoutError as error:
            raise StartRefused(f"PostgreSQL does not start; see {self._home / 'postgres.log'}.") from error

    async def _started_once(self) -> bool:
        options = SERVER_OPTIONS | ({} if self._durable else NOT_DURABLE)
        options["unix_socket_directories"] = str(self._sockets)
        self._child = await asyncio.create_subprocess_exec(
            self._cluster.bin_folder / "postgres",
            *("-D", self._cluster.folder),
            *(word for name, value in options.items() for word in ("-c", f"{name}={value}")),
            cwd="/",
            stdin=asyncio.subprocess.DEVNULL,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,  # Ctrl-C is for us; we stop it when our own work is done
            preexec_fn=_prepare_child(os.getpid(), self._cluster.user),
        )
        while self._child.returncode is None:
            try:
                connection = await asyncpg.connect(self.url(SUPERUSER, "postgres"))
            except asyncpg.InvalidPasswordError as error:
                place = f"The database in {self._cluster.folder} was made with other secrets than those in {self._home}"
                raise StartRefused(f"{place}: bring these back, or remove it.") from error
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._child.wait(), FIRST_PAUSE)
            else:
                await connection.close()
                return True
        return False

    async def _ensure_roles(self) -> None:
        connection = await asyncpg.connect(self.url(SUPERUSER, "postgres"))
        try:
            for role in (OWNER, APP):
                if not await connection.fetchval("select 1 from pg_roles where rolname = $1", role):
                    await connection.execute(f"create role {role} login")
                # The password is our own hexadecimal secret.
                await connection.execute(f"alter role {role} password '{self._passwords[role]}'")
            if not await connection.fetchval("select 1 from pg_database where datname = $1", DATABASE):
                await connection.execute(f"create database {DATABASE} owner {OWNER}")
        finally:
            await connection.close()

    async def _keep_running(self) -> None:
        while True:
            assert self._child is not None
            code = await self._child.wait()
            log.error("postgres_died", code=code)
            try:
                await self._start_child()
            except StartRefused as refused:
                log.error("postgres_stays_down", reason=str(refused))  # noqa: TRY400
            else:
                log.warning("postgres_restarted", pid=self.pid)


def _prepare_child(parent: int, user: str | None) -> Callable[[], None]:
    """In the child: become `user` (uvloop knows no `user=`), and ask Linux to be stopped when we are killed.

    Elsewhere the next start waits for the old child to end.
    """
    libc = ctypes.CDLL(None)
    account = pwd.getpwnam(user) if user else None

    def in_child() -> None:
        if account:
            os.setgroups([])
            os.setgid(account.pw_gid)
            os.setuid(account.pw_uid)
        if sys.platform == "linux":
            libc.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != parent:
                os.kill(os.getpid(), signal.SIGINT)

    return in_child
