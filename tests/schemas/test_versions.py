"""What a tablet wrote once is read for ever: every version of every entry, and what a change of a Struct asks for."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from backend.sync.rules.strict import sent
from shared_schemas.base import Body
from shared_schemas.registry import ENTRIES
from tests.schemas.golden import FOLDER, file_of, shape

GOLDEN = sorted(FOLDER.glob("*.json"))
DECODERS = {name: (body, msgspec.json.Decoder(body)) for name, body in ENTRIES.items()}
AN_ID = "0198a3c2-0000-7000-8000-000000000001"


def envelope(golden: dict[str, Any], text: str) -> msgspec.Raw:
    entry = {
        "entry_id": AN_ID, "device_id": AN_ID, "n": 1, "type": golden["type"], "v": golden["v"], "session_id": AN_ID,
        "mac": "A" * 22, "recorded_at": "2026-11-22T04:05:06.789Z", "body": text,
    }  # fmt: skip
    return msgspec.Raw(msgspec.json.encode(entry))


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.stem)
def test_an_entry_of_every_version_is_read_in_todays_words(path: Path) -> None:
    golden = json.loads(path.read_text())
    assert golden["sent"]
    found = [sent(envelope(golden, text), DECODERS) for text in golden["sent"]]
    assert [(each.reason, each.later, each.detail) for each in found] == [(None, None, "")] * len(found)
    assert [msgspec.to_builtins(each.body) for each in found] == golden["read"]


@pytest.mark.parametrize("body", ENTRIES.values(), ids=ENTRIES)
def test_an_entry_that_is_read_otherwise_has_another_version(body: type[Body]) -> None:
    """Count `version` up, write its step in backend/sync/rules/upcast.py, then run python -m tests.schemas.golden."""
    assert file_of(body).exists(), f"{file_of(body).name} is missing"
    assert json.loads(file_of(body).read_text())["shape"] == shape(body)


@pytest.mark.parametrize("body", ENTRIES.values(), ids=ENTRIES)
def test_no_version_is_ever_forgotten(body: type[Body]) -> None:
    every = {f"{body.type_name}.v{v}.json" for v in range(1, body.version + 1)}
    assert every <= {path.name for path in GOLDEN}


@pytest.mark.parametrize("text", ["[]", "7", '{"stay_id":1}', f'{{"stay_id":"{AN_ID}","stay_id":"{AN_ID}"}}'])
def test_an_older_body_that_is_broken_is_held_as_one_of_today_would_be(text: str) -> None:
    found = sent(envelope({"type": "beds_swapped", "v": 1}, text), DECODERS)
    assert (found.body, found.reason and found.reason.value) == (None, "malformed")
