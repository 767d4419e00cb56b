"""What a slice brings to the server, and what an entry is when it reaches a slice."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from shared_schemas.base import Body
from shared_schemas.flags import Flag, HeldDetail
from shared_schemas.staff import Grant, Role
from shared_schemas.wire import HeldReason

if TYPE_CHECKING:
    from backend.db import Database, Work

B = TypeVar("B", bound=Body)


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote an entry: proven by session and mac; roles as they were at `recorded_at`."""

    staff_id: str
    session_id: str
    grants: tuple[Grant, ...]

    def roles_in(self, unit_id: str) -> set[Role]:
        """Roles of the author in one unit."""
        return {grant.role for grant in self.grants if grant.unit_id == unit_id}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where the entry's subject is: its unit now and at `observed_at`. None: the entry names no stay or unit."""

    stay_id: str | None
    unit_id: str | None
    unit_id_at_observed: str | None
    departed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Arrived(Generic[B]):
    """One decoded, proven and permitted entry.

    `observed_at` and `recorded_at` are corrected by the tablet's clock offset and never later than
    `received_at`; the body keeps what the tablet wrote. `flags` is what the door already found:
    `future_time`, `out_of_scope`, `after_departure`, `clock_unverified`.
    """

    entry_id: str
    device_id: str
    n: int
    author: Author
    scope: Scope
    body: B
    observed_at: datetime
    recorded_at: datetime
    received_at: datetime
    flags: tuple[Flag, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a handler made of an entry: applied, with flags; or held for an answer.

    `claim_held`: the fact is applied and its verdict is `flagged`, only a claim in it waits. The door writes a held
    entry for it as for `held`; applying the entry again then repeats the claim alone (an admission to a taken bed).
    """

    flags: tuple[Flag, ...] = ()
    held: HeldReason | None = None
    detail: HeldDetail | None = None
    claim_held: HeldReason | None = None


APPLIED = Outcome()

# A run of entries of one type, oldest first, in one transaction; outcomes in the same order.
Apply = Callable[["Work", Sequence[Arrived[Any]]], Awaitable[list[Outcome]]]
# A gate is pure: may this author do this to that subject? Gates are named in backend.access.
Gate = Callable[[Author, Scope], bool]


# Parts of a stay: its sets with the observations and responses that follow; other care; its note.
OBSERVED, CARE, NOTE = (frozenset({part}) for part in ("observed", "care", "note"))


@dataclass(frozen=True, slots=True)
class Handles:
    """The gate and the effect of one entry type. `always_kept`: never held for scope (vital signs).

    `takes_back`: who works where the subject was before may too, not only who works where it is now by a mistake.
    `of_its_stay`: the parts of its stay that it looks at or changes, when it concerns nothing else, so that it may pass
    earlier entries about other parts and other stays; `only_adds`: of these parts it looks at nothing.
    """

    gate: Gate
    apply: Apply
    always_kept: bool = False
    takes_back: bool = False
    of_its_stay: frozenset[str] = frozenset()
    only_adds: bool = False


@dataclass(frozen=True, slots=True)
class Sweep:
    """What time does in a slice.

    `due_at`: one SQL value, the instant at which the sweep has something to do next (null: nothing lies ahead); `$1` is
    now, for what is due by a state and not by an instant. `run(database, now)` does at most one batch of what is due in
    units of work of its own, and returns how many things it did: 0 when another worker holds them.
    """

    name: str
    due_at: str
    run: Callable[["Database", datetime], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class Slice:
    """What a slice brings: handlers by entry type, routes, and sweeps in the order in which they run."""

    name: str
    entries: dict[type[Body], Handles] = field(default_factory=dict)
    routes: tuple[Any, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
