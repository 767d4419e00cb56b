"""How the demo begins: with nothing of yesterday, or with one plain sentence."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tidy import ROOT
from ward_sim.commands import _demo_home


def test_the_demo_empties_its_home_and_the_place_elsewhere_to_which_it_leads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    yesterday, elsewhere = tmp_path / "home" / "demo", tmp_path / "elsewhere" / "postgres"
    for folder in (yesterday, elsewhere / "data"):
        folder.mkdir(parents=True)
    (yesterday / "postgres").symlink_to(elsewhere)
    monkeypatch.setenv("WARDLIGHT_HOME", str(tmp_path / "home"))
    assert _demo_home() == yesterday
    assert list(yesterday.iterdir()) == []
    assert not elsewhere.exists()


def test_a_port_that_is_taken_is_one_plain_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        words = [sys.executable, "-m", "ward_sim", "demo", "--port", str(port)]
        done = subprocess.run(words, check=False, cwd=ROOT, env={"WARDLIGHT_HOME": str(tmp_path)}, capture_output=True)
    assert done.returncode != 0
    assert done.stderr.decode() == f"Port {port} is taken; set PORT to another one.\n"


def test_a_home_that_can_not_be_written_is_one_plain_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    words = [sys.executable, "-m", "ward_sim", "demo", "--port", "0"]
    environment = {"WARDLIGHT_HOME": str(tmp_path / "home")}
    done = subprocess.run(words, check=False, cwd=ROOT, env=environment, capture_output=True)
    assert done.returncode != 0
    assert done.stderr.decode().strip().endswith("can not be used: Not a directory.")
    assert len(done.stderr.splitlines()) == 1
