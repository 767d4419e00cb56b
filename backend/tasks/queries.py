"""Reading tasks, set-wise, as the rules see them."""

from collections.abc import Iterable
from typing import Any

import asyncpg
import msgspec

from backend.db import Connection
from backend.tasks.rules.task import Task
from backend.tasks.rules.visiting import PLAN_VISIT
from shared_schemas.alerts import AlertClass
from shared_schemas.tasks import CareKind, Cause, NotDoneCareReason, Reply, TaskState

COLUMNS = ", ".join(Task.__struct_fields__)
BY_ID = f"select {COLUMNS} from task where task_id = any($1::uuid[]) order by task_id for no key update"
OPEN_OF_STAYS = (
    f"select {COLUMNS} from task where open and stay_id = any($1::uuid[]) order by task_id for no key update"
)

# For a statement of a slice above, which holds the stay `w.stay_id` and then its tasks; read it with `tasks_in`.
OPEN_OF_HELD_STAY = f"""(select json_agg(row_to_json(o)) from (
    select {COLUMNS} from task where open and stay_id = w.stay_id order by due_at, task_id for no key update
  ) o)::text"""

_tasks = msgspec.json.Decoder(list[Task])
_params = msgspec.json.Decoder(dict[str, str | int])
_cause = msgspec.json.Decoder(Cause)
_reply = msgspec.json.Decoder(Reply)


async def cared_for_stays(connection: Connection, stay_ids: Iterable[str]) -> set[str]:
    """Those of these stays of which care was done; sets and answers to scores are looked at by their own slice."""
    done = """select distinct stay_id::text from task where stay_id = any($1::uuid[]) and state = 'completed'
        and kind not in ('observation', 'response') and text_key is distinct from $2
        and not 'done_corrected' = any(flags)"""
    return {row["stay_id"] for row in await connection.fetch(done, list(stay_ids), PLAN_VISIT)}


async def stays_of(connection: Connection, task_ids: Iterable[str]) -> list[str]:
    """The stays of these tasks, so that they can be held before the tasks."""
    found = await connection.fetch(
        "select distinct stay_id::text from task where task_id = any($1::uuid[])", list(task_ids)
    )
    return [each["stay_id"] for each in found]


async def held_tasks(connection: Connection, task_ids: Iterable[str]) -> dict[str, Task]:
    """Tasks by id, kept from other writers until the transaction ends; unknown ones are absent."""
    found = await connection.fetch(BY_ID, list(task_ids))
    return {task.task_id: task for task in map(task_of, found)}


async def held_open_tasks(connection: Connection, stay_ids: Iterable[str]) -> dict[str, Task]:
    """Open tasks of stays, kept from other writers until the transaction ends."""
    found = await connection.fetch(OPEN_OF_STAYS, list(stay_ids))
    return {task.task_id: task for task in map(task_of, found)}


def tasks_in(text: str | None) -> list[Task]:
    """Tasks of OPEN_OF_HELD_STAY, earliest due first."""
    return _tasks.decode(text) if text else []


def task_of(record: asyncpg.Record) -> Task:
    """A record of `task`."""
    fields: dict[str, Any] = {name: record[name] for name in Task.__struct_fields__}
    for name in ("task_id", "stay_id", "owner_staff_id", "slot_of", "ended_by_staff_id"):
        fields[name] = None if fields[name] is None else str(fields[name])
    fields["kind"] = CareKind(fields["kind"])
    fields["state"] = TaskState(fields["state"])
    fields["overdue_class"] = AlertClass(fields["overdue_class"])
    fields["reason"] = None if fields["reason"] is None else NotDoneCareReason(fields["reason"])
    fields["also_done_by_staff_ids"] = [str(each) for each in fields["also_done_by_staff_ids"]]
    fields["text_params"] = _params.decode(fields["text_params"])
    fields["cause"] = _cause.decode(fields["cause"])
    fields["response"] = None if fields["response"] is None else _reply.decode(fields["response"])
    return Task(**fields)
