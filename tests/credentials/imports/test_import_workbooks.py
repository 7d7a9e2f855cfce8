"""XLSX files: what their cells say, and that none of them can lie, explode or name another file."""

import io
import struct
import zipfile
from datetime import UTC, date, datetime

import pytest

from credentials.imports import FileReading, ImportRefused, ResultRule, Rules, read_awards
from tests.credentials.imports.workbooks import (
    HEADER,
    MAIN,
    STYLES,
    book,
    relations,
    shared,
    sheet,
    text,
    workbook,
)

RULES = Rules(today=date(2026, 11, 26), result_columns={"score": ResultRule(result_type="Percent")})
ANNA = text("anna@mail.example", "Anna")


def read(*rows: str, **options: object) -> FileReading:
    return read_awards(workbook(*rows, **options), rules=RULES)  # type: ignore[arg-type]


def refused(data: bytes, rules: Rules = RULES) -> ImportRefused:
    with pytest.raises(ImportRefused) as caught:
        read_awards(data, rules=rules)
    return caught.value


def test_a_workbook_is_read_like_a_csv_file() -> None:
    reading = read(text(*HEADER), "", ANNA, text("bo@@mail", "Bo"))
    assert (reading.encoding, reading.header) == ("xlsx", HEADER)
    assert [(number, values.name) for number, values in reading.rows] == [(3, "Anna")]
    assert [(error.row, error.column) for error in reading.errors] == [(4, "email")]


def test_texts_may_be_shared_formatted_and_escaped() -> None:
    texts = f"""<sst xmlns="{MAIN}"><si><t>email</t></si><si><t>name</t></si><si><t>anna@mail.example</t></si>
    <si><r><t>An</t></r><r><t xml:space="preserve">na B</t></r><rPh sb="0" eb="1"><t>aloud</t></rPh></si></sst>"""
    rows = (
        '<c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c>',
        '<c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c>',
    )
    reading = read(*rows, parts={"xl/sharedStrings.xml": texts})
    assert reading.rows[0][1].name == "Anna B"
    [error] = read(text(*HEADER), text("anna@mail.example", "An_x0000_na")).errors
    assert error.code == "text.nul"


@pytest.mark.parametrize(
    ("serial", "style", "is_1904", "day"),
    [
        (46082, 1, False, date(2026, 3, 1)),
        (46082, 2, False, date(2026, 3, 1)),
        (44620, 1, True, date(2026, 3, 1)),
        (36526, 1, False, date(2000, 1, 1)),
    ],
)
def test_days_are_read_from_their_serial_numbers(serial: int, style: int, is_1904: bool, day: date) -> None:
    cells = ANNA + f'<c s="{style}"><v>{serial}</v></c>'
    [(_, values)] = read(text(*HEADER, "awarded_on"), cells, is_1904=is_1904).rows
    assert values.awarded_on == day


def test_a_time_of_day_is_never_dropped_silently() -> None:
    cells = ANNA + '<c s="1"><v>46082.5</v></c>'
    [error] = read(text(*HEADER, "awarded_on"), cells).errors
    assert (error.code, error.cure) == ("date.format", "Write only the day: 2026-03-01.")
    [until] = read(text(*HEADER, "valid_until"), ANNA + '<c s="1"><v>60000.5</v></c>').errors
    assert until.code == "date.no_offset"


def test_an_iso_date_cell_and_a_number_that_is_no_day() -> None:
    [(_, values)] = read(text(*HEADER, "valid_until"), ANNA + '<c t="d"><v>2030-01-01T00:00:00</v></c>').rows
    assert values.valid_until == datetime(2030, 1, 1, 23, 59, 59, tzinfo=UTC)
    [error] = read(text(*HEADER, "awarded_on"), ANNA + '<c s="4"><v>46082</v></c>').errors
    assert error.code == "date.serial"


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c><v>87</v></c>", "87"),
        ("<c><v>87.5</v></c>", "87.5"),
        ("<c><v>0.30000000000000004</v></c>", "0.3"),
        ("<c><v>1E-3</v></c>", "0.001"),
        ("<c><f>80+7</f><v>87</v></c>", "87"),
    ],
)
def test_numbers_come_as_they_are_shown(cell: str, value: str) -> None:
    [(_, values)] = read(text(*HEADER, "result.score"), ANNA + cell).rows
    assert values.results == (("score", value),)


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("result.score", '<c s="3"><v>0.85</v></c>', "result.number"),  # 85 %, never 0.85
        ("external_id", "<c><v>1234567890123456789</v></c>", "cell.number_too_long"),
        ("external_id", "<c><f>A1&amp;B1</f></c>", "cell.formula_without_value"),
        ("external_id", '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>', "cell.formula_error"),
    ],
)
def test_what_cannot_be_taken_as_meant_is_a_fault_of_its_cell(column: str, cell: str, code: str) -> None:
    [error] = read(text(*HEADER, column), ANNA + cell).errors
    assert (error.row, error.column, error.code) == (2, column, code)


def test_a_percentage_says_how_to_write_it() -> None:
    [error] = read(text(*HEADER, "result.score"), ANNA + '<c s="3"><v>0.85</v></c>').errors
    assert error.cure == "Write 85 without the sign."


def test_truth_values_and_empty_cells_in_between() -> None:
    cells = '<c r="A2" t="inlineStr"><is><t>anna@mail.example</t></is></c><c r="C2" t="b"><v>1</v></c>'
    rows = read(text("email", "language", "name"), cells).rows
    assert rows[0][1].name == "TRUE"


