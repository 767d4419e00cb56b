"""The commands as an operator runs them: days are judged clean, known faults are found, real series agree."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest

ROOT = Path(__file__).parents[2]
SERIES = ROOT.parent / "shared" / "data" / "vitals" / "physionet2012-set-a"
FAULTS = (
    "lost", "doubled", "diverged", "alerts_missing", "alerts_doubled", "unwatched", "census_wrong", "not_restored",
    "gaps",
)  # fmt: skip
WORK = (
    "entries_charted", "requests_dropped", "duplicated", "reordered", "offline_minutes", "alerts_expected",
    "bed_marks", "beds_reserved", "beds_changed", "placements_cancelled",
    "visits_planned", "visits_moved", "visits_begun", "visits_ended", "visits_not_done", "visits_signed",
    "visits_overdue", "sos_raised", "sos_ended",
)  # fmt: skip


def _run(*words: str) -> tuple[int, dict[str, Any], str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "WARDLIGHT"))}
    done = subprocess.run(
        [sys.executable, "-m", "ward_sim", *words, "--json"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    last = done.stdout.strip().rsplit("\n", 1)[-1]
    return done.returncode, msgspec.json.decode(last) if last.startswith("{") else {}, done.stderr


# In every day sets of a patient reach the server after he has left the hospital and the tablets.
@pytest.mark.slow(25)
@pytest.mark.parametrize("seed", [1, 11])
def test_a_simulated_day_loses_nothing_doubles_nothing_and_misses_no_alert(seed: int) -> None:
    code, report, told = _run("day", "--seed", str(seed))
    assert {name: report.get(name) for name in FAULTS} == dict.fromkeys(FAULTS, 0), told[-3000:]
    assert all(report[name] > 0 for name in WORK), report
    assert code == 0


@pytest.mark.slow(15)
@pytest.mark.parametrize(("mutant", "fault"), [("no_dedupe", "doubled"), ("drop_on_401", "lost")])
def test_a_known_fault_of_a_tablet_is_found(mutant: str, fault: str) -> None:
    # A third of the day is enough to lose or double something.
    code, report, told = _run("day", "--seed", "1", "--mutant", mutant, "--hours", "8")
    assert report.get(fault, 0) > 0, told[-3000:]
    assert code == 1


@pytest.mark.slow(90)
@pytest.mark.skipif(not SERIES.exists(), reason="the real series are not beside the project")
def test_real_series_are_scored_as_the_oracle_scores_them() -> None:
    code, report, told = _run("replay", str(SERIES), "--patients", os.environ.get("WARD_REPLAY", "100"))
    for figures in report["passes"].values():
        assert figures["mismatched"] == 0, told[-3000:]
        assert figures["sets_charted"] == figures["sets_on_server"] > 0
        assert figures["complete"] + figures["incomplete"] == figures["sets_charted"]
        assert figures["tasks_planned"] > 0
        assert figures["alerts_raised"] > 0
    assert report["passes"]["measured"]["invalid"] > 0
    assert report["passes"]["carried_forward"]["complete"] > report["passes"]["measured"]["complete"]
    assert code == 0


def test_a_folder_that_is_not_there_is_one_plain_sentence() -> None:
    code, _, told = _run("replay", "/nowhere")
    assert code == 2
    assert told.strip() == "There is no folder /nowhere."
