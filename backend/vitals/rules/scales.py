"""Which SpO2 scale is in force: scale 2 only by a prescriber's setting, scale 1 while two settings contradict."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol


class Settled(Protocol):
    """A setting that came into force at an instant."""

    @property
    def from_at(self) -> datetime:
        """Since when."""
        ...

    @property
    def scale(self) -> int:
        """1 or 2."""
        ...

    @property
    def conflict(self) -> bool:
        """Whether it contradicts one that its author had not seen."""
        ...


def scale_at(settings: Sequence[Settled], observed_at: datetime) -> tuple[int, bool]:
    """The scale for a set observed then, and whether two settings conflict; a change rescores nothing earlier."""
    before = [each for each in settings if each.from_at <= observed_at]
    if not before:
        return 1, False
    return (1, True) if before[-1].conflict else (before[-1].scale, False)


def unseen(base_version: int | None, scale_version: int, observed_at: datetime, told_at: datetime) -> bool:
    """Whether the author had not seen the setting before hers: by the version on her screen, else by time."""
    return observed_at < told_at if base_version is None else base_version < scale_version
