"""Charting: one set a request, at one client and at eight, and batches of a tablet that was offline."""

from time import perf_counter

from bench.place import Place
from bench.ward import BATCH, CLIENTS, LoadedWard
from ward_sim.load.tablet import Tablet
from ward_sim.load.timings import Timings, at_once

ALONE = 200
EACH = 90
BATCHES = 10


async def one_by_one(place: Place, ward: LoadedWard) -> tuple[Timings, int, float]:
    """Chart sets at one client: durations, the largest reply in bytes, and the server's processor time a set in ms."""
    tablet = ward.tablets[0]
    pushes = [ward.push(tablet) for _ in range(ALONE)]
    timings, largest, before_ms = Timings(), 0, place.cpu_ms
    for push in pushes:
        begun = perf_counter()
        reply = await tablet.send(push)
        timings.add(perf_counter() - begun)
        largest = max(largest, len(reply.body))
    return timings, largest, (place.cpu_ms - before_ms) / ALONE


async def side_by_side(ward: LoadedWard) -> float:
    """Requests a second at eight clients of one ward, a set each."""
    pushes = {tablet.device_id: [ward.push(tablet) for _ in range(EACH)] for tablet in ward.tablets[:CLIENTS]}

    async def chart(tablet: Tablet) -> None:
        for push in pushes[tablet.device_id]:
            await tablet.send(push)

    return CLIENTS * EACH / await at_once(chart(tablet) for tablet in ward.tablets[:CLIENTS])


async def in_batches(ward: LoadedWard) -> float:
    """Entries a second that come in batches of 100 from one tablet."""
    tablet = ward.tablets[0]
    pushes = [ward.push(tablet, BATCH) for _ in range(BATCHES)]
    begun = perf_counter()
    for push in pushes:
        await tablet.send(push)
    return BATCHES * BATCH / (perf_counter() - begun)
