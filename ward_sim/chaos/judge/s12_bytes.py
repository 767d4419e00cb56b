"""S12: no byte of a patient goes to a device that is not entitled to it."""

from typing import TYPE_CHECKING, Any

from ward_sim.chaos.judge.whereabouts import ever_in

if TYPE_CHECKING:
    from ward_sim.chaos.judge.evidence import Evidence
    from ward_sim.chaos.network import ChaosLine
    from ward_sim.chaos.scenario import Scenario

Json = dict[str, Any]
# Rows that name a stay by its id alone, because an entry about it waits in the tray of the unit whose tablet sent it.
_NAME_ONLY = frozenset({"held_entry"})


def look(scenario: "Scenario", line: "ChaosLine", told: Any) -> None:
    """Look at what is on its way to a tablet: of which feeds it is."""
    tablet = line.tablet
    if tablet is None or not isinstance(told, dict) or "feed" not in told:
        return
    people = {person.staff_id for person, _ in scenario.seats[line.number].desk.people}
    own = {"reference", f"unit:{tablet.unit_id}", *(f"user:{staff_id}" for staff_id in people)}
    feed = told["feed"]
    scenario.book.check("S12", holds=feed in own, otherwise=f"{feed} was sent to tablet {line.number}")


async def ask_as_a_stranger(scenario: "Scenario") -> None:
    """A token that was never given, and a tablet that asks for another unit: neither is told anything."""
    first, other = scenario.seats[0], scenario.units[-1]
    unit = first.tablet.unit_id
    asked = [
        ("a stranger", f"/api/sync/snapshot/unit:{unit}?chunk=0", "x" * 43),
        ("a stranger", f"/api/sync/changes?feed=unit:{unit}&epoch=&after=0&limit=10", "x" * 43),
        ("another unit's tablet", f"/api/sync/snapshot/unit:{other}?chunk=0", first.tablet.token),
        ("another unit's tablet", f"/api/sync/changes?feed=unit:{other}&epoch=&after=0&limit=10", first.tablet.token),
    ]
    for who, path, token in asked:
        reply = await scenario.server.request("GET", path, token=token)
        told = reply.json if isinstance(reply.json, dict) else {}
        silent = reply.status in (401, 403, 404) and not {"rows", "changes"} & told.keys()
        scenario.book.check("S12", holds=silent, otherwise=f"{who} was answered {reply.status} to {path}")


def check(evidence: "Evidence") -> None:
    """Every row of a feed of a unit is of a patient who was in that unit at some time, by the judge's own book."""
    book, been = evidence.scenario.book, ever_in(evidence)
    for feed, changes in evidence.changes.items():
        if not feed.startswith("unit:"):
            continue
        for change in changes:
            stay_id = (change["row"] or {}).get("stay_id")
            if stay_id is None or change["type"] in _NAME_ONLY:
                continue
            book.check(
                "S12",
                holds=feed.removeprefix("unit:") in been.get(stay_id, ()),
                otherwise=f"{change['type']} of {stay_id}, who was never there, went to all of {feed}",
            )
