"""The door for entries, and the feeds on their way to the tablets."""

from backend.access.rules import may_resolve_held, may_review
from backend.slice import Handles, Slice
from backend.sync.actions.losses import see_incidents
from backend.sync.actions.resolve import resolve_held_entries
from backend.sync.routes import ROUTES
from backend.sync.sweep import PRUNING
from shared_schemas.sync import HeldEntryResolved, LossIncidentSeen

SLICE = Slice(
    name="sync",
    entries={
        HeldEntryResolved: Handles(may_resolve_held, resolve_held_entries),
        LossIncidentSeen: Handles(may_review, see_incidents),
    },
    routes=ROUTES,
    sweeps=(PRUNING,),
)