def test_the_first_visible_sheet_is_read_and_the_others_are_named() -> None:
    parts = {
        "xl/workbook.xml": book(sheets=(("Old", "hidden"), ("People", "visible"), ("More", "visible"))),
        "xl/_rels/workbook.xml.rels": relations(3),
        "xl/worksheets/sheet2.xml": sheet(text(*HEADER), ANNA),
        "xl/worksheets/sheet3.xml": sheet(text("x")),
    }
    reading = read(text("secret"), parts=parts)
    assert len(reading.rows) == 1
    assert reading.notes == ("Only the first sheet, “People”, was read; the file has others.",)


def test_prefixed_names_are_the_same_names() -> None:
    prefixed = sheet(text(*HEADER), ANNA).replace("<", "<x:").replace("<x:/", "</x:").replace("xmlns=", "xmlns:x=")
    assert len(read(parts={"xl/worksheets/sheet1.xml": prefixed}).rows) == 1


BOMB = sheet(text(*HEADER), *["<c/>"]).replace("<c/>", "<c/>" * 2_200_000)
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"xl/worksheets/sheet1.xml": BOMB}, "file.workbook_too_large"),
        ({"xl/sharedStrings.xml": "<sst>" + " " * 9_000_000 + "</sst>"}, "file.workbook_too_large"),
        ({"xl/worksheets/sheet1.xml": DOCTYPE + sheet(text(*HEADER), ANNA)}, "file.workbook_broken"),
        ({"xl/styles.xml": DOCTYPE + STYLES}, "file.workbook_broken"),
        ({"xl/worksheets/sheet1.xml": sheet(text(*HEADER))[:-20]}, "file.workbook_broken"),
        ({"xl/worksheets/sheet1.xml": b"\x00\x01"}, "file.workbook_broken"),
        ({"xl/_rels/workbook.xml.rels": relations(0)}, "file.workbook_broken"),
        ({"xl/workbook.xml": book(sheets=(("Hidden", "hidden"),))}, "file.workbook_broken"),
        ({"xl/worksheets/sheet1.xml": sheet(text(*HEADER), '<c t="s"><v>7</v></c>')}, "file.workbook_broken"),
        ({"xl/worksheets/sheet1.xml": sheet(text(*HEADER), '<c r="ZZZZ9"><v>7</v></c>')}, "file.workbook_broken"),
        ({"xl/worksheets/sheet1.xml": sheet(text(*HEADER), '<c r="XFD2"><v>7</v></c>')}, "file.too_many_columns"),
        ({"xl/worksheets/sheet1.xml": sheet(text(*HEADER), text("x" * 200_000))}, "file.row_too_long"),
        ({"xl/worksheets/sheet1.xml": sheet(text(*HEADER), ANNA).replace('r="2"', 'r="1"')}, "file.workbook_broken"),
        ({"xl/worksheets/sheet1.xml": sheet(text(*HEADER))}, "file.no_rows"),
        ({"xl/worksheets/sheet1.xml": sheet()}, "file.empty"),
    ],
    ids=lambda value: value if isinstance(value, str) else next(iter(value)),
)
def test_a_workbook_that_harms_or_is_harmed_is_refused(parts: dict[str, str | bytes], code: str) -> None:
    assert refused(workbook(text(*HEADER), ANNA, parts=parts)).code == code


def test_a_relation_cannot_lead_out_of_the_archive() -> None:
    leading_out = relations().replace("worksheets/sheet1.xml", "../../../../etc/passwd")
    assert refused(workbook(parts={"xl/_rels/workbook.xml.rels": leading_out})).code == "file.workbook_broken"


def test_rows_are_counted_and_the_file_is_measured() -> None:
    data = workbook(text(*HEADER), *(text(f"{number}@mail.example", "Anna") for number in range(4)))
    assert refused(data, Rules(today=RULES.today, max_rows=3)).code == "file.too_many_rows"
    assert refused(data, Rules(today=RULES.today, max_bytes=100)).code == "file.too_large"


@pytest.mark.parametrize("announced", [1, 10, 4_000_000_000])
def test_a_part_that_lies_about_its_size_is_refused_or_read_as_it_is(announced: int) -> None:
    data = bytearray(workbook(text(*HEADER), ANNA))
    name = b"xl/worksheets/sheet1.xml"
    entry = data.rfind(name) - 46  # its line in the table of contents
    assert data[entry : entry + 4] == b"PK\x01\x02"
    struct.pack_into("<I", data, entry + 24, announced)
    try:
        assert len(read_awards(bytes(data), rules=RULES).rows) == 1
    except ImportRefused as fault:
        assert fault.code == "file.workbook_broken"


def test_a_giant_table_of_contents_is_not_read() -> None:
    data = bytearray(workbook(text(*HEADER), ANNA))
    struct.pack_into("<I", data, len(data) - 10, 900_000_000)
    assert refused(bytes(data)).code == "file.workbook_too_large"


def test_a_locked_part_and_other_archives_are_refused() -> None:
    data = bytearray(workbook(text(*HEADER), ANNA))
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        place = data.find(mark)
        struct.pack_into("<H", data, place + (6 if mark == b"PK\x03\x04" else 8), 1)
    assert refused(bytes(data)).code == "file.workbook_broken"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    fault = refused(out.getvalue())
    assert fault.code == "file.workbook_kind" and "OpenDocument" in fault.message


def test_many_shared_texts_cost_little_memory() -> None:
    """Packed: 100,000 texts of 40 bytes are 4 MB and not 10."""
    import tracemalloc

    texts = shared("email", "name", "anna@mail.example", *(f"learner number {n:020}" for n in range(100_000)))
    row = '<c t="s"><v>2</v></c><c t="s"><v>100002</v></c>'
    data = workbook('<c t="s"><v>0</v></c><c t="s"><v>1</v></c>', row, parts={"xl/sharedStrings.xml": texts})
    tracemalloc.start()
    assert len(read_awards(data, rules=RULES).rows) == 1
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8_000_000
