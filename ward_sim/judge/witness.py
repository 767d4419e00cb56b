"""A reader with a perfect line: every change of a unit with the instant at which it was first to be seen."""

from dataclasses import dataclass, field
from typing import Any

from ward_sim.asgi_door import AsgiDoor, Socket
from ward_sim.instants import MINUTE

Json = dict[str, Any]
Key = tuple[str, str]
_PAGE = 500


@dataclass(frozen=True, slots=True)
class SeenVersion:
    """A version of a row, and from when until when it was the newest; `until_at` None: still."""

    row: Json
    from_at: int
    until_at: int | None


@dataclass(slots=True)
class Witness:
    """Reads one feed after every step of the server."""

    door: AsgiDoor
    token: str
    feed: str
    epoch: str = ""
    seq: int = 0
    history: dict[Key, list[SeenVersion]] = field(default_factory=dict)
    gaps: int = 0
    socket: Socket | None = None

    async def begin(self, now: int) -> None:
        """Start from a snapshot."""
        epoch, head, rows = await self.snapshot()
        self.epoch, self.seq = epoch, head
        for key, (_, row) in rows.items():
            self._note(key, row, now)

        self.socket = await self.door.connect("/api/sync/live", self.token)
        subscriptions = {self.feed: [epoch, head]}
        hello = {"frame": "hello", "subscriptions": subscriptions}
        await self.door.tell(self.socket, hello)

    async def look(self, now: int) -> None:
        """Read every change since the last look: from the socket, or by pages where it left a gap."""
        behind = self.socket is None or self.socket.closed
        for frame in self.socket.take_frames() if self.socket else []:
            if frame["frame"] == "delta" and frame["from"] == self.seq + 1:
                self._read(frame["changes"], now)
            elif frame["frame"] == "ping" and self.socket:
                await self.door.tell(self.socket, {"frame": "pong", "at": frame["at"]})
            elif frame["frame"] == "reset" or frame.get("to", frame.get("head", 0)) > self.seq:
                behind = True
        if behind:
            await self._page(now)

    async def _page(self, now: int) -> None:
        more = True
        while more:
            query = f"feed={self.feed}&epoch={self.epoch}&after={self.seq}&limit={_PAGE}"
            reply = await self.door.request("GET", f"/api/sync/changes?{query}", token=self.token)
            if reply.status != 200:
                raise RuntimeError(f"the witness got {reply.status} for the changes of {self.feed}")
            self._read(reply.json["changes"], now)
            more = reply.json["more"]

    def _read(self, changes: list[Json], now: int) -> None:
        for change in changes:
            self.gaps += change["seq"] != self.seq + 1
            self.seq = change["seq"]
            self._note((change["type"], change["id"]), change["row"], now)

    async def snapshot(self) -> tuple[str, int, dict[Key, tuple[int, Json]]]:
        """Return epoch, head and all rows of the feed, fresh from the server."""
        rows: dict[Key, tuple[int, Json]] = {}
        chunk = 0
        while True:
            path = f"/api/sync/snapshot/{self.feed}?chunk={chunk}"
            reply = await self.door.request("GET", path, token=self.token)
            if reply.status != 200:
                raise RuntimeError(f"the witness got {reply.status} for the snapshot of {self.feed}")
            part = reply.json
            rows |= {(r["type"], r["id"]): (r["version"], r["row"]) for r in part["rows"]}
            if part["last"]:
                return part["epoch"], part["head"], rows
            chunk += 1

    def _note(self, key: Key, row: Json | None, now: int) -> None:
        if key[0] == "exit":
            for versions in self.history.values():
                # A row that came and went between two looks has no version.
                if versions and versions[-1].row.get("stay_id") == key[1]:
                    _close(versions, now)
            return
        versions = self.history.setdefault(key, [])
        _close(versions, now)
        if row is not None:
            versions.append(SeenVersion(row, now, None))

    def newest(self, type_name: str) -> dict[str, Json]:
        """Return the last version ever seen of each row of a type, gone ones too."""
        return {
            row_id: versions[-1].row
            for (kind, row_id), versions in self.history.items()
            if kind == type_name and versions
        }

    def versions(self, type_name: str) -> dict[str, list[SeenVersion]]:
        """Return every version of each row of a type."""
        return {row_id: seen for (kind, row_id), seen in self.history.items() if kind == type_name}


def _close(versions: list[SeenVersion], now: int) -> None:
    if versions and versions[-1].until_at is None:
        versions[-1] = SeenVersion(versions[-1].row, versions[-1].from_at, now)


# The server is stepped once a minute when nobody asks it anything: what a sweep does is seen at most so late.
LOOK_MS = MINUTE
