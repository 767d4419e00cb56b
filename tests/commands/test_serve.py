"""What an operator reads when the server can not start: one plain sentence, and exit code 1."""

import asyncio
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.postgres import EmbeddedPostgres
from tests.places import reachable_folder
from tests.tidy import ROOT

BARE = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}

SECRETS = {"WARDLIGHT_SECRET": "5e" * 32, "WARDLIGHT_VAPID_PRIVATE_KEY": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"}


@pytest.fixture
def home() -> Iterator[Path]:
    with reachable_folder(in_memory=False) as folder:
        yield folder


async def refusal(*words: str, **environment: str) -> str:
    """The one line on standard error of a command that must end with code 1."""
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "backend", *words, cwd=ROOT, env=BARE | environment, stderr=asyncio.subprocess.PIPE
    )
    _, said = await asyncio.wait_for(program.communicate(), 60)
    lines = said.decode().strip().splitlines()
    assert (program.returncode, len(lines)) == (1, 1), said.decode()
    return lines[0]


async def test_a_port_that_is_taken(home: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        sentence = await refusal("serve", "--port", str(port), WARDLIGHT_HOME=str(home))
    assert sentence == f"Port {port} is taken; set PORT to another one."
    assert not (home / "postgres").exists()


async def test_a_home_that_can_not_be_written(home: Path) -> None:
    (home / "file").write_text("a file, not a folder")
    sentence = await refusal("migrate", WARDLIGHT_HOME=str(home / "file"))
    assert sentence.endswith("can not be used: Not a directory.")


async def test_no_postgresql_in_the_chosen_folder(home: Path) -> None:
    sentence = await refusal("migrate", WARDLIGHT_HOME=str(home), WARDLIGHT_POSTGRES_BIN=str(home))
    assert sentence.startswith("PostgreSQL 18 or newer is not there")


@pytest.mark.parametrize("variable", ["DATABASE_URL", "DATABASE_OWNER_URL"])
async def test_a_database_that_does_not_answer(variable: str, home: Path) -> None:
    given = {variable: "postgresql://ward@127.0.0.1:1/ward", "WARDLIGHT_HOME": str(home)}
    given |= {
        "WARDLIGHT_SECRET": "5e" * 32,
        "WARDLIGHT_VAPID_PRIVATE_KEY": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94",
    }
    command = ["serve", "--port", "0"] if variable == "DATABASE_URL" else ["migrate"]
    sentence = await refusal(*command, **given)
    assert sentence.startswith(f"PostgreSQL at {variable} does not answer")


async def test_a_database_that_was_never_migrated(postgres: EmbeddedPostgres, home: Path) -> None:
    given = {"DATABASE_URL": postgres.url("wardlight_app", "postgres"), "WARDLIGHT_HOME": str(home), **SECRETS}
    sentence = await refusal("serve", "--port", "0", **given)
    assert sentence == "The database is older than this program; run `python -m backend migrate` first."


@pytest.mark.skipif(os.geteuid() != 0, reason="a full disk is a small memory disk, which root alone may mount")
async def test_a_full_disk(home: Path) -> None:
    mounting = await asyncio.create_subprocess_exec("mount", "-t", "tmpfs", "-o", "size=4m,mode=755", "none", str(home))
    if await mounting.wait():
        pytest.skip("this machine does not let root mount")
    try:
        sentence = await refusal("migrate", WARDLIGHT_HOME=str(home))
    finally:
        unmounting = await asyncio.create_subprocess_exec("umount", str(home))
        await unmounting.wait()
    assert "No space left on device" in sentence
