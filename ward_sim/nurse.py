"""A person on duty: reads only her tablet, walks, charts, forgets, takes breaks, answers alerts or does not."""

from dataclasses import dataclass, field
from typing import Any

from ward_sim import answers, bedside
from ward_sim.beds.cleaning import see_to_beds
from ward_sim.beds.placing import give_waiting_a_bed
from ward_sim.colleague import Colleague
from ward_sim.instants import HOUR, MINUTE, instant_ms, instant_text

Json = dict[str, Any]
OPEN = ("ready", "accepted", "on-hold")
# How long care keeps a pair of hands busy; the standard minutes of docs/escalation.md, give or take.
_MINUTES = {"observation": (3, 7), "response": (4, 9), "turning": (6, 12), "round": (2, 4)}
_LOOK_AHEAD = {"observation": 10 * MINUTE, "turning": 10 * MINUTE, "round": 10 * MINUTE}
_BREAK = 30 * MINUTE


@dataclass(slots=True)
class Nurse(Colleague):
    """One person at work; `colleagues` are those of her turn."""

    colleagues: list["Nurse"] = field(default_factory=list)
    break_until: int | None = None
    handled: dict[str, int] = field(default_factory=dict)
    forgotten: dict[str, int] = field(default_factory=dict)
    called: dict[str, int] = field(default_factory=dict)
    resuming: dict[str, int] = field(default_factory=dict)

    def wake(self, now: int) -> int | None:
        """Do one thing, and return when she looks up again; None: she has gone home."""
        if self.duty_id is None:
            return self._take_up(now)
        if now >= self.turn.until_at:
            self.save("duty_ended", {"duty_id": self.duty_id})
            return None
        if self.break_until is not None:
            return self._back_from_break(now)
        if now >= self.turn.break_at and not self.urgent:
            return self._go_on_break(now)
        answers.answer_alerts(self, now)
        return self.work(now)

    def work(self, now: int) -> int:
        """Do what her post does next, and return when she looks up again."""
        for stay_id, at in list(self.resuming.items()):
            if now >= at:
                del self.resuming[stay_id]
                self.save("observations_resumed", {"stay_id": stay_id})
        if self.turn.post == "charge":
            give_waiting_a_bed(self, now)
        busy = see_to_beds(self, now) if self.turn.post == "assistant" else None
        if busy is not None:
            return now + busy
        busy = self.see_to_tasks(now)
        return busy if busy is not None else now + self.die.randrange(2 * MINUTE, 7 * MINUTE)

    def see_to_tasks(self, now: int) -> int | None:
        """Do the next task on her list; return until when it keeps her busy, None: there is none."""
        task = self._next_task(now)
        if task is None:
            return None
        self.handled[task["task_id"]] = now
        self._do(task, now)
        shortest, longest = _MINUTES.get(task["kind"], (3, 6))
        return now + self.die.randrange(shortest * MINUTE, longest * MINUTE)

    def go(self, alert: Json, now: int) -> None:
        """She goes herself; the doctor on call attends a response and sends the nurse for anything else."""
        if self.turn.post != "on_call" or alert["cause"] == "response":
            Colleague.go(self, alert, now)
            return
        for colleague in self.colleagues:
            if alert["stay_id"] in colleague.my_stays():
                colleague.urgent.append(alert["cause_id"])

    def _take_up(self, now: int) -> int:
        turn = self.turn
        # Only a nurse's beds make their patients hers; an assistant helps in hers without owning them.
        bed_ids = turn.bed_ids if turn.post == "nurse" else []
        body = {"unit_id": turn.unit_id, "post": turn.post, "bed_ids": bed_ids}
        buddy = {"buddy_staff_id": turn.buddy_staff_id} if turn.buddy_staff_id else {}
        self.duty_id = self.save("duty_started", body | buddy)
        return now + self.die.randrange(MINUTE, 4 * MINUTE)

    def _go_on_break(self, now: int) -> int:
        self.break_until = now + _BREAK
        self.turn.break_at = self.turn.until_at + HOUR
        until = {"until_at": instant_text(self.break_until)}
        self.save("break_started", {"duty_id": self.duty_id} | until)
        return self.break_until

    def _back_from_break(self, now: int) -> int:
        self.break_until = None
        self.save("break_ended", {"duty_id": self.duty_id})
        return now + self.die.randrange(MINUTE, 3 * MINUTE)

    def my_stays(self) -> dict[str, Json]:
        """Return the stays in her beds, as her tablet shows them."""
        return {
            row["stay_id"]: row
            for row in self.tablet.rows("stay")
            if row.get("bed_id") in self.turn.bed_ids and not row.get("departed_at")
        }

    def _next_task(self, now: int) -> Json | None:
        """What she was called to first, then the longest due of her own patients that she has not forgotten."""
        open_tasks = {r["task_id"]: r for r in self.tablet.rows("task") if r["state"] in OPEN}
        while self.urgent:
            task = open_tasks.get(self.urgent.pop(0))
            if task and self._not_just_done(task, now):
                return task
        mine = self.my_stays()
        due = [t for t in open_tasks.values() if t["stay_id"] in mine and t["kind"] in self.turn.kinds]
        due = [task for task in sorted(due, key=_urgency) if self._wants(task, now)]
        return min(due, key=_urgency, default=None)

    def _wants(self, task: Json, now: int) -> bool:
        task_id = task["task_id"]
        if task_id not in self.forgotten:
            slips = self.die.random() < self.character.forgets
            late = self.die.randrange(25 * MINUTE, 90 * MINUTE) if slips else 0
            self.forgotten[task_id] = instant_ms(task["due_at"]) + late if slips else 0
        if now < self.forgotten[task_id] or not self._not_just_done(task, now):
            return False
        return instant_ms(task["due_at"]) <= now + _LOOK_AHEAD.get(task["kind"], 0)

    def _not_just_done(self, task: Json, now: int) -> bool:
        pause = 12 * MINUTE if task["kind"] == "response" else 40 * MINUTE
        return now - self.handled.get(task["task_id"], -HOUR) >= pause

    def _do(self, task: Json, now: int) -> None:
        stay_id = task["stay_id"]
        if stay_id not in self.wards.bodies:
            return
        away = stay_id in self.wards.away
        if task["kind"] == "response":
            self._respond(task, now)
        elif task["kind"] == "observation":
            if not away:
                self.observe(stay_id, now)
        elif away or self.die.random() < 0.04:
            reason = "off_ward" if away else self.die.choice(("refused", "asleep", "off_ward"))
            about = {"stay_id": stay_id, "task_id": task["task_id"]}
            self.save("task_not_done", about | {"reason": reason})
        else:
            about = {"stay_id": stay_id, "task_id": task["task_id"]}
            self.save("task_done", about, ago_ms=self.die.randrange(MINUTE))

    def observe(self, stay_id: str, now: int) -> None:
        """Chart a set, and now and then send the patient to imaging."""
        values, slipped = self.chart_set(stay_id, now)
        acts = self.turn.post in ("nurse", "charge")
        if not slipped and self.die.random() < 0.01 and not bedside.looks_ill(values) and acts:
            back_at = now + self.die.randrange(20 * MINUTE, 50 * MINUTE)
            self.resuming[stay_id] = back_at
            away = {"reason": "imaging", "expected_return_at": instant_text(back_at)}
            self.save("observations_paused", {"stay_id": stay_id} | away)

    def chart_set(self, stay_id: str, now: int) -> tuple[Json, bool]:
        """Chart a set; now and then notice a slip of the finger and correct it. Return what was measured, and that."""
        values = self.wards.measure(stay_id, now)
        share = self.character.leaves_out
        charted = bedside.vital_signs(self.die, values, incomplete_share=share)
        body: Json = {"stay_id": stay_id, "values": charted}
        acts = self.turn.post in ("nurse", "charge") and bedside.looks_ill(values)
        if acts and self.die.random() < 0.5:
            body["acting"] = True
        slip = self.die.random() < self.character.corrects and "pulse_per_min" in charted
        if slip:
            body["values"] = charted | {"pulse_per_min": charted["pulse_per_min"] + 10}
        ago = self.die.randrange(4 * MINUTE)
        entry_id = self.save("vital_signs_charted", body, ago_ms=ago)
        if slip:
            again = {"corrects": entry_id, "reason": "Slip of the finger", "values": charted}
            self.save("vital_signs_corrected", {"stay_id": stay_id} | again, ago_ms=ago)
        return values, slip

    def _respond(self, task: Json, now: int) -> None:
        """First the call, at the next look the attendance, which begins to heal."""
        task_id, stay_id = task["task_id"], task["stay_id"]
        about = {"stay_id": stay_id, "task_id": task_id}
        if task_id not in self.called:
            self.called[task_id] = now
            self.save("response_recorded", about | {"response": bedside.first_reply(now)})
            return
        self.wards.treat(stay_id, now)
        whole = bedside.whole_reply(self.called[task_id], now)
        self.save("response_recorded", about | {"response": whole})

    def start_care(self, stay_id: str, template_id: str, interval_minutes: int) -> None:
        """Start recurring care from a template, first due within its interval."""
        first = self.die.randrange(20, interval_minutes) * MINUTE
        first_due_at = instant_text(self.tablet.line.device_now() + first)
        care = {"template_id": template_id, "interval_minutes": interval_minutes}
        self.save("recurring_care_started", {"stay_id": stay_id, "first_due_at": first_due_at} | care)

    def plan_by_hand(self, stay_id: str, now: int) -> None:
        """Plan a task by hand, and write the line that goes with it."""
        text = f"Bloods {self.die.randrange(10**6)}"
        due_at = instant_text(now + self.die.randrange(30, 90) * MINUTE)
        self.save("task_planned", {"stay_id": stay_id, "text": text, "due_at": due_at})
        self.save("note_written", {"stay_id": stay_id, "note": text})


def _urgency(task: Json) -> tuple[bool, str, str, str]:
    """Responses first, then the longest due; ids made by the server decide nothing, so that a seed repeats."""
    return (task["kind"] != "response", task["due_at"], task["stay_id"], task["kind"])
