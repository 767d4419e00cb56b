"""A feed's checksum: the sum modulo 2^64 over its rows (docs/protocol.md, "Live socket")."""

import hashlib
from functools import lru_cache


@lru_cache(1 << 16)
def row_sum(type_name: str, row_id: str, version: int) -> int:
    """Return one row's part."""
    digest = hashlib.sha256(f"{type_name}/{row_id}/{version}".encode()).digest()
    return int.from_bytes(digest[:8], "big")
