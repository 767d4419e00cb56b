"""Writing sets, duty and episodes: one statement for all, their rows for the feed."""

from collections.abc import Iterable, Mapping

import msgspec
from msgspec.structs import replace

from backend.changes.actions import append
from backend.db import Work, upsert
from backend.stays.queries import Facts
from backend.vitals.rules.kept import KeptDuty, KeptSet, duty_row_of, row_of
from backend.vitals.rules.responses import Episode

SET_TYPES = {
    **dict.fromkeys(("entry_id", "stay_id", "author_staff_id", "supersedes", "superseded_by"), "uuid"),
    **dict.fromkeys(("observed_at", "recorded_at", "received_at"), "timestamptz"),
    **dict.fromkeys(("temperature_as_measured", "not_done", "sub_scores"), "jsonb"),
    **dict.fromkeys(("confirmed", "missing", "flags", "invalid"), "text[]"),
    **dict.fromkeys(("on_oxygen", "single_3", "complete", "entered_in_error", "monitor_attached"), "boolean"),
    **dict.fromkeys(("oxygen_device", "consciousness", "source", "band", "no_score"), "text"),
    **dict.fromkeys(("interval_band", "correction_reason"), "text"),
    "version": "bigint",
}
DUTY_TYPES = {
    **dict.fromkeys(("stay_id", "interval_by_staff_id", "paused_by_staff_id", "review_task_id"), "uuid"),
    **dict.fromkeys(("arrived_at", "scale_set_at", "scale_told_at", "interval_told_at", "paused_at"), "timestamptz"),
    **dict.fromkeys(("expected_return_at", "review_at", "said_at"), "timestamptz"),
    **dict.fromkeys(("scale_conflict", "stopped", "response_modified"), "boolean"),
    **dict.fromkeys(("spo2_scale", "interval_minutes"), "integer"),
    **dict.fromkeys(("scale_version", "interval_version", "version"), "bigint"),
}


SAVE_SETS = upsert("vital_signs", KeptSet, SET_TYPES, "integer")
SAVE_DUTIES = upsert("observation_duty", KeptDuty, DUTY_TYPES, "text")
SAVE_EPISODE = """
insert into response_episode (task_id, band, figure, threes, unobtainable)
select task_id, band, figure, threes, unobtainable
from json_to_recordset($1::json) as e(task_id uuid, band text, figure integer, threes text[], unobtainable text[])
on conflict (task_id) do update set
    band = excluded.band, figure = excluded.figure, threes = excluded.threes, unobtainable = excluded.unobtainable
"""


async def save_sets(work: Work, sets: Iterable[KeptSet], feeds: Mapping[str, str | None]) -> None:
    """Write sets as they are now and show them; `feeds` by stay, None where the stay has left its tablets."""
    kept = list(sets)
    if not kept:
        return
    await work.connection.execute(SAVE_SETS, msgspec.json.encode(kept).decode())
    for one in kept:
        feed = feeds.get(one.stay_id)
        if feed is not None:
            append(work, feed, row_of(one), row_id=one.entry_id, version=one.version, stay_id=one.stay_id)


OF_STAY = "select to_jsonb(v)::text from vital_signs v where stay_id = $1 order by observed_at"
DUTY_OF_STAY = "select to_jsonb(d)::text from observation_duty d where stay_id = $1"


async def show_all(work: Work, stay: Facts) -> None:
    """Show all sets of a stay and its duty: their rows had left the tablets."""
    feed = f"unit:{stay.unit_id}"
    for row in await work.connection.fetch(OF_STAY, stay.stay_id):
        one = msgspec.json.decode(row[0], type=KeptSet)
        append(work, feed, row_of(one), row_id=one.entry_id, version=one.version, stay_id=stay.stay_id)
    for row in await work.connection.fetch(DUTY_OF_STAY, stay.stay_id):
        duty = msgspec.json.decode(row[0], type=KeptDuty)
        append(work, feed, duty_row_of(duty), row_id=stay.stay_id, version=duty.version, stay_id=stay.stay_id)


async def save_duties(work: Work, duties: Iterable[KeptDuty], feeds: Mapping[str, str | None]) -> None:
    """Write observation duty as it is now, one version up, and show it."""
    newer = [replace(duty, version=duty.version + 1) for duty in duties]
    if not newer:
        return
    await work.connection.execute(SAVE_DUTIES, msgspec.json.encode(newer).decode())
    for duty in newer:
        feed = feeds.get(duty.stay_id)
        if feed is not None:
            append(work, feed, duty_row_of(duty), row_id=duty.stay_id, version=duty.version, stay_id=duty.stay_id)


async def save_episodes(work: Work, episodes: Iterable[Episode]) -> None:
    """Keep which set alerted last in open responses."""
    kept = list(episodes)
    if kept:
        await work.connection.execute(SAVE_EPISODE, msgspec.json.encode(kept).decode())
