"""Frames on the wire: what goes to all tablets of a unit is packed once, and a socket keeps no packer of its own."""

import zlib
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any, ClassVar

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.extensions.base import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.frames import CTRL_OPCODES, Frame
from websockets.typing import ExtensionParameter

SMALLEST_PACKED = 256  # a ping or a sum would hardly shrink
KEPT_FRAMES = 64  # the newest of every feed that is busy
EMPTY_BLOCK = b"\x00\x00\xff\xff"  # RFC 7692, section 7.2.1: it is left out at the end of a message


class PackedOnce(PerMessageDeflate):
    """RFC 7692 without a context from frame to frame: so equal frames are equal bytes, whichever socket they go to."""

    _packed: ClassVar[OrderedDict[tuple[int, bytes], bytes]] = OrderedDict()

    def encode(self, frame: Frame) -> Frame:
        """Pack an outgoing frame, or take what was packed for another socket a moment ago."""
        if frame.opcode in CTRL_OPCODES or len(frame.data) < SMALLEST_PACKED:
            return frame
        plain = bytes(frame.data)
        key = self.local_max_window_bits, plain
        packed = self._packed.get(key)
        if packed is None:
            packer = zlib.compressobj(wbits=-self.local_max_window_bits)
            packed = (packer.compress(plain) + packer.flush(zlib.Z_SYNC_FLUSH)).removesuffix(EMPTY_BLOCK)
            self._packed[key] = packed
            if len(self._packed) > KEPT_FRAMES:
                self._packed.popitem(last=False)
        return Frame(frame.opcode, packed, frame.fin, rsv1=True)


class PackedOnceFactory(ServerPerMessageDeflateFactory):
    """Agrees with a tablet on packing without a context, either way."""

    def __init__(self) -> None:
        super().__init__(server_no_context_takeover=True, client_no_context_takeover=True)

    def process_request_params(
        self, params: Sequence[ExtensionParameter], accepted_extensions: Sequence[Extension]
    ) -> tuple[list[ExtensionParameter], PackedOnce]:
        """As websockets'; with our packing."""
        agreed, theirs = super().process_request_params(params, accepted_extensions)
        ours = PackedOnce(
            theirs.remote_no_context_takeover,
            theirs.local_no_context_takeover,
            theirs.remote_max_window_bits,
            theirs.local_max_window_bits,
        )
        return list(agreed), ours


class LiveFrames(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket with that packing."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.conn.available_extensions = [PackedOnceFactory()]
