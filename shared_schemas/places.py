"""Hospital, units and beds as rows of feeds."""

from enum import Enum
from typing import Annotated

from msgspec import Meta

from shared_schemas.base import Id, Line, Row


class UnitKind(Enum):
    """A ward has beds; a home-care team has a caseload (ADR 11)."""

    WARD = "ward"
    HOME = "home"


class UnitRow(Row, kw_only=True):
    """A ward or a home-care team (reference feed). Phone numbers are dialled without a network.

    `coordinator_phone`: whom an SOS of a home-care team calls; without one it calls `rapid_response_phone`.
    """

    type_name = "unit"
    rank = 0

    unit_id: Id
    name: Line
    time_zone: Line
    lang: str
    rapid_response_phone: Line
    policy_version: int
    kind: UnitKind = UnitKind.WARD
    coordinator_phone: Line | None = None


class BedRow(Row, kw_only=True):
    """A bed of a unit (unit feed); `position` is its place on the ward's list."""

    type_name = "bed"
    rank = 1

    bed_id: Id
    unit_id: Id
    bay: Line
    label: Annotated[str, Meta(max_length=16)]
    position: int
