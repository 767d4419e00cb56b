"""Frames for many tablets are packed once, and each tablet can read them."""

import zlib

import pytest
from websockets.frames import Frame, Opcode

from backend.web.frames import KEPT_FRAMES, SMALLEST_PACKED, PackedOnce, PackedOnceFactory

OFFERS = [[], [("client_max_window_bits", None)], [("server_max_window_bits", "10")]]


def socket(*asked: tuple[str, str | None]) -> PackedOnce:
    agreed, packing = PackedOnceFactory().process_request_params(list(asked), [])
    assert ("server_no_context_takeover", None) in agreed
    return packing


def text(number: int) -> Frame:
    return Frame(Opcode.TEXT, f'{{"frame":"delta","from":{number}}}'.ljust(SMALLEST_PACKED).encode())


@pytest.mark.parametrize("asked", OFFERS)
def test_each_socket_reads_each_frame_by_itself(asked: list[tuple[str, str | None]]) -> None:
    packing = socket(*asked)
    for number in range(3 * KEPT_FRAMES):
        packed = packing.encode(text(number))
        assert packed.rsv1
        assert len(packed.data) < SMALLEST_PACKED
        reader = zlib.decompressobj(-packing.local_max_window_bits)
        assert reader.decompress(bytes(packed.data) + b"\x00\x00\xff\xff") == text(number).data
    assert len(PackedOnce._packed) == KEPT_FRAMES


def test_what_goes_to_two_sockets_is_packed_once_and_no_socket_keeps_a_packer() -> None:
    one, other, narrow = socket(), socket(), socket(("server_max_window_bits", "10"))
    first = one.encode(text(-1))
    assert other.encode(text(-1)).data is first.data
    assert narrow.encode(text(-1)).data is not first.data, "a tablet that asked for a small window gets one"
    assert not hasattr(one, "encoder")
    assert not hasattr(one, "decoder")


def test_small_frames_and_pings_go_as_they_are() -> None:
    for frame in (Frame(Opcode.PING, b"x" * 100), Frame(Opcode.TEXT, b"{}")):
        assert socket().encode(frame) is frame
