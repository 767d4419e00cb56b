"""The author's proof: the text that is signed, and the mac over it (docs/protocol.md)."""

import hmac
from base64 import urlsafe_b64encode

from shared_schemas.wire import Envelope

MAC_BYTES = 16


def signed_text(envelope: Envelope) -> bytes:
    """The lines over which the mac is made; `recorded_at` exactly as sent."""
    lines = (
        envelope.entry_id,
        envelope.device_id,
        str(envelope.n),
        envelope.type,
        str(envelope.v),
        envelope.session_id,
        str(envelope.recorded_at),
        ",".join(envelope.depends_on),
        envelope.body,
    )
    return "\n".join(lines).encode()


def mac(session_key: bytes, text: bytes) -> str:
    """The first 16 bytes of HMAC-SHA-256, base64url without padding."""
    return urlsafe_b64encode(hmac.digest(session_key, text, "sha256")[:MAC_BYTES]).rstrip(b"=").decode()


def is_proven(session_key: bytes, envelope: Envelope) -> bool:
    """The envelope and its body were written with this session key."""
    return hmac.compare_digest(mac(session_key, signed_text(envelope)), envelope.mac)
