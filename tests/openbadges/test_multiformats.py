import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges.multiformats import (
    EncodingInvalid,
    base58btc_decode,
    base58btc_encode,
    base64url_decode,
    base64url_encode,
    multibase_decode,
    multibase_encode,
    multicodec_split,
    varint_encode,
)


@given(st.binary(max_size=200))
def test_every_encoding_reads_back(data: bytes) -> None:
    assert base58btc_decode(base58btc_encode(data)) == data
    assert base64url_decode(base64url_encode(data)) == data
    assert multibase_decode(multibase_encode(data)) == data
    assert multibase_decode("u" + base64url_encode(data)) == data


@given(st.text("ABab01-_", max_size=8))
def test_base64url_has_one_text_for_each_value(text: str) -> None:
    try:
        data = base64url_decode(text)
    except EncodingInvalid:
        return
    assert base64url_encode(data) == text


@given(st.text("12zZ", max_size=12))
def test_base58_has_one_text_for_each_value(text: str) -> None:
    assert base58btc_encode(base58btc_decode(text)) == text


@pytest.mark.parametrize("text", ["AA==", "A", "AB", "AAB", "A A", "AA\n", "A+/A", "é", "AAAA="])
def test_other_spellings_of_base64url_are_refused(text: str) -> None:
    with pytest.raises(EncodingInvalid):
        base64url_decode(text)


@pytest.mark.parametrize("text", ["z0", "zO", "zI", "zl", "m", "", "Z1", "z" + "2" * 2049, "z é"])
def test_other_multibase_texts_are_refused(text: str) -> None:
    with pytest.raises(EncodingInvalid):
        multibase_decode(text)


@given(st.integers(0, 2**28 - 1), st.binary(max_size=4))
def test_a_multicodec_code_reads_back(code: int, rest: bytes) -> None:
    assert multicodec_split(varint_encode(code) + rest) == (code, rest)


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xed\x80\x00", b"\xff\xff\xff\xff\x01"])
def test_a_code_cut_off_or_padded_is_refused(data: bytes) -> None:
    with pytest.raises(EncodingInvalid):
        multicodec_split(data)
