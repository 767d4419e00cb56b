"""Vital signs, their score, and the duty to observe."""

from backend.access import rules as gates
from backend.slice import OBSERVED, Handles, Slice
from backend.vitals import actions
from backend.vitals.sweep import OBSERVATION_DUTY
from shared_schemas import vitals as words
from shared_schemas.late_sets import LateSetSeen
from shared_schemas.tasks import ResponseRecorded

SLICE = Slice(
    name="vitals",
    entries={
        words.VitalSignsCharted: Handles(
            gates.may_chart, actions.chart_vital_signs, always_kept=True, of_its_stay=OBSERVED
        ),
        words.VitalSignsCorrected: Handles(gates.may_chart, actions.correct_vital_signs, always_kept=True),
        words.Spo2ScaleSet: Handles(gates.may_prescribe, actions.set_spo2_scale),
        words.ObservationIntervalSet: Handles(gates.may_plan, actions.set_observation_interval),
        words.ObservationsPaused: Handles(gates.may_plan, actions.pause_observations),
        words.ObservationsResumed: Handles(gates.may_chart, actions.resume_observations),
        words.ObservationsStopped: Handles(gates.may_prescribe, actions.stop_observations),
        LateSetSeen: Handles(gates.may_review, actions.see_late_sets),
        # A word about a task, but whether its closing note counts is for the score to say.
        ResponseRecorded: Handles(gates.may_respond, actions.answer_responses),
    },
    sweeps=(OBSERVATION_DUTY,),
)
