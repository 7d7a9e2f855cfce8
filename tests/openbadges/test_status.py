import base64
import gzip

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges import status
from openbadges.errors import StatusListInvalid
from openbadges.status import LIST_LENGTH, decode_list, empty, encode_list, get_bit, set_bit
from tests.openbadges.published import needs_published, published_json


@settings(max_examples=30, deadline=None)
@given(revoked=st.sets(st.integers(0, LIST_LENGTH - 1), max_size=20))
def test_a_published_list_says_exactly_what_was_revoked(revoked: set[int]) -> None:
    bits = empty()
    for index in revoked:
        bits = set_bit(bits, index)
    number = int.from_bytes(decode_list(encode_list(bits)))
    assert number == sum(1 << (LIST_LENGTH - 1 - index) for index in revoked)
    assert all(get_bit(bits, index) for index in revoked)


def test_the_first_entry_is_the_left_most_bit() -> None:
    assert set_bit(empty(), 0)[0] == 0x80
    assert set_bit(empty(), LIST_LENGTH - 1)[-1] == 0x01


def test_equal_bits_give_equal_text() -> None:
    assert encode_list(empty()) == encode_list(bytes(16_384))


@pytest.mark.parametrize("index", [-1, LIST_LENGTH])
def test_an_entry_outside_the_list_is_refused(index: int) -> None:
    for act in (get_bit, set_bit):
        with pytest.raises(StatusListInvalid):
            act(empty(), index)


def packed(data: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (packed(gzip.compress(bytes(16_384)))[1:], "encoding"),
        ("z" + packed(gzip.compress(bytes(16_384)))[1:], "encoding"),
        ("u!!!!", "encoding"),
        (packed(bytes(16_384)), "encoding"),
        (packed(gzip.compress(bytes(16_384))[:-5]), "encoding"),
        (packed(gzip.compress(bytes(16_384)) * 2), "encoding"),
        (packed(gzip.compress(bytes(16_383))), "too_short"),
        (packed(gzip.compress(bytes(3 * 2**20))), "too_large"),
        ("u" + "A" * (4 * 2**20), "too_large"),
        ("", "encoding"),
    ],
)
def test_a_list_that_is_not_whole_and_of_its_size_is_refused(text: str, code: str) -> None:
    with pytest.raises(StatusListInvalid) as refused:
        decode_list(text)
    assert refused.value.code == "status_list." + code


def test_a_short_list_is_not_published() -> None:
    with pytest.raises(StatusListInvalid):
        encode_list(bytes(16_383))


@needs_published
def test_the_specification_s_example_list_is_read() -> None:
    examples = [published_json(f"w3c/vc-bitstring-status-list/examples/example-{n}.json") for n in (1, 2, 3, 4)]
    lists = [
        example["credentialSubject"]["encodedList"] for example in examples
        if "encodedList" in example.get("credentialSubject", {})
    ]  # fmt: skip
    assert lists
    for text in lists:
        assert len(decode_list(text)) == len(status.empty())
