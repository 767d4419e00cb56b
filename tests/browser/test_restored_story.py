"""The server's database goes back to a backup: tablets bring what it lost, and nobody has to do anything."""

import asyncio
import re
from pathlib import Path
from uuid import uuid4

import asyncpg
import pytest

from backend.__main__ import main
from tests.browser.conftest import OpenTablet
from tests.browser.driven import Driven, arrived
from tests.browser.server import Server
from tests.browser.story import Nurse

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def is_heard_first(server: Server, entry_id: str, other_id: str) -> bool:
    connection = await asyncpg.connect(server.environment["DATABASE_URL"])
    try:
        asked = (
            "select (select received_at from entry where entry_id = $1) < received_at from entry where entry_id = $2"
        )
        return await connection.fetchval(asked, entry_id, other_id)
    finally:
        await connection.close()


async def test_a_tablet_brings_a_restored_server_what_it_had_taken_and_what_it_had_held(
    server: Server, tablet: OpenTablet, heart: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    amy = Nurse(await tablet("amy"), server, "Amy Archer")
    await amy.pair()
    await amy.log_in()
    await amy.page.get_by_role("link", name=re.compile(amy.name)).wait_for()
    assert await asyncio.to_thread(main, ["backup", str(tmp_path / "ward.dump")]) == 0
    second = await Driven.on(amy.tablet.context, server.url, heart)
    device_id = await second.page.evaluate("() => tablet.thisDevice().device_id")
    await second.page.evaluate("(stay_id) => tablet.save('note_written', { stay_id, note: 'who?' })", str(uuid4()))
    twice = await second.page.evaluate(
        "(stay_id) => tablet.save('note_written', { stay_id, note: 'typed twice' })", str(uuid4())
    )
    await second.drained()
    answer = {"held_entry_id": twice, "resolution": "discarded", "reason": "typed twice"}
    answered = await second.page.evaluate(
        "(body) => tablet.save('held_entry_resolved', body, { answers: body.held_entry_id })", answer
    )
    await amy.go_on_duty("1A")
    await amy.page.wait_for_url(re.compile("#/$"))
    await amy.page.goto(f"{server.url}/#/duty")
    await amy.tap("15 min")
    await amy.tablet.shows("On a break until")
    await second.drained()
    before = await arrived(server, device_id)
    assert sorted(verdict for _, _, verdict in before) == ["accepted", "accepted", "accepted", "held", "held"]

    server.stop()
    assert await asyncio.to_thread(main, ["restore", str(tmp_path / "ward.dump")]) == 0
    assert await arrived(server, device_id) == []
    await server.start()
    for _ in range(150):
        if await arrived(server, device_id) == before:
            break
        await asyncio.sleep(0.1)
    assert await arrived(server, device_id) == before
    await second.drained()
    kept = await second.kept()
    assert [one["reason"] for one in kept["held"]] == ["unknown_subject"]
    assert [one["verdict"] for one in kept["sent"]] == ["accepted"] * 3
    assert await is_heard_first(server, answered, twice), "what she discarded is not tried again"
    # Nobody listened for a while; then a cursor of the lost history is Gone.
    told = re.compile(rf"net::ERR_CONNECTION_REFUSED|410 \(Gone\).* {re.escape(server.url)}/api/sync/changes\?")
    amy.tablet.complaints[:] = [one for one in amy.tablet.complaints if not told.search(one)]
    # The rows are the restored server's, and what it has heard again is among them.
    await amy.page.reload()
    await amy.tablet.shows("On a break until")
    assert await second.page.evaluate("() => tablet.syncState().resending") == 0
