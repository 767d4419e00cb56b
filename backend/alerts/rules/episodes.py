"""When a new score in an open response episode alerts again (rule 16)."""

from dataclasses import dataclass

from shared_schemas.vitals import Band, Parameter

_RANK = {band: rank for rank, band in enumerate(Band)}  # declared from zero to high
# Rule 16 names the figure: a score two above the one that alerted last alerts again.
RISE = 2


@dataclass(frozen=True, slots=True)
class Standing:
    """A score as an episode compares it: its band, its total, and the parameters that score 3."""

    band: Band
    total: int
    threes: frozenset[Parameter]


def alerts_again(alerted: Standing, new: Standing) -> bool:
    """True when a score is a higher band, has a new single 3, or is 2 above the score that alerted last."""
    return (
        _RANK[new.band] > _RANK[alerted.band] or bool(new.threes - alerted.threes) or new.total >= alerted.total + RISE
    )
