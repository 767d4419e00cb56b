"""What the benchmarks promise to say, and what they say."""

import msgspec

from bench.offline import figures
from bench.results import RESULTS
from bench.table import LINES, OTHERS, table
from tests.tidy import ROOT

LISTS = ((LINES, OTHERS), (figures.LINES, figures.OTHERS))
measured = msgspec.json.decode(RESULTS.read_bytes())


def test_every_line_of_the_tablets_table_has_its_figure() -> None:
    missing = [key for _, key, _, _ in figures.LINES if not isinstance(measured.get(key), (int, float))]
    assert missing == []
    assert measured["pouchdb.adapter"] in {"idb", "indexeddb", "idb and indexeddb", "indexeddb and idb"}


def test_figures_of_others_stand_beside_a_line_and_name_their_source() -> None:
    for lines, others in LISTS:
        assert others.keys() <= {key for _, key, _, _ in lines}
    assert "docs.powersync.com" in (ROOT / "docs" / "performance.md").read_text()


def test_a_table_says_what_was_reached_and_what_was_missed() -> None:
    lines = (("as much", "more", "/s", -10), ("as little", "less", "ms", 10), ("only told", "told", "", None))
    said = table({"more": 11, "less": 11, "told": 3}, lines, {"told": "Others 4"}).splitlines()
    assert [line.split()[-1] for line in said[1:3]] == ["reached", "missed"]
    assert said[3].endswith("Others 4")
