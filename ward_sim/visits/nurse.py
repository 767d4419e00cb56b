"""A home-care nurse: from flat to flat by the list on her tablet; she forgets, finds nobody at home, needs help.

How long she takes, and how often something goes wrong, is a simulation's convention.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ward_sim.instants import MINUTE
from ward_sim.nurse import Nurse
from ward_sim.visits.list import about, planned, window_of
from ward_sim.visits.sos import position

Json = dict[str, Any]
Act = tuple[int, Callable[[int], None]]
# What becomes of a visit when nothing else was decided beforehand.
_FATES = ("well",) * 8 + ("forgotten", "nobody_home")
_REASONS = ("no_time", "refused", "in_hospital")
_NOTES = ("Wound clean and dry", "Dressing changed", "Took the tablets of the week", "Walks to the kitchen and back")


@dataclass(slots=True)
class HomeNurse(Nurse):
    """One nurse on her round. `fates`: what becomes of her next visits, the first first."""

    fates: list[str] = field(default_factory=list)
    fate_of: dict[str, str] = field(default_factory=dict)
    sets_out: dict[tuple[str, int], int] = field(default_factory=dict)
    been: set[str] = field(default_factory=set)
    visiting: str | None = None
    to_do: list[Act] = field(default_factory=list)

    def wake(self, now: int) -> int | None:
        """Do one thing; with a patient she looks at nothing else until she has left."""
        if not self.to_do:
            return Nurse.wake(self, now)
        _, act = self.to_do.pop(0)
        act(now)
        if self.to_do:
            return now + self.to_do[0][0]
        self.visiting = None
        return now + self.die.randrange(4, 12) * MINUTE

    def work(self, now: int) -> int:
        """Go to the next patient, or write down what was done about a score, or drive on."""
        visit = self._next_visit(now)
        if visit is not None:
            return self.arrive(visit, now)
        busy = self.see_to_tasks(now)
        return busy if busy is not None else now + self.die.randrange(4, 9) * MINUTE

    def my_stays(self) -> dict[str, Json]:
        """Return the patients whom she visited last or is to visit."""
        mine = {row["stay_id"] for row in planned(self.tablet, self.staff_id)}
        stays = [row for row in self.tablet.rows("stay") if not row.get("departed_at")]
        return {r["stay_id"]: r for r in stays if r["stay_id"] in mine or r.get("owner_staff_id") == self.staff_id}

    def _next_visit(self, now: int) -> Json | None:
        """The first of her list for which it is time; what she was called about is not forgotten any longer."""
        called = {row["visit_id"] for row in self.tablet.rows("visit")} & set(self.urgent)
        self.urgent = [task_id for task_id in self.urgent if task_id not in called]
        mine = [row for row in planned(self.tablet, self.staff_id) if row["visit_id"] not in self.been]
        for row in mine:
            if row["visit_id"] in called:
                self.sets_out[row["visit_id"], window_of(row)[0]] = now
        return next((row for row in mine if now >= self._sets_out(row)), None)

    def _sets_out(self, row: Json) -> int:
        from_at, to_at = window_of(row)
        fate = self.fate_of.get(row["visit_id"])
        if fate is None:
            fate = self.fates.pop(0) if self.fates else self.die.choice(_FATES)
            self.fate_of[row["visit_id"]] = fate
        if (row["visit_id"], from_at) not in self.sets_out:
            late = self.die.randrange(25, 80) * MINUTE
            in_time = from_at + self.die.randrange(0, 25) * MINUTE
            self.sets_out[row["visit_id"], from_at] = to_at + late if fate == "forgotten" else in_time
        return self.sets_out[row["visit_id"], from_at]

    def arrive(self, row: Json, now: int, ago_ms: int = 0) -> int:
        """She stands before the door, since `ago_ms`; return when she does the next thing there."""
        self.been.add(row["visit_id"])
        fate = self.fate_of.get(row["visit_id"], "well")
        if fate == "not_visited":
            reason = self.die.choice(_REASONS)
            self.save("visit_not_done", about(row) | {"reason": reason})
            return now + self.die.randrange(2, 6) * MINUTE
        self.visiting = row["visit_id"]
        self.save("visit_started", about(row) | self._where(), ago_ms=ago_ms)
        self.to_do = self._closed_door(row) if fate == "nobody_home" else self._whole_visit(row)
        return now + self.to_do[0][0]

    def _where(self) -> Json:
        return {"position": position(self.die)} if self.die.random() < 0.7 else {}

    def _minutes(self, shortest: int, longest: int) -> int:
        return self.die.randrange(shortest, longest) * MINUTE

    def _closed_door(self, row: Json) -> list[Act]:
        body = about(row) | {"reason": "nobody_home", "text": "Rang three times"}
        return [(self._minutes(4, 8), lambda _: self._say("visit_not_done", body))]

    def _whole_visit(self, row: Json) -> list[Act]:
        """A set, a note that grows, a signature where the patient can sign, the end; a call has only note and end."""
        text = f"{self.die.choice(_NOTES)} ({self.die.randrange(10**6)})"
        acts: list[Act] = []
        if row["kind"] == "visit":
            acts.append((self._minutes(3, 8), lambda now: self._chart(row["stay_id"], now)))
            acts.append((self._minutes(3, 9), lambda _: self._say("visit_note_written", about(row) | {"text": text})))
        whole = about(row) | {"text": f"{text}. Next time as planned"}
        acts.append((self._minutes(3, 8), lambda _: self._say("visit_note_written", whole)))
        if row["kind"] == "visit" and self.die.random() < 0.7:
            acts.append((self._minutes(1, 4), lambda _: self._sign(row)))
        acts.append((self._minutes(2, 9), lambda _: self._say("visit_ended", about(row) | self._where())))
        return acts

    def _say(self, type_name: str, body: Json) -> None:
        self.save(type_name, body)

    def _chart(self, stay_id: str, now: int) -> None:
        if stay_id in self.wards.bodies:
            self.chart_set(stay_id, now)

    def _sign(self, row: Json) -> None:
        strokes = " ".join(f"L {self.die.randrange(300)} {self.die.randrange(100)}" for _ in range(12))
        signed_by = self.die.choice(("The patient", "A daughter", "A neighbour"))
        self.save("visit_signed", about(row) | {"signed_by": signed_by, "strokes": f"M 10 40 {strokes}"})
