"""What a decoder gets wrong by itself: asked once of each record, whichever checks want to know."""

from __future__ import annotations

from copilot.checks.quirks import quirks_of
from copilot.formats.avro.decoders import ApacheDecoder
from copilot.ports import Decoded
from tests.checks.orders import field, version


class Counting(ApacheDecoder):
    """The real decoder, which counts what it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def decode(self, data: bytes, writer: str, reader: str) -> Decoded:
        self.asked += 1
        return super().decode(data, writer, reader)


def test_a_record_is_asked_about_once_and_another_one_or_another_decoder_anew() -> None:
    order = version([field("id", "string")])
    one, other = ApacheDecoder(), Counting()
    first, second = (one.encode(order.resolved, {"id": it}) for it in ("a", "b"))

    assert quirks_of(other, order, first, {"id": "a"}) == quirks_of(other, order, first, {"id": "a"}) == frozenset()
    assert other.asked == 1
    assert quirks_of(other, order, second, {"id": "b"}) == frozenset()
    assert other.asked == 2
    assert quirks_of(Counting(), order, first, {"id": "else"}) == {"id"}
