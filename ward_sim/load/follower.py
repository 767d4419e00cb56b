"""A tablet that follows its feeds live, and of them keeps only the cursors."""

import asyncio
from time import perf_counter
from typing import Any

import msgspec

from ward_sim.load.book import Book
from ward_sim.load.ledger import Ledger
from ward_sim.load.line import HttpLine, Refused
from ward_sim.load.socket import LiveSocket, dial
from ward_sim.load.tablet import Tablet
from ward_sim.twin.backoff import pause_ms

Json = dict[str, Any]
PAGE_LIMIT = 500
BUSY = 503  # come back later, as docs/protocol.md says
NOT_KEPT = 404  # the reading that a chunk continues: begin again
AWAY = (OSError, asyncio.IncompleteReadError)
encode = msgspec.json.Encoder().encode


class Frame(msgspec.Struct, rename={"first": "from", "last": "to"}):
    """A frame of the server's; the changes stay bytes."""

    frame: str
    feed: str = ""
    epoch: str = ""
    first: int = 0
    last: int = 0
    head: int = 0
    sum: str = ""
    at: str = ""
    hello: int = 0
    alert_id: str = ""
    step_id: str = ""
    changes: msgspec.Raw = msgspec.Raw(b"[]")
    sums: list[str] = []


_frame = msgspec.json.Decoder(Frame)


