"""How many SQL statements one charted set costs, counted in a server of our own on the same database."""

import logging
from statistics import median_high

import httpx
import msgspec

from backend.alerts.push import WebPush
from backend.app import Ward as Server
from backend.clock import SystemClock
from backend.settings import settings_from
from bench.place import Place
from bench.tablet import check_verdicts
from bench.ward import PATIENTS, LoadedWard


async def of_one_set(place: Place, ward: LoadedWard) -> tuple[int, int]:
    """Chart each patient once; the usual number of statements a request, and the largest."""
    settings = settings_from({"WARDLIGHT_HOME": str(place.home)})
    settings = msgspec.structs.replace(settings, database_url=place.postgres.url())
    server = Server(settings, SystemClock(), WebPush(settings), stepped=True)
    tablet = ward.tablets[0]
    headers = {**tablet.proof, "content-type": "application/json"}
    counts = []
    logging.getLogger("httpx").setLevel(logging.WARNING)  # it would tell of every request
    async with server.open(), httpx.AsyncClient(transport=httpx.ASGITransport(server)) as client:
        for _ in range(PATIENTS):
            with server.database.counted_statements() as statements:
                url = f"http://{settings.host}:{settings.port}/api/sync/entries"
                reply = await client.post(url, content=ward.push(tablet), headers=headers)
            check_verdicts(reply.content)
            counts.append(len(statements))
    return median_high(counts), max(counts)
