"""Bounded building blocks of every Struct: what a decoder must refuse is refused here."""

from datetime import datetime
from enum import Enum
from typing import Annotated, ClassVar

from msgspec import Meta, Struct

# Patterns end in `$(?!\\n)`: in Python `$` alone also matches before a last line break, in JavaScript it does not.
# Canonical lower-case UUID. Kept as text: ids are compared and stored, never computed with.
Id = Annotated[str, Meta(pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$(?!\\n)")]
FeedId = Annotated[str, Meta(pattern="^(reference|(unit|user):[0-9a-f-]{36})$(?!\\n)")]
Instant = Annotated[datetime, Meta(tz=True)]
# Text that a person typed: no control characters (NUL breaks PostgreSQL), but line breaks are kept.
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern="^[^\\u0000-\\u001f\\u007f]*$(?!\\n)")]
Code = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[a-z0-9_]*$(?!\\n)")]
Text = Annotated[str, Meta(min_length=1, max_length=4000, pattern="^[^\\u0000-\\u0008\\u000b-\\u001f\\u007f]*$")]
Counter = Annotated[int, Meta(ge=0, lt=2**53)]  # exact in a JavaScript number
Minutes = Annotated[int, Meta(ge=0, le=60 * 24 * 30)]


class ClockQuality(Enum):
    """How well the tablet knew its offset from the server when the entry was saved."""

    UNKNOWN = "unknown"
    STALE = "stale"
    FRESH = "fresh"


class Seen(Struct, forbid_unknown_fields=True):
    """The last change of a feed that was on the screen when the entry was written."""

    feed: FeedId
    epoch: Line
    seq: Counter


class Body(Struct, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """The fixed part of every entry's body; each entry type adds its own fields.

    `type_name` and `version` are the envelope's `type` and `v`.
    """

    type_name: ClassVar[str]
    version: ClassVar[int] = 1

    observed_at: Instant
    clock_offset_ms: Annotated[int, Meta(gt=-(2**53), lt=2**53)] = 0
    clock_quality: ClockQuality = ClockQuality.UNKNOWN
    base_version: Counter | None = None
    seen: Seen | None = None


class Row(Struct, omit_defaults=True, kw_only=True):
    """A whole row of a feed as a tablet keeps it. Unknown fields are preserved by the tablet.

    `type_name` is the change's `type`; `rank` orders a snapshot as a nurse needs it.
    """

    type_name: ClassVar[str]
    rank: ClassVar[int]
