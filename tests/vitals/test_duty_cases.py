"""What is open after decisions, sets and corrections, by the golden cases; the tablet foretells by the same."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from shared_schemas.base import Body
from shared_schemas.reference import read
from shared_schemas.registry import ENTRIES
from shared_schemas.tasks import CareKind
from tests.cast import uid
from tests.vitals.bedside import OPEN, Bedside

GOLDEN = read("golden/duty")


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
async def test_what_is_open_is_what_the_golden_case_says(bedside: Bedside, case: dict) -> None:
    start = bedside.now
    entry_ids: dict[str, str] = {}
    planned_by: dict[str, str | None] = {}
    for step in case["steps"]:
        bedside.cast.clock.set(start + timedelta(minutes=step["at"]))
        await bedside.sweep()
        planned_by |= dict.fromkeys(await open_ids(bedside) - planned_by.keys())
        entry_ids[step["id"]] = uid()
        outcome = await bedside.cast.say(
            bedside.cast.anna, body_of(step, bedside, start, entry_ids), entry_id=entry_ids[step["id"]]
        )
        assert outcome.held is None
        planned_by |= dict.fromkeys(await open_ids(bedside) - planned_by.keys(), step["id"])
    duty = await bedside.duty()
    assert (duty.pause_reason is not None, duty.stopped) == (case["paused"], case["stopped"])
    if case["open"] is None:
        assert await open_ids(bedside) == set()
        return
    assert await found(bedside, start, planned_by) == case["open"]


async def open_ids(bedside: Bedside) -> set[str]:
    return {task.task_id for task in await bedside.tasks(CareKind.OBSERVATION) if task.state in OPEN}


async def found(bedside: Bedside, start: Any, planned_by: dict[str, str | None]) -> dict[str, Any]:
    """The open observation in the words of a case."""
    task = await bedside.observation()
    step = planned_by[task.task_id]
    return {
        "task": step,
        "due": (task.due_at - start) / timedelta(minutes=1),
        "overdue": (task.overdue_at - start) / timedelta(minutes=1),
        "cause": task.cause.text_key if step else None,
        "interval_minutes": task.interval_minutes,
        "missing": task.missing,
    }


def body_of(step: dict, bedside: Bedside, start: Any, entry_ids: dict[str, str]) -> Body:
    """The entry of a step."""
    fields = {"stay_id": bedside.stay_id, **step["body"]}
    if fields.get("values") is not None:
        fields["values"] = GOLDEN["well"] | fields["values"]
    if "corrects" in step:
        fields["corrects"] = entry_ids[step["corrects"]]
    instants = {"observed_at": step.get("observed", step["at"]), **step.get("instants", {})}
    fields |= {name: start + timedelta(minutes=minutes) for name, minutes in instants.items()}
    return msgspec.convert(fields, ENTRIES[step["entry"]])
