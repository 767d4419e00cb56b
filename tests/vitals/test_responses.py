"""A score asks for a response: one episode a stay, its alert with its cause."""

import pytest

from backend.db import unit_of_work
from backend.slice import Outcome
from backend.tasks.actions import record_responses
from shared_schemas.tasks import CauseType, NotDoneCareReason, Reply, ResponseRecorded, TaskNotDone
from shared_schemas.vitals import Parameter, VitalSigns
from tests.cast import Person
from tests.vitals.bedside import WELL, Bedside, scoring, unobtainable, without


@pytest.mark.parametrize(
    ("total", "alert_class", "key"),
    [
        (0, None, None),
        (2, None, None),
        (3, "amber", "single_3"),
        (5, "amber", "score"),
        (6, "amber", "score"),
        (7, "red", "score"),
    ],
)
async def test_a_single_3_and_5_ask_amber_7_asks_red(
    bedside: Bedside, total: int, alert_class: str | None, key: str | None
) -> None:
    await bedside.chart(scoring(total))

    alerts = await bedside.alerts()
    assert [alert.alert_class.value for alert in alerts] == ([alert_class] if alert_class else [])
    assert [alert.text_key for alert in alerts] == ([f"cause.{key}"] if key else [])
    assert len(await bedside.responses()) == len(alerts)


async def test_the_response_carries_its_cause(bedside: Bedside) -> None:
    entry_id = await bedside.chart(scoring(7))

    [task] = await bedside.responses()
    assert (task.cause.cause_type, task.cause.cause_id) == (CauseType.ENTRY, entry_id)
    assert task.text_params["total"] == 7
    [alert] = await bedside.alerts()
    assert alert.cause_id == task.task_id


async def test_the_author_who_acts_accepts_if_she_is_a_registered_nurse(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), acting=True)
    [alert] = await bedside.alerts()
    assert (alert.state.value, alert.accepted_by_staff_id) == ("accepted", bedside.cast.anna.staff_id)


async def test_a_healthcare_assistant_can_not_act_alone(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), acting=True, by=bedside.cast.hana)
    [alert] = await bedside.alerts()
    assert alert.state.value == "open"


@pytest.mark.parametrize(
    ("first", "second", "again"),
    [
        (scoring(5), scoring(6), False),
        (scoring(5), scoring(5), False),
        (scoring(7), scoring(8), False),
        (scoring(7), scoring(9), True),  # + 2
        (scoring(6), scoring(7), True),  # a higher band
        (scoring(5), scoring(3), True),  # a new single 3
        (scoring(7), scoring(2), False),
    ],
)
async def test_16_a_score_joins_the_episode_and_alerts_again_on_a_higher_band_a_new_single_3_or_2_more(
    bedside: Bedside, first: object, second: object, again: bool
) -> None:
    await bedside.chart(first, ago=30, acting=True)  # type: ignore[arg-type]
    assert [alert.state.value for alert in await bedside.alerts()] == ["accepted"]

    await bedside.chart(second)  # type: ignore[arg-type]

    [alert] = await bedside.alerts()
    assert (alert.state.value == "open") == again
    assert len(await bedside.responses()) == 1


async def test_a_worse_band_raises_the_class(bedside: Bedside) -> None:
    await bedside.chart(scoring(5), ago=30)
    await bedside.chart(scoring(7))
    [alert] = await bedside.alerts()
    assert (alert.alert_class.value, alert.text_params["total"]) == ("red", 7)


async def test_a_sign_that_can_not_be_obtained_joins_the_episode_as_red(bedside: Bedside) -> None:
    await bedside.chart(scoring(5), ago=30)
    await bedside.chart(unobtainable(WELL, Parameter.PULSE, "pulse_per_min"))
    [alert] = await bedside.alerts()
    assert (alert.alert_class.value, alert.text_key) == ("red", "cause.unobtainable.pulse")


async def test_a_better_score_never_stops_the_alert(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), ago=30)
    await bedside.chart(scoring(0))
    assert [alert.state.value for alert in await bedside.alerts()] == ["open"]


async def test_after_the_response_a_new_score_opens_a_new_episode(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), ago=30)
    [task] = await bedside.responses()
    now = bedside.now
    reply = Reply(whom="Dr Osei", called_at=now, reply="coming", expected_by_at=now, attended_at=now)
    body = ResponseRecorded(observed_at=now, stay_id=bedside.stay_id, task_id=task.task_id, response=reply)
    async with unit_of_work(bedside.cast.database, now) as work:
        await record_responses(work, [await bedside.cast.arrived(work, bedside.cast.anna, body)])

    await bedside.pass_minutes(30)
    await bedside.chart(scoring(7))

    assert [alert.state.value for alert in await bedside.alerts()] == ["resolved", "open"]
    assert len(await bedside.responses()) == 1


