"""Corrections supersede: the original stays visible, with who, when and why."""

from shared_schemas.vitals import VitalSignsCorrected
from shared_schemas.wire import HeldReason
from tests.cast import uid
from tests.vitals.bedside import WELL, Bedside, scoring, without


async def test_a_correction_supersedes_and_the_original_stays_visible(bedside: Bedside) -> None:
    wrong = await bedside.chart(scoring(0), ago=60)
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="typed 72 for 95", values=scoring(1))

    rows = {row.entry_id: row for row in await bedside.cast.rows(bedside.cast.east, "vital_signs")}
    [right] = [row for row in rows.values() if row.entry_id != wrong]
    assert (rows[wrong].superseded_by, rows[wrong].values) == (right.entry_id, scoring(0))
    assert (right.supersedes, right.correction_reason, right.score.total) == (wrong, "typed 72 for 95", 1)


async def test_a_correction_does_not_move_the_set_in_time(bedside: Bedside) -> None:
    wrong = await bedside.chart(scoring(0), ago=60)
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="typed wrong", values=scoring(1))
    assert bedside.due_in(await bedside.observation()) == 240 - 60


async def test_a_correction_to_worse_alerts(bedside: Bedside) -> None:
    wrong = await bedside.chart(scoring(0), ago=10)
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="typed wrong", values=scoring(7))
    assert [alert.alert_class.value for alert in await bedside.alerts()] == ["red"]
    assert bedside.due_in(await bedside.observation()) == 20


async def test_a_correction_to_better_does_not_stop_an_alert(bedside: Bedside) -> None:
    wrong = await bedside.chart(scoring(7), ago=10)
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="typed wrong", values=scoring(0))
    assert [alert.state.value for alert in await bedside.alerts()] == ["open"]
    assert bedside.due_in(await bedside.observation()) == 710


async def test_what_was_entered_in_error_is_struck_out_and_the_set_before_governs(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=60)
    wrong = await bedside.chart(scoring(0), ago=10)

    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="another patient's", values=None)

    row = await bedside.row(wrong)
    assert (row.entered_in_error, row.correction_reason) == (True, "another patient's")
    assert bedside.due_in(await bedside.observation()) == 240 - 60


async def test_when_the_only_set_was_an_error_a_first_set_is_due(bedside: Bedside) -> None:
    wrong = await bedside.chart(scoring(0), ago=10)
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="another patient's")
    task = await bedside.observation()
    assert (bedside.due_in(task), task.cause.text_key) == (0, "cause.first_set")


async def test_correcting_an_older_set_leaves_the_plan(bedside: Bedside) -> None:
    older = await bedside.chart(scoring(0), ago=300)
    await bedside.chart(scoring(2), ago=10)
    before = await bedside.observation()
    await bedside.say(VitalSignsCorrected, corrects=older, reason="typed wrong", values=scoring(1))
    assert await bedside.observation() == before


async def test_a_correction_that_completes_a_set_plans_the_next(bedside: Bedside) -> None:
    half = await bedside.chart(without(WELL, "pulse_per_min"), ago=5)
    await bedside.say(VitalSignsCorrected, corrects=half, reason="pulse was on paper", values=WELL)
    assert bedside.due_in(await bedside.observation()) == 715


async def test_a_second_correction_of_the_same_set_corrects_the_first(bedside: Bedside) -> None:
    wrong = await bedside.chart(scoring(0), ago=10)
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="one", values=scoring(1))
    outcome = await bedside.say(VitalSignsCorrected, corrects=wrong, reason="two", values=scoring(2))

    assert outcome.flags == ("corrected_before",)
    rows = await bedside.cast.rows(bedside.cast.east, "vital_signs")
    [standing] = [row for row in rows if row.superseded_by is None]
    assert standing.score.total == 2
    assert len(rows) == 3


async def test_a_correction_of_an_unknown_set_waits_for_an_answer(bedside: Bedside) -> None:
    outcome = await bedside.say(VitalSignsCorrected, corrects=uid(), reason="x", values=WELL)
    assert outcome.held is HeldReason.UNKNOWN_SUBJECT


async def test_a_complete_set_corrected_to_an_incomplete_one_asks_for_what_that_one_misses(bedside: Bedside) -> None:
    await bedside.chart(scoring(2), ago=60)
    wrong = await bedside.chart(scoring(0), ago=10)
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="typed wrong", values=without(WELL, "pulse_per_min"))
    task = await bedside.observation()
    assert (bedside.due_in(task), task.missing) == (240 - 60, ["pulse"])


async def test_the_only_set_corrected_to_an_incomplete_one_leaves_a_first_set_that_names_it(bedside: Bedside) -> None:
    wrong = await bedside.chart(scoring(0), ago=10)
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="typed wrong", values=without(WELL, "pulse_per_min"))
    task = await bedside.observation()
    assert (bedside.due_in(task), task.cause.text_key, task.missing) == (0, "cause.first_set", ["pulse"])


async def test_a_complete_set_corrected_to_an_escalating_incomplete_one_keeps_the_patient_watched(
    bedside: Bedside,
) -> None:
    await bedside.chart(scoring(0), ago=60)
    wrong = await bedside.chart(scoring(7), ago=10)
    half = without(scoring(6), "temperature_tenths_c")
    await bedside.say(VitalSignsCorrected, corrects=wrong, reason="typed wrong", values=half)
    task = await bedside.observation()
    assert (bedside.due_in(task), task.missing) == (50, ["temperature"])
    assert bedside.due_in(task) + 10 == (task.overdue_at - bedside.now).total_seconds() / 60
