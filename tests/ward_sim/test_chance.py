"""The generator is the protocol's, so that a run repeats in every language."""

import re

from ward_sim.chance import Chance
from ward_sim.instants import instant, instant_ms, instant_text


def test_splitmix64_gives_the_published_numbers_of_seed_1234567() -> None:
    chance = Chance(1234567)
    assert [chance.draw() for _ in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


def test_a_uuid7_carries_its_instant_and_its_version() -> None:
    text = Chance(1).uuid7(1_772_434_800_123)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", text)
    assert int(text.replace("-", "")[:12], 16) == 1_772_434_800_123


def test_jitter_stays_below_its_bound() -> None:
    chance = Chance(3)
    drawn = {chance.jitter(5) for _ in range(200)}
    assert drawn == {0, 1, 2, 3, 4}
    assert chance.jitter(0) == 0


def test_an_instant_survives_the_wire() -> None:
    assert instant_text(1_772_434_800_007) == "2026-03-02T07:00:00.007Z"
    assert instant_ms("2026-03-02T07:00:00.007Z") == 1_772_434_800_007
    assert instant_ms("2026-03-02T09:00:00.007+02:00") == 1_772_434_800_007
    assert instant(1_772_434_800_007).utcoffset() is not None
