"""Bytes to rows: encodings, delimiters, quotation marks, size."""

import io
from datetime import date

import pytest

from credentials.imports import FileReading, ImportRefused, Rules, open_awards, read_awards

RULES = Rules(today=date(2026, 11, 22))
TEXT = "email,name\nanna@mail.example,Þórunn Guðmundsdóttir\nnina@mail.example,Zoë O’Hara\n"
CYRILLIC = "email,name\nnina@mail.example,Нина Кузнецова\n"


def read(data: bytes, rules: Rules = RULES) -> FileReading:
    return read_awards(data, rules=rules)


def names(reading: FileReading) -> list[str]:
    assert not reading.errors
    return [values.name for _, values in reading.rows]


def refused(data: bytes, rules: Rules = RULES) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        read(data, rules)
    assert caught.value.cure and caught.value.error.row == caught.value.row
    return caught.value


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("windows-1252", "windows-1252")],
)
def test_each_encoding_gives_the_same_names(encoding: str, said: str) -> None:
    reading = read(TEXT.encode(encoding))
    assert names(reading) == ["Þórunn Guðmundsdóttir", "Zoë O’Hara"]
    assert reading.encoding == said
    assert bool(reading.notes) == (said == "windows-1252")


def test_utf_16_of_the_other_byte_order() -> None:
    assert names(read(b"\xfe\xff" + CYRILLIC.encode("utf-16-be"))) == ["Нина Кузнецова"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file.empty"),
        (b"\xef\xbb\xbf \r\n\r\n", "file.empty"),
        (b"\xff\xfe", "file.empty"),
        (b"sep=;\n", "file.empty"),
        (b"email,name\n", "file.no_rows"),
        (b"email,name\r\n,\r\n", "file.no_rows"),
        (b"sep=:\nemail:name\n", "file.delimiter"),
        (b"PK\x03\x04rest of a workbook", "file.workbook_broken"),
        (b"\xd0\xcf\x11\xe0an old workbook", "file.workbook"),
        (CYRILLIC.encode("utf-16-le"), "file.nul"),
        (CYRILLIC.encode("utf-32"), "file.encoding"),
        (CYRILLIC.encode("windows-1251"), "file.encoding"),
        ("email,name\na@mail.example,山田\u3000太郎\n".encode("shift-jis"), "file.encoding"),
        (b"email,name\na@mail.example,An\xed\xa0\x80na\n", "file.encoding"),
        (TEXT.encode() + b"bo@mail.example,Bj\xf6rn\n", "file.encoding"),
        (TEXT.encode("windows-1252") + b"bo@mail.example,\x00\n", "file.encoding"),
        (b"\xff\xfe" + "email,name\n\ud800".encode("utf-16-le", "surrogatepass"), "file.encoding"),
        (TEXT.encode() + b"bo@mail.example,B\xc3", "file.encoding"),
        (b"email,name\na@mail.example," + b"x" * 1_100_000 + b"\n", "file.row_too_long"),
        (b"email,name\na@mail.example," + b"x" * 200_000 + b"\n", "file.row_too_long"),
        (b"," * 1_100_000, "file.row_too_long"),
        (b"x," * 300, "file.too_many_columns"),
        (b'email,name\na@mail.example,"Anna"Lind\n', "file.stray_quote"),
        (b'email,name\na@mail.example,"Anna\nb@mail.example,Bo\n', "file.unclosed_quote"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(data: bytes, code: str) -> None:
    assert refused(data).code == code


def test_a_refusal_names_the_row() -> None:
    fault = refused(b'email,name\na@mail.example,Anna\nb@mail.example,"Bo\nc@mail.example,Cy\n')
    assert (fault.code, fault.row) == ("file.unclosed_quote", 3)
    assert "row 3" in fault.message
    assert refused(TEXT.encode() + b"bo@mail.example,Bj\xf6rn\n").row == 4


def test_an_open_quotation_mark_that_swallows_rows_is_found_where_a_later_one_closes_it() -> None:
    data = b'email,name,narrative\na@mail.example,Anna,"well\nb@mail.example,Bo,fine"\nc@mail.example,Cy,ok\n'
    [error] = read(data).errors
    assert (error.row, error.column, error.code) == (2, "narrative", "row.swallowed_rows")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_delimiters_and_line_ends(delimiter: str, line_end: str) -> None:
    lines = ["email,name,narrative", 'anna@mail.example,Anna Lind,"one, two; three|four"', "", "bo@mail.example,Bo Ek,"]
    quoted = lines[1].split(",", 2)
    rows = [lines[0].split(","), quoted, [""], lines[3].split(",")]
    reading = read(line_end.join(delimiter.join(row) for row in rows).encode())
    assert names(reading) == ["Anna Lind", "Bo Ek"]
    assert [number for number, _ in reading.rows] == [2, 4]
    assert reading.rows[0][1].narrative == "one, two; three|four"
    assert reading.delimiter == delimiter


def test_the_separator_line_of_a_spreadsheet_is_no_row() -> None:
    reading = read("\ufeffsep=;\r\nemail;name\r\na@mail.example;Lind, Anna\r\n".encode())
    assert [(number, values.name) for number, values in reading.rows] == [(2, "Lind, Anna")]


def test_a_delimiter_inside_quotation_marks_of_the_header_does_not_count() -> None:
    reading = read(b'"email";"name";"evidence,name,url"\na@mail.example;Anna;x\n')
    assert reading.delimiter == ";"
    assert [error.code for error in reading.errors] == ["header.unknown"]


def test_a_quoted_line_break_counts_as_one_row_as_in_a_spreadsheet() -> None:
    reading = read(b'email,name,narrative\na@mail.example,Anna,"a\r\nb"\nb@@,Bo,\n')
    assert reading.rows[0][1].narrative == "a\nb"
    assert reading.errors[0].row == 3


def test_size_and_row_limits() -> None:
    small = Rules(today=RULES.today, max_bytes=20, max_rows=1)
    assert refused(TEXT.encode(), small).code == "file.too_large"
    few = Rules(today=RULES.today, max_rows=1)
    fault = refused(TEXT.encode(), few)
    assert (fault.code, fault.row) == ("file.too_many_rows", 3)
    assert len(read(TEXT.encode(), Rules(today=RULES.today, max_rows=2)).rows) == 2


def test_a_line_end_split_between_two_reads_is_one_line_end() -> None:
    class Dribble(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            return super().read(1)

    stream = Dribble(TEXT.replace("\n", "\r\n").encode())
    reading = read_awards(stream, rules=RULES)
    assert [number for number, _ in reading.rows] == [2, 3]
    assert not stream.closed


def test_a_stream_is_read_row_by_row_and_stays_open() -> None:
    rows = "".join(f"p{number}@mail.example,Person {chr(65 + number % 26)}\n" for number in range(50_000))
    stream = io.BytesIO(("email,name\n" + rows).encode())
    opened = open_awards(stream, rules=RULES)
    first = next(opened.outcomes)
    assert first.values is not None and first.values.email == "p0@mail.example"
    assert stream.tell() < len(stream.getvalue())
    del opened
    assert not stream.closed
