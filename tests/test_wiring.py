"""Forgetting a part of a feature turns this red."""

import importlib
from pathlib import Path

import pytest

from backend.piccolo_app import history
from backend.slice import Slice
from shared_schemas.registry import ENTRIES
from tests.tidy import ROOT

BACKEND = ROOT / "backend"
HANDLING_ROOMS = ("staff", "stays", "vitals", "tasks", "alerts", "sync")


def slices() -> dict[str, Slice]:
    """What every folder of the server brings."""
    folders = [file.parent.name for file in BACKEND.glob("*/__init__.py")]
    brought = {name: getattr(importlib.import_module(f"backend.{name}"), "SLICE", None) for name in folders}
    return {name: found for name, found in brought.items() if found is not None}


complete = pytest.mark.skipif(
    not (BACKEND / "app.py").exists() or not set(HANDLING_ROOMS) <= set(slices()),
    reason="the rooms are still being furnished",
)


@complete
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


@complete
def test_every_slice_is_registered() -> None:
    registered = importlib.import_module("backend.app").SLICES
    assert {id(brought) for brought in slices().values()} == {id(brought) for brought in registered}


def test_a_slice_is_named_like_its_folder() -> None:
    assert [(name, brought.name) for name, brought in slices().items() if name != brought.name] == []


def test_a_migration_is_named_like_its_id() -> None:
    assert [step.ID for step in history()] == [Path(str(step.__file__)).stem for step in history()]
