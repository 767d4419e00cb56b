"""Live frames: a ring of encoded frames a feed, a cursor a socket, no queue a client."""

import asyncio
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import msgspec

from backend.access.queries import SignedDevice, devices_of, devices_of_ids
from backend.access.rules import feeds_of
from backend.changes import queries
from backend.changes.queries import Delta
from backend.clock import Clock
from backend.db import Connection, Database, reading
from backend.sync.actions.tablets import note_contacts
from backend.sync.hub.sockets import WAITING_RINGS, Ears, Socket
from backend.sync.hub.together import Together
from shared_schemas.wire import Reset, Ring, Same, Upto

RING_CHARACTERS = 1024 * 1024
PAGE_CHANGES = 500
CATCH_UP_CHANGES = 1000
ANOTHER_EPOCH = "another epoch"
_json = msgspec.json.Encoder()


def encoded(frame: msgspec.Struct) -> str:
    """A frame as the text that is sent."""
    return _json.encode(frame).decode()


def delta_text(feed: str, epoch: str, from_seq: int, to_seq: int, changes: Iterable[str]) -> str:
    """A delta frame around changes that are JSON already."""
    head = f'{{"frame":"delta","feed":"{feed}","epoch":"{epoch}","from":{from_seq},"to":{to_seq}'
    return f'{head},"changes":[{",".join(changes)}]}}'


@dataclass(slots=True)
class FeedRing:
    """The newest frames of a feed that somebody listens to. `head`: the last seq that is in the ring."""

    epoch: str
    head: int
    frames: deque[tuple[int, int, str]] = field(default_factory=deque)
    characters: int = 0
    early: dict[int, Delta] = field(default_factory=dict)

    def add(self, delta: Delta) -> bool:
        """Append what follows the head; True when anything did. What comes too early is kept for a moment."""
        if delta.from_seq > self.head + 1:
            self.early[delta.from_seq] = delta
            return False
        if delta.to_seq <= self.head or delta.from_seq <= self.head:
            return False
        following: Delta | None = delta
        while following is not None:
            text = delta_text(following.feed, self.epoch, following.from_seq, following.to_seq, following.changes)
            self.frames.append((following.from_seq, following.to_seq, text))
            self.characters += len(text)
            self.head = following.to_seq
            following = self.early.pop(self.head + 1, None)
        self.early = {first: early for first, early in self.early.items() if first > self.head}
        while self.characters > RING_CHARACTERS and len(self.frames) > 1:
            self.characters -= len(self.frames.popleft()[2])
        return True

    def after(self, cursor: int) -> list[tuple[int, int, str]] | None:
        """The frames behind a cursor; None: the ring no longer reaches back to it."""
        if cursor >= self.head:
            return []
        if not self.frames or self.frames[0][0] > cursor + 1:
            return None
        found: list[tuple[int, int, str]] = []
        for frame in reversed(self.frames):
            if frame[0] <= cursor:
                break
            found.append(frame)
        return found[::-1] if found and found[-1][0] == cursor + 1 else None


