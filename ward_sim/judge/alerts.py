"""The alerts that exist against those that must: none missing, none doubled, no step twice."""

from collections import Counter
from typing import Any

from ward_sim.instants import instant_ms
from ward_sim.judge.alert_oracle import ExpectedAlert
from ward_sim.judge.witness import LOOK_MS, SeenVersion

Json = dict[str, Any]
_RANK = {"plain": 0, "amber": 1, "red": 2}


def missing(
    expected: list[ExpectedAlert], alerts: dict[str, list[SeenVersion]], tasks: dict[str, Json]
) -> list[ExpectedAlert]:
    """Return the expected alerts that no alert answers."""
    lives = [_Life(versions) for versions in alerts.values()]
    return [wanted for wanted in expected if not any(_answers(life, wanted, tasks) for life in lives)]


class _Life:
    """One alert from its first version to its last."""

    def __init__(self, versions: list[SeenVersion]) -> None:
        last = versions[-1].row
        self.versions = versions
        self.stay_id: str | None = last.get("stay_id")
        self.cause: str = last["cause"]
        self.cause_id: str = last["cause_id"]
        self.began_at = instant_ms(last["began_at"])
        ended = [seen.from_at for seen in versions if seen.row.get("ended_at")]
        self.ended_at = min(ended, default=None)

    def class_by(self, at: int) -> int:
        """The highest class it had up to an instant."""
        known = [seen.row["alert_class"] for seen in self.versions if seen.from_at <= at]
        return max((_RANK[word] for word in known), default=-1)


def _answers(life: _Life, wanted: ExpectedAlert, tasks: dict[str, Json]) -> bool:
    if wanted.why == "sos":
        mine = life.cause == "sos" and life.cause_id == wanted.stay_id
        lasts = life.ended_at is None or life.ended_at >= wanted.until_at
        return mine and lasts and life.began_at <= wanted.from_at + LOOK_MS
    if life.stay_id != wanted.stay_id:
        return False
    if wanted.why == "response":
        alive = life.ended_at is None or life.ended_at >= wanted.from_at
        begun = life.began_at <= wanted.until_at
        known = life.class_by(wanted.until_at + LOOK_MS) >= _RANK[wanted.alert_class or "plain"]
        return life.cause in ("response", "unobtainable") and alive and begun and known
    if life.cause != "overdue_task":
        return False
    if wanted.why == "visit":
        alive = life.ended_at is None or life.ended_at >= wanted.from_at
        return life.cause_id == wanted.task_id and alive and life.began_at <= wanted.until_at
    if wanted.task_id is not None:
        return life.cause_id == wanted.task_id and life.began_at <= wanted.until_at
    kind = tasks.get(life.cause_id, {}).get("kind")
    return kind == "observation" and wanted.from_at <= life.began_at <= wanted.until_at


def doubled(alerts: dict[str, list[SeenVersion]]) -> list[str]:
    """Return alerts that say the same thing at the same time as another, or ask a step twice."""
    found: list[str] = []
    seen: dict[tuple[str, str], list[_Life]] = {}
    for alert_id, versions in alerts.items():
        life = _Life(versions)
        subject = (life.stay_id if life.cause == "response" else None) or life.cause_id
        others = seen.setdefault((life.cause, subject), [])
        if any(_overlap(life, other) for other in others):
            found.append(alert_id)
        others.append(life)
        # A raised alert asks its accepter before the assignee, both in step 1: a step is a person's, too.
        asked = versions[-1].row["steps"]
        steps = Counter((step["round"], step["step"], step.get("staff_id")) for step in asked)
        if any(count > 1 for count in steps.values()):
            found.append(alert_id)
    return found


def _overlap(one: _Life, other: _Life) -> bool:
    first, second = sorted((one, other), key=lambda life: life.began_at)
    return first.ended_at is None or first.ended_at > second.began_at + LOOK_MS


def needless(expected: list[ExpectedAlert], alerts: dict[str, list[SeenVersion]]) -> int:
    """Return how many alerts name a task that was never overdue by more than a look."""
    wanted = {expectation.task_id for expectation in expected}
    lives = [_Life(versions) for versions in alerts.values()]
    return sum(life.cause == "overdue_task" and life.cause_id not in wanted for life in lives)
