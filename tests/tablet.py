"""A small tablet over ASGI: it pairs, signs people in, saves entries with their mac, pushes, pulls and listens."""

from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx
import msgspec

from backend.access.actions import OpenedSession, make_pairing_code, open_session
from backend.alerts.push import Push, WebPush
from backend.app import Ward as Server
from backend.changes.actions import open_feed
from backend.changes.rules import checksum, row_hash
from backend.clock import SteppedClock
from backend.db import unit_of_work
from backend.settings import Settings
from backend.sync.rules.proof import mac
from shared_schemas.base import Body, ClockQuality
from shared_schemas.registry import ROWS
from shared_schemas.wire import ChangesPage, EntryVerdict, PushReply, SnapshotChunk, Verdict
from tests.live_socket import LiveSocket

ORIGIN = "http://127.0.0.1:8000"
# Packing the app's files takes longer than most tests of what is charted.
NO_PWA = Path(__file__).parent / "no-pwa"
Key = tuple[str, str]
_json = msgspec.json.Encoder()


def instant(at: datetime) -> str:
    """An instant as tablets send it."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@asynccontextmanager
async def served(
    settings: Settings, clock: SteppedClock, push: Push | None = None, *, pwa: Path = NO_PWA
) -> AsyncIterator[Server]:
    """A stepped server on the test's database: its clock is the test's, and `advance` runs the sweeps."""
    server = Server(settings, clock, push or WebPush(settings), stepped=True, pwa=pwa)
    async with server.open():
        yield server


@dataclass(eq=False)
class Tablet:
    """A paired tablet of a unit: its outbox, its rows and its cursors."""

    server: Server
    http: httpx.AsyncClient
    device_id: str
    token: str
    unit_id: str
    n: int = 0
    outbox: list[dict[str, Any]] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    verdicts: dict[str, EntryVerdict] = field(default_factory=dict)
    missing: list[tuple[int, int]] = field(default_factory=list)
    cursors: dict[str, tuple[str, int]] = field(default_factory=dict)
    kept: dict[str, dict[Key, tuple[int, Any]]] = field(default_factory=dict)
    sessions: dict[str, OpenedSession] = field(default_factory=dict)

    @classmethod
    async def paired(cls, server: Server, unit_id: str, name: str = "tablet") -> Self:
        """A new tablet, paired through the door with a fresh code."""
        async with unit_of_work(server.database, server.clock.now()) as work:
            code = await make_pairing_code(work, unit_id)
        http = httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url=ORIGIN)
        reply = await http.post("/api/devices", json={"pairing_code": code, "name": name})
        assert reply.status_code == 201, reply.text
        told = reply.json()
        http.headers["authorization"] = f"Bearer {told['device_token']}"
        http.cookies.clear()
        return cls(server, http, told["device_id"], told["device_token"], told["unit_id"])

    @property
    def now(self) -> datetime:
        return self.server.clock.now()

    async def sign_in(self, staff_id: str) -> OpenedSession:
        """A session without the price of a PIN; the log-in door has its own tests."""
        async with unit_of_work(self.server.database, self.now) as work:
            await open_feed(work.connection, f"user:{staff_id}")
            opened = await open_session(work, self.device_id, staff_id)
        self.sessions[staff_id] = opened
        return opened

    async def log_in(self, staff_id: str, pin: str) -> OpenedSession:
        """A session through the door."""
        reply = await self.http.post("/api/sessions", json={"staff_id": staff_id, "pin": pin})
        assert reply.status_code == 201, reply.text
        told = reply.json()
        key, over = told["session_key"], datetime.fromisoformat(told["expires_at"])
        self.sessions[staff_id] = OpenedSession(told["session_id"], key, staff_id, over)
        return self.sessions[staff_id]

    def save(self, staff_id: str, body: Body | dict[str, Any] | str, **envelope: Any) -> str:
        """Put an entry of that person into the outbox; returns its id.

        A Struct is marked as written with a fresh clock; a dict or a text is taken as it is (give `type`).
        """
        if isinstance(body, Body):
            if body.clock_quality is ClockQuality.UNKNOWN:
                body = msgspec.structs.replace(body, clock_quality=ClockQuality.FRESH)
            envelope = {"type": body.type_name, "v": body.version, **envelope}
        text = body if isinstance(body, str) else _json.encode(body).decode()
        entry = self.envelope(staff_id, text, **envelope)
        self.outbox.append(entry)
        return entry["entry_id"]

    def envelope(self, staff_id: str, text: str, **given: Any) -> dict[str, Any]:
        """An entry as it is sent; whatever is given replaces what a good tablet writes."""
        session = self.sessions[staff_id]
        self.n += 1
        entry = {
            "entry_id": str(uuid4()),
            "device_id": self.device_id,
            "n": self.n,
            "v": 1,
            "session_id": session.session_id,
            "recorded_at": instant(self.now),
            "depends_on": [],
            "body": text,
            **given,
        }
        if "mac" not in entry:
            key = urlsafe_b64decode(session.session_key + "=")
            entry["mac"] = mac(key, signed(entry))
        return entry

    async def post(self, content: bytes, **headers: str) -> httpx.Response:
        """Any bytes to the door for entries."""
        return await self.http.post(
            "/api/sync/entries", content=content, headers={"content-type": "application/json", **headers}
        )

    async def push(self, entries: list[dict[str, Any]] | None = None) -> list[EntryVerdict]:
        """Send the outbox (or these entries); what got a verdict leaves it. Returns the verdicts in order."""
        sent = list(self.outbox) if entries is None else entries
        batch = {"outbox_depth": len(self.outbox), "max_n": self.n, "entries": sent}
        reply = await self.post(_json.encode(batch))
        assert reply.status_code == 200, reply.text
        told = msgspec.json.decode(reply.content, type=PushReply)
        verdicts, self.missing = told.verdicts, told.missing
        assert len(verdicts) == len(sent)
        for entry, verdict in zip(sent, verdicts, strict=True):
            self.verdicts[entry["entry_id"]] = verdict
            if verdict.verdict is not Verdict.LATER and entry in self.outbox:
                self.outbox.remove(entry)
                self.sent.append(entry)
        return verdicts

    async def say(self, staff_id: str, body: Body, **envelope: Any) -> EntryVerdict:
        """Save one entry and send the outbox; the verdict on it."""
        entry_id = self.save(staff_id, body, **envelope)
        await self.push()
        return self.verdicts[entry_id]

    async def feeds(self) -> list[str]:
        """The feeds that this tablet may read."""
        return (await self.http.get("/api/devices/me")).json()["feeds"]

    async def pull(self, *feeds: str) -> None:
        """Bring feeds up to date: a snapshot the first time, then pages."""
        for feed in feeds or await self.feeds():
            if feed not in self.cursors:
                await self._take_snapshot(feed)
            await self._take_changes(feed)

    async def _take_snapshot(self, feed: str) -> None:
        self.kept[feed], number = {}, 0
        while True:
            reply = await self.http.get(f"/api/sync/snapshot/{feed}", params={"chunk": number})
            assert reply.status_code == 200, reply.text
            chunk = msgspec.json.decode(reply.content, type=SnapshotChunk)
            self.kept[feed] |= {(row.type, row.id): (row.version, msgspec.json.decode(row.row)) for row in chunk.rows}
            if chunk.last:
                self.cursors[feed] = (chunk.epoch, chunk.head)
                return
            number += 1

    async def _take_changes(self, feed: str) -> None:
        while True:
            epoch, after = self.cursors[feed]
            asked = {"feed": feed, "epoch": epoch, "after": after, "limit": 500}
            reply = await self.http.get("/api/sync/changes", params=asked)
            assert reply.status_code == 200, reply.text
            page = msgspec.json.decode(reply.content, type=ChangesPage)
            self.apply(feed, [msgspec.structs.asdict(change) for change in page.changes])
            if not page.more:
                return

    def apply(self, feed: str, changes: list[dict[str, Any]]) -> None:
        """Apply dense changes to the rows, and move the cursor."""
        for change in changes:
            epoch, seq = self.cursors[feed]
            assert change["seq"] == seq + 1
            rows, key = self.kept[feed], (change["type"], change["id"])
            row = msgspec.json.decode(change["row"]) if isinstance(change["row"], msgspec.Raw) else change["row"]
            if change["type"] == "exit":
                for left in [key for key, (_, row) in rows.items() if row.get("stay_id") == change["id"]]:
                    del rows[left]
            elif row is None:
                rows.pop(key, None)
            else:
                rows[key] = (change["version"], row)
            self.cursors[feed] = (epoch, change["seq"])

    def checksum(self, feed: str) -> str:
        """The sum over the rows that this tablet holds."""
        return checksum(sum(row_hash(*key, version) for key, (version, _) in self.kept[feed].items()))

    def rows(self, type_name: str, feed: str = "") -> list[Any]:
        """The rows of a type that this tablet holds of its unit (or of another feed)."""
        rows = self.kept.get(feed or f"unit:{self.unit_id}", {})
        return [msgspec.convert(row, ROWS[type_name]) for (kind, _), (_, row) in rows.items() if kind == type_name]

    @asynccontextmanager
    async def live(self, **headers: str) -> AsyncIterator[LiveSocket]:
        """The live socket, greeted with this tablet's cursors."""
        socket = LiveSocket(self.server, self.token, self.cursors, headers)
        await socket.open()
        try:
            yield socket
        finally:
            await socket.hang_up()


def reach(tablet: Tablet, server: Server) -> None:
    """The same tablet, and the server that answers now."""
    tablet.server = server
    proof = {"authorization": f"Bearer {tablet.token}"}
    tablet.http = httpx.AsyncClient(transport=httpx.ASGITransport(server), base_url=ORIGIN, headers=proof)


def signed(entry: dict[str, Any]) -> bytes:
    """The lines of docs/protocol.md, written here a second time."""
    names = ("entry_id", "device_id", "n", "type", "v", "session_id", "recorded_at")
    lines = [*(str(entry[name]) for name in names), ",".join(entry["depends_on"]), entry["body"]]
    return "\n".join(lines).encode(errors="surrogatepass")
