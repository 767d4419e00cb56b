"""The door for entries, and the feeds on their way to the tablets."""

from backend.access.rules import may_resolve_held
from backend.slice import Handles, Slice
from backend.sync.actions.resolve import resolve_held_entries
from backend.sync.routes import ROUTES
from backend.sync.sweep import PRUNING
from shared_schemas.sync import HeldEntryResolved

SLICE = Slice(
    name="sync",
    entries={HeldEntryResolved: Handles(may_resolve_held, resolve_held_entries)},
    routes=ROUTES,
    sweeps=(PRUNING,),
)
