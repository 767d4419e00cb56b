"""The cast of the browser's stories: one ward of four beds and the people who work there."""

from typing import Any

UNIT = "01950000-0000-7000-8000-0000000000a1"
OTHER_UNIT = "01950000-0000-7000-8000-0000000000a2"
CODE = "1111-2222-3333"
PIN = "246810"
BEDS = {label: f"01950000-0000-7000-8000-0000000000b{i}" for i, label in enumerate(["1A", "1B", "2A", "2B"])}
PEOPLE = {
    "Amy Archer": ("01950000-0000-7000-8000-0000000000c1", "ward_nurse"),
    "Bea Baker": ("01950000-0000-7000-8000-0000000000c2", "ward_nurse"),
    "Carla Cook": ("01950000-0000-7000-8000-0000000000c3", "charge_nurse"),
    "Dan Doyle": ("01950000-0000-7000-8000-0000000000c4", "duty_clinician"),
    "Hana Hill": ("01950000-0000-7000-8000-0000000000c5", "healthcare_assistant"),
}


def hospital(policy: dict[str, Any] | None = None) -> dict[str, Any]:
    """The operator's file; `policy` replaces the default one of the ward."""
    unit: dict[str, Any] = {
        "unit_id": UNIT,
        "name": "Ward 5",
        "time_zone": "Europe/London",
        "lang": "en",
        "rapid_response_phone": "2222",
        "beds": [
            {"bed_id": bed_id, "bay": label[0], "label": label, "position": position}
            for position, (label, bed_id) in enumerate(BEDS.items())
        ],
        "pairing_code": CODE,
        "pairing_uses": 99,
    }
    if policy is not None:
        unit["policy"] = policy
    # Where a patient can be sent; nobody of the stories works there.
    other = {name: unit[name] for name in ("time_zone", "lang", "rapid_response_phone")} | {
        "unit_id": OTHER_UNIT,
        "name": "Ward 6",
        "beds": [],
    }
    staff = [
        {
            "staff_id": staff_id,
            "name": name,
            "lang": "en",
            "ui_lang": "en",
            "pin": PIN,
            "grants": [{"unit_id": UNIT, "role": role}],
        }
        for name, (staff_id, role) in PEOPLE.items()
    ]
    return {
        "hospital_id": "01950000-0000-7000-8000-0000000000d1",
        "name": "Test hospital",
        "units": [unit, other],
        "staff": staff,
    }