class Follower:
    """One paired tablet with one person; `is_ear`: it measures how long a change takes to reach it."""

    def __init__(self, tablet: Tablet, staff_id: str | None, ledger: Ledger, *, is_ear: bool = False) -> None:
        self.tablet, self.ledger, self.is_ear = tablet, ledger, is_ear
        self.is_in_hand = staff_id is not None
        self.feeds = ("reference", f"unit:{tablet.unit_id}", *([f"user:{staff_id}"] if staff_id else []))
        self.cursors: dict[str, tuple[str, int]] = {}
        self._said: dict[str, tuple[str, int]] = {}
        self._hellos = 0  # on this socket
        self.outbox_depth = 0
        self.reads = HttpLine(tablet.line.address)
        self.socket: LiveSocket | None = None
        self.unsure: set[str] = set()
        self.in_sync = asyncio.Event()
        self._jobs: set[asyncio.Task[Any]] = set()
        self._fetching: set[str] = set()
        self._missed: set[str] = set()
        self._follows: asyncio.Task[None] | None = None

    def came_back(self) -> None:
        """The line is there again."""

    # --- reading ---

    async def pull(self) -> None:
        """Read every feed from its snapshot; the cursor stands where the reading stood."""
        for feed in self.feeds:
            attempts = 0
            while feed not in self.cursors:
                try:
                    await self._snapshot(feed)
                except Refused as refused:
                    if refused.status != BUSY:
                        raise
                    self.ledger.refused[BUSY] += 1
                    await asyncio.sleep(pause_ms(self.ledger.chance, attempts) / 1000)
                    attempts += 1
        self.reads.hang_up()

    async def _snapshot(self, feed: str) -> None:
        rows: list[Any] = []
        number, at = 0, ""
        while True:
            path = f"/api/sync/snapshot/{feed}?chunk={number}{at}"
            try:
                reply = await self.reads.ask("GET", path, b"", **self.tablet.proof)
            except Refused as refused:
                if refused.status != NOT_KEPT or number == 0:
                    raise
                rows, number, at = [], 0, ""
                continue
            chunk = msgspec.json.decode(reply.body)
            rows += chunk["rows"]
            number, at = number + 1, f"&head={chunk['head']}"
            if chunk["last"]:
                break
        self._book(feed).read(chunk["epoch"], chunk["head"], rows)
        self.cursors[feed] = (chunk["epoch"], chunk["head"])

    async def _page(self, feed: str) -> None:
        epoch, seq = self.cursors[feed]
        path = f"/api/sync/changes?feed={feed}&epoch={epoch}&after={seq}&limit={PAGE_LIMIT}"
        try:
            reply = await self.reads.ask("GET", path, b"", **self.tablet.proof)
        except Refused as refused:
            if refused.status != 410:
                raise
            await self._snapshot(feed)
            return
        self.ledger.pages += 1
        page = msgspec.json.decode(reply.body, type=dict[str, msgspec.Raw])
        changes, head = bytes(page["changes"]), msgspec.json.decode(page["head"])
        count = len(msgspec.json.decode(changes, type=list[msgspec.Raw]))
        if count:
            self._book(feed).hear(seq + 1, seq + count, changes)
            self.cursors[feed] = (epoch, seq + count)
        if head > seq + count:
            self._missed.add(feed)

    def _fetch(self, feed: str, *, whole: bool = False) -> None:
        if feed in self._fetching:
            self._missed.add(feed)
        else:
            self._fetching.add(feed)
            self._begin(self._fetched(feed, whole=whole))

    async def _fetched(self, feed: str, *, whole: bool) -> None:
        """Pages until nothing is missed; what fails is asked again later."""
        attempts = 0
        self._missed.add(feed)
        while feed in self._missed:
            self._missed.discard(feed)
            try:
                await (self._snapshot(feed) if whole else self._page(feed))
                whole = False
            except (*AWAY, Refused) as error:
                if isinstance(error, Refused):
                    self.ledger.refused[error.status] += 1
                self._missed.add(feed)
                await asyncio.sleep(pause_ms(self.ledger.chance, attempts) / 1000)
                attempts += 1
        self._fetching.discard(feed)
        self._sure(feed)

    def _book(self, feed: str) -> Book:
        return self.ledger.books.setdefault(feed, Book())

    # --- the live socket ---

    def follow(self) -> None:
        """Follow live from now on, whatever the line does."""
        self._follows = asyncio.create_task(self._live())

    async def _live(self) -> None:
        attempts = 0
        while True:
            await asyncio.sleep(pause_ms(self.ledger.chance, attempts) / 1000)
            attempts += 1
            ended: asyncio.Queue[int] = asyncio.Queue()
            try:
                self.socket = await dial(self.tablet.line.address, self.tablet.token, self._hear, ended.put_nowait)
            except OSError:
                continue
            if self.socket.opened.result():
                attempts = self._hellos = 0
                self.hello()
                self.came_back()
            self.ledger.closed[await ended.get()] += 1
            self.in_sync.clear()
            self.socket = None

    def hello(self) -> None:
        """Say where every feed stands."""
        self.unsure = set(self.feeds)
        self._said = dict(self.cursors)
        self._hellos += 1
        frame = {"frame": "hello", "subscriptions": self.cursors}
        self._say({**frame, "outbox_depth": self.outbox_depth})

    def _say(self, frame: Json) -> None:
        if self.socket is not None:
            self.socket.say(encode(frame))

    def _hear(self, text: bytes) -> None:
        frame = _frame.decode(text)
        self.ledger.frames += 1
        self.ledger.characters += len(text)
        if frame.frame == "ping":
            self._say({"frame": "pong", "at": frame.at})
        elif frame.frame == "ring":
            self._begin(self._receipt(frame))
        elif frame.frame == "same":
            if frame.hello != self._hellos:
                return
            for (feed, (epoch, seq)), total in zip(self._said.items(), frame.sums, strict=True):
                self._hear_of(Frame("upto", feed, epoch, head=seq, sum=total))
        else:
            self._hear_of(frame)

    def _hear_of(self, frame: Frame) -> None:
        """A frame about one feed."""
        if frame.feed in self._fetching:
            self._missed.add(frame.feed)
        elif frame.frame == "delta":
            self._delta(frame)
        elif frame.frame == "upto":
            self._upto(frame)
        elif frame.frame == "reset":
            self._fetch(frame.feed, whole=True)

    def _delta(self, frame: Frame) -> None:
        epoch, seq = self.cursors[frame.feed]
        if frame.epoch != epoch:
            self._fetch(frame.feed, whole=True)
        elif frame.last > seq:
            if frame.first != seq + 1:
                self._fetch(frame.feed)
                return
            changes = bytes(frame.changes)
            self._book(frame.feed).hear(frame.first, frame.last, changes)
            self.cursors[frame.feed] = (epoch, frame.last)
            if self.is_ear:
                self._measure(changes)

    def _measure(self, changes: bytes) -> None:
        now, pending = perf_counter(), self.ledger.pending
        for change in msgspec.json.decode(changes):
            sent_at = pending.pop(change["id"], None)
            if sent_at is not None:
                self.ledger.delays.add(now - sent_at)

    def _upto(self, frame: Frame) -> None:
        epoch, seq = self.cursors[frame.feed]
        if frame.epoch != epoch:
            self._fetch(frame.feed, whole=True)
        elif frame.head > seq:
            self._fetch(frame.feed)
        else:
            if frame.head == seq:
                self._book(frame.feed).check(seq, frame.sum)
            self._sure(frame.feed)

    def _sure(self, feed: str) -> None:
        """The feed has been told up to its head on this socket."""
        self.unsure.discard(feed)
        if not self.unsure and self.socket is not None:
            self.in_sync.set()

    async def _receipt(self, frame: Frame) -> None:
        at = self.ledger.now_ms()
        receipt = encode([self.tablet.receipt(frame.alert_id, frame.step_id, at)])
        line = HttpLine(self.tablet.line.address)
        try:
            json = {"content_type": "application/json"}
            await line.ask("POST", "/api/alerts/receipts", receipt, **self.tablet.proof, **json)
        except (*AWAY, Refused) as error:
            self.ledger.refused[getattr(error, "status", 0)] += 1
        finally:
            line.hang_up()

    def _begin(self, job: Any) -> None:
        task = asyncio.get_running_loop().create_task(job)
        self._jobs.add(task)
        task.add_done_callback(self._jobs.discard)

    async def close(self) -> None:
        """Hang up."""
        tasks = [*self._jobs, *([self._follows] if self._follows else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self.socket is not None:
            self.socket.cut()
        self.tablet.line.hang_up()
        self.reads.hang_up()
