"""Which alerts must exist: worked out from what was charted and planned and from docs/escalation.md, never from alerts.

Three sources, each blind to the others: tasks that were open when due + grace passed; sets whose score demands a
response; and the longest time that NEWS2 allows between two complete sets.
"""

from dataclasses import dataclass
from typing import Any

from ward_sim import score_oracle
from ward_sim.instants import HOUR, MINUTE, instant_ms
from ward_sim.judge.witness import LOOK_MS, SeenVersion

Json = dict[str, Any]
_OPEN = ("ready", "accepted", "on-hold")
# By what was charted, and by the visits themselves.
_JUDGED_ELSEWHERE = ("response", "home_visit")
_LATE_ALERT_MS = 12 * HOUR
# docs/escalation.md, "Observation duty": the longest grace of an observation.
_LONGEST_GRACE_MS = 30 * MINUTE
# docs/escalation.md, the table of care, and its class "amber": sets that are wanted at least hourly.
_CARE_GRACE_MS = 30 * MINUTE
_FREQUENT_GRACE_MS = 10 * MINUTE
_FREQUENT_MINUTES = 60
_ALL_FIVE = ("whom", "called_at", "reply", "expected_by_at", "attended_at")


@dataclass(frozen=True, slots=True)
class Act:
    """An entry as it reached the server: when, what, and true instants."""

    arrived_at: int
    entry_id: str
    type: str
    body: Json
    observed_at: int


@dataclass(frozen=True, slots=True)
class ExpectedAlert:
    """An alert that must exist: of this stay, begun in this window; for a task or visit, naming it.

    That of an SOS is about a person, `stay_id` is hers, and lasts through the whole window.
    """

    why: str
    stay_id: str
    from_at: int
    until_at: int
    task_id: str | None = None
    alert_class: str | None = None


def overdue_tasks(tasks: dict[str, list[SeenVersion]], end_at: int) -> list[ExpectedAlert]:
    """Every task that was open at the instant at which it became overdue, and a look longer."""
    expected = []
    for task_id, versions in tasks.items():
        for seen in versions:
            overdue_at = max(instant_ms(seen.row["due_at"]) + _grace_ms(seen.row), seen.from_at)
            until_at = min(seen.until_at or end_at, end_at)
            judged = seen.row["state"] in _OPEN and seen.row["kind"] not in _JUDGED_ELSEWHERE
            if judged and overdue_at < until_at - LOOK_MS:
                window = (overdue_at - LOOK_MS, min(until_at, overdue_at + 2 * LOOK_MS))
                expected.append(ExpectedAlert("overdue", seen.row["stay_id"], *window, task_id))
                break
    return expected


def _grace_ms(task: Json) -> int:
    minutes = task.get("interval_minutes")
    frequent = task["kind"] == "observation" and minutes is not None and minutes <= _FREQUENT_MINUTES
    return _FREQUENT_GRACE_MS if frequent else _CARE_GRACE_MS


def responses(acts: list[Act]) -> list[ExpectedAlert]:
    """Every set that demands a response when it arrives: a live alert of its class must cover the stay then."""
    expected = []
    newest_complete: dict[str, int] = {}
    for act in acts:
        values = act.body.get("values")
        if act.type not in ("vital_signs_charted", "vital_signs_corrected") or values is None:
            continue
        stay_id = act.body["stay_id"]
        found = score_oracle.expected_score(values)
        late = newest_complete.get(stay_id, 0) > act.observed_at
        old = act.arrived_at - act.observed_at > _LATE_ALERT_MS
        quiet = act.body.get("already_escalated") or late or old
        wanted = score_oracle.alert_class(found)
        if wanted and not quiet and act.type == "vital_signs_charted":
            window = (act.arrived_at, act.arrived_at + LOOK_MS)
            expected.append(ExpectedAlert("response", stay_id, *window, None, wanted))
        if found.total is not None:
            newest_complete[stay_id] = max(act.observed_at, newest_complete.get(stay_id, 0))
    return expected


def response_episodes(acts: list[Act]) -> int:
    """How many separate response episodes those sets make: one opens, and all five fields close it."""
    open_stays: set[str] = set()
    wanted = {(e.stay_id, e.from_at) for e in responses(acts)}
    episodes = 0
    for act in acts:
        stay_id = act.body.get("stay_id", "")
        if act.type == "response_recorded" and all(f in act.body["response"] for f in _ALL_FIVE):
            open_stays.discard(stay_id)
        elif (stay_id, act.arrived_at) in wanted and stay_id not in open_stays:
            open_stays.add(stay_id)
            episodes += 1
    return episodes


def silent_stays(acts: list[Act], present: dict[str, tuple[int, int]], end_at: int) -> list[ExpectedAlert]:
    """A stay without a complete set for longer than its last score allows, the longest grace included.

    `present`: from when until when each stay was in the unit, without a pause. A set that was corrected in time asks
    for nothing: the corrected one does.
    """
    expected = []
    sets: dict[str, list[tuple[Act, str]]] = {}
    corrected_at = {act.body["corrects"]: act.arrived_at for act in acts if act.type == "vital_signs_corrected"}
    for act in acts:
        if act.type in ("vital_signs_charted", "vital_signs_corrected") and act.body.get("values"):
            found = score_oracle.expected_score(act.body["values"])
            if found.total is not None:
                sets.setdefault(act.body["stay_id"], []).append((act, found.band))
    for stay_id, (_, left_at) in present.items():
        for act, band in sets.get(stay_id, []):
            observed_at = act.observed_at
            limit = observed_at + score_oracle.interval_minutes(band) * MINUTE
            overdue_at = max(act.arrived_at, limit + _LONGEST_GRACE_MS)
            in_time = overdue_at + LOOK_MS
            relieved = any(
                other.arrived_at <= in_time and other.observed_at > observed_at for other, _ in sets[stay_id]
            )
            corrected = act.entry_id in corrected_at and corrected_at[act.entry_id] <= in_time
            if not relieved and not corrected and overdue_at + 2 * LOOK_MS < min(left_at, end_at):
                window = (observed_at, overdue_at + 2 * LOOK_MS)
                expected.append(ExpectedAlert("silence", stay_id, *window))
    return expected
