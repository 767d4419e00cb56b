"""The notices of a tablet's own system: a notification server on a D-Bus of its own, as a desktop has one.

Chromium hands its notices to it, and takes its word for a tap: only so does a worker get a trusted `notificationclick`.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Annotated

from dbus_fast.aio import MessageBus
from dbus_fast.annotations import DBusDict, DBusInt32, DBusSignature, DBusStr, DBusUInt32
from dbus_fast.service import ServiceInterface, dbus_method, dbus_signal

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
# A bus without the machine's services: nothing else is started on it.
BUS = """<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>"""
START_SECONDS = 10
BY_A_CALL = 3  # why a notice closed, in the words of the Desktop Notifications Specification
Texts = Annotated[list[str], DBusSignature("as")]
Unsigned = Annotated[list[int], DBusSignature("uu")]
Tapped = Annotated[list[int | str], DBusSignature("us")]


@dataclass(frozen=True)
class Notice:
    """What a person reads in a notice, and whether a tap on it leads anywhere."""

    title: str
    body: str
    can_be_tapped: bool


class _Notifications(ServiceInterface):
    """The calls of the Desktop Notifications Specification."""

    def __init__(self) -> None:
        super().__init__(NAME)
        self.notices: dict[int, Notice] = {}
        self.numbers = count(1)

    @dbus_method(name="GetCapabilities")
    def capabilities(self) -> Texts:
        return ["actions", "body", "persistence"]

    @dbus_method(name="GetServerInformation")
    def information(self) -> Annotated[list[str], DBusSignature("ssss")]:
        return ["A tablet's system", "Wardlight's tests", "1", "1.2"]

    @dbus_method(name="Notify")
    def notify(
        self,
        app: DBusStr,
        replaces: DBusUInt32,
        icon: DBusStr,
        title: DBusStr,
        body: DBusStr,
        actions: Texts,
        hints: DBusDict,
        expires_ms: DBusInt32,
    ) -> DBusUInt32:
        # Not a coroutine: the number is on its way to the browser before anybody can tap.
        number = replaces or next(self.numbers)
        self.notices[number] = Notice(title, body, "default" in actions)
        return number

    @dbus_method(name="CloseNotification")
    def close(self, number: DBusUInt32) -> None:
        if self.notices.pop(number, None):
            self.closed(number, BY_A_CALL)

    @dbus_signal(name="NotificationClosed")
    def closed(self, number: int, why: int) -> Unsigned:
        return [number, why]

    @dbus_signal(name="ActionInvoked")
    def tapped(self, number: int, action: str) -> Tapped:
        return [number, action]


class Desktop:
    """The notices that lie on one tablet's screen."""

    def __init__(self, bus_address: str, notifications: _Notifications) -> None:
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": bus_address}
        self._notifications = notifications

    @property
    def lying(self) -> list[Notice]:
        """Notices that were shown and not closed."""
        return list(self._notifications.notices.values())

    async def shows(self, title: str, text: str, *, seconds: float = 10) -> Notice:
        """The notice with this title and text, once it lies there; AssertionError when it does not come."""
        try:
            async with asyncio.timeout(seconds):
                while True:
                    for one in self.lying:
                        if one.title == title and text in one.body:
                            return one
                    await asyncio.sleep(0.02)
        except TimeoutError:
            raise AssertionError(f"no notice {title!r} with {text!r}; there lie {self.lying}") from None

    async def is_clear(self, *, seconds: float = 10) -> None:
        """Returns once no notice lies there."""
        async with asyncio.timeout(seconds):
            while self.lying:
                await asyncio.sleep(0.02)

    def tap(self, notice: Notice) -> None:
        """A person taps it."""
        assert notice.can_be_tapped
        number = next(number for number, one in self._notifications.notices.items() if one is notice)
        self._notifications.tapped(number, "default")


@asynccontextmanager
async def desktop(folder: Path) -> AsyncIterator[Desktop]:
    """A tablet's system that shows notices while the block runs."""
    daemon = shutil.which("dbus-daemon")
    assert daemon is not None, "dbus-daemon is needed: `make test` brings it where it can (apt install dbus-daemon)."
    configuration = folder / "bus.conf"
    configuration.write_text(BUS)
    running = await asyncio.create_subprocess_exec(
        daemon,
        "--nofork",
        "--print-address=1",
        f"--config-file={configuration}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        assert running.stdout is not None
        address = (await running.stdout.readline()).decode().strip()
        assert address, "dbus-daemon did not start"
        bus = await asyncio.wait_for(MessageBus(bus_address=address).connect(), START_SECONDS)
        notifications = _Notifications()
        bus.export(PATH, notifications)
        await bus.request_name(NAME)
        try:
            yield Desktop(address, notifications)
        finally:
            bus.disconnect()
    finally:
        running.terminate()
        await running.wait()
