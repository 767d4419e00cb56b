"""What no good tablet sends: each bad entry is kept in the tray and fails no neighbour, each bad batch is refused."""

import gzip
import json

import pytest

from shared_schemas.sync import HeldEntryRow
from shared_schemas.wire import BATCH_BYTES, HeldReason, Verdict
from tests.cast import uid
from tests.sync.conftest import Scene, body_of

H = Verdict.HELD


async def bad(scene: Scene, entry: dict | str) -> tuple[Verdict, HeldReason | None]:
    """A bad entry between two good ones: these pass, and the bad one is in the tray."""
    scene.tablet.save(scene.anna, scene.note("before"))
    before = scene.tablet.outbox.pop()
    scene.tablet.save(scene.anna, scene.note("after"))
    after = scene.tablet.outbox.pop()
    texts = [entry if isinstance(entry, str) else json.dumps(entry) for entry in (before, entry, after)]
    body = f'{{"outbox_depth":3,"max_n":99,"entries":[{",".join(texts)}]}}'
    reply = await scene.tablet.post(body.encode())
    assert reply.status_code == 200, reply.text
    verdicts = reply.json()["verdicts"]
    assert [verdicts[0]["verdict"], verdicts[2]["verdict"]] == ["accepted", "accepted"]
    await scene.tablet.pull()
    rows: list[HeldEntryRow] = scene.tablet.rows("held_entry")
    assert [row.reason.value for row in rows] == [verdicts[1]["reason"]]
    return Verdict(verdicts[1]["verdict"]), HeldReason(verdicts[1]["reason"])


def made(scene: Scene, text: str, **envelope: object) -> dict:
    return scene.tablet.envelope(scene.anna, text, **{"type": "note_written", **envelope})


async def test_a_malformed_body_is_held(scene: Scene) -> None:
    assert await bad(scene, made(scene, "{")) == (H, HeldReason.MALFORMED)


async def test_a_malformed_envelope_is_held(scene: Scene) -> None:
    assert await bad(scene, '{"entry_id": 7}') == (H, HeldReason.MALFORMED)


async def test_an_unknown_type_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene), type="tea_served")
    assert await bad(scene, entry) == (H, HeldReason.UNKNOWN_TYPE)


async def test_an_unknown_field_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, ',"note":"x","author_id":"me"'))
    assert await bad(scene, entry) == (H, HeldReason.UNKNOWN_FIELD)


async def test_an_unknown_field_of_the_envelope_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, ',"note":"x"'))
    assert await bad(scene, entry | {"role": "head_nurse"}) == (H, HeldReason.UNKNOWN_FIELD)


async def test_a_key_that_comes_twice_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, ',"note":"70","note":"180"'))
    assert await bad(scene, entry) == (H, HeldReason.MALFORMED)


@pytest.mark.parametrize("again", ['"n":9', '"n" : 9', r'"\u006e":9', '"body":"{}"'])
async def test_a_key_of_the_envelope_that_comes_twice_is_held(scene: Scene, again: str) -> None:
    text = json.dumps(made(scene, body_of(scene, ',"note":"70"')))
    assert await bad(scene, f"{text[:-1]},{again}}}") == (H, HeldReason.MALFORMED)


async def test_a_key_that_comes_twice_in_disguise_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, r',"note":"70","n\u006fte":"180"'))
    assert await bad(scene, entry) == (H, HeldReason.MALFORMED)


async def test_a_temperature_in_a_wrong_unit_is_held(scene: Scene) -> None:
    values = '{"temperature_tenths_c":368,"temperature_as_measured":{"value_tenths":3099,"unit":"K"}}'
    entry = made(scene, body_of(scene, f',"values":{values}'), type="vital_signs_charted")
    assert await bad(scene, entry) == (H, HeldReason.MALFORMED)


async def test_a_value_under_the_name_of_another_unit_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, ',"values":{"temperature_c":36.8}'), type="vital_signs_charted")
    assert await bad(scene, entry) == (H, HeldReason.UNKNOWN_FIELD)


async def test_a_nul_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, r',"note":"a\u0000b"'))
    assert await bad(scene, entry) == (H, HeldReason.MALFORMED)


async def test_a_lone_surrogate_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, r',"note":"a\ud800b"'))
    assert (await bad(scene, entry))[0] is H


async def test_a_number_of_23_digits_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, ',"note":"x","base_version":12345678901234567890123'))
    assert await bad(scene, entry) == (H, HeldReason.MALFORMED)


async def test_an_infinite_number_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, ',"note":"x","clock_offset_ms":1e400'))
    assert await bad(scene, entry) == (H, HeldReason.MALFORMED)


async def test_a_body_nested_a_thousandfold_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, ',"note":' + "[" * 20_000 + "]" * 20_000))
    assert await bad(scene, entry) == (H, HeldReason.MALFORMED)


async def test_a_changed_body_is_held_for_its_mac(scene: Scene) -> None:
    entry = made(scene, body_of(scene, ',"note":"x"'))
    assert await bad(scene, entry | {"body": body_of(scene, ',"note":"y"')}) == (H, HeldReason.BAD_MAC)


async def test_a_session_that_never_was_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, ',"note":"x"'), session_id=uid())
    assert await bad(scene, entry) == (H, HeldReason.UNKNOWN_SESSION)


async def test_a_stay_that_never_was_is_held(scene: Scene) -> None:
    entry = made(scene, body_of(scene, ',"note":"x"').replace(scene.stay_id, uid()))
    assert await bad(scene, entry) == (H, HeldReason.UNKNOWN_SUBJECT)


async def test_a_gzip_batch_is_read_and_a_bomb_is_not(scene: Scene) -> None:
    scene.tablet.save(scene.anna, scene.note())
    batch = json.dumps({"outbox_depth": 1, "max_n": 2, "entries": scene.tablet.outbox}).encode()
    packed = {"content-encoding": "gzip"}
    reply = await scene.tablet.post(gzip.compress(batch), **packed)
    assert reply.json()["verdicts"][0]["verdict"] == "accepted"
    assert (await scene.tablet.post(gzip.compress(b" " * 60_000_000), **packed)).status_code == 413
    assert (await scene.tablet.post(gzip.compress(batch)[:-9], **packed)).status_code == 400
    assert (await scene.tablet.post(b"not gzip", **packed)).status_code == 400


async def test_an_oversize_body_is_413_and_a_batch_of_501_too(scene: Scene) -> None:
    assert (await scene.tablet.post(b" " * (BATCH_BYTES + 1))).status_code == 413
    many = json.dumps({"outbox_depth": 1, "max_n": 2, "entries": [{}] * 501}).encode()
    assert (await scene.tablet.post(many)).status_code == 413


async def test_a_batch_that_is_no_batch_is_400(scene: Scene) -> None:
    for text in (
        b"",
        b"[]",
        b"{",
        b'{"entries":[]}',
        b"[" * 100_000,
        b"\xff",
        b'{"outbox_depth":1,"max_n":1e400,"entries":[]}',
    ):
        reply = await scene.tablet.post(text)
        assert reply.status_code == 400, text[:40]
        assert reply.headers["content-type"] == "application/problem+json"
    twice = b'{"outbox_depth":0,"max_n":0,"entries":[{"a":1}],"entries":[]}'
    assert (await scene.tablet.post(twice)).status_code == 400
    disguised = rb'{"outbox_depth":0,"max_n":0,"entries":[{"a":1}],"entrie\u0073":[]}'  # codespell:ignore entrie
    assert (await scene.tablet.post(disguised)).status_code == 400
