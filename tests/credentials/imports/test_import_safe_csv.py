"""What we hand out as CSV holds no live formula and reads back."""

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.imports.safe_csv import encode_rows, safe_cell, write_rows


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t'=1"),
        ("\r=1", "'\r'=1"),
        ("  =1", "  '=1"),
        ("＝1", "'＝1"),
        ("Anna;=cmd|x", "Anna;'=cmd|x"),
        ('Anna;"=1', "Anna;\"'=1"),
        ("line\n=1", "line\n'=1"),
        ("anna@mail.example", "anna@mail.example"),
        ("https://host.example/?a=b", "https://host.example/?a=b"),
        ("a\x00b", "a\ufffdb"),
        (None, ""),
        (-5, "-5"),
        (2.5, "2.5"),
    ],
)
def test_cells(cell: object, safe: str) -> None:
    assert safe_cell(cell) == safe


def test_a_report_begins_with_a_mark_and_reads_back() -> None:
    out = io.BytesIO()
    write_rows(out, [["email", "name"], ["a@mail.example", 'Anna "A" Lind, Dr'], ["=x", "\ud800"]])
    assert out.getvalue().startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))
    assert rows == [["email", "name"], ["a@mail.example", 'Anna "A" Lind, Dr'], ["'=x", "\\ud800"]]


def test_a_long_report_comes_in_pieces() -> None:
    pieces = list(encode_rows(["x" * 100] for _ in range(10_000)))
    assert len(pieces) > 10
    assert b"".join(pieces).count(b"\r\n") == 10_000


@given(st.lists(st.text(max_size=20), min_size=1, max_size=4))
def test_no_separator_makes_a_formula(cells: list[str]) -> None:
    text = b"".join(encode_rows([cells])).decode("utf-8-sig", "replace")
    for row in csv.reader(io.StringIO(text, newline="")):
        assert not [cell for cell in row if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
    for separator in ";\t":  # as a spreadsheet of another country would cut it
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator):
            assert not [cell for cell in row if re.match(r'[ "]*[=+@-]', cell)]
