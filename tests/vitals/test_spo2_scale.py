"""SpO2 scale 2: only by a named prescriber, reconfirmed each stay, in force from then on."""

import pytest

from shared_schemas.vitals import Spo2ScaleSet
from shared_schemas.wire import HeldReason
from tests.vitals.bedside import Bedside, scoring

SCALE_2 = {"scale": 2, "prescriber": "Dr Osei", "reason": "hypercapnic failure", "target": "88-92"}
SCALE_1 = {"scale": 1, "prescriber": "Dr Lim", "reason": "no hypercapnia on this gas"}
# 90 % on air: 3 on scale 1, 0 on scale 2.
NINETY = scoring(0, spo2_percent=90)


async def test_a_healthcare_assistant_may_not_record_a_scale(bedside: Bedside) -> None:
    with pytest.raises(AssertionError, match="may not say"):
        await bedside.say(Spo2ScaleSet, by=bedside.cast.hana, **SCALE_2)


async def test_nobody_is_on_scale_2_unless_a_prescriber_said_so(bedside: Bedside) -> None:
    assert (await bedside.row(await bedside.chart(NINETY))).score.total == 3
    assert (await bedside.duty()).spo2_scale == 1


async def test_the_prescriber_the_target_the_time_and_the_reason_are_kept_and_shown(bedside: Bedside) -> None:
    await bedside.say(Spo2ScaleSet, ago=5, **SCALE_2)

    duty = await bedside.duty()
    assert (duty.spo2_scale, duty.scale_prescriber, duty.scale_reason, duty.scale_target, duty.scale_set_at) == (
        2,
        "Dr Osei",
        "hypercapnic failure",
        "88-92",
        bedside.minutes_ago(5),
    )


async def test_scale_2_without_its_target_is_held(bedside: Bedside) -> None:
    outcome = await bedside.say(Spo2ScaleSet, scale=2, prescriber="Dr Osei", reason="hypercapnic failure")
    assert outcome.held is HeldReason.INVALID
    assert (await bedside.duty()).spo2_scale == 1


async def test_a_scale_change_rescores_only_from_then_on(bedside: Bedside) -> None:
    before = await bedside.chart(NINETY, ago=30)
    await bedside.say(Spo2ScaleSet, ago=20, **SCALE_2)
    after = await bedside.chart(NINETY, ago=10)
    late = await bedside.chart(NINETY, ago=25)

    assert [(await bedside.row(one)).score.total for one in (before, after, late)] == [3, 0, 3]


async def test_the_scale_is_confirmed_anew_in_each_stay(bedside: Bedside) -> None:
    await bedside.say(Spo2ScaleSet, **SCALE_2)
    bedside.stay_id = await bedside.admit()
    assert (await bedside.row(await bedside.chart(NINETY))).score.spo2_scale == 1


async def test_the_author_is_told_when_the_server_scored_with_another_scale(bedside: Bedside) -> None:
    await bedside.say(Spo2ScaleSet, ago=10, **SCALE_2)

    differs = await bedside.chart(NINETY, ago=5, spo2_scale_used=1)
    agrees = await bedside.chart(NINETY, spo2_scale_used=2)

    assert (await bedside.row(differs)).flags == ["scale_differs"]
    assert (await bedside.row(agrees)).flags == []


async def test_two_conflicting_settings_give_scale_1_until_resolved(bedside: Bedside) -> None:
    seen = (await bedside.duty_version()) or 0
    await bedside.say(Spo2ScaleSet, ago=10, base_version=seen, **SCALE_2)
    outcome = await bedside.say(Spo2ScaleSet, ago=8, base_version=seen, **SCALE_1)

    assert outcome.flags == ("scale_conflict",)
    assert ((await bedside.duty()).spo2_scale, (await bedside.duty()).scale_conflict) == (1, True)
    row = await bedside.row(await bedside.chart(NINETY, ago=5))
    assert (row.score.total, row.flags) == (3, ["scale_conflict"])

    seen = await bedside.duty_version()
    outcome = await bedside.say(Spo2ScaleSet, ago=1, base_version=seen, **SCALE_2)
    assert outcome.flags == ()
    assert (await bedside.row(await bedside.chart(NINETY))).score.total == 0


async def test_without_a_version_a_setting_made_before_the_other_was_known_conflicts(bedside: Bedside) -> None:
    await bedside.say(Spo2ScaleSet, **SCALE_2)
    await bedside.pass_minutes(5)
    assert (await bedside.say(Spo2ScaleSet, ago=6, **SCALE_1)).flags == ("scale_conflict",)


async def test_without_a_version_a_setting_made_after_the_other_was_known_replaces_it(bedside: Bedside) -> None:
    await bedside.say(Spo2ScaleSet, **SCALE_2)
    await bedside.pass_minutes(5)
    assert (await bedside.say(Spo2ScaleSet, **SCALE_1)).flags == ()


async def test_two_settings_that_agree_do_not_conflict(bedside: Bedside) -> None:
    seen = (await bedside.duty_version()) or 0
    await bedside.say(Spo2ScaleSet, ago=10, base_version=seen, **SCALE_2)
    assert (await bedside.say(Spo2ScaleSet, ago=8, base_version=seen, **SCALE_2)).flags == ()


async def test_while_two_settings_conflict_the_shorter_interval_holds(bedside: Bedside) -> None:
    # 97 % on oxygen: 2 on scale 1 (4-hourly), 5 with a single 3 on scale 2 (hourly).
    on_oxygen = scoring(0, spo2_percent=97, on_oxygen=True)
    await bedside.chart(on_oxygen, ago=15)
    assert (await bedside.observation()).interval_minutes == 240
    seen = await bedside.duty_version()

    await bedside.say(Spo2ScaleSet, ago=10, base_version=seen, **SCALE_2)
    await bedside.say(Spo2ScaleSet, ago=8, base_version=seen, **SCALE_1)

    assert bedside.due_in(await bedside.observation()) == 60 - 15
    await bedside.chart(on_oxygen)
    assert (await bedside.observation()).interval_minutes == 60
