"""The last day of a patient, as the sets that a ward would have charted by now."""

import random
from dataclasses import dataclass
from typing import Any

from ward_sim import score_oracle
from ward_sim.bedside import vital_signs
from ward_sim.instants import HOUR, MINUTE
from ward_sim.physiology import Body, Episode, new_body

Json = dict[str, Any]
# The ward looks at everybody at least every four hours while a stay is young (docs/escalation.md, "Observation duty").
_LONGEST = 240


@dataclass(frozen=True, slots=True)
class Past:
    """A body, when it was admitted, and its sets so far, oldest first."""

    body: Body
    admitted_at: int
    sets: list[tuple[int, Json]]

    @property
    def ends_ill(self) -> bool:
        """Whether the newest set demands a response."""
        return score_oracle.alert_class(score_oracle.expected_score(self.sets[-1][1])) is not None


def past_of(die: random.Random, now: int, *, ill_for_ms: int | None, late_by_ms: int | None) -> Past:
    """Return a patient's last day up to now.

    `ill_for_ms`: how long ago a deterioration began that nobody has treated. `late_by_ms`: how long the next set has
    been due already; None: it is due some time soon.
    """
    fresh = late_by_ms is not None or die.random() < 0.3
    admitted_at = now - (die.randrange(20 * HOUR, 23 * HOUR) if fresh else die.randrange(30 * HOUR, 80 * HOUR))
    from_at = max(admitted_at, now - 26 * HOUR)
    body = new_body(die, from_at, now, ill_share=0.0)
    if ill_for_ms is not None:
        body.episodes.append(Episode(now - ill_for_ms, 3 * HOUR, die.uniform(0.6, 1.0)))
    elif die.random() < 0.25:
        onset_at = now - die.randrange(18 * HOUR, 24 * HOUR)
        body.episodes.append(Episode(onset_at, 3 * HOUR, die.uniform(0.4, 0.8), onset_at + 4 * HOUR))
    sets: list[tuple[int, Json]] = []
    at = from_at + die.randrange(10 * MINUTE, HOUR)
    # The last set of a late patient was due again so long ago; nobody has come since.
    last_at = now - 4 * MINUTE if late_by_ms is None else now - late_by_ms - _LONGEST * MINUTE
    while at < last_at - (0 if late_by_ms is None else HOUR):
        values = body.read(at)
        minutes = min(_LONGEST, score_oracle.interval_minutes(score_oracle.expected_score(values).band))
        sets.append((at, vital_signs(die, values, incomplete_share=0.04)))
        at += round(minutes * MINUTE * die.uniform(0.8, 1.05))
    if late_by_ms is not None:
        sets.append((last_at, body.read(last_at)))
    if ill_for_ms is not None and sets[-1][0] < now - 25 * MINUTE:
        # Somebody worried looked again a few minutes ago.
        worried_at = now - die.randrange(5 * MINUTE, 20 * MINUTE)
        sets.append((worried_at, body.read(worried_at)))
    return Past(body, admitted_at, sets)
