"""The author's proof: HMAC-SHA-256 over an entry's lines, first 16 bytes (docs/protocol.md, "Entry")."""

import base64
import hashlib
import hmac

from ward_sim.twin.events import Json

_LINES = ("entry_id", "device_id", "n", "type", "v", "session_id", "recorded_at")


def mac(session_key: str, entry: Json) -> str:
    """Return the mac of an entry under a session key (base64url), itself base64url without padding."""
    lines = [str(entry[name]) for name in _LINES]
    lines += [",".join(entry["depends_on"]), entry["body"]]
    key = base64.urlsafe_b64decode(session_key + "=" * (-len(session_key) % 4))
    digest = hmac.new(key, "\n".join(lines).encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()
