"""Reading sets, observation duty, scale settings and episodes, set-wise."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

import msgspec

from backend.db import Connection
from backend.tasks.queries import OPEN_OF_HELD_STAY, tasks_in
from backend.tasks.rules.task import Task
from backend.vitals.rules.kept import KeptDuty, KeptSet
from backend.vitals.rules.responses import Episode, Opened
from backend.vitals.rules.taken import RED_WHEN_UNOBTAINABLE, Taken
from shared_schemas.flags import Flag

_RED = " || ".join(f'@.parameter == "{one.value}"' for one in RED_WHEN_UNOBTAINABLE)
_NOT_FOUND = f"""'$[*] ? (@.reason == "unobtainable" && ({_RED})).parameter'"""
_TAKEN = f"""entry_id, stay_id, observed_at, received_at, complete, band, interval_band, no_score,
      lower_bound as figure, jsonb_path_query_array(not_done, {_NOT_FOUND}) as unobtainable"""
# Bands fall by one a complete set, so that the newest six decide; incomplete ones matter near the new sets, and
# after the newest complete one, where they may say that the patient is at risk.
OF_STAYS = f"""
select w.stay_id::text, {OPEN_OF_HELD_STAY} as tasks,
  (select to_jsonb(d) from observation_duty d where d.stay_id = w.stay_id)::text as duty,
  (select jsonb_agg(jsonb_build_array(from_at, scale, conflict) order by from_at, received_at, entry_id)
   from spo2_scale_setting s where s.stay_id = w.stay_id)::text as settings,
  (select jsonb_agg(to_jsonb(k)) from (
    (select {_TAKEN}
     from vital_signs v
     where v.stay_id = w.stay_id and v.superseded_by is null and not v.entered_in_error and v.complete
     order by v.observed_at desc limit 6)
    union
    (select {_TAKEN}
     from vital_signs v
     where v.stay_id = w.stay_id and v.superseded_by is null and not v.entered_in_error and v.observed_at >= w.since_at
     order by v.observed_at desc limit 60)
    union
    (select {_TAKEN}
     from vital_signs v
     where v.stay_id = w.stay_id and v.superseded_by is null and not v.entered_in_error and not v.complete
       and v.observed_at > coalesce((select max(observed_at) from vital_signs c where c.stay_id = w.stay_id
         and c.complete and c.superseded_by is null and not c.entered_in_error), '-infinity')
     order by v.observed_at desc limit 6)
  ) k)::text as known
