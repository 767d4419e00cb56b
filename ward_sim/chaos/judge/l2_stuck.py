"""L2: a stuck socket delays no other."""

from typing import TYPE_CHECKING

from ward_sim.instants import SECOND

if TYPE_CHECKING:
    from ward_sim.chaos.judge.evidence import Evidence
    from ward_sim.chaos.scenario import Scenario, Seat

WITHIN = 20 * SECOND
_HEAD = "select head from feed where feed_id = $1 and epoch = $2"


Standing = tuple[int, int, int, str]


def standing(scenario: "Scenario") -> list[Standing]:
    """What must not have changed meanwhile: the server's life, and each tablet's socket and epoch."""
    lives = scenario.server.deaths, scenario.server.restores
    return [
        (*lives, len(seat.line.dialled), seat.tablet.feeds[f"unit:{seat.tablet.unit_id}"].epoch)
        for seat in scenario.seats
    ]


async def look(scenario: "Scenario", stuck: "Seat", before: list[Standing]) -> None:
    """While a socket is stuck: whoever else follows that unit by a sound socket is soon where the server is."""
    for seat, was, now in zip(scenario.seats, before, standing(scenario), strict=True):
        line = seat.line
        # One that still waits for an answer of its own lags for reasons of its own.
        if was != now or seat.tablet.asking:
            continue
        sound = not (line.is_deaf or line.is_mute or line.offline_since is not None or line.refusals)
        follows = seat is not stuck and seat.tablet.alive and line.socket is not None and line.socket.flows.is_set()
        if not sound or not follows or not scenario.server.is_up:
            continue
        feed = f"unit:{seat.tablet.unit_id}"
        cursor = seat.tablet.feeds[feed]
        head = await (await scenario.server.reader()).fetchval(_HEAD, feed, cursor.epoch)
        if head is not None:
            judge(scenario, seat, stuck, head)


def judge(scenario: "Scenario", seat: "Seat", stuck: "Seat", head: int) -> None:
    """Whether a tablet was sent all of its unit's feed up to the server's head."""
    line, feed = seat.line, f"unit:{seat.tablet.unit_id}"
    cursor = seat.tablet.feeds[feed]
    frames = [frame for frame in line.carried if frame["feed"] == feed and frame["epoch"] == cursor.epoch]
    newest = max((frame["to"] for frame in frames), default=cursor.seq)
    told = f"tablet {line.number} was sent {newest} of {head} while tablet {stuck.line.number} was stuck"
    scenario.book.check("L2", holds=max(newest, cursor.seq) >= head, otherwise=told)


def check(_evidence: "Evidence") -> None:
    """All was looked at while it happened."""
