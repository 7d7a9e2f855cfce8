"""Whatever bytes a server sends, a fetch gives a bounded document or one of the known failures."""

from __future__ import annotations

import gzip
import os
from typing import Any, cast

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from openbadges.codes import CODES
from outbound.connection import Wire
from outbound.deadline import Deadline
from outbound.errors import FetchFailed
from outbound.exchange import MOST_BYTES, REDIRECTS, exchange
from outbound.targets import Target

EXAMPLES = int(os.environ.get("EXAMPLES", "300"))
PIECES = st.sampled_from(
    [
        b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 ", b"HTTP/", b"200", b"302 ", b"100 Continue\r\n\r\n", b"\r\n",
        b"\r\n\r\n", b"\n", b"\r", b"Content-Length: ", b"Transfer-Encoding: chunked\r\n",
        b"Content-Encoding: gzip\r\n", b"Content-Type: ", b"Location: ", b"5", b"-1", b"+3", b"0x2", b"1_0",
        b"ffffffffffffffff", b"99999999999999999999", b"0\r\n\r\n", b"3\r\nabc\r\n", b";ext", b"text/plain",
        b"multipart/mixed; boundary=x", b":", b" ", b"\t", b"\0", b"\xff\xfe", "é".encode(), b"X: y\r\n" * 101,
        b"y" * 70_000, gzip.compress(b"{}"), gzip.compress(b"{}")[:9], b"\x1f\x8b",
    ]
)  # fmt: skip
STARTS = st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 200\r\n", b"HTTP/1.1 301 Moved\r\n"])
ANSWERS = st.builds(bytes.__add__, STARTS, st.lists(PIECES | st.binary(max_size=8), max_size=12).map(b"".join))


class Tape:
    """A connection that takes everything and plays bytes, a few at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self._data = memoryview(data)
        self._step = step

    def settimeout(self, seconds: float) -> None:
        assert 0 < seconds <= 9

    def send(self, message: memoryview) -> int:
        return min(self._step, len(message))

    def recv_into(self, buffer: memoryview) -> int:
        part = self._data[: min(self._step, len(buffer))]
        self._data = self._data[len(part) :]
        buffer[: len(part)] = part
        return len(part)


@settings(max_examples=EXAMPLES)
@given(ANSWERS, st.sampled_from([1, 7, 8192]))
@example(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nabc", 7)
@example(b"HTTP/1.1 200 OK\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x", 7)
def test_any_bytes_are_a_document_or_a_known_failure(data: bytes, step: int) -> None:
    wire = Wire(cast(Any, Tape(data, step)), host="badges.example", deadline=Deadline.after(9))
    try:
        answer = exchange(wire, Target("badges.example", "/"), "badge")
    except FetchFailed as error:
        assert error.code in CODES
        assert "badges.example" in str(error) and len(str(error)) < 120
        return
    assert answer.status in {200, *REDIRECTS}
    assert len(answer.body) <= MOST_BYTES


@pytest.mark.parametrize("step", [1, 10_000])
def test_a_request_is_sent_to_its_end_however_little_is_taken_at_once(step: int) -> None:
    taken: list[bytes] = []

    class Taking(Tape):
        def send(self, message: memoryview) -> int:
            taken.append(bytes(message[:step]))
            return len(taken[-1])

    wire = Wire(cast(Any, Taking(b"HTTP/1.1 200 OK\r\n\r\n{}", 1)), host="badges.example", deadline=Deadline.after(9))
    assert exchange(wire, Target("badges.example", "/x"), "badge").body == b"{}"
    whole = b"".join(taken)
    assert whole.startswith(b"GET /x HTTP/1.1\r\n") and whole.endswith(b"\r\n\r\n")
