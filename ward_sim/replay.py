"""Real intensive-care series charted through virtual tablets, an hour a minute, and scored again by our own oracle."""

import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ward_sim import score_oracle
from ward_sim.asgi_door import AsgiDoor
from ward_sim.bedside import whole_reply
from ward_sim.faults import Faults
from ward_sim.hospital import Hospital, Ward, new_hospital
from ward_sim.instants import HOUR, MINUTE, SECOND, instant, instant_ms
from ward_sim.judge.witness import Witness
from ward_sim.physionet import Series, read_series
from ward_sim.tablet import Tablet
from ward_sim.virtual_line import Network, VirtualLine
from ward_sim.world import World

Json = dict[str, Any]
BEDS = 25
START_AT = instant_ms("2026-03-02T08:00:00.000Z")
# An hour of the series is a minute of the ward: 48 h are charted in 48 min.
COMPRESSED = HOUR // MINUTE
_PASS_LASTS = 49 * MINUTE
# The ward's network comes and goes, so that entries travel in batches as after a dead spot.
_DARK, _LIGHT = 40 * SECOND, 20 * SECOND
_PASSES = (("measured", False), ("carried_forward", True))


@dataclass(slots=True)
class Replay:
    """A ward of the replay: one tablet, one nurse who charts and one bed for each patient."""

    ward: Ward
    tablet: Tablet
    line: VirtualLine
    witness: Witness
    staff_id: str
    charted: dict[str, Json] = field(default_factory=dict)
    stays: list[str] = field(default_factory=list)

    def save(self, type_name: str, body: Json) -> str:
        """Save an entry by the ward's nurse."""
        return self.tablet.save(self.staff_id, type_name, body)


