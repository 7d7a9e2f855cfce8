import json
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges.errors import JsonInvalid
from openbadges.json_types import JsonValue
from openbadges.strict_json import dumps, load_object, loads

SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**28), 10**28) | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]))
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_what_is_written_reads_back_the_same(value: JsonValue) -> None:
    assert loads(dumps(value)) == value


@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_input_is_read_or_refused_and_agrees_with_the_standard_reader(data: bytes | str) -> None:
    try:
        value = loads(data)
    except JsonInvalid:
        return
    assert value == json.loads(data.decode().removeprefix("\ufeff") if isinstance(data, bytes) else data)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"a": 1, "a": 2}', "json.duplicate_member"),
        ('{"a": 1, "\\u0061": 2}', "json.duplicate_member"),
        ('{"x": [{"a": null, "a": null}]}', "json.duplicate_member"),
        ("NaN", "json.number"),
        ("[-Infinity]", "json.number"),
        ("1e400", "json.number"),
        ("1e-400", "json.number"),
        ("1" * 31, "json.number"),
        ("0." + "1" * 29, "json.number"),
        ('"\\ud800"', "json.surrogate"),
        ('{"\\uDC00\\ud800": 1}', "json.surrogate"),
        ("[" * 65 + "]" * 65, "json.too_deep"),
        ("[" * 1_000_000, "json.too_deep"),
        ('{"a":' * 300_000, "json.too_deep"),
        ("[" + "0," * 20_000 + "0]", "json.too_many_members"),
        (" " * (2 * 2**20 + 1), "json.too_large"),
        ("é" * (2**20 + 1), "json.too_large"),
        (b"\xff\xfe{\x00}\x00", "json.encoding"),
        (b'"\xed\xa0\x80"', "json.encoding"),
        ("\ud800", "json.encoding"),
        ("", "json.invalid"),
        ("{} {}", "json.invalid"),
        ("{'a': 1}", "json.invalid"),
        ('"a\nb"', "json.invalid"),
        ("[1,]", "json.invalid"),
        ("01", "json.invalid"),
    ],
)
def test_a_text_with_two_meanings_or_none_is_refused(text: str | bytes, code: str) -> None:
    with pytest.raises(JsonInvalid) as refused:
        loads(text)
    assert refused.value.code == code


def test_limits_themselves_are_allowed() -> None:
    assert loads("[" * 64 + "]" * 64)
    assert loads("1" * 30) == int("1" * 30)
    assert loads('"\\ud83d\\ude00"') == "😀"
    assert loads(b'\xef\xbb\xbf{"a":0e99}') == {"a": 0.0}


def test_an_object_is_asked_for_by_name() -> None:
    assert load_object('{"a": []}') == {"a": []}
    with pytest.raises(JsonInvalid):
        load_object("[]")


def test_what_json_cannot_hold_is_not_written() -> None:
    for value in ("\ud800", {"a": object()}, {"a": 10**25, "b": float("nan")}):
        with pytest.raises(JsonInvalid):
            dumps(value)  # type: ignore[arg-type]


def test_the_longest_text_is_read_within_a_second() -> None:
    text = "[" + ",".join(['"' + "x" * 100 + '"'] * 19_000) + "]"
    started = time.process_time()
    loads(text)
    assert time.process_time() - started < 1


@given(
    VALUES.map(lambda value: json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    | VALUES.map(json.dumps)
    | st.text(alphabet='{}[]":,0123456789.eE-+\\ud83ax ', max_size=30)
)
def test_the_quick_way_says_what_the_thorough_way_says(text: str) -> None:
    def read(max_digits: int) -> object:
        try:
            return repr(loads(text, max_digits=max_digits))
        except JsonInvalid as error:
            return error.code

    longest = max((len(number) for number in re.findall(r"[0-9.eE+-]+", text)), default=0)
    if longest < 24:  # below 25 digits only the thorough way is taken
        assert read(30) == read(24)
