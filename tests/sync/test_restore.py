"""A server that went back in time: tablets send once more what they sent, and all is as it was (docs/protocol.md)."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from backend.__main__ import main
from backend.clock import SteppedClock
from backend.settings import VARIABLES, Settings
from shared_schemas.vitals import VitalSignsCharted
from shared_schemas.wire import EntryVerdict, HeldReason, Verdict
from tests.cast import Cast, uid
from tests.sync.conftest import Scene
from tests.tablet import Tablet, reach, served
from tests.vitals.bedside import scoring

A, D, H = Verdict.ACCEPTED, Verdict.DUPLICATE, Verdict.HELD
Operate = Callable[..., Any]


@pytest.fixture
def operate(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Operate:
    """An operator's command on the test's database, without the price of a program of its own."""
    for name in ("home", "database_url", "database_owner_url", "vapid_private_key"):
        monkeypatch.setenv(VARIABLES[name], str(getattr(settings, name)))
    monkeypatch.setenv(VARIABLES["secret"], settings.secret.hex())

    async def operated(*words: str | Path) -> int:
        return await asyncio.to_thread(main, [str(word) for word in words])

    return operated


@dataclass
class Fault:
    """The ward after the fault: Anna's tablet, and what the ward's feed said before it.

    The backup has the first two entries. `late`: a tablet that was paired after it.
    """

    scene: Scene
    before: dict[Any, Any]
    epoch: str
    late: Tablet

    @property
    def tablet(self) -> Tablet:
        return self.scene.tablet

    @property
    def feed(self) -> str:
        return f"unit:{self.tablet.unit_id}"

    async def send_again(self) -> list[EntryVerdict]:
        """All that was sent in the last days, oldest first."""
        return await self.tablet.push(self.tablet.sent)


def facts(tablet: Tablet) -> dict[Any, Any]:
    """What the ward's feed says of its patients; what the server plans by itself gets other ids."""
    rows = tablet.kept[f"unit:{tablet.unit_id}"]
    return {key: row for key, (_, row) in rows.items() if key[0] in {"stay", "patient", "vital_signs"}}


async def chart(scene: Scene, staff_id: str, score: int) -> None:
    body = VitalSignsCharted(observed_at=scene.tablet.now, stay_id=scene.stay_id, values=scoring(score))
    assert (await scene.tablet.say(staff_id, body)).verdict is A


@pytest_asyncio.fixture
async def fault(
    cast: Cast, settings: Settings, clock: SteppedClock, operate: Operate, tmp_path: Path
) -> AsyncIterator[Fault]:
    """A red set, the backup; a worse one, another patient and another tablet; then the database is the backup's."""
    async with served(settings, clock) as server:
        tablet = await Tablet.paired(server, cast.east.unit_id)
        await tablet.sign_in(cast.anna.staff_id)
        scene = Scene(cast, server, tablet, uid())
        await tablet.say(scene.anna, scene.admission(scene.stay_id, "900 1"))
        await chart(scene, scene.anna, 7)
        assert await operate("backup", tmp_path / "ward.dump") == 0
        clock.set(clock.now() + timedelta(minutes=10))
        await chart(scene, scene.anna, 9)
        await tablet.say(scene.anna, scene.admission(uid(), "900 2"))
        late = await Tablet.paired(server, cast.east.unit_id, "paired after the backup")
        await tablet.pull()
        before, epoch = facts(tablet), tablet.cursors[f"unit:{tablet.unit_id}"][0]
    await cast.database.close()
    assert await operate("restore", tmp_path / "ward.dump") == 0
    await cast.database.open()
    async with served(settings, clock) as server:
        scene.server = server
        reach(tablet, server)
        reach(late, server)
        yield Fault(scene, before, epoch, late)


async def test_what_the_backup_does_not_have_is_applied_once_when_tablets_send_it_again(fault: Fault) -> None:
    tablet, feed = fault.tablet, fault.feed
    asked = {"feed": feed, "epoch": fault.epoch, "after": 0}
    assert (await tablet.http.get("/api/sync/changes", params=asked)).status_code == 410
    async with tablet.live() as socket:
        assert (await socket.next("reset"))["epoch"] != fault.epoch
    first = await fault.send_again()
    assert [each.outcome for each in first] == [A, A, None, None]
    assert [each.verdict for each in first] == [D, D, A, A]
    assert {each.verdict for each in await fault.send_again()} == {D}
    tablet.cursors.clear()
    await tablet.pull()
    assert tablet.cursors[feed][0] != fault.epoch
    assert facts(tablet) == fault.before
    assert tablet.rows("loss_incident") == []
    # The tablet that the backup does not know is asked to pair, and keeps everything.
    assert (await fault.late.post(b'{"outbox_depth":1,"max_n":1,"entries":[]}')).status_code == 401


