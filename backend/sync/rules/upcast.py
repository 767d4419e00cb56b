"""What an entry of an older app says in today's words: a step a type and version, dict in, dict out (docs/protocol.md).

An app may come home with entries after 18 months. No step is ever taken away before that; tests/schemas/versions/
has an entry of every version there ever was.
"""

from collections.abc import Callable, Mapping
from typing import Any

from shared_schemas.stays import BED_NOT_NAMED

Fields = dict[str, Any]


def _beds_not_named(body: Fields) -> Fields:
    """Two stays exchanged the beds that they had: which these were was not said."""
    named = {name: body.get(name) or BED_NOT_NAMED for name in ("bed_id", "other_bed_id")}
    return body | named


# From version `v` of a type to the next one. The mac is over the body as it was sent: it is proven before.
UPCASTERS: Mapping[tuple[str, int], Callable[[Fields], Fields]] = {
    ("beds_swapped", 1): _beds_not_named,
}


def in_todays_words(type_name: str, v: int, version: int, body: Fields) -> Fields:
    """The body of version `v` as one of `version`; LookupError when there never was such a version."""
    for step in range(v, version):
        body = UPCASTERS[type_name, step](body)
    return body
