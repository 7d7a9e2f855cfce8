"""Any bytes: a reading or a refusal, never another exception, in bounded time; and the speed of honest files."""

import re
import time
from datetime import date

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from credentials.imports import FileReading, ImportRefused, RowValues, Rules, read_awards
from credentials.imports.safe_csv import encode_rows

RULES = Rules.for_achievement(
    [{"key": "score", "result_type": "RawScore"}, {"key": "grade", "allowed_values": ["A", "B"]}],
    today=date(2026, 11, 22),
)
HEADER = (
    "email,name,external_id,awarded_on,valid_from,valid_until,narrative,evidence_url,evidence_name,result.score,"
    "result.grade,licence_number,language"
)
HIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2066-\u2069\ud800-\udfff]")
COLUMNS = HEADER.split(",")
FIXED = settings(max_examples=150, deadline=2_000, suppress_health_check=[HealthCheck.too_slow])

PIECES = st.sampled_from(
    ["@", "a@mail.example", "xn--", "https://", "http://[", "2026-02-30", "9999-12-31T23:59:59-14:00", "1e5", ".", "-",
     "\u202e", "\u200d", "ß", "\ufdd0", "İ", '"', "'", "\r", "\n", ";", "\x00", "<", ":", "%", "0x", "٣", "\u0301", "ﷺ"]
)  # fmt: skip
CELLS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=6).map("".join)


def outcome_of(data: bytes) -> FileReading | ImportRefused:
    try:
        return read_awards(data, rules=RULES)
    except ImportRefused as refusal:
        return refusal


def check(outcome: FileReading | ImportRefused) -> None:
    errors = [outcome.error] if isinstance(outcome, ImportRefused) else outcome.errors
    for error in errors:
        assert error.row >= 1 and error.code and error.message and error.cure
        assert not HIDDEN.search(str(error))


@FIXED
@given(st.binary(max_size=400))
@example(b'"')
@example(b"\xff\xfe\x00")
@example(b"\xfe\xff\xd8\x00")
@example(b"sep=")
@example(b"email,name\n\x0c,\x1c\n")
def test_any_bytes(data: bytes) -> None:
    check(outcome_of(data))


@FIXED
@given(st.binary(max_size=200), st.sampled_from(["utf-8", "utf-16", "windows-1252"]))
def test_any_bytes_after_a_good_header(data: bytes, encoding: str) -> None:
    check(outcome_of((HEADER + "\n").encode(encoding) + data))


@FIXED
@given(st.lists(st.lists(CELLS, min_size=len(COLUMNS), max_size=len(COLUMNS)), min_size=1, max_size=3))
def test_any_text_in_any_cell(rows: list[list[str]]) -> None:
    lines = [HEADER, *(",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)]
    outcome = outcome_of("\n".join(lines).encode("utf-8", "replace"))
    check(outcome)
    if isinstance(outcome, FileReading):
        for _, values in outcome.rows:
            assert RowValues.from_json(values.to_json()) == values
            assert values.email.isascii() and values.email == values.email.lower()
            assert all(item.url.isascii() and item.url.startswith("http") for item in values.evidence)


@FIXED
@given(CELLS.filter(str.strip))
def test_a_normalised_row_reads_back_as_itself(name: str) -> None:
    first = outcome_of(b"".join(encode_rows([["email", "name"], ["Anna@Bücher.example", name]])))
    if isinstance(first, FileReading) and first.rows:
        values = first.rows[0][1]
        quoted = '"' + values.name.replace('"', '""') + '"'
        again = read_awards(f"email,name\n{values.email},{quoted}\n".encode(), rules=RULES)
        assert [row for _, row in again.rows] == [values]


@pytest.mark.parametrize(
    "data",
    [
        b"\n" * 3_000_000,
        b"email,name\n" + b",\n" * 1_000_000,
        b"email,name\n" + b'"' * 999_999,
        b"email,name\n" + b'"\n' * 100_000,
        b"email,name\na@mail.example," + ("\u0301\u0316" * 60_000).encode(),
        ("email,name\na@mail.example," + "\ufdfa" * 40_000).encode(),
        b"email,name\n" + b"a." * 60_000 + b"@mail.example,Anna\n",
        b"email,name\n" + b"<" * 1_900 + b",Anna\n",
        b",".join(b"x" * 900 for _ in range(190)) + b"\n",
        b"\xe9" * 3_000_000,
        b"email,name\n" + b"\xc3\xa9" * 40_000 + b"\xff\n",
    ],
    ids=range(11),
)
def test_files_made_to_be_slow(data: bytes) -> None:
    began = time.perf_counter()
    check(outcome_of(data))
    assert time.perf_counter() - began < 3


def test_ten_thousand_rows_take_little_time() -> None:
    row = "Bo.{0}@Mail.example,Þórunn Guðmundsdóttir,X-{0},2026-02-27,2026-03-01,2029-03-01,Went well,https://p.example/{0},"
    data = "\n".join([HEADER, *(row.format(number) + "Project,5,A,L,en" for number in range(10_000))]).encode()
    began = time.process_time()
    reading = read_awards(data, rules=RULES)
    assert time.process_time() - began < 3  # 0.8 s measured; the slack is for slow machines
    assert len(reading.rows) == 10_000 and not reading.errors
