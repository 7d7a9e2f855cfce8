"""Headers, the shape of rows, duplicates: what a file says as a whole, and what is told of each fault."""

from datetime import date

import pytest

from credentials.imports import FileReading, ResultRule, Rules, open_awards, read_awards

TODAY = date(2026, 11, 22)
RULES = Rules.for_achievement([{"key": "score", "name": "Score", "result_type": "RawScore"}], today=TODAY)


def read(text: str, rules: Rules = RULES) -> FileReading:
    return read_awards(text.encode(), rules=rules)


@pytest.mark.parametrize(
    ("header", "column", "code", "in_cure"),
    [
        ("email,name,E-mail", "E-mail", "header.unknown", "email"),
        ("email,name,evidence url", "evidence url", "header.unknown", "evidence_url"),
        ("email,name,shoe size", "shoe size", "header.unknown", "Remove"),
        ("email,name,Email", "Email", "header.duplicate", "Keep one"),
        ("email,name,name", "name", "header.duplicate", "Keep one"),
        ("email,name,,language", "number 3", "header.empty", "Name it"),
        ("email", "name", "header.missing", "email and name"),
        ("email,name,result.speed", "result.speed", "header.unknown_result", "result.score"),
        ("email,name,result.", "result.", "header.unknown_result", "result.score"),
        ("email,name,lang\u202euage", "lang[U+202E]uage", "text.bidi", "Delete"),
    ],
)
def test_header_faults(header: str, column: str, code: str, in_cure: str) -> None:
    reading = read(header + "\na@mail.example,Anna,x,y\n")
    [error] = reading.errors
    assert (error.row, error.column, error.code) == (1, column, code)
    assert in_cure in error.cure
    assert reading.header_errors == 1 and not reading.rows


def test_all_header_faults_are_told_at_once() -> None:
    codes = [error.code for error in read("mail,nme,size\nx,y,z\n").errors]
    assert codes == ["header.unknown"] * 3 + ["header.missing"] * 2


def test_case_and_spaces_of_headers_do_not_matter_and_empty_ones_at_the_end_are_dropped() -> None:
    reading = read(" EMAIL ,Name,Result.SCORE,,\nanna@mail.example,Anna,5,,\n")
    assert reading.header == ("email", "name", "result.score")
    assert reading.rows[0][1].results == (("score", "5"),)


def test_results_that_differ_in_case_only_are_matched_exactly() -> None:
    rules = Rules(today=TODAY, result_columns={"a": ResultRule(), "A": ResultRule()})
    assert read("email,name,result.A,result.a\nb@mail.example,Bo,x,y\n", rules).rows[0][1].results == (
        ("A", "x"),
        ("a", "y"),
    )


def test_an_achievement_without_results_says_so() -> None:
    [error] = read("email,name,result.score\na@mail.example,Anna,1\n", Rules(today=TODAY)).errors
    assert error.message == "This achievement describes no results."


# --- shape of rows and duplicates


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("a@mail.example,Anna", "language", "row.too_few_cells"),
        ("a@mail.example,Lind,Anna,en", "number 4", "row.too_many_cells"),
    ],
)
def test_ragged_rows(row: str, column: str, code: str) -> None:
    [error] = read(f"email,name,language\n{row}\n").errors
    assert (error.row, error.column, error.code) == (2, column, code)


def test_empty_cells_beyond_the_header_and_rows_of_separators_are_no_faults() -> None:
    reading = read("email,name\nanna@mail.example,Anna,,\n,,,\nbo@mail.example,Bo\n")
    assert [number for number, _ in reading.rows] == [2, 4] and not reading.errors


def test_the_second_row_of_an_address_refers_to_the_first() -> None:
    text = "email,name\nanna@mail.example,Anna\nbo@mail.example,Bo\nANNA@Mail.Example,Anna\n"
    [error] = read(text).errors
    assert (error.row, error.column, error.code) == (4, "email", "email.duplicate")
    assert "row 2" in error.message
    assert len(read(text, Rules(today=TODAY, allow_repeats=True)).rows) == 3


def test_the_same_international_address_written_twice_is_one() -> None:
    [error] = read("email,name\nu@bücher.example,Udo\nu@XN--BCHER-KVA.example,Udo\n").errors
    assert error.code == "email.duplicate"


def test_external_identifiers_are_unique_even_where_people_may_repeat() -> None:
    rules = Rules(today=TODAY, allow_repeats=True)
    [error] = read("email,name,external_id\na@mail.example,Anna,7\nb@mail.example,Bo,7\n", rules).errors
    assert (error.row, error.column, error.code) == (3, "external_id", "external_id.duplicate")


def test_every_fault_of_a_row_is_told() -> None:
    reading = read("email,name,awarded_on,language\nanna@@uni,,31/02/2026,english\n")
    assert [(error.column, error.code) for error in reading.errors] == [
        ("email", "email.two_ats"),
        ("name", "name.missing"),
        ("awarded_on", "date.impossible"),
        ("language", "language.tag"),
    ]
    assert str(reading.errors[0]).startswith("Row 2, column email: “anna@@uni” is not an address")


def test_errors_beyond_the_cap_are_counted() -> None:
    rules = Rules(today=TODAY, max_errors=10)
    reading = read("email,name\n" + "nobody,\n" * 30 + "anna@mail.example,Anna\n", rules)
    assert (len(reading.errors), reading.error_count, reading.failed_rows, len(reading.rows)) == (10, 60, 30, 1)


def test_a_failed_row_keeps_its_cells_for_the_preview() -> None:
    opened = open_awards(b"email,name\nanna@@uni,Anna\n", rules=RULES)
    [outcome] = list(opened.outcomes)
    assert outcome.values is None and outcome.cells == {"email": "anna@@uni", "name": "Anna"}
