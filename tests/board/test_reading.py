"""`GET /api/board/{unit}`: the latest vital signs, beds and due work of a unit in one reading."""

import gzip
from datetime import timedelta
from typing import Any

import httpx
import msgspec

from shared_schemas.beds import BedMarked, BedReserved, BedState, Readiness
from shared_schemas.board import BedList, BoardReading
from shared_schemas.staff import DutyStarted, Post
from shared_schemas.stays import PatientAdmitted, PatientDischarged
from shared_schemas.tasks import TaskPlanned
from shared_schemas.vitals import Consciousness, VitalSigns, VitalSignsCharted
from tests.cast import identity, uid
from tests.door_cast import DoorCast

SMALL_BYTES = 15_000


async def admitted(cast: DoorCast, bed: int | None) -> str:
    body = PatientAdmitted(
        observed_at=cast.clock.now(),
        stay_id=uid(),
        patient_id=uid(),
        unit_id=cast.east.unit_id,
        bed_id=None if bed is None else cast.east.beds[bed],
        patient=identity(uid()[:8]),
    )
    await cast.say(cast.anna, body)
    return body.stay_id


async def charted(cast: DoorCast, stay_id: str, minutes_ago: float, **values: Any) -> None:
    calm: dict[str, Any] = {
        "respiratory_rate_per_min": 16,
        "spo2_percent": 97,
        "on_oxygen": False,
        "systolic_mmhg": 124,
        "pulse_per_min": 80,
        "consciousness": Consciousness.ALERT,
        "temperature_tenths_c": 368,
    }
    at = cast.clock.now() - timedelta(minutes=minutes_ago)
    known = {name: value for name, value in (calm | values).items() if value is not None}
    await cast.say(cast.anna, VitalSignsCharted(observed_at=at, stay_id=stay_id, values=VitalSigns(**known)))


async def begun(cast: DoorCast) -> None:
    now = cast.clock.now()
    body = DutyStarted(observed_at=now, unit_id=cast.east.unit_id, post=Post.NURSE, bed_ids=cast.east.beds)
    await cast.say(cast.anna, body)


async def read(cast: DoorCast) -> BoardReading:
    tablet = await cast.tablet_of(cast.anna)
    reply = await tablet.http.get(f"/api/board/{cast.east.unit_id}")
    assert reply.status_code == httpx.codes.OK, reply.text
    return msgspec.json.decode(reply.content, type=BoardReading)


async def test_it_has_the_latest_set_exactly_as_it_was_charted(cast: DoorCast) -> None:
    await begun(cast)
    stay_id = await admitted(cast, 0)
    cast.clock.set(cast.clock.now() + timedelta(hours=2))
    await charted(cast, stay_id, 60, pulse_per_min=120)
    await charted(cast, stay_id, 5, pulse_per_min=None)
    [place] = [place for place in (await read(cast)).places if place.patient]
    assert place.patient is not None
    assert place.patient.observed_at == cast.clock.now() - timedelta(minutes=5)
    assert "pulse_per_min" not in place.patient.values, "an unmeasured sign is absent, never zero"
    assert place.patient.values["systolic_mmhg"] == 124
    assert place.patient.score["lower_bound"] == 0
    assert "total" not in place.patient.score


async def test_beds_have_their_states_and_who_waits_for_one_comes_last(cast: DoorCast) -> None:
    await begun(cast)
    going, lying = await admitted(cast, 1), await admitted(cast, 0)
    waiting = await admitted(cast, None)
    await cast.say(cast.anna, PatientDischarged(observed_at=cast.clock.now(), stay_id=going))
    marked = BedMarked(
        observed_at=cast.clock.now(),
        unit_id=cast.east.unit_id,
        bed_id=cast.east.beds[2],
        readiness=Readiness.BLOCKED,
        reason="tap",
    )
    await cast.say(cast.anna, marked)
    places = (await read(cast)).places
    states = [place.state.value if place.state else None for place in places]
    assert states == ["occupied", "dirty", "blocked", "free", "free", "free", None]
    assert [place.patient.stay_id for place in places if place.patient] == [lying, waiting]


