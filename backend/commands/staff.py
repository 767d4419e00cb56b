"""`staff load`, `pair`, `tablets` and `revoke`: who works here, and which tablets they may use."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import msgspec

from backend.access.actions import make_pairing_code
from backend.access.queries import tablets
from backend.clock import SystemClock
from backend.commands.database import database_at_hand
from backend.commands.hospital import HospitalFile, decoded, load_hospital
from backend.db import Database, reading, unit_of_work
from backend.errors import NotFound
from backend.places.queries import units
from backend.settings import StartRefused, load_settings
from backend.sync.actions.tablets import revoke_tablet


def add_to(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Register the commands."""
    staff = subparsers.add_parser("staff", help="the hospital's people, and their tablets")
    doing = staff.add_subparsers(required=True, metavar="WHAT")
    load = doing.add_parser("load", help="load units, beds and staff from a file (docs/operations.md)")
    load.add_argument("file", type=Path)
    load.set_defaults(run=lambda arguments: asyncio.run(_load(_read(arguments.file))))
    pair = doing.add_parser("pair", help="make a code that pairs one tablet to a unit")
    pair.add_argument("unit", help="the unit's name or id")
    pair.set_defaults(run=lambda arguments: asyncio.run(_pair(arguments.unit)))
    listing = doing.add_parser("tablets", help="list the paired tablets")
    listing.set_defaults(run=lambda _: asyncio.run(_list_tablets()))
    revoke = doing.add_parser("revoke", help="shut out a tablet that is lost")
    revoke.add_argument("device", help="the tablet's id, as `staff tablets` lists it")
    revoke.set_defaults(run=lambda arguments: asyncio.run(_revoke(arguments.device)))


def _read(path: Path) -> HospitalFile:
    try:
        return decoded(path.read_bytes())
    except OSError as error:
        raise StartRefused(f"{path} can not be read: {error.strerror}.") from error
    except msgspec.DecodeError as error:
        raise StartRefused(f"{path} is not a hospital: {error}.") from error


@asynccontextmanager
async def _database() -> AsyncIterator[Database]:
    async with database_at_hand(load_settings()) as settings:
        database = Database(settings.database_url or "", application_name="wardlight-staff")
        await database.open()
        try:
            yield database
        finally:
            await database.close()


async def _load(file: HospitalFile) -> int:
    async with _database() as database:
        await load_hospital(database, file, SystemClock().now())
    print(f"Loaded {len(file.units)} units and {len(file.staff)} people.")
    return 0


async def _pair(wanted: str) -> int:
    async with _database() as database, unit_of_work(database, SystemClock().now()) as work:
        known = await units(work.connection)
        unit = next((unit for unit in known if wanted in (unit.name, unit.unit_id)), None)
        if unit is None:
            raise StartRefused(f"There is no unit {wanted}.")
        code = await make_pairing_code(work, unit.unit_id)
    print(code)
    return 0


async def _list_tablets() -> int:
    async with _database() as database, reading(database) as connection:
        known = await tablets(connection)
    for tablet in known:
        seen = tablet.contact_at.strftime("%Y-%m-%d %H:%M UTC")
        unsent = f"  {tablet.outbox_depth} not sent" if tablet.outbox_depth else ""
        print(f"{tablet.device_id}  {tablet.unit}  {tablet.name}  last seen {seen}{unsent}")
    if not known:
        print("No tablet is paired.")
    return 0


async def _revoke(device_id: str) -> int:
    async with _database() as database:
        try:
            async with unit_of_work(database, SystemClock().now()) as work:
                await revoke_tablet(work, str(UUID(device_id)))
        except (NotFound, ValueError) as error:
            raise StartRefused(f"There is no tablet {device_id}; `staff tablets` lists them.") from error
    print("The tablet is shut out. What it had not sent stays on it; pairing it again gives it a new id.")
    return 0
