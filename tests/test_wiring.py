"""Forgetting a part of a feature turns this red."""

import importlib
import re
import tomllib
from pathlib import Path

import pytest

from backend import app
from backend.piccolo_app import history
from backend.slice import Slice
from shared_schemas import registry
from shared_schemas.registry import ENTRIES
from tests.tidy import ROOT

BACKEND = ROOT / "backend"
# The first six; a later slice is found by its folder.
FIRST_SLICES = {"staff", "stays", "vitals", "tasks", "alerts", "sync"}


def slices() -> dict[str, Slice]:
    """What every folder of the server brings."""
    folders = [file.parent.name for file in BACKEND.glob("*/__init__.py")]
    brought = {name: getattr(importlib.import_module(f"backend.{name}"), "SLICE", None) for name in folders}
    return {name: found for name, found in brought.items() if found is not None}


def test_the_first_slices_are_found() -> None:
    """What is not found is not checked either."""
    assert set(slices()) >= FIRST_SLICES


@pytest.mark.parametrize("name", sorted(ENTRIES))
def test_every_entry_type_has_one_handler(name: str) -> None:
    handlers = [room for room, brought in slices().items() if ENTRIES[name] in brought.entries]
    assert len(handlers) == 1, f"{name} is handled by {handlers or 'nobody'}"


def test_every_handled_entry_is_in_the_registry() -> None:
    handled = {body for brought in slices().values() for body in brought.entries}
    assert handled <= set(ENTRIES.values())


def test_every_slice_has_its_folder_in_every_room() -> None:
    rooms = ("shared_schemas/{}.py", "pwa/src/{}", "tests/{}")
    wanted = [room.format(name) for name in slices() for room in rooms]
    assert [path for path in wanted if not (ROOT / path).exists()] == []


def test_every_slice_is_registered() -> None:
    assert sorted(id(brought) for brought in slices().values()) == sorted(id(brought) for brought in app.SLICES)


def test_every_slice_has_its_words_in_the_registry() -> None:
    known = {room.__name__.rpartition(".")[2] for room in registry.SLICES}
    assert set(slices()) <= known


def test_every_slice_is_on_the_tablet() -> None:
    text = (ROOT / "pwa" / "src" / "app" / "slices.ts").read_text()
    imported = {folder: name for name, folder in re.findall(r"import \{ (\w+) \} from '\.\./(\w+)'", text)}
    assert set(slices()) <= set(imported)
    listed = re.search(r"SLICES: readonly Slice\[\] = \[([^\]]*)\]", text)
    assert listed is not None
    assert set(imported.values()) <= set(re.findall(r"\w+", listed.group(1)))


def test_no_layer_of_the_contract_may_be_absent() -> None:
    """A layer in parentheses may be absent, and then it guards nothing."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    layers = [layer for contract in contracts for layer in contract.get("layers", [])]
    assert [layer for layer in layers if "(" in layer] == []
    assert all(contract["exhaustive"] for contract in contracts if "containers" in contract)


def test_a_slice_is_named_like_its_folder() -> None:
    assert [(name, brought.name) for name, brought in slices().items() if name != brought.name] == []


def test_a_migration_is_named_like_its_id() -> None:
    assert [step.ID for step in history()] == [Path(str(step.__file__)).stem for step in history()]
