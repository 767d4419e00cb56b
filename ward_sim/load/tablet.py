"""A tablet without storage: it seals entries as docs/protocol.md says and sends them over one kept connection."""

from collections.abc import Sequence
from typing import Any, Self

import msgspec

from ward_sim.chance import Chance
from ward_sim.hospital import Person
from ward_sim.instants import instant_text
from ward_sim.load.line import HttpLine, Refused, Reply
from ward_sim.seal import mac

Json = dict[str, Any]
_encoder = msgspec.json.Encoder()


class Tablet:
    """A paired tablet, and one person who may be signed in on it."""

    def __init__(self, line: HttpLine, paired: Json, chance: Chance) -> None:
        self.line, self.chance = line, chance
        self.device_id, self.unit_id, self.token = paired["device_id"], paired["unit_id"], paired["device_token"]
        self._session_id = self._key = ""
        self._n = 0

    @classmethod
    async def paired(cls, line: HttpLine, code: str, chance: Chance) -> Self:
        """Pair with the code; nobody is signed in yet."""
        return cls(line, _decoded(await _post(line, "/api/devices", {"pairing_code": code, "name": "Bench"})), chance)

    @classmethod
    async def signed_in(cls, line: HttpLine, code: str, person: Person, chance: Chance) -> Self:
        """Pair with the code and log the person in."""
        tablet = await cls.paired(line, code, chance)
        await tablet.sign_in(person)
        return tablet

    async def sign_in(self, person: Person) -> None:
        """Log the person in."""
        wanted = {"staff_id": person.staff_id, "pin": person.pin}
        session = _decoded(await _post(self.line, "/api/sessions", wanted, self.token))
        self._session_id, self._key = session["session_id"], session["session_key"]

    def entry(self, type_name: str, body: Json, recorded_ms: int, depends_on: Sequence[str] = ()) -> Json:
        """Seal one entry; `body` has `observed_at` and the fields of its type."""
        self._n += 1
        entry = {
            "entry_id": self.chance.uuid7(recorded_ms),
            "device_id": self.device_id,
            "n": self._n,
            "type": type_name,
            "v": 1,
            "session_id": self._session_id,
            "recorded_at": instant_text(recorded_ms),
            "depends_on": list(depends_on),
            "body": _encoder.encode({**body, "clock_offset_ms": 0, "clock_quality": "fresh"}).decode(),
        }
        return {**entry, "mac": mac(self._key, entry)}

    def push_of(self, entries: list[Json]) -> bytes:
        """Return a batch as it is sent."""
        return _encoder.encode({"outbox_depth": 0, "max_n": self._n, "entries": entries})

    async def send(self, push: bytes) -> Reply:
        """Send a batch; Refused when an entry of it is held or put off."""
        reply = await self.line.ask("POST", "/api/sync/entries", push, **self.proof, content_type="application/json")
        check_verdicts(reply.body)
        return reply

    async def get(self, path: str, **headers: str) -> Reply:
        """Ask a reading door."""
        return await self.line.ask("GET", path, b"", **self.proof, **headers)

    def receipt(self, alert_id: str, step_id: str, at_ms: int) -> Json:
        """What says that this tablet showed an asking."""
        return {"alert_id": alert_id, "step_id": step_id, "kind": "shown", "at": instant_text(at_ms)}

    @property
    def proof(self) -> dict[str, str]:
        """The header with which a tablet proves itself."""
        return {"authorization": f"Bearer {self.token}"}


def check_verdicts(reply: bytes) -> None:
    """Raise Refused unless every entry was applied: a benchmark of refusals would be fast and worthless."""
    for verdict in msgspec.json.decode(reply)["verdicts"]:
        if verdict["verdict"] not in {"accepted", "flagged"}:
            raise Refused(f"An entry was not applied: {verdict}.")


async def _post(line: HttpLine, path: str, wanted: Json, token: str = "") -> Reply:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    return await line.ask("POST", path, _encoder.encode(wanted), **headers, content_type="application/json")


def _decoded(reply: Reply) -> Json:
    return msgspec.json.decode(reply.body)
