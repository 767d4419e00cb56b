"""A tablet that can be pushed: its browser's keys are the receiver's, its notices lie on a desktop of its own."""

import asyncio
import json

from playwright.async_api import CDPSession

from tests.browser.desktop import Desktop
from tests.browser.story import Nurse
from tests.push_receiver import Message, PushReceiver

# The one stand-in: without a push service the real call never settles. Like one, it takes only the key that will sign.
SUBSCRIBE = """PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
  if (applicationServerKey !== %(key)s || !userVisibleOnly) throw new DOMException('not allowed', 'AbortError');
  return { toJSON: () => (%(subscription)s) };
}"""


class Pushed:
    """A nurse's tablet, its desktop, and the way from the push service into its worker."""

    def __init__(self, nurse: Nurse, desktop: Desktop, receiver: PushReceiver) -> None:
        self.nurse, self.desktop, self.receiver = nurse, desktop, receiver
        self.path = f"/{nurse.staff_id}"
        self._registrations: asyncio.Queue[str] = asyncio.Queue()

    async def allow_notices(self) -> None:
        """The person has said yes to notices, and the browser subscribes at the receiver."""
        context, page = self.nurse.tablet.context, self.nurse.page
        subscription = self.receiver.subscribe(self.nurse.staff_id)
        stand_in = SUBSCRIBE % {"key": json.dumps(self.receiver.public_key), "subscription": json.dumps(subscription)}
        await context.add_init_script(stand_in)
        self._browser: CDPSession = await context.new_cdp_session(page)
        allowed = {"permission": {"name": "notifications"}, "setting": "granted", "origin": self.nurse.server.url}
        await self._browser.send("Browser.setPermission", allowed)
        self._browser.on("ServiceWorker.workerRegistrationUpdated", self._heard)
        await self._browser.send("ServiceWorker.enable")

    def _heard(self, event: dict) -> None:
        for registration in event["registrations"]:
            if registration["scopeURL"].startswith(self.nurse.server.url):
                self._registrations.put_nowait(registration["registrationId"])

    async def turn_push_on(self) -> None:
        """By the switch of the settings; proven by its test button and the notice that comes of it."""
        page = self.nurse.page
        await page.evaluate("async () => { await navigator.serviceWorker.ready }")
        self._registration_id = await asyncio.wait_for(self._registrations.get(), 10)
        await self.nurse.open("settings")
        await page.get_by_role("button", name="Turn it on").click()
        await page.get_by_text("This tablet rings when it is locked.").wait_for()
        await page.get_by_role("button", name="Send a test").click()
        await page.get_by_text("A test is on its way").wait_for()
        await self.take(await self.pushed(1))
        self.desktop.tap(await self.desktop.shows("Wardlight", "Test: this tablet can ring."))
        await self.desktop.is_clear()

    async def pushed(self, count: int) -> Message:
        """The newest of `count` pushes to this tablet, verified and decrypted by the receiver."""
        return (await asyncio.to_thread(self.receiver.wait_for, count, path=self.path))[-1]

    async def take(self, message: Message) -> None:
        """The push service hands the decrypted text to the worker, as a browser does."""
        push = {
            "origin": self.nurse.server.url,
            "registrationId": self._registration_id,
            "data": message.text,
        }
        await self._browser.send("ServiceWorker.deliverPushMessage", push)
