"""Where invented patients live: streets that every town has, and ways in that every nurse knows."""

import random
from typing import Any

Json = dict[str, Any]
_STREETS = (
    "Mill Lane",
    "Station Road",
    "Church Street",
    "Orchard Close",
    "Bridge Street",
    "Meadow View",
    "Harbour Walk",
)
_WAYS_IN = ("Key safe by the door", "Ring twice, hard of hearing", "Second floor, no lift", "The neighbour has a key")
# Numbers of Ofcom's range for drama: they ring nowhere.
_PHONE = "020 7946 0"


def home_of(die: random.Random) -> Json:
    """Return address, way in and telephone as `home_described` has them."""
    address = f"{die.randrange(1, 120)} {die.choice(_STREETS)}"
    way_in = {"way_in": die.choice(_WAYS_IN)} if die.random() < 0.8 else {}
    return {"address": address, "phone": f"{_PHONE}{die.randrange(1000):03d}"} | way_in
