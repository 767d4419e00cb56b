"""The trace of a scenario: all that passed between tablets and server, as one number by which two runs are compared."""

import hashlib
import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from ward_sim.asgi_door import Reply
from ward_sim.chaos.network import ChaosLine

# The server makes tablets' and sessions' ids and tokens by chance of its own; each counts as the how-manieth it is.
_MADE = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=\")[0-9a-f]{16}(?=\")")
_PROOFS = re.compile(r'"(?:mac|sum)":"[^"]*"')


@dataclass(slots=True)
class Trace:
    """A tap that remembers nothing but the number."""

    digest: Any = field(default_factory=hashlib.sha256)
    _names: dict[str, str] = field(default_factory=dict)

    def sent(self, line: ChaosLine, method: str, path: str, body: Any) -> None:
        """A tablet asked."""
        self._note(line, f"{method} {path}", body)

    def answered(self, line: ChaosLine, asked: tuple[str, str, Any], reply: Reply) -> None:
        """The server answered."""
        self._note(line, f"{reply.status} to {asked[1]}", reply.json)

    def framed(self, line: ChaosLine, frame: Any) -> None:
        """The server sent a frame."""
        self._note(line, "frame", frame)

    def _note(self, line: ChaosLine, what: str, told: Any) -> None:
        text = f"{line.world.now} {line.number} {what} {msgspec.json.encode(told).decode()}\n"
        text = _MADE.sub(self._name, _PROOFS.sub("", text))
        self.digest.update(text.encode())

    def _name(self, found: re.Match[str]) -> str:
        return self._names.setdefault(found[0], f"#{len(self._names)}")

    def number(self) -> str:
        """The whole of it in 16 figures."""
        return self.digest.hexdigest()[:16]
