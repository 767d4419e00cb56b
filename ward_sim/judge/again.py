"""Asking once more: what no snapshot shows any longer, the server must still know word for word."""

from collections.abc import Collection, Iterable
from typing import Any

from ward_sim.asgi_door import AsgiDoor
from ward_sim.tablet import Tablet

Json = dict[str, Any]


async def known(door: AsgiDoor, tablets: Iterable[Tablet], entry_ids: Collection[str]) -> set[str]:
    """Send these entries again, each from its tablet; return those that the server had applied before, unchanged.

    An entry that it did not have is not a duplicate, and one with another text is held as a reused id.
    """
    found: set[str] = set()
    for tablet in tablets:
        entries = [kept.entry for entry_id, kept in tablet.ledger.saved.items() if entry_id in entry_ids]
        if not entries:
            continue
        push = {"outbox_depth": len(entries), "max_n": max(entry["n"] for entry in entries), "entries": entries}
        reply = await door.request("POST", "/api/sync/entries", push, token=tablet.token)
        found |= {verdict["entry_id"] for verdict in (reply.json or {}).get("verdicts", []) if _was_applied(verdict)}
    return found


def _was_applied(verdict: Json) -> bool:
    return verdict["verdict"] == "duplicate" and verdict.get("outcome") in ("accepted", "flagged")
