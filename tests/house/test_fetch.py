"""What a person reads when something can not be fetched: one plain sentence, whatever the tools say."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.tidy import ROOT


def fetched(project: Path, shell: str) -> tuple[int, str]:
    """Exit code, and what a copy of the script in `project` says on standard error."""
    (project / "tools").mkdir(exist_ok=True)
    script = shutil.copy(ROOT / "tools" / "fetch.sh", project / "tools")
    done = subprocess.run([script, "python", "sh", "-c", shell], check=False, capture_output=True, text=True)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("npm error code EAI_AGAIN", "the package registry does not answer"),
        (
            "error: Failed to fetch\n  cause: dns error\n\nhint: uv was included because",
            "the package registry does not",
        ),
        ("ERROR: Could not install: [Errno 28] No space left on device", "the disk is full"),
        ("The virtual environment was not created because ensurepip is not available.", "apt install python3-venv"),
        ("npm error code EACCES", "can not be written by this user"),
        ("error: No interpreter found for Python >=3.11", "Python 3.11 or newer is missing"),
        ("something else\nthe last line says why\n", "python: the last line says why"),
    ],
)
def test_a_failure_is_one_plain_sentence(said: str, sentence: str, tmp_path: Path) -> None:
    code, told = fetched(tmp_path, f"echo '{said}' >&2; exit 3")
    assert (code, len(told.splitlines())) == (1, 1)
    assert sentence in told
    assert said.splitlines()[0] in (tmp_path / ".tools" / "fetch.log").read_text()


def test_what_works_says_nothing_on_standard_error(tmp_path: Path) -> None:
    assert fetched(tmp_path, "echo 'a warning about the network timed out' >&2") == (0, "")


def test_a_folder_that_can_not_be_written_is_one_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / ".tools").write_text("a file, not a folder")
    code, told = fetched(tmp_path, "true")
    assert (code, len(told.splitlines())) == (1, 1)
    assert "can not be written" in told


def test_a_node_that_is_too_old_and_no_other_is_one_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "tools").mkdir()
    script = shutil.copy(ROOT / "tools" / "node.sh", tmp_path / "tools")
    for name in ("node", "npm"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    done = subprocess.run([script], check=False, capture_output=True, text=True, env={"PATH": path})
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (1, "", 1)
    assert "20.19 or newer" in done.stderr