def replay_hospital(seed: int, patients: int) -> Hospital:
    """Return wards with a bed for every patient."""
    wards = [f"Ward {n + 1}" for n in range(-(-patients // BEDS))]
    return new_hospital(seed, START_AT, wards, BEDS, {"charge_nurse": 1})


def series_of(folder: Path, limit: int | None) -> list[Series]:
    """Return the records of a folder in order of their numbers."""
    return [read_series(path) for path in sorted(folder.glob("*.txt"))[:limit]]


async def run_replay(
    door: AsgiDoor, hospital: Hospital, codes: dict[str, str], series: list[Series], seed: int
) -> Json:
    """Chart every series twice, as measured and with values carried forward; return the report."""
    began = time.perf_counter()
    network = Network(World(START_AT), door, Faults(**dict.fromkeys(Faults.__slots__, 0.0)))
    await network.advance()
    die = random.Random(f"{seed}/replay")
    wards = [await _open(network, ward, codes[ward.unit_id], die) for ward in hospital.wards]
    report: Json = {"seed": seed, "patients": len(series), "compressed": COMPRESSED, "passes": {}}
    for name, carried in _PASSES:
        report["passes"][name] = await _run_pass(network, wards, hospital, series, carried=carried)
        print(f"replay: {name} {report['passes'][name]}", file=sys.stderr)
    return report | {"seconds": round(time.perf_counter() - began, 1)}


def wrong(report: Json) -> bool:
    """Return whether a set was lost or doubled, or a score differs from the oracle's."""
    return any(
        figures["mismatched"] or figures["sets_charted"] != figures["sets_on_server"] or not figures["sets_charted"]
        for figures in report["passes"].values()
    )


async def _open(network: Network, ward: Ward, code: str, die: random.Random) -> Replay:
    devices = []
    for name in ("tablet", "witness"):
        body = {"pairing_code": code, "name": f"{ward.name} {name}"}
        reply = await network.ask("POST", "/api/devices", body, "")
        if reply.status not in (200, 201):
            raise RuntimeError(f"pairing was answered with {reply.status}: {reply.json}")
        devices.append(reply.json)
    line = VirtualLine(network, random.Random(die.random()))
    line.tablet = Tablet(devices[0], line, die.getrandbits(62))
    line.tablet.start()
    feed = f"unit:{ward.unit_id}"
    witness = Witness(network.door, devices[1]["device_token"], feed)
    await witness.begin(network.world.now)
    network.witnesses.append(witness)
    nurse = ward.people("charge_nurse")[0]
    body = {"staff_id": nurse.staff_id, "pin": nurse.pin}
    reply = await network.ask("POST", "/api/sessions", body, line.tablet.token)
    if reply.status not in (200, 201):
        raise RuntimeError(f"a log-in was answered with {reply.status}: {reply.json}")
    line.tablet.sign_in(reply.json)
    return Replay(ward, line.tablet, line, witness, nurse.staff_id)


async def _run_pass(
    network: Network, wards: list[Replay], hospital: Hospital, series: list[Series], *, carried: bool
) -> Json:
    world = network.world
    from_at = world.now + MINUTE
    seen_before = {id(ward): set(ward.witness.history) for ward in wards}
    for number, one in enumerate(series):
        ward = wards[number // BEDS]
        _plan_patient(world, ward, hospital, one, (number % BEDS, from_at), carried=carried)
    for ward in wards:
        _plan_line(world, ward, from_at)
    await world.run(from_at + _PASS_LASTS)
    for ward in wards:
        ward.line.go_online()
    await world.run(world.now + MINUTE)
    figures: Counter[str] = Counter(
        dict.fromkeys(("sets_charted", "sets_on_server", "complete", "incomplete", "invalid", "mismatched"), 0)
    )
    for ward in wards:
        figures.update(await _judge(ward))
        new = [key for key in ward.witness.history if key not in seen_before[id(ward)]]
        figures["tasks_planned"] += sum(kind == "task" for kind, _ in new)
        figures["alerts_raised"] += sum(kind == "alert" for kind, _ in new)
        for stay_id in ward.stays:
            ward.save("patient_discharged", {"stay_id": stay_id})
        ward.stays.clear()
        ward.charted.clear()
    await world.run(world.now + 2 * MINUTE)
    return dict(figures)


def _plan_patient(
    world: World, ward: Replay, hospital: Hospital, one: Series, place: tuple[int, int], *, carried: bool
) -> None:
    bed_no, from_at = place
    chance = ward.tablet.chance
    stay_id, patient_id = chance.uuid7(from_at), chance.uuid7(from_at)
    born = instant(START_AT).year - one.age_years
    patient = {**hospital.patient("en", set()), "born_on": f"{born}-01-01", "name": f"Record {one.record_id}"}
    who = {"stay_id": stay_id, "patient_id": patient_id, "unit_id": ward.ward.unit_id}
    body = who | {"bed_id": ward.ward.beds[bed_no][0], "patient": patient}

    def admit() -> None:
        ward.stays.append(stay_id)
        ward.save("patient_admitted", body)

    world.at(from_at, admit)
    for at, values in one.sets(carried=carried):
        charted_at = from_at + 30 * SECOND + at // COMPRESSED
        # A value that no patient can have came from a device that nobody looked at.
        shown = values | {"source": "device"} if score_oracle.invalid_fields(values) else values
        world.at(charted_at, lambda shown=shown: _chart(ward, stay_id, shown))


def _chart(ward: Replay, stay_id: str, values: Json) -> None:
    entry_id = ward.save("vital_signs_charted", {"stay_id": stay_id, "values": values})
    ward.charted[entry_id] = values


def _plan_line(world: World, ward: Replay, from_at: int) -> None:
    """The network comes and goes; whenever it is there, every open response is attended."""
    for at in range(from_at + 15 * SECOND, from_at + _PASS_LASTS, _DARK + _LIGHT):
        world.at(at, ward.line.go_offline)
        world.at(at + _DARK, ward.line.go_online)
        world.at(at + _DARK + _LIGHT - SECOND, lambda: _attend(world, ward))


def _attend(world: World, ward: Replay) -> None:
    for task in ward.tablet.rows("task"):
        if task["kind"] == "response" and task["state"] in ("ready", "accepted"):
            about = {"stay_id": task["stay_id"], "task_id": task["task_id"]}
            whole = whole_reply(world.now - MINUTE, world.now)
            ward.save("response_recorded", about | {"response": whole})


async def _judge(ward: Replay) -> Json:
    """Compare every set of the pass with its row on the server, and its score with the oracle's."""
    _, _, rows = await ward.witness.snapshot()
    on_server = {
        row_id: row
        for (kind, row_id), (_, row) in rows.items()
        if kind == "vital_signs" and row["stay_id"] in ward.stays
    }
    figures: Counter[str] = Counter()
    for entry_id, values in ward.charted.items():
        expected = score_oracle.expected_score(values)
        figures["sets_charted"] += 1
        figures["complete" if expected.total is not None else "incomplete"] += 1
        figures["invalid"] += len(score_oracle.invalid_fields(values))
        row = on_server.get(entry_id)
        if row is None or not _agrees(row, expected):
            figures["mismatched"] += 1
            print(f"mismatched: {values} {expected} {row and row['score']}", file=sys.stderr)
    figures["sets_on_server"] = len(on_server)
    return dict(figures)


def _agrees(row: Json, expected: score_oracle.Expected) -> bool:
    score = row["score"]
    return (
        score.get("total") == expected.total
        and score.get("lower_bound", 0) == expected.lower_bound
        and score.get("sub_scores", {}) == expected.sub_scores
        and score.get("single_3", False) == expected.single_3
        and score.get("band") == expected.band
    )
