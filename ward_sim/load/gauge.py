"""What processes use, from /proc: the server, its PostgreSQL, and the generator itself."""

import os
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

TICKS_PER_S = os.sysconf("SC_CLK_TCK")
KB_PER_MB = 1000


class Used(NamedTuple):
    """Processor seconds so far, at an instant of the monotonic clock."""

    at_s: float
    server_s: float
    postgres_s: float
    generator_s: float


def children(pid: int) -> list[int]:
    """Every process below this one."""
    found: list[int] = []
    with suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return [*found, *(below for child in found for below in children(child))]


def processor_s(pid: int) -> float:
    """Processor time of a process; 0 when it has ended. Of children that ended the parent has the sum."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_S


def memory_mb(pid: int, kind: str = "Rss") -> float:
    """Resident memory; `Pss` shares what is shared among those who share it."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / KB_PER_MB for line in lines if line.startswith(f"{kind}:")), 0.0)


class Gauge:
    """The server with everything below it. With pid 0, of a server elsewhere, all is zero but the generator."""

    def __init__(self, server_pid: int) -> None:
        self.server_pid = server_pid
        self.peak_mb = 0.0

    def used(self) -> Used:
        """Processor time so far."""
        below = children(self.server_pid) if self.server_pid else []
        server = processor_s(self.server_pid) if self.server_pid else 0.0
        return Used(perf_counter(), server, sum(map(processor_s, below)), processor_s(os.getpid()))

    def server_mb(self) -> float:
        """Resident memory of the server's process; its peak is kept."""
        now_mb = memory_mb(self.server_pid) if self.server_pid else 0.0
        self.peak_mb = max(self.peak_mb, now_mb)
        return now_mb

    def postgres_mb(self) -> float:
        """Memory of all processes of PostgreSQL, what they share counted once."""
        return sum(memory_mb(pid, "Pss") for pid in children(self.server_pid)) if self.server_pid else 0.0

    def shares(self, since: Used) -> dict[str, float]:
        """Processors in use since an instant: 1.0 is one of them, wholly."""
        now = self.used()
        for_s = max(now.at_s - since.at_s, 0.001)
        return {
            "server_processors": round((now.server_s - since.server_s) / for_s, 3),
            "postgres_processors": round((now.postgres_s - since.postgres_s) / for_s, 3),
            "generator_processors": round((now.generator_s - since.generator_s) / for_s, 3),
        }
