"""Seals an entry: the author's proof, HMAC-SHA-256 over its lines, first 16 bytes (docs/protocol.md, "Entry")."""

import base64
import hashlib
import hmac

import msgspec

from ward_sim.twin.contract import Json

_LINES = ("entry_id", "device_id", "n", "type", "v", "session_id", "recorded_at")


def mac(session_key: str, entry: Json) -> str:
    """Return the mac of an entry under a session key (base64url), itself base64url without padding."""
    lines = [str(entry[name]) for name in _LINES]
    lines += [",".join(entry["depends_on"]), entry["body"]]
    key = base64.urlsafe_b64decode(session_key + "=" * (-len(session_key) % 4))
    digest = hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def sealed(entry: Json, session_key: str) -> Json:
    """Return the entry with the author's proof; what it bore before does not count."""
    return {**entry, "mac": mac(session_key, entry)}


def kept(entry: Json, staff_id: str) -> Json:
    """Return a sealed entry as storage keeps it (`pwa/src/sync/save.ts`): with what the core is told of it."""
    return {
        "entry_id": entry["entry_id"],
        "n": entry["n"],
        "stay_id": msgspec.json.decode(entry["body"]).get("stay_id"),
        "depends_on": entry["depends_on"],
        "bytes": len(msgspec.json.encode(entry)),
        "staff_id": staff_id,
        "entry": entry,
    }
