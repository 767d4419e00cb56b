"""What the tablets of a home-care team show of its visits, and the bodies of what is said of one."""

from typing import Any

from ward_sim.instants import instant_ms, instant_text
from ward_sim.tablet import Tablet

Json = dict[str, Any]


def visits(tablet: Tablet) -> list[Json]:
    """The visits that the tablet shows, in the order of their windows."""
    return sorted(tablet.rows("visit"), key=lambda row: (row["window_from_at"], row["visit_id"]))


def planned(tablet: Tablet, staff_id: str | None = None) -> list[Json]:
    """Those that have not begun; of one nurse, where she is given."""
    waiting = [row for row in visits(tablet) if row["state"] == "planned"]
    return [row for row in waiting if staff_id is None or row.get("staff_id") == staff_id]


def visit(tablet: Tablet, visit_id: str) -> Json | None:
    """The visit as the tablet shows it now; None: it has left."""
    return next((row for row in tablet.rows("visit") if row["visit_id"] == visit_id), None)


def window(from_at: int, to_at: int) -> Json:
    """A window as entries name it."""
    return {"window_from_at": instant_text(from_at), "window_to_at": instant_text(to_at)}


def window_of(row: Json) -> tuple[int, int]:
    """From when until when a visit is to begin."""
    return instant_ms(row["window_from_at"]), instant_ms(row["window_to_at"])


def about(row: Json) -> Json:
    """How an entry names a visit."""
    return {"stay_id": row["stay_id"], "visit_id": row["visit_id"]}
