"""Old changes go, and nothing is lost: who was away for longer takes a snapshot."""

from datetime import timedelta

import pytest

from backend.changes import queries
from backend.db import reading
from backend.sync import sweep
from backend.sync.sweep import KEPT_FOR, PRUNING
from tests.sync.conftest import Scene
from tests.tablet import Tablet


async def after(scene: Scene, wait: timedelta) -> None:
    """That much later, with this sweep alone: a ward that nobody looks after for weeks would fill the feed."""
    scene.cast.clock.advance(wait)
    database, now = scene.server.database, scene.tablet.now
    while await database.pool.fetchval(PRUNING.due_at, now) == now:
        assert await PRUNING.run(database, now) > 0


async def seqs(scene: Scene) -> list[int]:
    """Numbers of the changes that the ward's feed still has."""
    sql = "select seq from change where feed_id = $1 order by seq"
    rows = await scene.server.database.pool.fetch(sql, f"unit:{scene.cast.east.unit_id}")
    return [row["seq"] for row in rows]


async def head(scene: Scene) -> int:
    feed = f"unit:{scene.cast.east.unit_id}"
    async with reading(scene.server.database) as connection:
        return (await queries.heads(connection, [feed]))[feed].head


async def asked(tablet: Tablet, feed: str, limit: int = 500) -> int:
    epoch, cursor = tablet.cursors[feed]
    page = {"feed": feed, "epoch": epoch, "after": cursor, "limit": limit}
    return (await tablet.http.get("/api/sync/changes", params=page)).status_code


async def test_a_change_is_kept_for_a_week_and_goes_before_two_are_over(scene: Scene) -> None:
    await after(scene, timedelta(seconds=1))
    first = await head(scene)
    await after(scene, KEPT_FOR - timedelta(minutes=1))
    await scene.tablet.say(scene.anna, scene.note("a week later"))
    assert (await seqs(scene))[0] == 1
    await after(scene, timedelta(minutes=2))
    kept = await seqs(scene)
    assert kept == list(range(first + 1, await head(scene) + 1))
    noted = await head(scene)
    await after(scene, KEPT_FOR)
    await scene.tablet.say(scene.anna, scene.note("two weeks later"))
    await after(scene, timedelta(minutes=2))
    assert (await seqs(scene))[0] > noted


async def test_a_tablet_behind_what_was_pruned_is_reset_and_has_the_same_rows_as_a_new_one(scene: Scene) -> None:
    away = await Tablet.paired(scene.server, scene.cast.east.unit_id)
    await away.pull()
    feed = f"unit:{away.unit_id}"
    away.cursors[feed] = (away.cursors[feed][0], 2)
    await after(scene, timedelta(seconds=1))
    for turn in range(3):
        await after(scene, KEPT_FOR / 2)
        await scene.tablet.say(scene.anna, scene.note(f"note {turn}"))
    assert (await seqs(scene))[0] > 3
    assert await asked(away, feed) == 410
    assert await asked(away, feed, limit=1) == 410
    async with away.live() as socket:
        assert (await socket.next("reset"))["why"] == "too far behind"
    fresh = await Tablet.paired(scene.server, scene.cast.east.unit_id)
    await fresh.pull()
    del away.cursors[feed]
    await away.pull()
    assert away.kept[feed] == fresh.kept[feed]
    assert [stay.note for stay in away.rows("stay")] == ["note 2"]
    async with reading(scene.server.database) as connection:
        assert away.checksum(feed) == (await queries.heads(connection, [feed]))[feed].checksum


async def test_batches_leave_no_hole_and_a_quiet_ward_is_left_alone(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sweep, "CHANGES", 2)
    monkeypatch.setattr(sweep, "FEEDS", 1)
    for turn in range(5):
        await scene.tablet.say(scene.anna, scene.note(f"note {turn}"))
    database, now = scene.server.database, scene.tablet.now
    assert await PRUNING.run(database, now) > 0  # the marks
    assert await database.pool.fetchval(PRUNING.due_at, now) == now + KEPT_FOR
    assert await PRUNING.run(database, now) == 0
    await scene.tablet.say(scene.anna, scene.note("more"))
    now += KEPT_FOR
    last, kept = await head(scene), [0]
    while await database.pool.fetchval(PRUNING.due_at, now) == now:
        assert await PRUNING.run(database, now) > 0
        kept = await seqs(scene)
        assert kept == list(range(kept[0], last + 1))
    assert kept[0] > 5
    while await database.pool.fetchval(PRUNING.due_at, now + 9 * KEPT_FOR) is not None:
        assert await PRUNING.run(database, now + 9 * KEPT_FOR) > 0
    assert (await seqs(scene), await PRUNING.run(database, now + 99 * KEPT_FOR)) == ([], 0)
