"""A tablet that is lost is found in the operator's list and shut out by one command, while the server runs."""

import asyncio
import os
import sys

from backend.settings import Settings
from tests.sync.conftest import Scene
from tests.tablet import Tablet
from tests.tidy import ROOT


async def operated(settings: Settings, *words: str) -> tuple[int | None, str, str]:
    """Exit code, standard output and standard error of `python -m backend staff …` on the test's database."""
    environment = {
        "PATH": os.environ["PATH"],
        "WARDLIGHT_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url or "",
        "WARDLIGHT_SECRET": settings.secret.hex(),
        "WARDLIGHT_VAPID_PRIVATE_KEY": settings.vapid_private_key,
    }
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "backend", "staff", *words),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await asyncio.wait_for(program.communicate(), 60)
    return program.returncode, out.decode(), err.decode()


async def test_the_operator_sees_the_tablets_with_unit_name_and_when_they_were_last_heard_of(
    scene: Scene, settings: Settings
) -> None:
    other = await Tablet.paired(scene.server, scene.cast.west.unit_id, "Bay 2")
    newer = scene.tablet.envelope(scene.anna, "{}", type="note_written", v=2)
    scene.tablet.outbox += [newer, newer]
    await scene.tablet.push([newer])
    code, listed, _ = await operated(settings, "tablets")
    seen = scene.tablet.now.strftime("%Y-%m-%d %H:%M UTC")
    assert code == 0
    assert listed.splitlines() == [
        f"{scene.tablet.device_id}  East  tablet  last seen {seen}  2 not sent",
        f"{other.device_id}  West  Bay 2  last seen {seen}",
    ]


async def test_a_lost_tablet_is_shut_out_and_its_unit_no_longer_waits_for_it(scene: Scene, settings: Settings) -> None:
    lost, other = scene.tablet, await Tablet.paired(scene.server, scene.cast.east.unit_id)
    await lost.say(scene.anna, scene.note("before"))
    await lost.pull()
    await other.pull()
    assert lost.device_id in {tablet.device_id for tablet in other.rows("tablet")}
    async with lost.live() as socket:
        await socket.next("upto")
        code, _, _ = await operated(settings, "revoke", lost.device_id)
        assert code == 0
        await scene.server.hub.look_up_people()
        assert (await socket.next("closed"))["code"] == 4401
    assert (await lost.http.get("/api/devices/me")).status_code == 401
    assert (await lost.post(b'{"outbox_depth":0,"max_n":0,"entries":[]}')).status_code == 401
    await other.pull()
    assert lost.device_id not in {tablet.device_id for tablet in other.rows("tablet")}
    assert (await operated(settings, "tablets"))[1].count("last seen") == 1


async def test_a_tablet_that_nobody_knows_or_that_is_shut_out_already_is_one_plain_sentence(
    scene: Scene, settings: Settings
) -> None:
    assert (await operated(settings, "revoke", scene.tablet.device_id))[0] == 0
    for unknown in (scene.tablet.device_id, "tablet"):
        code, _, told = await operated(settings, "revoke", unknown)
        assert (code, told) == (1, f"There is no tablet {unknown}; `staff tablets` lists them.\n")
