"""The generated files are fresh, and the server's decoder gives the verdicts that the tablet's validators give."""

import json
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from shared_schemas import base, wire
from shared_schemas.generate import rendered
from shared_schemas.registry import ENTRIES, ROWS, SLICES

HERE = Path(__file__).parent
STRUCTS = {
    name: thing
    for room in (base, *SLICES, wire)
    for name, thing in vars(room).items()
    if isinstance(thing, type) and issubclass(thing, msgspec.Struct)
}

TABLET_FRAMES = wire.Hello | wire.Pong
SERVER_FRAMES = wire.Delta | wire.Reset | wire.Upto | wire.Same | wire.Ping | wire.Ring


def decoded(case: dict[str, str]) -> object:
    """Frames are decoded as a socket does, by their tag among others."""
    struct = STRUCTS[case["of"]]
    frames = (TABLET_FRAMES, SERVER_FRAMES)
    of = next((union for union in frames if struct in get_args(union)), struct)
    found = msgspec.json.decode(case["text"].encode("utf-8", "surrogatepass"), type=of)
    if type(found) is not struct:
        raise msgspec.ValidationError(case["why"])
    return found


def cases(verdict: str) -> list[dict[str, str]]:
    return json.loads((HERE / f"{verdict}.json").read_text())


def named(case: dict[str, str]) -> str:
    return f"{case['of']}: {case['why']}"


@pytest.mark.parametrize("path", rendered(), ids=lambda path: path.name)
def test_the_generated_file_is_what_the_structs_say(path: Path) -> None:
    assert path.read_text() == rendered()[path], "run python -m shared_schemas.generate"


@pytest.mark.parametrize("case", cases("good"), ids=named)
def test_the_decoder_takes_good_json_and_gives_it_back(case: dict[str, str]) -> None:
    found = decoded(case)

    again = msgspec.json.decode(msgspec.json.encode(found), type=STRUCTS[case["of"]])
    assert again == found


@pytest.mark.parametrize("case", cases("bad"), ids=named)
def test_the_decoder_refuses_bad_json(case: dict[str, str]) -> None:
    with pytest.raises(msgspec.DecodeError):
        decoded(case)


@pytest.mark.parametrize("verdict", ["good", "bad"])
def test_every_entry_and_row_has_a_case(verdict: str) -> None:
    covered = {case["of"] for case in cases(verdict)}
    assert {struct.__name__ for struct in (*ENTRIES.values(), *ROWS.values())} <= covered
