"""Folders for tests that run PostgreSQL."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY_DISK = Path("/dev/shm")


@contextmanager
def reachable_folder(*, in_memory: bool = True) -> Iterator[Path]:
    """A new folder that PostgreSQL's own user can reach too; gone afterwards."""
    usable = in_memory and MEMORY_DISK.is_dir() and shutil.disk_usage(MEMORY_DISK).free > 2_000_000_000
    folder = Path(tempfile.mkdtemp(prefix="wardlight-test-", dir=MEMORY_DISK if usable else None))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
