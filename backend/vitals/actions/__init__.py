"""What happens to vital signs and to the duty to observe, one transaction each."""

from backend.vitals.actions.cancel import CHARTED, undo_placements
from backend.vitals.actions.chart import chart_vital_signs
from backend.vitals.actions.correct import correct_vital_signs
from backend.vitals.actions.interval import set_observation_interval
from backend.vitals.actions.late import see_late_sets
from backend.vitals.actions.pause import pause_observations, resume_observations, stop_observations
from backend.vitals.actions.respond import answer_responses
from backend.vitals.actions.scale import set_spo2_scale

__all__ = [
    "CHARTED",
    "answer_responses",
    "chart_vital_signs",
    "correct_vital_signs",
    "pause_observations",
    "resume_observations",
    "see_late_sets",
    "set_observation_interval",
    "set_spo2_scale",
    "stop_observations",
    "undo_placements",
]
