"""How many SQL statements a request costs, counted in a server of our own on the same database."""

import logging
from statistics import median_high

import httpx
import msgspec

from backend.alerts.push import WebPush
from backend.app import Ward as Server
from backend.clock import SystemClock
from backend.settings import settings_from
from bench.place import Place
from bench.reading import board_of
from bench.ward import PATIENTS, LoadedWard
from ward_sim.load.tablet import check_verdicts

AS_JSON = {"content-type": "application/json"}


async def counted(place: Place, ward: LoadedWard) -> dict[str, float]:
    """Chart each patient once, then read the board and the beds: statements of each."""
    settings = settings_from({"WARDLIGHT_HOME": str(place.home)})
    settings = msgspec.structs.replace(settings, database_url=place.postgres.url())
    server = Server(settings, SystemClock(), WebPush(settings), stepped=True)
    tablet = ward.tablets[0]
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would tell of every request
    transport, base_url = httpx.ASGITransport(server), f"http://{settings.host}:{settings.port}"
    async with (
        server.open(),
        httpx.AsyncClient(transport=transport, base_url=base_url, headers=tablet.proof) as client,
    ):

        async def ask(method: str, path: str, content: bytes | None = None) -> tuple[bytes, int]:
            with server.database.counted_statements() as statements:
                reply = await client.request(method, path, content=content, headers=AS_JSON)
            return reply.raise_for_status().content, len(statements)

        counts = []
        for _ in range(PATIENTS):
            verdicts, count = await ask("POST", "/api/sync/entries", ward.push(tablet))
            check_verdicts(verdicts)
            counts.append(count)
        _, board = await ask("GET", board_of(ward))
        _, beds = await ask("GET", f"{board_of(ward)}/beds")
    return {
        "chart_six_vitals_usual_statements": median_high(counts),
        "chart_six_vitals_most_statements": max(counts),
        "board_30_patients_statements": board,
        "bed_list_30_beds_statements": beds,
    }
