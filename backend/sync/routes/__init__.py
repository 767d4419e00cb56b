"""The doors of the protocol."""

from backend.sync.routes.doors import changes, me, push_entries, snapshot
from backend.sync.routes.live import live

ROUTES = (push_entries, snapshot, changes, me, live)
