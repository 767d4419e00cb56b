"""What the door does when PostgreSQL fails under it: nothing is half done, nothing is lost."""

import msgspec
import pytest

from backend.db import unit_of_work
from backend.settings import Settings
from shared_schemas.wire import HeldReason, Verdict
from tests.sync.conftest import Scene, fail_on_notes

A, H = Verdict.ACCEPTED, Verdict.HELD


async def notes(scene: Scene) -> int:
    async with unit_of_work(scene.server.database, scene.tablet.now) as work:
        rows = await work.connection.fetch("select entry_id from entry where type = 'note_written'")
    return len(rows)


async def send(scene: Scene) -> int:
    batch = {"outbox_depth": 1, "max_n": 2, "entries": scene.tablet.outbox}
    return (await scene.tablet.post(msgspec.json.encode(batch))).status_code


async def test_a_handler_that_raises_holds_its_own_entry_alone(scene: Scene, settings: Settings) -> None:
    await fail_on_notes(settings, "raise exception 'on purpose';", "new.note = 'boom'")
    for text in ("one", "boom", "three"):
        scene.tablet.save(scene.anna, scene.note(text))
        scene.tablet.save(scene.anna, scene.details())
    sent = list(scene.tablet.outbox)
    verdicts = await scene.tablet.push()
    assert [v.verdict for v in verdicts] == [A, A, H, A, A, A]
    assert verdicts[2].reason is HeldReason.INVALID
    assert "on purpose" not in (verdicts[2].detail or "")
    assert [v.outcome for v in await scene.tablet.push(sent)] == [A, A, H, A, A, A]
    await scene.tablet.pull()
    assert [row.note for row in scene.tablet.rows("stay")] == ["three"]
    assert len(scene.tablet.rows("held_entry")) == 1


async def test_a_deadlock_is_tried_again_and_nobody_notices(scene: Scene, settings: Settings) -> None:
    await fail_on_notes(settings, "if nextval('failures') < 3 then raise exception using errcode = '40P01'; end if;")
    assert (await scene.tablet.say(scene.anna, scene.note())).verdict is A
    assert await notes(scene) == 1


async def test_an_endless_deadlock_is_503_and_stores_nothing(scene: Scene, settings: Settings) -> None:
    await fail_on_notes(settings, "raise exception using errcode = '40P01';")
    scene.tablet.save(scene.anna, scene.note())
    assert await send(scene) == 503
    assert await notes(scene) == 0


async def test_a_full_disk_is_507_and_heals(scene: Scene, settings: Settings) -> None:
    await fail_on_notes(settings, "if nextval('failures') < 2 then raise exception using errcode = '53100'; end if;")
    scene.tablet.save(scene.anna, scene.note())
    assert await send(scene) == 507
    assert await notes(scene) == 0
    assert [v.verdict for v in await scene.tablet.push()] == [A]


@pytest.mark.parametrize("round_", range(3))
async def test_a_connection_that_dies_in_mid_transaction_leaves_nothing_half_done(
    scene: Scene, settings: Settings, round_: int
) -> None:
    dying = "if nextval('failures') < 2 then perform pg_terminate_backend(pg_backend_pid()); end if;"
    await fail_on_notes(settings, dying, f"new.note = 'note {round_}'")
    for turn in range(3):
        scene.tablet.save(scene.anna, scene.note(f"note {turn}"))
        scene.tablet.save(scene.anna, scene.details())
    assert await send(scene) == 503
    assert await notes(scene) == 0
    assert [v.verdict for v in await scene.tablet.push()] == [A] * 6
    await scene.tablet.pull()
    assert [row.note for row in scene.tablet.rows("stay")] == ["note 2"]
    assert scene.tablet.rows("loss_incident") == []
