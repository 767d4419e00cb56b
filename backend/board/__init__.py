"""The board of a unit, read at once: for wall displays and systems that keep no feed."""

from backend.board.routes import ROUTES
from backend.slice import Slice

SLICE = Slice(name="board", routes=ROUTES)
