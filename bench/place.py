"""Where the benchmark runs: a durable PostgreSQL and a real server process, on a home of their own."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend.clock import SystemClock
from backend.postgres import EmbeddedPostgres
from bench.ward import hospital_with
from ward_sim.demo.children import Server, free_port, operate
from ward_sim.hospital import Hospital
from ward_sim.instants import DAY, instant_ms
from ward_sim.loading import hospital_file

HOST = "127.0.0.1"
DISK = Path("/var/tmp")  # noqa: S108 (a real disk: a folder in memory would make every commit cheap)


@dataclass(frozen=True, slots=True)
class Place:
    """A running server with its hospital; `postgres` gives addresses of its database."""

    home: Path
    address: tuple[str, int]
    server_pid: int
    postgres: EmbeddedPostgres
    hospital: Hospital
    now_ms: int

    @property
    def resident_mb(self) -> float:
        """Resident memory of the server process, in MB."""
        lines = Path(f"/proc/{self.server_pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1000

    @property
    def cpu_ms(self) -> float:
        """Processor time that the server process has used so far, in ms."""
        fields = Path(f"/proc/{self.server_pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def present() -> datetime:
    """Return the present instant."""
    return SystemClock().now()


def _new_home() -> Path:
    """A folder that PostgreSQL's own user can reach too."""
    home = Path(tempfile.mkdtemp(prefix="wardlight-bench-", dir=DISK if DISK.is_dir() else None))
    home.chmod(0o755)
    return home


@asynccontextmanager
async def place(wards: int, seed: int, origin: str = "") -> AsyncIterator[Place]:
    """Load a hospital into a fresh database, serve it while the block runs, and leave nothing behind.

    `origin`: where browsers reach the server, when not directly.
    """
    home = _new_home()
    now_ms = instant_ms(present().isoformat())
    hospital = hospital_with(wards, seed, now_ms - 7 * DAY)
    address = (HOST, free_port(HOST))
    os.environ |= {"WARDLIGHT_HOME": str(home), "HOST": HOST, "PORT": str(address[1])}
    os.environ["WARDLIGHT_PUBLIC_ORIGINS"] = origin
    os.environ.pop("DATABASE_URL", None)
    try:
        hospital_file(hospital, home / "hospital.json")
        await operate(home, "staff", "load", str(home / "hospital.json"))
        async with Server(home, f"http://{HOST}:{address[1]}") as server:
            assert server.child is not None
            postgres = EmbeddedPostgres(home)
            postgres.join()
            yield Place(home, address, server.child.pid, postgres, hospital, now_ms)
    finally:
        shutil.rmtree(home, ignore_errors=True)
