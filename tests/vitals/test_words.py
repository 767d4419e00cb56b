"""Whatever a slice says by a key has its sentence, with the figures that the sentence names."""

import json
import re
from pathlib import Path

import pytest

from shared_schemas.vitals import Parameter
from tests.tidy import ROOT
from tests.vitals.bedside import WELL, Bedside, scoring, unobtainable, without

ENGLISH = ROOT / "shared_schemas" / "locales" / "en.json"


def sentence(key: str) -> str:
    place = json.loads(ENGLISH.read_text())
    for part in key.split("."):
        place = place[part]
    return place


def keys_in(folder: Path) -> set[str]:
    found = "\n".join(path.read_text() for path in folder.rglob("*.py"))
    return set(re.findall(r'"((?:cause|task)\.[a-z_0-9.]+[a-z0-9])"', found))


def test_every_key_that_the_slice_names_has_a_sentence() -> None:
    keys = keys_in(ROOT / "backend" / "vitals")
    assert {"cause.first_set", "task.observation"} <= keys
    assert all(sentence(key) for key in keys)


@pytest.mark.parametrize("ago", [0, 60])
@pytest.mark.parametrize(
    "values",
    [
        scoring(3),
        scoring(7),
        without(scoring(7), "temperature_tenths_c"),
        unobtainable(WELL, Parameter.PULSE, "pulse_per_min"),
        unobtainable(WELL, Parameter.SYSTOLIC, "systolic_mmhg"),
    ],
)
async def test_every_reason_has_its_figures(bedside: Bedside, values: object, ago: float) -> None:
    await bedside.chart(values, ago=ago)  # type: ignore[arg-type]

    [alert] = await bedside.alerts()
    wanted = set(re.findall(r"{(\w+)}", sentence(alert.text_key)))
    assert wanted <= set(alert.text_params)
    assert ("received_at" in wanted) == (ago > 10)
