"""Entries that no tablet of ours writes: of another version, misshapen, with a used id, or hated by a gateway."""

import random
from typing import TYPE_CHECKING, Any

import msgspec

from ward_sim.chaos.people import at_the_bedside
from ward_sim.instants import instant_text
from ward_sim.seal import kept, sealed
from ward_sim.storage import Crashed

if TYPE_CHECKING:
    from ward_sim.chaos.people.pen import Pen
    from ward_sim.chaos.scenario import Pressed, Scenario, Seat

Json = dict[str, Any]


def refused_by_a_gateway(scenario: "Scenario", seat: "Seat", die: random.Random) -> None:
    """Every batch with this entry is refused: the tablet finds it by halving, keeps it, and sends the others."""
    pen = scenario.pen(seat)
    said = scenario.say(seat, pen, at_the_bedside.note(pen)) if pen is not None else None
    if said is not None:
        said.odd = "refused"
        scenario.network.refused_entries[said.entry_id] = die.choice((400, 422))
        scenario.act(seat)


def misshapen(scenario: "Scenario", seat: "Seat", die: random.Random) -> None:
    """A body with a field nobody knows, a value of a wrong kind, or a type nobody knows."""
    kind = die.choice(("unknown_field", "malformed", "unknown_type"))
    pen = scenario.pen(seat)
    said = at_the_bedside.note(pen) if pen is not None else None
    if pen is None or said is None:
        return
    type_name, body = said
    if kind == "unknown_field":
        body = {**body, "mood": "good"}
    elif kind == "malformed":
        body = {**body, "note": 17}
    else:
        type_name = "moon_phase_charted"
    _press(scenario, seat, pen, kind, type_name, body)


def of_a_newer_app(scenario: "Scenario", seat: "Seat", _die: random.Random) -> None:
    """An entry of a version that this server does not know yet: it must wait, and hold nobody up but its stay."""
    pen = scenario.pen(seat)
    said = at_the_bedside.note(pen) if pen is not None else None
    if pen is not None and said is not None:
        _press(scenario, seat, pen, "newer", said[0], {**said[1], "mood": "good"}, v=900)
        scenario.act(seat)


def with_a_used_id(scenario: "Scenario", seat: "Seat", _die: random.Random) -> None:
    """Another text under an id that the server has already, of another tablet: none of ours makes one twice."""
    others = [one for one in scenario.pressed if one.seat is not seat and not one.odd]
    sent = [one for one in others if one.entry_id in one.seat.tablet.storage.sent]
    pen = scenario.pen(seat)
    said = at_the_bedside.note(pen) if pen is not None else None
    if sent and pen is not None and said is not None:
        _press(scenario, seat, pen, "id_reuse", *said, entry_id=sent[-1].entry_id)


def _press(
    scenario: "Scenario",
    seat: "Seat",
    pen: "Pen",
    odd: str,
    type_name: str,
    body: Json,
    *,
    v: int = 1,
    entry_id: str | None = None,
) -> "Pressed | None":
    tablet, now = seat.tablet, seat.line.now()
    session, at = tablet.sessions[pen.person.staff_id], instant_text(now["wall_ms"])
    told = tablet.core.summary(now)
    clock = {name: told[name] for name in ("clock_offset_ms", "clock_quality")}
    entry = {
        "entry_id": entry_id or tablet.chance.uuid7(now["wall_ms"]),
        "device_id": tablet.device_id,
        "n": tablet.storage.last_n + 1,
        "type": type_name,
        "v": v,
        "session_id": session.session_id,
        "recorded_at": at,
        "depends_on": [],
        "body": msgspec.json.encode({"observed_at": at, **clock, **body}).decode(),
    }
    saved = kept(sealed(entry, session.session_key), pen.person.staff_id)
    try:
        tablet.storage.append(saved)
    except Crashed:
        tablet.die()
        if entry["n"] == tablet.storage.last_n:
            scenario.note(seat, saved["entry"], pen.person.staff_id, ticked=False, odd=odd)
        return None
    pressed = scenario.note(seat, saved["entry"], pen.person.staff_id, ticked=True, odd=odd)
    tablet.hear({"event": "saved", "waiting": tablet.storage.waiting()[-1]})
    return pressed
