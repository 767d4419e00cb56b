"""Half-up rounding on whole numbers: no binary floats near a band's edge."""

import re
from datetime import date

_DECIMAL = re.compile(r"([0-9]{1,6})(?:\.([0-9]+))?", re.ASCII)


def half_up_tenths(written: str) -> int | None:
    """Tenths of a decimal number as written, half-up (35.05 is 351); None if it is not one, or negative."""
    found = _DECIMAL.fullmatch(written)
    if not found:
        return None
    decimals = (found[2] or "") + "00"
    return int(found[1]) * 10 + int(decimals[0]) + (decimals[1] >= "5")


def half_up_whole(written: str) -> int | None:
    """A decimal number as written, half-up to a whole one (20.5 is 21); None if it is not one, or negative."""
    found = _DECIMAL.fullmatch(written)
    if not found:
        return None
    return int(found[1]) + ((found[2] or "0")[0] >= "5")


def age_years(born_on: date, on: date) -> int:
    """Whole years by the calendar birthday; who is born on 29 February has it on 1 March of other years."""
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))