async def closing(bedside: Bedside, by: Person | None = None) -> Outcome:
    """She closes the open response with a note; what became of it."""
    [task] = await bedside.responses()
    return await bedside.say(ResponseRecorded, by=by, task_id=task.task_id, response=Reply(), closed_note="Better")


@pytest.mark.parametrize(
    ("first", "second", "closes"),
    [
        (scoring(7), None, False),
        (scoring(7), scoring(8), False),
        (scoring(5), scoring(6), False),
        (scoring(7), scoring(5), True),
        (scoring(7), scoring(0), True),
        (scoring(5), scoring(3), False),  # a new single 3 alerts again
        (scoring(7), without(WELL, "temperature_tenths_c"), False),  # only a complete set says that it is better
    ],
)
async def test_6_a_closing_note_stops_the_alert_only_when_a_complete_score_is_better(
    bedside: Bedside, first: VitalSigns, second: VitalSigns | None, closes: bool
) -> None:
    await bedside.chart(first, ago=30)
    if second is not None:
        await bedside.chart(second)

    outcome = await closing(bedside)

    assert outcome.flags == (() if closes else ("not_better",))
    assert [alert.state.value for alert in await bedside.alerts()] == ["resolved" if closes else "open"]
    left = [] if closes else ["Better"]
    assert [task.reason_text for task in await bedside.responses()] == left


async def test_6_a_better_set_from_before_the_episode_closes_nothing(bedside: Bedside) -> None:
    await bedside.chart(scoring(0), ago=60)
    await bedside.chart(unobtainable(WELL, Parameter.PULSE, "pulse_per_min"))
    assert (await closing(bedside)).flags == ("not_better",)


async def test_6_a_sign_that_can_not_be_obtained_after_the_better_set_speaks_against_closing(bedside: Bedside) -> None:
    await bedside.chart(scoring(7), ago=60)
    await bedside.chart(scoring(0), ago=30)
    await bedside.chart(unobtainable(WELL, Parameter.PULSE, "pulse_per_min"))
    assert (await closing(bedside)).flags == ("not_better",)


async def test_6_a_healthcare_assistant_ends_no_alert(bedside: Bedside) -> None:
    hana = bedside.cast.hana
    await bedside.chart(scoring(7), ago=30)
    await bedside.chart(scoring(0))
    assert (await closing(bedside, hana)).flags == ("needs_registered",)
    [task] = await bedside.responses()
    now = bedside.now
    whole = Reply(whom="Dr Osei", called_at=now, reply="coming", expected_by_at=now, attended_at=now)
    said = await bedside.say(ResponseRecorded, by=hana, task_id=task.task_id, response=whole)
    assert said.flags == ("needs_registered",)
    assert [alert.state.value for alert in await bedside.alerts()] == ["open"]
    assert [each.response for each in await bedside.responses()] == [whole]


@pytest.mark.parametrize(("total", "by", "stays"), [(7, "anna", True), (5, "hana", True), (5, "anna", False)])
async def test_6_not_done_ends_a_response_only_by_a_registered_nurse_and_never_a_red(
    bedside: Bedside, total: int, by: str, *, stays: bool
) -> None:
    await bedside.chart(scoring(total))
    [task] = await bedside.responses()
    reason = NotDoneCareReason.NOT_NEEDED
    await bedside.say(TaskNotDone, by=getattr(bedside.cast, by), task_id=task.task_id, reason=reason)
    assert [alert.state.value for alert in await bedside.alerts()] == ["open" if stays else "resolved"]
    assert [each.reason for each in await bedside.responses()] == ([reason] if stays else [])


async def test_6_the_clinician_on_call_answers_a_score_and_charts_nothing_else(bedside: Bedside) -> None:
    duc = bedside.cast.duc
    await bedside.chart(scoring(7))
    [task] = await bedside.responses()
    now = bedside.now
    called = Reply(whom="Dr Osei", called_at=now, reply="coming")
    said = await bedside.say(ResponseRecorded, by=duc, task_id=task.task_id, response=called)
    assert (said.held, said.flags) == (None, ())
    assert [alert.state.value for alert in await bedside.alerts()] == ["open"]
    whole = Reply(expected_by_at=now, attended_at=now)
    said = await bedside.say(ResponseRecorded, by=duc, task_id=task.task_id, response=whole)
    assert said.flags == ()
    assert [alert.state.value for alert in await bedside.alerts()] == ["resolved"]
    with pytest.raises(AssertionError, match="may not say TaskNotDone"):
        await bedside.say(TaskNotDone, by=duc, task_id=task.task_id, reason=NotDoneCareReason.NOT_NEEDED)
