"""What a tablet needs of the world around it: a line with clocks."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from ward_sim.twin.contract import Json

if TYPE_CHECKING:
    from ward_sim.tablet import Tablet

# How a line answers: the status (0: nothing came in time), the JSON or None, and Retry-After in seconds.
Heard = Callable[[int, Any, float | None], None]


class Line(Protocol):
    """What carries a tablet's requests, socket and timer, and has its clocks; answers come back by callbacks."""

    def now(self) -> Json:
        """Return the device's clocks: `wall_ms`, which may be wrong and jump, and `mono_ms`, which never does."""
        ...

    def device_now(self) -> int:
        """Return the device's wall clock in ms."""
        ...

    def ask(self, tablet: "Tablet", method: str, path: str, body: Json | None, heard: Heard) -> None:
        """Send a request; `heard` may be called more than once, for the first answer counts."""
        ...

    def open_socket(self, tablet: "Tablet") -> None:
        """Open the live socket."""
        ...

    def close_socket(self) -> None:
        """Close the live socket without a word to the tablet."""
        ...

    def send(self, frame: Json) -> None:
        """Send a frame."""
        ...

    def set_timer(self, tablet: "Tablet", at_mono_ms: float | None) -> None:
        """Tell the tablet `timer` at this instant, and at no other that was asked for before."""
        ...

    def show_ring(self, tablet: "Tablet", ring: Json) -> None:
        """Somebody is asked about an alert."""
        ...