async def test_an_alert_that_was_open_at_the_backup_climbs_on_at_once(fault: Fault, clock: SteppedClock) -> None:
    tablet = fault.tablet
    tablet.cursors.clear()
    await tablet.pull()
    [before] = tablet.rows("alert")
    await fault.scene.server.advance(clock.now() + timedelta(seconds=1))
    await tablet.pull()
    [alert] = tablet.rows("alert")
    assert (alert.alert_class.value, alert.state.value) == ("red", "open")
    assert len(alert.steps) > len(before.steps)


async def test_a_session_that_the_backup_does_not_know_holds_its_entries_and_loses_none(scene: Scene) -> None:
    tablet, boris = scene.tablet, scene.cast.boris.staff_id
    lost = await tablet.sign_in(boris)
    await scene.server.database.pool.execute("delete from session where session_id = $1", lost.session_id)
    body = VitalSignsCharted(observed_at=tablet.now, stay_id=scene.stay_id, values=scoring(7))
    verdict = await tablet.say(boris, body)
    assert (verdict.verdict, verdict.reason) == (H, HeldReason.UNKNOWN_SESSION)
    await tablet.pull()
    assert [row.reason for row in tablet.rows("held_entry")] == [HeldReason.UNKNOWN_SESSION]
    assert tablet.rows("loss_incident") == []


async def test_a_database_is_not_restored_under_a_server_that_runs(
    scene: Scene, operate: Operate, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ward.dump").write_text("any")
    assert await operate("restore", tmp_path / "ward.dump") == 1
    assert capsys.readouterr().err == "A server still works on this database; stop every one of them first.\n"
    assert (await scene.tablet.say(scene.anna, scene.note())).verdict is A


async def test_a_backup_that_is_cut_off_changes_nothing(
    scene: Scene, operate: Operate, settings: Settings, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, cut = tmp_path / "whole.dump", tmp_path / "cut.dump"
    assert await operate("backup", whole) == 0
    cut.write_bytes(whole.read_bytes()[:-2_000])
    await scene.server.database.close()
    await scene.cast.database.close()
    assert await operate("restore", cut) == 1
    assert "could not be put back, the database is as it was" in capsys.readouterr().err
    await scene.cast.database.open()
    await scene.server.database.open()
    assert (await scene.tablet.say(scene.anna, scene.note())).verdict is A


async def test_a_database_put_back_by_other_means_begins_an_epoch_when_the_server_starts(
    scene: Scene, settings: Settings, clock: SteppedClock
) -> None:
    await scene.tablet.pull()
    before = dict(scene.tablet.cursors)
    async with served(settings, clock) as second:
        reach(scene.tablet, second)
        await scene.tablet.pull()
    assert scene.tablet.cursors == before
    await scene.server.database.pool.execute("update lineage set value = 'as a copy from elsewhere has it'")
    async with served(settings, clock) as second:
        reach(scene.tablet, second)
        for feed, (epoch, after) in before.items():
            asked = {"feed": feed, "epoch": epoch, "after": after}
            assert (await scene.tablet.http.get("/api/sync/changes", params=asked)).status_code == 410


async def test_open_sockets_and_kept_snapshots_do_not_outlive_their_epoch(scene: Scene, operate: Operate) -> None:
    tablet, feed = scene.tablet, f"unit:{scene.tablet.unit_id}"
    await tablet.pull()
    async with tablet.live() as socket, tablet.live() as other:
        for opened in (socket, other):
            await opened.next("upto")
        assert await operate("restored") == 0
        old = tablet.cursors.pop("reference")
        await tablet.pull("reference")
        assert (tablet.cursors["reference"][0] != old[0], tablet.cursors["reference"][1]) == (True, old[1])
        await tablet.say(scene.anna, scene.note("after"))
        epoch = (await socket.next("reset"))["epoch"]
        assert (await other.next("reset"))["epoch"] == epoch != tablet.cursors[feed][0]
        del tablet.cursors[feed]
        await tablet.pull(feed)
        assert tablet.cursors[feed][0] == epoch
        await tablet.say(scene.anna, scene.note("and on"))
        while (delta := await socket.next("delta"))["from"] <= tablet.cursors[feed][1]:
            pass
        assert (delta["epoch"], delta["from"]) == (epoch, tablet.cursors[feed][1] + 1), "without another hello"
