"""In which order entries are applied: as they were written, in as few runs of one type as that allows."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence

from backend.slice import Handles
from backend.sync.rules.strict import Sent
from shared_schemas.sync import HeldEntryResolved

ALONE = frozenset({"", HeldEntryResolved.type_name})


def type_of(entry: Sent) -> str:
    """The entry's type; empty where it can not be read."""
    return entry.envelope.type if entry.envelope else ""


def stay_by_stay(batch: Iterable[Sent], handlers: Mapping[str, Handles]) -> list[Sent]:
    """A tablet's entries in few runs: what concerns a part of its stay passes what concerns others.

    Of a part, and of what an entry depends on, the order is kept; nothing else passes anything.
    """
    ordered: list[Sent] = []
    free = _Runs(handlers)
    for entry in batch:
        if entry.stay_id is not None and entry.body is not None and type_of(entry) in free.kinds:
            free.add(entry, entry.stay_id)
            continue
        ordered += [*free.in_order(), entry]
        free = _Runs(handlers)
    return [*ordered, *free.in_order()]


class _Runs:
    """Runs of one type each. An entry joins the first of its type that comes after all that it must follow."""

    def __init__(self, handlers: Mapping[str, Handles]) -> None:
        self.kinds = {kind: handles for kind, handles in handlers.items() if handles.of_its_stay}
        self._runs: list[tuple[str, list[Sent]]] = []
        self._run_of: dict[str, int] = {}
        self._last_run: dict[tuple[str, str], int] = {}

    def add(self, entry: Sent, stay_id: str) -> None:
        """The next entry that the tablet wrote."""
        kind = type_of(entry)
        handles = self.kinds[kind]
        parts = [(stay_id, part) for part in handles.of_its_stay]
        first = max((self._run_of[key] + 1 for key in entry.depends_on if key in self._run_of), default=0)
        for part in parts if not handles.only_adds else ():
            last = self._last_run.get(part, -1)
            first = max(first, last if last >= 0 and self._runs[last][0] == kind else last + 1)
        place = next((place for place in range(first, len(self._runs)) if self._runs[place][0] == kind), None)
        if place is None:
            place = len(self._runs)
            self._runs.append((kind, []))
        self._runs[place][1].append(entry)
        self._run_of[entry.key] = place
        for part in parts:
            self._last_run[part] = max(place, self._last_run.get(part, -1))

    def in_order(self) -> Iterator[Sent]:
        """All entries, run by run."""
        for _, run in self._runs:
            yield from run


def side_by_side(batches: Iterable[Sequence[Sent]]) -> Iterator[Sent]:
    """The entries of all, each one's in their own order, and those of one type in as few runs as that allows."""
    left = [deque(batch) for batch in batches if batch]
    while left:
        kind = type_of(left[0][0])
        for batch in left:
            while batch and type_of(batch[0]) == kind:
                yield batch.popleft()
        left = [batch for batch in left if batch]


def runs(entries: Iterable[Sent]) -> Iterator[list[Sent]]:
    """Neighbours of one type, as long as none depends on another of its run. What can not be read stands alone.

    So does an answer to a held entry: the next one must see what became of that.
    """
    run: list[Sent] = []
    keys: set[str] = set()
    for entry in entries:
        same = bool(run) and type_of(run[0]) == type_of(entry) and type_of(entry) not in ALONE
        if run and not (same and keys.isdisjoint(entry.depends_on)):
            yield run
            run, keys = [], set()
        run.append(entry)
        keys.add(entry.key)
    if run:
        yield run
