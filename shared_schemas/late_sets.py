"""Sets that reached the server after their patient had left: who leads the unit is told, until she has seen them."""

from shared_schemas.base import Body, Id, Instant, Line, Row
from shared_schemas.flags import Flag
from shared_schemas.vitals import Score, VitalSigns


class LateSetRow(Row, kw_only=True):
    """A set of a patient who has left, charted and kept, that raised no alert and is on no patient's screen.

    It names the patient itself and no stay: the stay's rows leave the tablets, this one stays until somebody who leads
    the unit has seen it. `bed_id`: the last bed.
    """

    type_name = "late_set"
    rank = 6

    entry_id: Id
    patient_name: Line
    patient_lang: str
    bed_id: Id | None = None
    departed_at: Instant
    observed_at: Instant
    recorded_at: Instant
    received_at: Instant
    author_staff_id: Id
    values: VitalSigns
    score: Score
    flags: list[Flag] = []
    supersedes: Id | None = None
    correction_reason: Line | None = None


class LateSetSeen(Body, kw_only=True):
    """A charge or head nurse has seen a late set and does what it asks for; it leaves the tray."""

    type_name = "late_set_seen"

    set_entry_id: Id
