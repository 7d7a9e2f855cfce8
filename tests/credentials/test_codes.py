"""Codes that people read aloud, copy by hand and type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.codes import ALPHABET, LENGTH, new_code, read_code, shown

CODES = st.text(ALPHABET, min_size=LENGTH, max_size=LENGTH)


def test_a_new_code_has_twelve_characters_of_the_alphabet_and_is_new() -> None:
    codes = {new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(len(code) == 12 and set(code) <= set(ALPHABET) for code in codes)


def test_the_alphabet_has_no_letters_that_look_like_others() -> None:
    assert len(ALPHABET) == 32
    assert not set("ILOU") & set(ALPHABET)


def test_a_code_is_shown_in_groups_of_four() -> None:
    assert shown("7K4M9QXD2B3C") == "7K4M-9QXD-2B3C"


@given(CODES)
def test_what_is_shown_reads_back_as_the_same_code(code: str) -> None:
    assert read_code(shown(code)) == code


@given(CODES, st.data())
def test_lower_case_spaces_and_dashes_are_forgiven(code: str, data: st.DataObject) -> None:
    separator = st.sampled_from(["", " ", "-", "  ", "–", "\u00a0", "\n"])
    typed = "".join(letter + data.draw(separator) for letter in code.lower())[:40]
    if typed.strip("- –\u00a0\n").endswith(code[-1].lower()) and len(typed) < 40:
        assert read_code(typed) == code


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("oOoO-iIlL-2B3C", "000011112B3C"),
        ("7k4m 9qxd 2b3c", "7K4M9QXD2B3C"),
        (" 7K4M-9QXD-2B3C\n", "7K4M9QXD2B3C"),
        ("7K4M—9QXD‐2B3C", "7K4M9QXD2B3C"),
    ],
)
def test_look_alikes_read_as_the_digit_that_was_meant(typed: str, meant: str) -> None:
    assert read_code(typed) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "7K4M-9QXD-2B3",
        "7K4M-9QXD-2B3CC",
        "7K4M-9QXD-2B3U",
        "7K4M_9QXD_2B3C",
        "７K4M-9QXD-2B3C",
        "7K4M-9QXD-2B3ß",
        "7K4M" + " " * 40 + "9QXD2B3C",
        "\x007K4M9QXD2B3",
    ],
)
def test_what_cannot_be_a_code_is_not_one(text: str) -> None:
    assert read_code(text) is None


@given(st.text(max_size=60))
def test_any_text_is_a_well_formed_code_or_none(text: str) -> None:
    code = read_code(text)
    assert code is None or (len(code) == LENGTH and set(code) <= set(ALPHABET))
