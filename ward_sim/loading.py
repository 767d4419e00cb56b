"""The hospital as the operator's file, and the pairing codes that come with it."""

from pathlib import Path
from typing import Any

import msgspec

from ward_sim.hospital import Hospital, Ward
from ward_sim.instants import instant_text

Json = dict[str, Any]
CODE_USES = 2000


def pairing_code(ward: Ward) -> str:
    """Return the code of a ward of the simulator's: known beforehand, good for many tablets."""
    digits = f"{int(ward.unit_id.replace('-', ''), 16) % 10**12:012d}"
    return "-".join((digits[:4], digits[4:8], digits[8:]))


def hospital_file(hospital: Hospital, path: Path) -> None:
    """Write the file that `python -m backend staff load` reads."""
    content: Json = {
        "hospital_id": hospital.hospital_id,
        "name": "Wardlight demo hospital",
        "from_at": instant_text(hospital.made_at),
        "units": [_unit(ward) for ward in hospital.units],
        "staff": [_person(person) for ward in hospital.units for person in ward.staff],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(content)))


def _unit(ward: Ward) -> Json:
    # A number of Ofcom's range for drama: it rings nowhere.
    called = {"coordinator_phone": "020 7946 0958"} if ward.kind == "home" else {}
    beds = [
        {"bed_id": bed_id, "bay": bay, "label": label, "position": number}
        for number, (bed_id, bay, label) in enumerate(ward.beds)
    ]
    return {
        "unit_id": ward.unit_id,
        "name": ward.name,
        "kind": ward.kind,
        "time_zone": "Europe/London",
        "lang": "en",
        "rapid_response_phone": "2222",
        **called,
        "beds": beds,
        "pairing_code": pairing_code(ward),
        "pairing_uses": CODE_USES,
    }


def _person(person: Any) -> Json:
    return {
        "staff_id": person.staff_id,
        "name": person.name,
        "lang": person.lang,
        "ui_lang": person.lang,
        "pin": person.pin,
        "grants": [{"unit_id": person.unit_id, "role": person.role}],
    }
