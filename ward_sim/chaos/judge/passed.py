"""What passed between tablets and server: a tap on every line, which also checks what can be checked at once."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ward_sim.asgi_door import Reply
from ward_sim.chaos.judge import s12_bytes
from ward_sim.chaos.network import PUSH, ChaosLine
from ward_sim.chaos.scenario import Scenario

Json = dict[str, Any]


class Told(NamedTuple):
    """A verdict that the server gave; `life`: how often it had been restored by then."""

    at: int
    life: int
    verdict: Json


@dataclass(slots=True)
class Passed:
    """The tap."""

    scenario: Scenario
    verdicts: dict[str, list[Told]] = field(default_factory=lambda: defaultdict(list))
    posted: list[tuple[int, int, list[Json]]] = field(default_factory=list)
    frames: list[tuple[int, int, Json]] = field(default_factory=list)

    def sent(self, line: ChaosLine, _method: str, path: str, body: Any) -> None:
        """A tablet asked for something."""
        if path == PUSH and body:
            self.posted.append((line.world.now, line.number, body["entries"]))

    def answered(self, line: ChaosLine, asked: tuple[str, str, Any], reply: Reply) -> None:
        """The server's answer is on its way to a tablet."""
        told = reply.json
        s12_bytes.look(self.scenario, line, told)
        if asked[1] == PUSH and reply.status == 200 and isinstance(told, dict):
            for verdict in told["verdicts"]:
                self.verdicts[verdict["entry_id"]].append(Told(line.world.now, self.scenario.server.restores, verdict))

    def framed(self, line: ChaosLine, frame: Json) -> None:
        """A frame is on its way to a tablet."""
        s12_bytes.look(self.scenario, line, frame)
        self.frames.append((line.world.now, line.number, frame))
