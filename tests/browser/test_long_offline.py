"""A tablet that was away for long comes home: everything is sent once, in order, and the screen answers all the while."""

import re
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest

from shared_schemas.alerts import AlertClass
from shared_schemas.stays import PatientAdmitted
from tests.browser.conftest import OpenTablet
from tests.browser.driven import STAY, Driven, arrived
from tests.browser.hospital import BEDS, UNIT
from tests.browser.seeded_ward import CALM, PATIENTS, UNWELL, WireTablet
from tests.browser.server import Server

pytestmark = pytest.mark.browser
MANY = 10_000
# A busy test machine is no tablet; without a limit on what is drawn, the screen stands still for minutes.
STARTS_WITHIN_S = 20
LONGEST_PAUSE_MS = 3_000
NOTE_PAUSES = """
window.longest = 0;
let last = performance.now();
const tick = (now) => {
  window.longest = Math.max(window.longest, now - last);
  last = now;
  requestAnimationFrame(tick);
};
requestAnimationFrame(tick);
window.counts = [];
addEventListener('DOMContentLoaded', () => new MutationObserver(() => {
  const pill = document.querySelector('header a[href="#/sync"]')?.textContent ?? '';
  const count = pill.match(/([\\d,]+) (waiting|kept here)/);
  const said = count ? Number(count[1].replace(',', '')) : pill.includes('All sent') ? 0 : null;
  if (said !== null && said !== window.counts.at(-1)) window.counts.push(said);
}).observe(document, { subtree: true, childList: true, characterData: true }));
"""
DAY = """async ([stays, rounds]) => {
  const ids = [];
  for (const { minutes_ago, stay_id, values } of rounds) {
    const observed_at = new Date(Date.now() - minutes_ago * 60_000).toISOString();
    ids.push(await tablet.save('vital_signs_charted', { stay_id, values, observed_at }));
    ids.push(await tablet.save('note_written', { stay_id, note: `round ${ids.length}`, observed_at }));
    const due_at = new Date(Date.now() + 3_600_000).toISOString();
    ids.push(await tablet.save('task_planned', { stay_id, text: `bloods ${ids.length}`, due_at }));
  }
  return ids;
}"""


async def test_ten_thousand_unsent_entries_leave_one_by_one_and_the_screen_answers_meanwhile(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    amy = await tablet("amy")
    driven = await Driven.on(amy.context, ward.url, heart)
    device_id = await driven.log_in("Amy Archer")
    await driven.page.evaluate("(asked) => tablet.fill(...asked)", [MANY, STAY])
    await driven.page.close()
    await amy.page.add_init_script(NOTE_PAUSES)
    began = time.monotonic()
    await amy.page.goto(f"{ward.url}/#/sync")
    await amy.page.get_by_text(re.compile("^[0-9,]+ waiting to be sent")).wait_for(timeout=60_000)
    assert time.monotonic() - began < STARTS_WITHIN_S
    await amy.page.evaluate("() => { window.longest = 0; }")
    await amy.page.get_by_role("link", name="Ward").first.click()
    await amy.page.get_by_role("link", name=re.compile("Ruth Abara")).wait_for(timeout=STARTS_WITHIN_S * 1000)
    await amy.page.get_by_role("link", name=re.compile("^All sent")).wait_for(timeout=120_000)
    counts: list[int] = await amy.page.evaluate("() => counts")
    assert counts == sorted(counts, reverse=True)
    assert len(counts) >= MANY // 500
    assert await amy.page.evaluate("() => longest") < LONGEST_PAUSE_MS
    entries = await arrived(ward, device_id)
    assert [n for n, _, _ in entries] == list(range(1, MANY + 1))
    assert len({entry_id for _, entry_id, _ in entries}) == MANY


async def test_a_days_work_offline_arrives_in_order_and_alerts_by_the_rule_of_late_sets(
    ward: Server, tablet: OpenTablet, heart: str
) -> None:
    bea = await WireTablet.at(ward, "Bea Baker")
    sick = str(uuid4())
    admitted = PatientAdmitted(
        observed_at=bea.ago(1500), stay_id=sick, patient_id=str(uuid4()), unit_id=UNIT, bed_id=BEDS["1B"],
        patient=PATIENTS["1B"],
    )  # fmt: skip
    await bea.record("Bea Baker", admitted)
    amy = await tablet("amy")
    driven = await Driven.on(amy.context, ward.url, heart, amy.page)
    device_id = await driven.log_in("Amy Archer")
    await amy.go_offline()
    calm, unwell = (msgspec.to_builtins(values) for values in (CALM, UNWELL))

    def seen(minutes_ago: int, stay_id: str, values: Any) -> dict[str, Any]:
        return {"minutes_ago": minutes_ago, "stay_id": stay_id, "values": values}

    # The one patient was red for an hour and well since; the other is red at the last set, three hours ago.
    well_again = [seen(1400 - 14 * place, STAY, unwell if 40 < place < 45 else calm) for place in range(100)]
    red = [seen(1200 - 34 * place, sick, unwell if place == 30 else calm) for place in range(31)]
    ids = await driven.page.evaluate(DAY, [[STAY, sick], well_again + red])
    assert len(ids) == 3 * 131
    await amy.come_online()
    await driven.drained(60)
    entries = await arrived(ward, device_id)
    assert [entry_id for _, entry_id, _ in entries] == ids
    assert [n for n, _, _ in entries] == list(range(1, len(ids) + 1))
    assert {verdict for _, _, verdict in entries} <= {"accepted", "flagged"}

    await bea.pull()
    reds = [alert for alert in bea.rows("alert") if alert.alert_class is AlertClass.RED]
    assert [alert.stay_id for alert in reds if alert.stay_id in {STAY, sick}] == [sick]
    [alert] = [alert for alert in reds if alert.stay_id == sick]
    of_the_red = max(row.observed_at for row in bea.rows("vital_signs") if row.stay_id == sick)
    assert bea.now - of_the_red > timedelta(hours=2)
    assert bea.now - alert.began_at < timedelta(minutes=2)
    await bea.http.aclose()