from unnest($1::uuid[], $2::timestamptz[]) as w(stay_id, since_at)
"""
SETS = (
    "select to_jsonb(v)::text from vital_signs v where entry_id = any($1::uuid[]) order by entry_id for no key update"
)
UNFLAGGED = """
select to_jsonb(v)::text from vital_signs v
where entry_id = any($1::uuid[]) and $2 <> all(flags) order by entry_id for no key update
"""
# For a statement of a slice above, about the stay `s`: the patient is away.
PAUSED = "exists (select from observation_duty d where d.stay_id = s.stay_id and d.paused_at is not null)"
EPISODES = "select to_jsonb(e)::text from response_episode e where task_id = any($1::uuid[])"

# What opened and last alerted in each open response, and the valid sets of its stay from then on.
OPENED = """
select t.task_id::text, json_build_object(
  'opened_by', o.entry_id, 'opened_at', o.observed_at,
  'bands', json_build_array(
    case when t.cause->>'cause_type' = 'unobtainable' then 'high' else coalesce(o.band, 'high') end,
    coalesce(e.band, 'high')),
  'since', (select coalesce(json_agg(row_to_json(k)), '[]') from (
    select entry_id, stay_id, observed_at, received_at, complete, band, lower_bound as figure, no_score,
      jsonb_path_query_array(not_done, '$[*] ? (@.reason == "unobtainable").parameter') as unobtainable
    from vital_signs v
    where v.stay_id = t.stay_id and v.superseded_by is null and not v.entered_in_error
      and v.observed_at >= o.observed_at
    order by v.observed_at desc limit 60) k)
)::text as opened
from task t
join vital_signs o on o.entry_id = (t.cause->>'cause_id')::uuid and o.stay_id = t.stay_id
left join response_episode e using (task_id)
where t.task_id = any($1::uuid[]) and t.kind = 'response' and t.open
"""


class Setting(NamedTuple):
    """A scale in force from an instant; in conflict, scale 1 governs."""

    from_at: datetime
    scale: int
    conflict: bool


class OfStay(NamedTuple):
    """What is kept about one stay. `known`: valid sets, in no order; `settings`: as they came into force.

    `tasks`: the open ones.
    """

    duty: KeptDuty | None
    settings: list[Setting]
    known: list[Taken]
    tasks: list[Task]


_set = msgspec.json.Decoder(KeptSet)
_duty = msgspec.json.Decoder(KeptDuty)
_settings = msgspec.json.Decoder(list[Setting])
_episode = msgspec.json.Decoder(Episode)
_opened = msgspec.json.Decoder(Opened)
_known = msgspec.json.Decoder(list[Taken])


async def of_stays(connection: Connection, since_at: Mapping[str, datetime]) -> dict[str, OfStay]:
    """What is kept about stays: among their sets the newest complete ones, and all observed from `since_at` on.

    Beside them the newest incomplete ones that no complete one has followed.

    The caller holds the stays; their open tasks are held with them.
    """
    rows = await connection.fetch(OF_STAYS, list(since_at), list(since_at.values()))
    return {
        row["stay_id"]: OfStay(
            _duty.decode(row["duty"]) if row["duty"] else None,
            _settings.decode(row["settings"]) if row["settings"] else [],
            _known.decode(row["known"]) if row["known"] else [],
            tasks_in(row["tasks"]),
        )
        for row in rows
    }


async def held_sets(connection: Connection, entry_ids: Iterable[str]) -> dict[str, KeptSet]:
    """Sets by entry, kept from other writers; unknown ones are absent."""
    found = [_set.decode(row[0]) for row in await connection.fetch(SETS, sorted(set(entry_ids)))]
    return {kept.entry_id: kept for kept in found}


async def held_without(connection: Connection, entry_ids: Iterable[str], flag: Flag) -> list[KeptSet]:
    """Those of these sets that do not have the flag, kept from other writers."""
    rows = await connection.fetch(UNFLAGGED, sorted(entry_ids), flag.value)
    return [_set.decode(row[0]) for row in rows]


async def episodes(connection: Connection, task_ids: Sequence[str]) -> dict[str, Episode]:
    """The sets that alerted last in these open responses, by task."""
    if not task_ids:
        return {}
    found = [_episode.decode(row[0]) for row in await connection.fetch(EPISODES, task_ids)]
    return {str(episode.task_id): episode for episode in found}


async def opened_responses(connection: Connection, task_ids: Iterable[str]) -> dict[str, Opened]:
    """What opened these responses and what was seen since, by task; unknown and ended ones are absent."""
    found = await connection.fetch(OPENED, list(task_ids))
    return {row["task_id"]: _opened.decode(row["opened"]) for row in found}


async def charted_stays(connection: Connection, stay_ids: Iterable[str]) -> set[str]:
    """Those of these stays of which a set stands: neither struck out nor superseded."""
    charted = """select distinct stay_id::text from vital_signs
        where stay_id = any($1::uuid[]) and superseded_by is null and not entered_in_error"""
    return {row[0] for row in await connection.fetch(charted, list(stay_ids))}


async def paused_stays(connection: Connection, stay_ids: Iterable[str]) -> set[str]:
    """Those of these stays whose patient is away."""
    paused = f"select stay_id::text from stay s where stay_id = any($1::uuid[]) and {PAUSED}"
    return {row["stay_id"] for row in await connection.fetch(paused, list(stay_ids))}
