"""S9: wrong clocks change no order and lose nothing; a time that is called fresh is right."""

from ward_sim.chaos.judge.evidence import Evidence
from ward_sim.instants import SECOND, instant_ms

# Half of the slowest round trip that the network makes, and the clock's step of the server.
_WRONG_BY = 20 * SECOND


def check(evidence: Evidence) -> None:
    """Of each set: what the server believes of when it was, against when it truly was."""
    book = evidence.scenario.book
    for pressed in evidence.scenario.pressed:
        if pressed.entry["type"] != "vital_signs_charted":
            continue
        for row in evidence.rows("vital_signs", pressed.entry_id)[:1]:
            believed, received = instant_ms(row["observed_at"]), instant_ms(row["received_at"])
            told = f"{pressed.entry_id}, clock {pressed.skew_ms} ms wrong and {pressed.body['clock_quality']}"
            book.check("S9", holds=believed <= received, otherwise=f"{told}: it was after it was received")
            if pressed.body["clock_quality"] == "fresh":
                off = believed - pressed.at
                book.check("S9", holds=abs(off) <= _WRONG_BY, otherwise=f"{told}: believed {off} ms off")
            if pressed.body["clock_quality"] == "unknown":
                marked = "clock_unverified" in row.get("flags", [])
                book.check("S9", holds=marked, otherwise=f"{told}: nobody is told that the time is unverified")
