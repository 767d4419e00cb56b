"""The production shape: it sets what the program reads, and a Compose command understands it."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from backend.settings import VARIABLES
from tests.tidy import ROOT


def compose_command() -> list[str]:
    """The Compose command of this machine: the old program, or Docker's plug-in; empty: there is none."""
    for words in (["docker-compose"], ["docker", "compose"]):
        if (
            shutil.which(words[0])
            and not subprocess.run([*words, "version"], capture_output=True, check=False).returncode
        ):
            return words
    return []


def test_the_production_shape_sets_only_what_the_program_reads() -> None:
    known = set(VARIABLES.values())
    text = (ROOT / "compose.yaml").read_text()
    assert set(re.findall(r"^\s+(WARDLIGHT_\w+|DATABASE_\w+|HOST|PORT):", text, re.MULTILINE)) <= known
    filled = {line.split("=")[0] for line in (ROOT / "compose" / "example.env").read_text().splitlines() if "=" in line}
    asked = set(re.findall(r"\$\{(\w+)", text))
    assert asked <= {name for name in filled if not name.startswith("#")}


def test_a_compose_command_understands_the_production_shape(tmp_path: Path) -> None:
    words = compose_command()
    if not words:
        pytest.skip("this machine has no Compose command (apt install docker-compose)")
    shutil.copy(ROOT / "compose.yaml", tmp_path)
    shutil.copytree(ROOT / "compose", tmp_path / "compose")
    example = (ROOT / "compose" / "example.env").read_text()
    (tmp_path / ".env").write_text(re.sub(r"^(\w+(PASSWORD|SECRET|KEY))=$", r"\1=given", example, flags=re.MULTILINE))
    done = subprocess.run([*words, "config"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "postgresql://wardlight_app:given@postgres/wardlight" in done.stdout