class Hub:
    """All open sockets of this process."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database, self.clock = database, clock
        self.catches_up = CATCH_UP_CHANGES
        self.rings: dict[str, FeedRing] = {}
        self.sockets: set[Socket] = set()
        self.unrung: dict[str, int] = {}
        self.untold: deque[str] = deque(maxlen=WAITING_RINGS)
        self.rung = asyncio.Event()
        self.ears = Ears()
        self.devices = Together(self._devices)
        self.contacts = Together(self._contacts)
        self.welcomes = Together(self._welcomed)
        self._heads = Together(self._heads_of)
        self._pages = Together(self._pages_of)
        database.listeners.append(self.heard)

    def heard(self, deltas: Sequence[Delta]) -> None:
        """A commit of this process changed feeds: on to the sockets at once, and to the doorbell of the others."""
        for delta in deltas:
            self.unrung[delta.feed] = max(self.unrung.get(delta.feed, 0), delta.to_seq)
            ring = self.rings.get(delta.feed)
            if ring is not None and ring.epoch != delta.epoch:
                ring = self._begin_again(delta.feed, delta.epoch, delta.from_seq - 1)
            if ring is not None and ring.add(delta):
                self._wake(delta.feed)
        self.rung.set()

    def _begin_again(self, feed: str, epoch: str, head: int) -> FeedRing:
        """The database is another copy by now. Its tablets are told, and hear on from there without another hello."""
        ring = self.rings[feed] = FeedRing(epoch, head)
        text = encoded(Reset(feed=feed, epoch=epoch, why=ANOTHER_EPOCH))
        for socket in self.sockets:
            if feed in socket.cursors:
                socket.cursors[feed] = head
                socket.extra.append(text)
                socket.awake.set()
        return ring

    def _wake(self, feed: str) -> None:
        for socket in self.sockets:
            if feed in socket.cursors:
                socket.awake.set()

    def ring(self, alert_id: str, step_id: str, staff_id: str, sound: str) -> list[str]:
        """Ring for a person on every open socket of a tablet where she is signed in; returns those of this process.

        The doorbell carries the ring to the sockets of other processes.
        """
        ring = Ring(alert_id=alert_id, step_id=step_id, staff_id=staff_id, sound=sound)
        self.untold.append(encoded(ring))
        self.rung.set()
        return self.ring_here(ring)

    def ring_here(self, ring: Ring) -> list[str]:
        """The same on the sockets of this process only; also for a ring that came from another one."""
        text = encoded(ring)
        reached = [socket for socket in self.sockets if ring.staff_id in socket.staff_ids]
        for socket in reached:
            socket.extra.append(text)
            socket.awake.set()
        return sorted({socket.device_id for socket in reached})

    def signed_in(self, device_id: str, staff_ids: Iterable[str], feeds: Iterable[str]) -> None:
        """Who is signed in on a tablet has changed."""
        for socket in self.sockets:
            if socket.device_id == device_id:
                socket.sign_in(staff_ids, feeds)

    async def subscribe(self, socket: Socket, subscriptions: dict[str, tuple[str, int]]) -> None:
        """Set a socket's cursors, and send it what brings it up to date. Feeds that it may not read are left out."""
        wanted = {feed: cursor for feed, cursor in subscriptions.items() if feed in socket.feeds}
        heads = await self._heads.of(sorted(wanted))
        frames = {feed: await self._frames_since(feed, head, wanted[feed]) for feed, head in heads.items()}
        # Somebody may have signed out meanwhile. From here on nothing is waited for until the cursors are set.
        served = [feed for feed in wanted if feed in heads and feed in socket.feeds]
        at_head = [feed for feed in served if heads[feed][:2] == subscriptions[feed]]
        socket.hellos += 1
        if at_head and at_head == list(subscriptions):
            socket.extra.append(encoded(Same(hello=socket.hellos, sums=[heads[feed].checksum for feed in served])))
        else:
            socket.extra.extend(text for feed in served for text in frames[feed])
        socket.cursors = {}  # this tablet has just said where it stands
        unsure = [feed for feed in served if self._is_unsure(feed, heads[feed])]
        socket.cursors = {feed: heads[feed].head for feed in served}
        socket.awake.set()
        # A commit between the reading and a new ring was not heard.
        await self.catch_up(unsure)

    def _is_unsure(self, feed: str, head: queries.Head) -> bool:
        """Whether the feed's ring, which there is from now on, may lack changes up to this head or just after it."""
        ring = self.rings.get(feed)
        if ring is None:
            self.rings[feed] = FeedRing(*head[:2])
        elif ring.epoch != head.epoch:
            self._begin_again(feed, *head[:2])
        else:
            return ring.head < head.head
        return True

    async def _frames_since(self, feed: str, head: queries.Head, cursor: tuple[str, int]) -> list[str]:
        epoch, seq = cursor
        upto = self._upto(feed, head)
        if epoch != head.epoch or seq > head.head:
            return [encoded(Reset(feed=feed, epoch=head.epoch, why=ANOTHER_EPOCH))]
        if head.head == seq or head.head - seq > self.catches_up:
            return [upto]
        page = feed, seq, head.head
        changes = (await self._pages.of([page]))[page]
        if len(changes) < head.head - seq:
            return [encoded(Reset(feed=feed, epoch=head.epoch, why="too far behind"))]
        return [delta_text(feed, epoch, seq + 1, head.head, changes), upto]

    async def _devices(self, tokens: list[str]) -> dict[str, SignedDevice]:
        async with reading(self.database) as connection:
            return await devices_of(connection, tokens, self.clock.now())

    async def _contacts(self, device_ids: list[str]) -> dict[str, bool]:
        known = await note_contacts(self.database, self.clock.now(), device_ids)
        return {device_id: device_id in known for device_id in device_ids}

    async def _welcomed(self, sockets: list[Socket]) -> dict[Socket, bool]:
        await self.ears.welcome(sockets)
        return {}

    async def _heads_of(self, feeds: list[str]) -> dict[str, queries.Head]:
        async with reading(self.database) as connection:
            return await queries.heads(connection, feeds)

    async def _pages_of(self, pages: list[tuple[str, int, int]]) -> dict[tuple[str, int, int], list[str]]:
        async with reading(self.database) as connection:
            return {page: await queries.page(connection, *page, CATCH_UP_CHANGES) for page in pages}

    async def uptos(self, feeds: Iterable[str]) -> dict[str, str]:
        """Head and checksum of each feed, for a tablet to compare when its cursor is at that head."""
        heads = await self._heads.of(sorted(feeds))
        return {feed: self._upto(feed, head) for feed, head in heads.items()}

    def _upto(self, feed: str, head: queries.Head) -> str:
        now = self.clock.now()
        return encoded(Upto(feed=feed, epoch=head.epoch, head=head.head, sum=head.checksum, server_at=now))

    async def due_frames(self, socket: Socket) -> list[str]:
        """What a socket has not been sent yet. One that fell behind the ring is told the head, and pages by itself."""
        behind: list[str] = []
        texts = list(socket.extra)
        socket.extra.clear()
        for feed, cursor in list(socket.cursors.items()):
            ring = self.rings.get(feed)
            if ring is None or ring.head <= cursor:
                continue
            frames = ring.after(cursor)
            if frames is None:
                behind.append(feed)
            else:
                texts.extend(text for _, _, text in frames)
                socket.cursors[feed] = ring.head
        sums, socket.sums = socket.sums, []
        return [*texts, *sums, *(await self._heads_told(socket, behind) if behind else ())]

    async def _heads_told(self, socket: Socket, feeds: list[str]) -> list[str]:
        heads = await self._heads.of(feeds)
        for feed, head in heads.items():
            if feed in socket.cursors:
                socket.cursors[feed] = head.head
        return [self._upto(feed, head) for feed, head in heads.items()]

    async def look_up_people(self) -> None:
        """Who is signed in where now; a socket of a revoked tablet ends.

        Everybody is welcomed again: who signed in through another process, and what was lost while a hello came.
        """
        looked_at = list(self.sockets)
        async with reading(self.database) as connection:
            wanted = {socket.device_id for socket in looked_at}
            devices = await devices_of_ids(connection, wanted, self.clock.now())
        for socket in looked_at:
            device = devices.get(socket.device_id)
            if device is None:
                socket.end("revoked")
            else:
                socket.sign_in(device.staff_ids, feeds_of(device.unit_id, device.staff_ids))
        await self.ears.welcome(looked_at)

    def end(self, device_id: str | None, why: str) -> None:
        """Close the sockets of a tablet; None: all of them, because the server stops."""
        for socket in self.sockets:
            if device_id in {None, socket.device_id}:
                socket.end(why)

    async def catch_up(self, feeds: Iterable[str] | None = None) -> None:
        """Read what other processes wrote to the feeds that somebody here listens to; None: to all of these."""
        listened = {feed for socket in self.sockets for feed in socket.cursors}
        for feed in self.rings.keys() - listened:
            del self.rings[feed]
        wanted = sorted(listened if feeds is None else listened & set(feeds))
        if not wanted:
            return
        async with reading(self.database) as connection:
            for feed, head in (await queries.heads(connection, wanted)).items():
                await self._catch_up(connection, feed, head)

    async def _catch_up(self, connection: Connection, feed: str, head: queries.Head) -> None:
        ring = self.rings.get(feed)
        if ring is not None and ring.epoch != head.epoch:
            ring = self._begin_again(feed, *head[:2])
        if ring is None:
            return
        while ring.head < head.head:
            first = ring.head + 1
            changes = await queries.page(connection, feed, ring.head, head.head, PAGE_CHANGES)
            if not changes:
                ring.head = head.head  # pruned meanwhile: the sockets are told the head and page
                ring.frames.clear()
            elif first == ring.head + 1:  # nobody added while we read
                ring.add(Delta(feed, ring.epoch, first, first + len(changes) - 1, changes))
        self._wake(feed)
