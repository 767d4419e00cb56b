"""A tablet's core as the simulator drives it: the twin in Python, the browser's own in Node, or both at once."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, Self

import msgspec

from ward_sim.twin import core as twin
from ward_sim.twin.contract import Json
from ward_sim.twin.summary import summary

_ROOT = Path(__file__).resolve().parent.parent
_in_order = msgspec.json.Encoder(order="sorted")


class Core(Protocol):
    """Events in, actions out, both as JSON records of `pwa/src/sync/contract.ts`; `now` is {"wall_ms", "mono_ms"}."""

    def begin(self, seed: int) -> None:
        """A fresh start of the app, with all the chance that it will have."""
        ...

    def step(self, event: Json, now: Json) -> list[Json]:
        """Take one event in; return what must be done, in order."""
        ...

    def summary(self, now: Json) -> Json:
        """Return how the tablet stands, as its screens say it (`pwa/src/sync/summary.ts`)."""
        ...


class TwinCore:
    """The twin, in this process."""

    def __init__(self) -> None:
        self.state = twin.fresh(0)

    def begin(self, seed: int) -> None:
        """Forget everything."""
        self.state = twin.fresh(seed)

    def step(self, event: Json, now: Json) -> list[Json]:
        """Take one event in; return what must be done, in order."""
        return twin.step(self.state, event, now)

    def summary(self, now: Json) -> Json:
        """Return how the tablet stands."""
        return summary(self.state, now)


class NodeChild:
    """One Node that runs the browser's core for many tablets, a line of JSON for each question and answer."""

    def __init__(self) -> None:
        # Both are our own scripts.
        finder = ["/bin/sh", str(_ROOT / "tools" / "node.sh")]
        found = subprocess.run(finder, check=True, capture_output=True, text=True)  # noqa: S603
        words = [str(Path(found.stdout.strip()) / "node"), "scripts/run.mjs", "src/sync/node.ts"]
        self._child = subprocess.Popen(words, cwd=_ROOT / "pwa", stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let it end."""
        self._child.communicate()

    def ask(self, question: Json) -> Json:
        """Return the answer to one line."""
        pipes = self._child
        assert pipes.stdin is not None
        assert pipes.stdout is not None
        pipes.stdin.write(msgspec.json.encode(question) + b"\n")
        pipes.stdin.flush()
        answer = pipes.stdout.readline()
        if not answer:
            raise RuntimeError("the core in Node has ended; what it said is above")
        return msgspec.json.decode(answer)


class NodeCore:
    """The core that runs in browsers; several tablets share a child, each by its name there."""

    def __init__(self, child: NodeChild, tablet: str) -> None:
        self._child = child
        self._tablet = tablet
        self.told: Json = {}

    def begin(self, seed: int) -> None:
        """Forget everything."""
        self._child.ask({"tablet": self._tablet, "seed": f"0x{seed:x}"})

    def step(self, event: Json, now: Json) -> list[Json]:
        """Take one event in; return what must be done, in order."""
        answer = self._child.ask({"tablet": self._tablet, "event": event, "now": now})
        self.told = answer["summary"]
        return answer["actions"]

    def summary(self, now: Json) -> Json:
        """Return how the tablet stands."""
        return self._child.ask({"tablet": self._tablet, "now": now})["summary"]


class CoresDiffer(AssertionError):
    """The two cores answered one event differently."""


class BothCores:
    """Steps the twin and the browser's core alike, and stops at the first difference."""

    def __init__(self, node: NodeCore) -> None:
        self.twin = TwinCore()
        self.node = node
        self.steps = 0

    def begin(self, seed: int) -> None:
        """Let both forget everything."""
        self.twin.begin(seed)
        self.node.begin(seed)

    def step(self, event: Json, now: Json) -> list[Json]:
        """Take one event in; return what must be done. CoresDiffer when they do not agree on it."""
        self.steps += 1
        ours, theirs = self.twin.step(event, now), self.node.step(event, now)
        self._same(event, ours, theirs)
        self._same(event, self.twin.summary(now), self.node.told)
        return ours

    def summary(self, now: Json) -> Json:
        """Return how the tablet stands."""
        return self.twin.summary(now)

    def _same(self, event: Json, ours: object, theirs: object) -> None:
        one, other = _in_order.encode(ours), _in_order.encode(theirs)
        if one != other:
            told = _in_order.encode(event).decode()
            raise CoresDiffer(f"step {self.steps}, {told}\n  twin: {one.decode()}\n  node: {other.decode()}")


CORES = ("twin", "node", "both")


@contextmanager
def cores(kind: str) -> Iterator[Callable[[str], Core]]:
    """Make cores of one of `CORES` for tablets by name; Node runs as long as the context lasts."""
    if kind == "twin":
        yield lambda _tablet: TwinCore()
        return
    with NodeChild() as child:
        yield lambda tablet: BothCores(NodeCore(child, tablet)) if kind == "both" else NodeCore(child, tablet)
