"""The door for entries, and the feeds on their way to the tablets."""

from backend.slice import Slice
from backend.sync.routes import ROUTES

SLICE = Slice("sync", routes=ROUTES)
