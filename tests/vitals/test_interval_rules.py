"""When the next set is due, by the golden cases; the tablet foretells by the same."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from backend.vitals.rules.intervals import Rhythm, next_set
from backend.vitals.rules.taken import Taken
from shared_schemas.policy import default_policy
from shared_schemas.reference import read
from shared_schemas.vitals import Band, NoScoreReason


@pytest.mark.parametrize("case", read("golden/intervals")["cases"], ids=lambda case: case["name"])
def test_the_next_set_is_due_when_the_golden_case_says(case: dict) -> None:
    now = datetime.fromisoformat(case["now"])
    policy = msgspec.structs.replace(default_policy().observation, sleep_skips_zero=case["sleep_skips_zero"])
    rhythm = Rhythm(
        policy=policy,
        zone=ZoneInfo("Europe/London"),
        admitted_at=now - timedelta(minutes=case["admitted_minutes_ago"]),
        interval_minutes=case["person_minutes"],
        interval_band=Band(case["person_band"]) if case["person_band"] else None,
    )

    found = next_set([taken(one, now) for one in case["sets"]], rhythm)

    if case["due_in_minutes"] is None:
        assert found is None
        return
    assert found is not None
    assert (found.due_at - now) / timedelta(minutes=1) == case["due_in_minutes"]
    assert found.interval_minutes == case["interval_minutes"]
    assert (found.band.value if found.band else None) == case["band"]


def taken(one: dict, now: datetime) -> Taken:
    band = Band(one["band"]) if one["band"] else None
    at = now - timedelta(minutes=one["minutes_ago"])
    return Taken(
        entry_id=f"set of {one['minutes_ago']}",
        stay_id="stay",
        observed_at=at,
        received_at=at,
        complete=one["complete"],
        band=band,
        interval_band=band,
        figure=one["figure"],
        no_score=NoScoreReason(one["no_score"]) if one["no_score"] else None,
    )
