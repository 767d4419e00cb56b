"""How a person answers the alerts that ask her: accept, decline, snooze, or not at all."""

from typing import Any

from ward_sim.colleague import Colleague

Json = dict[str, Any]


def answer_alerts(nurse: Colleague, now: int) -> None:
    """Answer each asking once; an accepted cause becomes her next work."""
    rows = nurse.tablet.rows("alert")
    for alert in sorted(rows, key=lambda row: (row["began_at"], row.get("stay_id") or "", row["cause"])):
        if alert["state"] != "open":
            continue
        for step in alert["steps"]:
            mine = step.get("staff_id") == nurse.staff_id and not step.get("ended_at")
            if mine and step["step_id"] not in nurse.answered:
                nurse.answered.add(step["step_id"])
                _answer(nurse, alert, step, now)
                break


def _answer(nurse: Colleague, alert: Json, step: Json, now: int) -> None:
    roll = nurse.die.random()
    alert_id, red = alert["alert_id"], alert["alert_class"] == "red"
    if roll < nurse.character.ignores:
        return
    if roll < nurse.character.ignores + 0.06 and step["step"] in ("assignee", "buddy"):
        nurse.save("alert_declined", {"alert_id": alert_id, "reason": "with_a_patient"})
        return
    if roll < nurse.character.ignores + 0.12 and not red and not alert.get("snoozes"):
        nurse.save("alert_snoozed", {"alert_id": alert_id, "minutes": 10})
        return
    nurse.save("alert_accepted", {"alert_id": alert_id})
    nurse.go(alert, now)
