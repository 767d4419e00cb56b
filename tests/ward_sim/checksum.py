"""A feed's checksum: the sum modulo 2^64 over its rows (docs/protocol.md, "Live socket")."""

import hashlib
from collections.abc import Iterable


def row_sum(type_name: str, row_id: str, version: int) -> int:
    """Return one row's part."""
    digest = hashlib.sha256(f"{type_name}/{row_id}/{version}".encode()).digest()
    return int.from_bytes(digest[:8], "big")


def checksum(rows: Iterable[tuple[tuple[str, str], tuple[int, object]]]) -> str:
    """Return the sum over ((type, id), (version, row)), as 16 hex digits."""
    total = sum(row_sum(*key, kept[0]) for key, kept in rows) % 2**64
    return f"{total:016x}"