async def test_work_is_told_that_is_late_or_due_within_two_hours(cast: DoorCast) -> None:
    await begun(cast)
    stay_id = await admitted(cast, 0)
    now = cast.clock.now()
    for text, minutes in (("late", -60), ("soon", 119), ("later", 121)):
        due_at = now + timedelta(minutes=minutes)
        await cast.say(cast.anna, TaskPlanned(observed_at=now, stay_id=stay_id, text=text, due_at=due_at))
    [place] = [place for place in (await read(cast)).places if place.patient]
    assert place.patient is not None
    assert [task.due_at - now for task in place.patient.tasks if task.kind == "other"] == [
        timedelta(minutes=-60),
        timedelta(minutes=119),
    ]


async def test_the_list_of_beds_says_of_each_what_the_board_says_and_until_when_it_is_kept(cast: DoorCast) -> None:
    await begun(cast)
    lying, now = await admitted(cast, 1), cast.clock.now()
    await cast.say(cast.anna, PatientDischarged(observed_at=now, stay_id=await admitted(cast, 0)))
    east, until_at = cast.east, now + timedelta(hours=1)
    kept = BedReserved(observed_at=now, unit_id=east.unit_id, bed_id=east.beds[2], until_at=until_at, text="Emergency")
    await cast.say(cast.anna, kept)
    tablet = await cast.tablet_of(cast.anna)
    reply = await tablet.http.get(f"/api/board/{cast.east.unit_id}/beds")
    listed = msgspec.json.decode(reply.content, type=BedList)
    assert [bed.bed_id for bed in listed.beds] == cast.east.beds
    assert [(bed.state, bed.since_at) for bed in listed.beds] == [
        (place.state, place.since_at) for place in (await read(cast)).places
    ]
    assert [bed.state for bed in listed.beds[:3]] == [BedState.DIRTY, BedState.OCCUPIED, BedState.RESERVED]
    assert [bed.stay_id for bed in listed.beds[:3]] == [None, lying, None]
    assert [bed.until_at for bed in listed.beds[:3]] == [None, None, until_at]
    cast.clock.set(until_at)
    listed = msgspec.json.decode((await tablet.http.get(reply.url.path)).content, type=BedList)
    assert (listed.beds[2].state, listed.beds[2].until_at) == (BedState.FREE, None)


async def test_thirty_patients_cost_the_statements_of_three_and_few_bytes(cast: DoorCast) -> None:
    await begun(cast)
    tablet = await cast.tablet_of(cast.anna)
    counts, size = {}, 0
    for patients in (3, 30):
        while sum(place.patient is not None for place in (await read(cast)).places) < patients:
            stay_id = await admitted(cast, None)
            await charted(cast, stay_id, 0)
        with cast.database.counted_statements() as statements:
            reply = await tablet.http.get(f"/api/board/{cast.east.unit_id}", headers={"accept-encoding": "gzip"})
        counts[patients] = len(statements)
        assert reply.headers["content-encoding"] == "gzip"
        size = len(gzip.compress(reply.content, 5))
    assert counts[3] == counts[30] <= 3, counts
    assert size < SMALL_BYTES


async def test_a_stranger_and_another_units_tablet_read_nothing(cast: DoorCast) -> None:
    other = await cast.tablet_of(cast.wei)
    for part in ("", "/beds"):
        reply = await other.http.get(f"/api/board/{cast.east.unit_id}{part}")
        assert reply.status_code == httpx.codes.FORBIDDEN
    stranger = httpx.AsyncClient(transport=httpx.ASGITransport(cast.server), base_url="http://127.0.0.1:8000")
    for headers in ({}, {"authorization": "Bearer nobody"}):
        reply = await stranger.get(f"/api/board/{cast.east.unit_id}", headers=headers)
        assert reply.status_code == httpx.codes.UNAUTHORIZED
    await stranger.aclose()
