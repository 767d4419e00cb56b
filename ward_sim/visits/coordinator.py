"""The coordinator of a home-care team, and who is on call for it: what they do when they are asked, and unasked."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ward_sim.instants import HOUR, MINUTE
from ward_sim.nurse import Nurse
from ward_sim.visits import sos
from ward_sim.visits.list import about, planned, visit, window, window_of

Json = dict[str, Any]
PLAN_VISIT = "task.plan_visit"
_OPEN = ("ready", "accepted", "on-hold")
PLANS = ("Change the dressing", "Weight and oedema", "Insulin and meal", "Leg ulcer, both sides", "Blood for the lab")
BRING = ("Dressing set", "Scales", "Gloves", "Compression bandage", "Blood tubes")


@dataclass(slots=True)
class Asked(Nurse):
    """Whoever may be asked about a nurse: rings her up, and some minutes later says how she is."""

    later: list[tuple[int, Callable[[int], None]]] = field(default_factory=list)

    def work(self, now: int) -> int:
        """Do what has been put off until now, and what her post does."""
        due = [act for at, act in self.later if at <= now]
        self.later = [(at, act) for at, act in self.later if at > now]
        for act in due:
            act(now)
        busy = self.see_to_tasks(now)
        return busy if busy is not None else now + self.die.randrange(2, 6) * MINUTE

    def go(self, alert: Json, now: int) -> None:
        """See to what she was asked about."""
        if alert["cause"] == "sos":
            self.later.append((sos.speaks_at(self.die, now), lambda _: sos.end(self, alert["cause_id"])))
        else:
            Nurse.go(self, alert, now)


@dataclass(slots=True)
class Coordinator(Asked):
    """Who leads the team. `next_visit`: the window that she offers next to a patient for whom nothing is planned."""

    next_visit: Callable[[int], tuple[int, int]] = lambda now: (now + 24 * HOUR, now + 26 * HOUR)
    plans_at: dict[str, int] = field(default_factory=dict)

    def work(self, now: int) -> int:
        """Plan for whom nothing is planned, and what else is to be done."""
        for stay_id in sorted(self._without_a_plan()):
            if now >= self.plans_at.setdefault(stay_id, now + self.die.randrange(10, 70) * MINUTE):
                # By then her tablet shows the visit, or it has been said again that there is none.
                self.plans_at[stay_id] = now + 3 * HOUR
                self.plan(stay_id, window(*self.next_visit(now)), now, self.least_busy())
        return Asked.work(self, now)

    def _without_a_plan(self) -> set[str]:
        tasks = [row for row in self.tablet.rows("task") if row.get("text_key") == PLAN_VISIT]
        return {row["stay_id"] for row in tasks if row["state"] in _OPEN}

    def nurses(self) -> list[Nurse]:
        """The nurses of her team."""
        return [colleague for colleague in self.colleagues if colleague.turn.post == "nurse"]

    def go(self, alert: Json, now: int) -> None:
        """About a visit that nobody began she decides in a while, after trying to ring its nurse; she plans what waits
        for a plan, and sends who is on call to a score.
        """
        if alert["cause"] == "sos":
            Asked.go(self, alert, now)
        elif alert["cause"] == "response":
            for colleague in self.colleagues:
                if colleague.turn.post == "on_call" and colleague.on_duty:
                    colleague.urgent.append(alert["cause_id"])
        elif visit(self.tablet, alert["cause_id"]) is not None:
            wait = self.die.randrange(2, 7) * MINUTE
            self.later.append((now + wait, lambda at: self.see_to_visit(alert["cause_id"], at)))
        else:
            self.plans_at[alert["stay_id"]] = now

    def see_to_visit(self, visit_id: str, now: int) -> None:
        """Another nurse goes, or the same one later, or it does not take place today; visits of others she leaves."""
        row, hers = visit(self.tablet, visit_id), {nurse.staff_id for nurse in self.nurses()}
        if row is None or row["state"] != "planned" or row.get("staff_id") not in hers:
            return
        roll = self.die.random()
        if roll < 0.4:
            self.give_to_another(row)
        if roll < 0.75:
            self.move(row, now + HOUR, now + 2 * HOUR)
        else:
            self.save("visit_not_done", about(row) | {"reason": "no_time"})

    def plan(self, stay_id: str, when: Json, now: int, staff_id: str | None, kind: str = "visit") -> str:
        """Plan a visit or call within a window, for a nurse or nobody yet; return its id."""
        visit_id = self.tablet.chance.uuid7(now)
        words = {"plan": self.die.choice(PLANS), "bring": self.die.sample(BRING, 2)} if kind == "visit" else {}
        body = {"stay_id": stay_id, "visit_id": visit_id, "kind": kind} | when | words
        self.save("visit_planned", body | ({"staff_id": staff_id} if staff_id else {}))
        return visit_id

    def least_busy(self) -> str | None:
        """Who of her team has the fewest visits before her."""
        waiting = [row.get("staff_id") for row in planned(self.tablet)]
        return min((one.staff_id for one in self.nurses()), key=lambda one: (waiting.count(one), one), default=None)

    def give_to_another(self, row: Json) -> None:
        """Another nurse goes."""
        others = [one.staff_id for one in self.nurses() if one.staff_id != row.get("staff_id")]
        if others:
            self.save("visit_reassigned", about(row) | {"staff_id": self.die.choice(others)})

    def move(self, row: Json, from_at: int, to_at: int) -> None:
        """Another window."""
        self.save("visit_rescheduled", about(row) | window(from_at, to_at))

    def some_visit(self, now: int) -> Json | None:
        """A visit that begins in half an hour at the earliest, and within the day."""
        soon = [row for row in planned(self.tablet) if now + 30 * MINUTE <= window_of(row)[0] <= now + 12 * HOUR]
        return self.die.choice(soon) if soon else None
