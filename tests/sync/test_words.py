"""Whatever the server can say about an entry by a word of its own has a sentence for the nurse, in every language."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from shared_schemas.catalogue import LANGUAGES
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.wire import HeldReason
from tests.tidy import ROOT

BACKEND = ROOT / "backend"
# What the tablet finds by itself: the server never took the entry.
FOUND_BY_THE_TABLET = {"not_taken"}
# Where the flags of a set come from; the door's are on it too.
OF_SETS = ["vitals/actions/chart.py", "vitals/actions/correct.py", "vitals/rules/charting.py", "sync/rules/judge.py"]


@cache
def catalogue(language: str) -> dict:
    return json.loads((ROOT / "shared_schemas" / "locales" / f"{language}.json").read_text())


def named_in(paths: list[Path], enum: str) -> set[str]:
    """Members of an enum that some modules name."""
    return {name for path in paths for name in re.findall(rf"\b{enum}\.([A-Z_]+)", path.read_text())}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_flag_and_every_reason_of_a_held_entry_has_its_sentence(language: str) -> None:
    words = catalogue(language)["sync"]

    assert set(words["flag"]) == {flag.value for flag in Flag}
    assert set(words["held"]) - FOUND_BY_THE_TABLET == {reason.value for reason in HeldReason}
    assert set(words["detail"]) == {detail.value for detail in HeldDetail}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_flag_of_a_set_has_its_tag(language: str) -> None:
    of_sets = {Flag[name].value for name in named_in([BACKEND / path for path in OF_SETS], "Flag")}

    assert of_sets == set(catalogue(language)["vitals"]["flag"])


def test_the_lists_are_closed() -> None:
    """No flag is only a word: the server gives each; those of a refused claim are made from its reason."""
    server = list(BACKEND.rglob("*.py"))

    assert named_in(server, "Flag") | {"BED_TAKEN", "INVALID"} == {flag.name for flag in Flag}
    assert named_in(server, "HeldDetail") == {detail.name for detail in HeldDetail}
    assert {Flag.BED_TAKEN.value, Flag.INVALID.value} <= {reason.value for reason in HeldReason}
