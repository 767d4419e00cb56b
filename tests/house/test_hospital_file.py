"""Loading a hospital gives tablets everything they begin with; loading it again breaks nothing."""

from datetime import timedelta

import msgspec
import pytest

from backend.access.actions import pair_device, sign_in
from backend.clock import SteppedClock
from backend.commands.hospital import decoded, load_hospital
from backend.db import Database, unit_of_work
from backend.places.queries import policies
from shared_schemas.places import UnitRow

UNIT = "01950000-0000-7000-8000-000000000001"
BED = "01950000-0000-7000-8000-000000000002"
NURSE = "01950000-0000-7000-8000-000000000003"
FILE = {
    "hospital_id": "01950000-0000-7000-8000-000000000009",
    "name": "Hospital",
    "units": [
        {
            "unit_id": UNIT,
            "name": "Ward 1",
            "time_zone": "Europe/London",
            "lang": "en",
            "rapid_response_phone": "2222",
            "beds": [{"bed_id": BED, "bay": "A", "label": "1", "position": 0}],
            "pairing_code": "1111-2222-3333",
            "pairing_uses": 2,
        }
    ],
    "staff": [
        {
            "staff_id": NURSE,
            "name": "Amy Archer",
            "lang": "en",
            "ui_lang": "en",
            "pin": "123456",
            "grants": [{"unit_id": UNIT, "role": "ward_nurse"}],
        }
    ],
}


async def test_a_home_team_brings_the_number_that_an_sos_calls(database: Database, clock: SteppedClock) -> None:
    for phone in ("0123 45", "0123 46"):
        team = FILE["units"][0] | {"kind": "home", "beds": [], "coordinator_phone": phone}
        await load_hospital(database, decoded(msgspec.json.encode(FILE | {"units": [team]})), clock.now())

    [shown] = await database.pool.fetch("select row::text from feed_row where type = 'unit'")
    assert msgspec.json.decode(shown["row"], type=UnitRow).coordinator_phone == "0123 46"
    assert await database.pool.fetchval("select coordinator_phone from unit") == "0123 46"


async def test_a_loaded_hospital_pairs_tablets_and_signs_people_in(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    await load_hospital(database, decoded(msgspec.json.encode(FILE)), now)
    async with unit_of_work(database, now) as work:
        device = await pair_device(work, "1111-2222-3333", "Tablet 1")
        assert device.unit_id == UNIT
        assert (await policies(work.connection, [UNIT], now))[UNIT].version == 1
    session = await sign_in(database, now, device.device_id, NURSE, "123456")
    assert session.staff_id == NURSE


async def test_a_code_of_a_hospital_that_is_old_lasts_from_today(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    since = (now - timedelta(days=2)).isoformat()
    await load_hospital(database, decoded(msgspec.json.encode({**FILE, "from_at": since})), now)
    async with unit_of_work(database, now + timedelta(hours=23)) as work:
        assert (await pair_device(work, "1111-2222-3333", "Tablet 1")).unit_id == UNIT


async def test_loading_it_again_gives_every_row_once(database: Database, clock: SteppedClock) -> None:
    for _ in range(2):
        await load_hospital(database, decoded(msgspec.json.encode(FILE)), clock.now())
        clock.advance(timedelta(minutes=1))
    async with unit_of_work(database, clock.now()) as work:
        rows = await work.connection.fetch("select feed_id, type, count(*) as rows from feed_row group by 1, 2")
    shown = {(row["feed_id"], row["type"]): row["rows"] for row in rows}
    assert shown[f"unit:{UNIT}", "bed"] == 1
    assert shown[f"unit:{UNIT}", "policy"] == 1
    assert shown["reference", "unit"] == 1
    assert shown["reference", "staff"] == 1
    assert shown["reference", "care_template"] == 5


def test_a_wrong_file_says_where() -> None:
    wrong = msgspec.json.encode(FILE | {"beds": 3})
    with pytest.raises(msgspec.ValidationError, match="beds"):
        decoded(wrong)
