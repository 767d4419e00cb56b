"""A fact that happened is never refused and never lost: what the door says to good and to bad entries."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import asyncpg
import httpx
import msgspec

from backend.access.actions import set_grants
from backend.access.rules import SESSION_LASTS
from backend.changes.rules import unit_feed
from backend.db import unit_of_work
from backend.postgres import EmbeddedPostgres
from backend.settings import Settings
from shared_schemas.alerts import TabletRow
from shared_schemas.staff import Role
from shared_schemas.stays import PatientTransferred
from shared_schemas.sync import LossIncidentRow
from shared_schemas.tasks import TaskPlanned
from shared_schemas.wire import HeldReason, PushReply, Verdict
from tests.cast import uid
from tests.sync.conftest import Scene, body_of
from tests.tablet import ORIGIN, Tablet, instant, served

WAITING = "select count(*) from pg_locks where not granted"
A, D, F, H = Verdict.ACCEPTED, Verdict.DUPLICATE, Verdict.FLAGGED, Verdict.HELD


async def test_an_entry_reaches_the_feed_of_another_tablet(scene: Scene) -> None:
    assert (await scene.tablet.say(scene.anna, scene.note("nil by mouth"))).verdict is A
    other = await Tablet.paired(scene.server, scene.cast.east.unit_id)
    await other.pull()
    [stay] = other.rows("stay")
    assert (stay.note, stay.note_by_staff_id) == ("nil by mouth", scene.anna)


async def test_a_replayed_entry_is_applied_once_and_told_its_first_verdict(scene: Scene) -> None:
    scene.tablet.save(scene.anna, scene.note())
    sent = list(scene.tablet.outbox)
    [first] = await scene.tablet.push(sent)
    [again] = await scene.tablet.push(sent)
    assert (first.verdict, again.verdict, again.outcome) == (A, D, A)


async def test_the_same_batch_on_eight_lines_at_once_is_accepted_once(scene: Scene) -> None:
    for text in ("one", "two", "three"):
        scene.tablet.save(scene.anna, scene.note(text))
    sent = list(scene.tablet.outbox)
    replies = await asyncio.gather(*(scene.tablet.push(sent) for _ in range(8)))
    for place in range(3):
        verdicts = [reply[place] for reply in replies]
        assert sorted(v.verdict.value for v in verdicts) == ["accepted", *["duplicate"] * 7]
        assert {v.outcome for v in verdicts if v.verdict is D} == {A}
    async with unit_of_work(scene.server.database, scene.tablet.now) as work:
        assert await work.connection.fetchval("select count(*) from entry where type = 'note_written'") == 3


async def test_the_heads_told_with_a_duplicate_cover_what_the_first_one_changed(
    scene: Scene, settings: Settings, postgres: EmbeddedPostgres, database_name: str
) -> None:
    """A tablet that starts anew while its batch is under way sends it again, and another process of the server has it.

    It lets go of what it expects at `heads`.
    """
    scene.tablet.save(scene.anna, scene.note())
    sent = msgspec.json.encode({"outbox_depth": 1, "max_n": scene.tablet.n, "entries": scene.tablet.outbox})
    feed = unit_feed(scene.cast.east.unit_id)
    sending: list[asyncio.Task[httpx.Response]] = []
    lead = await asyncpg.connect(postgres.url("wardlight_app", database_name))
    async with served(settings, scene.cast.clock) as process, asyncio.timeout(20):
        again = replace(scene.tablet, http=httpx.AsyncClient(transport=httpx.ASGITransport(process), base_url=ORIGIN))
        again.http.headers["authorization"] = f"Bearer {again.token}"
        async with lead.transaction():
            # The first waits before it numbers its changes, and the second has begun meanwhile.
            await lead.execute("select from feed where feed_id = $1 for update", feed)
            for waiting, tablet in enumerate((scene.tablet, again), 1):
                sending.append(asyncio.create_task(tablet.post(sent)))
                while await lead.fetchval(WAITING) < waiting:
                    await asyncio.sleep(0.01)
        replies = await asyncio.gather(*sending)
    await lead.close()
    first, second = [msgspec.json.decode(reply.content, type=PushReply) for reply in replies]
    assert (second.verdicts[0].verdict, second.heads[feed]) == (D, first.heads[feed])


async def test_an_entry_that_comes_twice_in_one_batch_is_applied_once(scene: Scene) -> None:
    scene.tablet.save(scene.anna, scene.note())
    [entry] = scene.tablet.outbox
    assert [v.verdict for v in await scene.tablet.push([entry, entry])] == [A, D]


async def test_one_bad_entry_of_a_hundred_fails_no_other(scene: Scene) -> None:
    for turn in range(100):
        scene.tablet.save(scene.anna, scene.note(f"note {turn}"))
    sent = list(scene.tablet.outbox)
    sent[50] = sent[50] | {"entry_id": sent[20]["entry_id"]}
    verdicts = await scene.tablet.push(sent)
    assert [v.verdict for v in verdicts[:50] + verdicts[51:]] == [A] * 99
    assert (verdicts[50].verdict, verdicts[50].reason) == (H, HeldReason.ID_REUSE)
    await scene.tablet.pull()
    assert [row.reason for row in scene.tablet.rows("held_entry")] == [HeldReason.ID_REUSE]
    assert [v.verdict for v in await scene.tablet.push(sent)] == [D] * 50 + [H] + [D] * 49
    await scene.tablet.pull()
    assert len(scene.tablet.rows("held_entry")) == 1


async def test_a_nurse_of_another_ward_is_out_of_scope(scene: Scene) -> None:
    await scene.tablet.sign_in(scene.cast.wei.staff_id)
    verdict = await scene.tablet.say(scene.cast.wei.staff_id, scene.note())
    assert (verdict.verdict, verdict.reason) == (H, HeldReason.OUT_OF_SCOPE)


async def test_rights_are_judged_as_they_were_when_the_entry_was_recorded(scene: Scene) -> None:
    scene.tablet.save(scene.anna, scene.note("still a nurse here"))
    scene.cast.clock.advance(timedelta(minutes=10))
    async with unit_of_work(scene.server.database, scene.tablet.now) as work:
        await set_grants(work, scene.anna, [], scene.tablet.now)
    scene.cast.clock.advance(timedelta(minutes=10))
    scene.tablet.save(scene.anna, scene.note("no longer"))
    assert [v.verdict for v in await scene.tablet.push()] == [A, H]


async def test_an_expired_session_with_a_full_outbox_drains(scene: Scene) -> None:
    for turn in range(120):
        scene.tablet.save(scene.anna, scene.note(f"offline {turn}"))
    scene.cast.clock.advance(SESSION_LASTS + timedelta(days=3))
    assert {v.verdict for v in await scene.tablet.push()} == {A}
    assert scene.tablet.outbox == []
    late = await scene.tablet.say(scene.anna, scene.note("after the end"))
    assert (late.verdict, late.flags) == (F, ["after_session"])


async def test_an_ended_session_drains(scene: Scene) -> None:
    scene.tablet.save(scene.anna, scene.note())
    session = scene.tablet.sessions[scene.anna]
    scene.cast.clock.advance(timedelta(seconds=1))
    assert (await scene.tablet.http.delete(f"/api/sessions/{session.session_id}")).status_code == 204
    assert [v.verdict for v in await scene.tablet.push()] == [A]


async def test_a_future_time_is_kept_at_the_present_and_flagged(scene: Scene) -> None:
    note = scene.note()
    note.observed_at += timedelta(days=1)
    verdict = await scene.tablet.say(scene.anna, note)
    assert (verdict.verdict, verdict.flags) == (F, ["future_time"])
    async with unit_of_work(scene.server.database, scene.tablet.now) as work:
        kept = await work.connection.fetchval("select observed_at from entry where verdict = 'flagged'")
    assert kept == scene.tablet.now


async def test_a_clock_that_is_a_day_slow_is_corrected(scene: Scene) -> None:
    day = timedelta(days=1)
    note = scene.note()
    note.observed_at, note.clock_offset_ms = scene.tablet.now - day, int(day.total_seconds() * 1000)
    verdict = await scene.tablet.say(scene.anna, note, recorded_at=instant(scene.tablet.now - day))
    assert verdict.verdict is A
    async with unit_of_work(scene.server.database, scene.tablet.now) as work:
        [kept] = await work.connection.fetch("select observed_at, recorded_at from entry where type = 'note_written'")
    assert set(kept) == {scene.tablet.now}


async def test_an_instant_before_all_calendars_is_kept(scene: Scene) -> None:
    more = f'"stay_id":"{scene.stay_id}","note":"x","clock_quality":"fresh"'
    text = f'{{"observed_at":"0001-01-01T00:00:00+14:00",{more}}}'
    scene.tablet.save(scene.anna, text, type="note_written", recorded_at="9999-12-31T23:59:59-14:00")
    assert [v.verdict for v in await scene.tablet.push()] == [F]


async def test_what_depends_on_a_held_entry_is_held_and_the_rest_passes(scene: Scene) -> None:
    first = scene.tablet.save(scene.anna, body_of(scene, ',"note":7'), type="note_written")
    second = scene.tablet.save(scene.anna, scene.note(), depends_on=[first])
    scene.tablet.save(scene.anna, scene.note(), depends_on=[second])
    scene.tablet.save(scene.anna, scene.note())
    verdicts = await scene.tablet.push()
    waits = HeldReason.DEPENDS_ON_HELD
    assert [v.reason for v in verdicts] == [HeldReason.MALFORMED, waits, waits, None]
    scene.tablet.save(scene.anna, scene.note(), depends_on=[second])
    assert [v.reason for v in await scene.tablet.push()] == [waits]


async def test_a_newer_version_waits_and_later_entries_of_its_stay_with_it(scene: Scene) -> None:
    other = uid()
    await scene.tablet.say(scene.anna, scene.admission(other, "900 2"))
    scene.tablet.save(scene.anna, body_of(scene, ',"mood":3'), type="note_written", v=2)
    scene.tablet.save(scene.anna, scene.note("behind"))
    scene.tablet.save(scene.anna, msgspec.structs.replace(scene.note("passes"), stay_id=other))
    verdicts = await scene.tablet.push()
    assert [(v.verdict, v.why_later) for v in verdicts] == [
        (Verdict.LATER, "newer_version"),
        (Verdict.LATER, "behind_another"),
        (A, None),
    ]
    assert len(scene.tablet.outbox) == 2


async def test_everything_of_a_patient_who_is_admitted_in_the_same_batch_is_applied(scene: Scene) -> None:
    stay_id = uid()
    scene.tablet.save(scene.anna, scene.admission(stay_id, "900 3"))
    scene.tablet.save(scene.anna, msgspec.structs.replace(scene.note("new here"), stay_id=stay_id))
    assert [v.verdict for v in await scene.tablet.push()] == [A, A]


async def test_a_gap_is_noticed_and_closes_when_it_is_filled(scene: Scene) -> None:
    for _ in range(4):
        scene.tablet.save(scene.anna, scene.note())
    first, second, third, fourth = scene.tablet.outbox
    assert [v.verdict for v in await scene.tablet.push([first, fourth])] == [A, A]
    assert scene.tablet.missing == [(second["n"], third["n"])]
    await scene.tablet.pull()
    [gap] = scene.tablet.rows("loss_incident")
    assert (gap.first_n, gap.last_n, gap.closed_at) == (second["n"], third["n"], None)
    await scene.tablet.push([third])
    assert scene.tablet.missing == [(second["n"], second["n"])]
    await scene.tablet.push([second])
    assert scene.tablet.missing == []
    await scene.tablet.pull()
    rows: list[LossIncidentRow] = scene.tablet.rows("loss_incident")
    assert [row.closed_at for row in rows] == [scene.tablet.now]


async def test_an_entry_that_can_not_be_read_has_come_when_its_number_can_be_read(scene: Scene) -> None:
    scene.tablet.save(scene.anna, scene.note())
    await scene.tablet.push([scene.tablet.envelope(scene.anna, "{}", type="note_written", mac="no mac")])
    assert (await scene.tablet.say(scene.anna, scene.note())).verdict is A
    assert scene.tablet.missing == [], "held, and not lost"


async def test_the_heads_told_are_of_feeds_that_the_tablet_may_read(scene: Scene) -> None:
    moved = PatientTransferred(observed_at=scene.tablet.now, stay_id=scene.stay_id, to_unit_id=scene.cast.west.unit_id)
    scene.tablet.save(scene.anna, moved)
    reply = await scene.tablet.post(
        msgspec.json.encode({"outbox_depth": 1, "max_n": scene.tablet.n, "entries": scene.tablet.outbox})
    )
    told = msgspec.json.decode(reply.content, type=PushReply)
    assert (told.verdicts[0].verdict, set(told.heads)) == (A, {unit_feed(scene.cast.east.unit_id)})


async def test_a_tablet_a_day_slow_plans_by_the_servers_clock_and_charts_by_its_own(scene: Scene) -> None:
    day, soon = timedelta(days=1), scene.tablet.now + timedelta(minutes=30)
    written = {"observed_at": scene.tablet.now - day, "clock_offset_ms": day // timedelta(milliseconds=1)}
    body = TaskPlanned(**written, stay_id=scene.stay_id, text="Bloods", due_at=soon)
    assert (await scene.tablet.say(scene.anna, body, recorded_at=instant(scene.tablet.now - day))).verdict is A
    await scene.tablet.pull()
    [task] = [task for task in scene.tablet.rows("task") if task.text == "Bloods"]
    assert (task.planned_at, task.due_at) == (scene.tablet.now, soon)


async def test_a_stranger_stores_nothing(scene: Scene) -> None:
    scene.tablet.save(scene.anna, scene.note())
    scene.tablet.http.headers["authorization"] = "Bearer wrong"
    reply = await scene.tablet.post(
        json.dumps({"outbox_depth": 1, "max_n": 2, "entries": scene.tablet.outbox}).encode()
    )
    assert reply.status_code == 401
    async with unit_of_work(scene.server.database, scene.tablet.now) as work:
        assert await work.connection.fetchval("select count(*) from entry where type = 'note_written'") == 0


async def test_a_tablets_contact_is_told_coarsely(scene: Scene) -> None:
    await scene.tablet.pull()
    cursor = scene.tablet.cursors[f"unit:{scene.tablet.unit_id}"][1]
    for _ in range(3):
        await scene.tablet.push([])
    await scene.tablet.pull()
    assert scene.tablet.cursors[f"unit:{scene.tablet.unit_id}"][1] == cursor
    scene.cast.clock.advance(timedelta(seconds=30))
    await scene.tablet.push([])
    await scene.tablet.pull()
    rows: list[TabletRow] = scene.tablet.rows("tablet")
    assert [row.contact_at for row in rows] == [scene.tablet.now]
    assert rows[0].staff_ids == [scene.anna]
    assert Role.WARD_NURSE is scene.cast.anna.role
