"""A ward in which sixty tablets listen: how long a change takes to the one that shows the board."""

from contextlib import AsyncExitStack
from itertools import cycle

from bench.place import Place
from bench.reading import heard_after, live
from bench.ward import LoadedWard
from ward_sim.hospital import Ward
from ward_sim.load.line import HttpLine
from ward_sim.load.tablet import Tablet
from ward_sim.load.timings import Timings
from ward_sim.loading import pairing_code

LIVE = 60
CHANGES = 500


async def change_to_board(place: Place, of: Ward, ward: LoadedWard) -> Timings:
    """Chart sets from tablet to tablet; how long until the board's socket has each, while all others take it too."""
    [nurse, *_] = of.people("ward_nurse")
    code, chance = pairing_code(of), place.hospital.chance
    timings = Timings()
    async with AsyncExitStack() as open_sockets:
        sockets = []
        for _ in range(LIVE):
            tablet = await Tablet.signed_in(HttpLine(place.address), code, nurse, chance)
            sockets.append(await open_sockets.enter_async_context(live(place, ward, tablet)))
            tablet.line.hang_up()
        for _, writer in zip(range(CHANGES), cycle(ward.tablets), strict=False):
            timings.add(await heard_after(ward, writer, sockets))
    return timings
