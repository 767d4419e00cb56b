"""A tablet written from docs/protocol.md alone: nothing of the project is imported here."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
from websockets.asyncio.client import ClientConnection, connect

MOST_ENTRIES, WEEK_S, PROTOCOL = 500, 7 * 24 * 3600, 1
Json = dict[str, Any]


def uuid7(now_s: float) -> str:
    bits = int(now_s * 1000) << 80 | 7 << 76 | random.getrandbits(12) << 64 | 2 << 62 | random.getrandbits(62)
    return str(UUID(int=bits))


def instant(now_s: float) -> str:
    return datetime.fromtimestamp(now_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def mac(session_key: str, entry: Json) -> str:
    names = ("entry_id", "device_id", "n", "type", "v", "session_id", "recorded_at")
    lines = [*(str(entry[name]) for name in names), ",".join(entry.get("depends_on", [])), entry["body"]]
    key = base64.urlsafe_b64decode(session_key + "=" * (-len(session_key) % 4))
    return base64.urlsafe_b64encode(hmac.digest(key, "\n".join(lines).encode(), "sha256")[:16]).rstrip(b"=").decode()


class Client:
    """What a tablet keeps: outbox, sent ring and tray; the rows of its feeds and a cursor for each."""

    def __init__(self, url: str, clock: Callable[[], float]) -> None:
        self.http, self.clock = httpx.AsyncClient(base_url=url), clock
        self.url, self.token, self.device_id, self.unit_id = url, "", "", ""
        self.sessions: dict[str, Json] = {}
        self.n, self.attempt, self.wait_s, self.epoch, self.server_s = 0, 0, 0.0, "", 0.0
        self.outbox: list[Json] = []
        self.sent: list[tuple[float, Json]] = []
        self.held: dict[str, Json] = {}
        self.rows: dict[str, dict[tuple[str, str], Json]] = {}
        self.cursors: dict[str, tuple[str, int]] = {}

    async def pair(self, code: str, name: str) -> None:
        reply = await self.http.post("/api/devices", json={"pairing_code": code, "name": name})
        told = reply.raise_for_status().json()
        self.token, self.device_id, self.unit_id = told["device_token"], told["device_id"], told["unit_id"]
        self.http.cookies.clear()
        self.http.headers["authorization"], self.n = f"Bearer {self.token}", 0

    async def log_in(self, staff_id: str, pin: str) -> None:
        reply = await self.http.post("/api/sessions", json={"staff_id": staff_id, "pin": pin})
        self.sessions[staff_id] = reply.raise_for_status().json()

    def save(self, staff_id: str, type_name: str, v: int, fields: Json) -> str:
        now, session, self.n = self.clock(), self.sessions[staff_id], self.n + 1
        body = {"observed_at": instant(now), "clock_quality": "fresh", **fields}
        entry = {"entry_id": uuid7(now), "device_id": self.device_id, "n": self.n, "type": type_name, "v": v}
        entry |= {"session_id": session["session_id"], "recorded_at": instant(now), "body": json.dumps(body)}
        entry["mac"] = mac(session["session_key"], entry)
        self.outbox.append(entry)
        return entry["entry_id"]

    async def push(self) -> bool:
        """Send all that waits, oldest first; False: something must be tried again after `wait_s`."""
        later: set[str] = set()
        while waiting := [entry for entry in self.outbox if entry["entry_id"] not in later]:
            batch = waiting[:MOST_ENTRIES]  # more than 256 KiB is refused with 413, and halved
            if not await self._send(batch):
                self.wait_s, self.attempt = random.uniform(0, min(60, 2**self.attempt)), self.attempt + 1
                return False
            later |= {entry["entry_id"] for entry in batch if entry in self.outbox}
        self.attempt = 0
        return not self.outbox

    async def _send(self, batch: list[Json]) -> bool:
        """One batch; halved while the server refuses it as a whole. False: no verdicts, nothing has changed."""
        asked = {"outbox_depth": len(self.outbox), "max_n": self.n, "entries": batch}
        try:
            reply = await self.http.post("/api/sync/entries", json=asked)
            told = reply.json()
        except (httpx.TransportError, ValueError):
            return False
        if reply.status_code in (400, 413, 422):
            half = len(batch) // 2
            if half == 0:
                self._take_out(batch[0], {"verdict": "held", "reason": "not_taken"})
            return half == 0 or (await self._send(batch[:half]) and await self._send(batch[half:]))
        if reply.status_code != 200:
            return False
        self.server_s = datetime.fromisoformat(told["server_at"]).timestamp()
        for entry, verdict in zip(batch, told["verdicts"], strict=True):
            if verdict["verdict"] in ("accepted", "duplicate", "flagged", "held"):
                self._take_out(entry, verdict)
        self._learn(told["epoch"])
        missing = {(self.device_id, n) for first, last in told.get("missing", []) for n in range(first, last + 1)}
        self._send_again([entry for _, entry in self.sent if (entry["device_id"], entry["n"]) in missing])
        return True

    def _take_out(self, entry: Json, verdict: Json) -> None:
        self.outbox = [other for other in self.outbox if other is not entry]
        self.sent = [(at, other) for at, other in self.sent if at > self.server_s - WEEK_S]
        if verdict.get("reason") != "not_taken":
            self.sent.append((self.server_s, entry))
        if "held" in (verdict["verdict"], verdict.get("outcome")):
            self.held[entry["entry_id"]] = verdict

    def _learn(self, epoch: str) -> None:
        """Another epoch: the server went back in time, and gets all of the sent ring again."""
        if self.epoch not in ("", epoch):
            self._send_again([entry for _, entry in self.sent])
        self.epoch = epoch

    def _send_again(self, again: list[Json]) -> None:
        self.sent = [(at, entry) for at, entry in self.sent if entry not in again]
        self.outbox = sorted([*self.outbox, *again], key=lambda e: (e["device_id"] == self.device_id, e["n"]))

    async def pull(self, feed: str) -> None:
        """Bring one feed up to date: pages after the cursor, or a snapshot where there is none that is served."""
        while True:
            if feed not in self.cursors:
                await self._snapshot(feed)
            epoch, after = self.cursors[feed]
            asked = {"feed": feed, "epoch": epoch, "after": after, "limit": 500, "protocol": PROTOCOL}
            reply = await self.http.get("/api/sync/changes", params=asked)
            if reply.status_code == 410:
                del self.cursors[feed]
                continue
            page = reply.raise_for_status().json()
            self._apply(feed, page["changes"])
            if not page["more"]:
                return

    async def _snapshot(self, feed: str) -> None:
        chunks: list[Json] = []
        while not chunks or not chunks[-1]["last"]:
            asked = {"chunk": len(chunks), "protocol": PROTOCOL} | ({"head": chunks[0]["head"]} if chunks else {})
            reply = await self.http.get(f"/api/sync/snapshot/{feed}", params=asked)
            told = {} if chunks and reply.status_code == 404 else reply.raise_for_status().json()
            same = not chunks or all(told.get(name) == chunks[0][name] for name in ("epoch", "head"))
            chunks = [*chunks, told] if same else []
        self.rows[feed] = {(row["type"], row["id"]): row for chunk in chunks for row in chunk["rows"]}
        self.cursors[feed] = (chunks[0]["epoch"], chunks[0]["head"])
        self._learn(chunks[0]["epoch"])

    def _apply(self, feed: str, changes: list[Json]) -> None:
        rows = self.rows[feed]
        for change in changes:
            if change["type"] == "exit":
                for key in [key for key, row in rows.items() if row["row"].get("stay_id") == change["id"]]:
                    del rows[key]
            elif change["row"] is None:
                rows.pop((change["type"], change["id"]), None)
            else:
                rows[change["type"], change["id"]] = change
            self.cursors[feed] = (self.cursors[feed][0], change["seq"])

    def sum(self, feed: str) -> str:
        names = (f"{kind}/{row_id}/{row['version']}" for (kind, row_id), row in self.rows[feed].items())
        total = sum(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") for name in names)
        return f"{total % 2**64:016x}"

    @asynccontextmanager
    async def live(self) -> AsyncIterator[AsyncIterator[Json]]:
        """The socket, greeted; iterate over its frames, each applied before it is handed on."""
        address = f"{self.url.replace('http', 'ws', 1)}/api/sync/live?protocol={PROTOCOL}"
        async with connect(address, additional_headers={"authorization": f"Bearer {self.token}"}) as socket:
            said = dict(self.cursors)
            await socket.send(json.dumps({"frame": "hello", "subscriptions": said, "outbox_depth": len(self.outbox)}))
            yield self._frames(socket, said)

    async def _frames(self, socket: ClientConnection, said: dict[str, tuple[str, int]]) -> AsyncIterator[Json]:
        async for text in socket:
            told = json.loads(text)
            same = zip(said.items(), told["sums"], strict=True) if told["frame"] == "same" else ()
            uptos = [{"frame": "upto", "feed": f, "epoch": e, "head": n, "sum": total} for (f, (e, n)), total in same]
            for frame in uptos or [told]:
                await self._hear(socket, frame)
                yield frame

    async def _hear(self, socket: ClientConnection, frame: Json) -> None:
        kind, feed = frame["frame"], frame.get("feed", "")
        epoch, seq = self.cursors.get(feed, ("", 0))
        if kind == "ping":
            await socket.send(json.dumps({"frame": "pong", "at": frame["at"]}))
        elif kind == "delta" and (frame["epoch"], frame["from"]) == (epoch, seq + 1):
            self._apply(feed, frame["changes"])
        elif kind == "delta" or (kind == "upto" and (frame["epoch"], frame["head"]) != (epoch, seq)):
            await self.pull(feed)
        elif kind == "reset" or (kind == "upto" and frame["sum"] != self.sum(feed)):
            self.cursors.pop(feed, None)
            await self.pull(feed)
