"""Cells held against an achievement: every fault has a row, a column, a lasting code and a cure."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from credentials.imports import (
    CellError,
    EvidenceLink,
    FileReading,
    ImportRefused,
    ResultRule,
    RowValues,
    Rules,
    open_awards,
    read_awards,
)

TODAY = date(2026, 11, 22)
RULES = Rules.for_achievement(
    [
        {"key": "score", "name": "Score", "result_type": "RawScore", "value_min": "0", "value_max": "100"},
        {"key": "grade", "name": "Grade", "result_type": "LetterGrade", "allowed_values": ["A", "B", "Pass"]},
        {"key": "state", "name": "State", "result_type": "Status"},
        {"key": "note", "name": "Note", "result_type": "Result"},
    ],
    today=TODAY,
)


def read(text: str, rules: Rules = RULES) -> FileReading:
    return read_awards(text.encode("utf-8", "surrogatepass"), rules=rules)


def one(column: str, cell: str) -> FileReading:
    """A file of one row with one further column (or with email or name replaced)."""
    cells = {"email": "anna@mail.example", "name": "Anna Lind", column: cell}
    quoted = ['"' + value.replace('"', '""') + '"' for value in cells.values()]
    return read(",".join(cells) + "\n" + ",".join(quoted) + "\n")


def fault(column: str, cell: str) -> CellError:
    reading = one(column, cell)
    assert not reading.rows and reading.failed_rows == 1
    [error] = reading.errors
    assert (error.row, error.column) == (2, column)
    assert error.message.endswith((".", ")")) and error.cure.endswith(".")
    assert error.message.isprintable() and error.cure.isprintable()
    return error


def value(column: str, cell: str) -> RowValues:
    reading = one(column, cell)
    assert not reading.errors, reading.errors
    return reading.rows[0][1]


# --- e-mail addresses


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("Anna.Lind+work@Mail.Example", "anna.lind+work@mail.example"),
        ("\u00a0anna@mail.example ", "anna@mail.example"),
        ("o'neil@mail.example", "o'neil@mail.example"),
        ("anna@Bücher.Example", "anna@xn--bcher-kva.example"),
        ("anna@faß.example", "anna@xn--fa-hia.example"),
        ("anna@例え.example", "anna@xn--r8jz45g.example"),
        ("anna@XN--BCHER-KVA.example", "anna@xn--bcher-kva.example"),
        ("=1+1@mail.example", "=1+1@mail.example"),
    ],
)
def test_addresses_are_normalised(cell: str, address: str) -> None:
    assert value("email", cell).email == address


@pytest.mark.parametrize(
    ("cell", "code", "in_cure"),
    [
        ("", "email.missing", "Fill in"),
        ("anna", "email.no_at", "anna@university.example"),
        ("anna@@uni", "email.two_ats", "anna@university.example"),
        ("Anna Lind <anna@mail.example>", "email.display_name", "Write only “anna@mail.example”"),
        ("mailto:anna@mail.example", "email.mailto", "anna@mail.example"),
        ("a@mail.example; b@mail.example", "email.several", "one address"),
        ("an na@mail.example", "email.space", "Remove"),
        ('"anna lind"@mail.example', "email.quoted", "without"),
        ("änna@mail.example", "email.local_not_ascii", "plain letters"),
        ("an..na@mail.example", "email.local", "single dots"),
        (".anna@mail.example", "email.local", "single dots"),
        ("@mail.example", "email.local", "single dots"),
        ("a" * 65 + "@mail.example", "email.too_long", "shorter"),
        ("anna@" + "a" * 60 + ("." + "b" * 60) * 3 + ".example", "email.too_long", "shorter"),
        ("anna@uni", "email.domain", "anna@university.example"),
        ("anna@mail.example.", "email.domain", "anna@university.example"),
        ("anna@-mail.example", "email.domain", "anna@university.example"),
        ("anna@mail_box.example", "email.domain", "anna@university.example"),
        ("anna@ma\u2044il.example", "email.domain", "anna@university.example"),
        ("anna@xn--a.example", "email.domain", "anna@university.example"),
        ("anna@192.0.2.7", "email.domain", "anna@university.example"),
        ("anna@[192.0.2.7]", "email.ip_address", "domain"),
        ("anna@mail.example\r\nBcc: all@mail.example", "text.newline", "one line"),
        ("an\u200bna@mail.example", "text.invisible", "Delete"),
        ("a\x00nna@mail.example", "text.nul", "UTF-8"),
    ],
)
def test_what_is_no_address(cell: str, code: str, in_cure: str) -> None:
    error = fault("email", cell)
    assert error.code == code
    assert in_cure in error.cure


# --- names and texts


@pytest.mark.parametrize(
    "name",
    [
        "Þórunn Guðmundsdóttir", "Nguyễn Thị Minh Khuê", "Нина Кузнецова", "陳美玲 (Chan Mei-ling)",
        "กานต์ธิดา ศรีสุวรรณ", "山田\u3000太郎", "葛\U000e0100飾", "می\u200cرا", "ක්\u200dෂ", "X Æ A-12", "=SUM(A1)",
        "O’Hara",
    ],
)  # fmt: skip
def test_names_of_the_world_pass_unchanged(name: str) -> None:
    assert value("name", name).name == name


def test_names_are_composed_and_trimmed() -> None:
    assert value("name", "\u00a0 Zoe\u0308 ").name == "Zoë"


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("  ", "name.missing"),
        ("\n", "name.missing"),
        ("12345", "name.no_letter"),
        ("???", "name.no_letter"),
        ("anna@mail.example", "name.is_address"),
        ("An\x00na", "text.nul"),
        ("Anna\nLind", "text.newline"),
        ("Anna Lind\n", "text.newline"),
        ("Anna\u2028Lind", "text.newline"),
        ("An\u202ena", "text.bidi"),
        ("Anna\u200f", "text.bidi"),
        ("An\u200bna", "text.invisible"),
        ("An\u200dna", "text.invisible"),
        ("An\ufeffna", "text.invisible"),
        ("An\u00adna", "text.invisible"),
        ("\u3164a", "text.invisible"),
        ("An\tna", "text.control"),
        ("An\x7fna", "text.control"),
        ("An\x9bna", "text.control"),
        ("An\ufdd0na", "text.noncharacter"),
        ("An\U0001ffffna", "text.noncharacter"),
        ("An\ue000na", "text.private_use"),
        ("Bj\ufffdrn", "text.replacement"),
        ("Z" + "\u0301" * 9, "text.marks"),
        ("x" * 201, "text.too_long"),
        ("ж" * 5_000, "text.too_long"),
    ],
)
def test_what_may_not_hide_in_a_name(cell: str, code: str) -> None:
    assert fault("name", cell).code == code


def test_half_a_character_from_another_reader_is_refused() -> None:
    from credentials.imports import check_table
    from credentials.imports.table import Table

    rows = iter([(1, ["email", "name"]), (2, ["anna@mail.example", "An\ud800na"])])
    [outcome] = check_table(Table("xlsx", "", rows), rules=RULES).outcomes
    assert [error.code for error in outcome.errors] == ["text.surrogate"]


def test_a_narrative_keeps_its_lines_and_no_more_than_its_length() -> None:
    assert value("narrative", "Line one\r\n\tline two 👩\u200d🔬\n").narrative == "Line one\n\tline two 👩\u200d🔬"
    assert fault("narrative", "x" * 5_001).code == "text.too_long"
    assert fault("narrative", "x\x0by").code == "text.newline"


@pytest.mark.parametrize(("column", "limit"), [("external_id", 100), ("licence_number", 100)])
def test_lengths_of_lines(column: str, limit: int) -> None:
    assert getattr(value(column, "x" * limit), column) == "x" * limit
    assert fault(column, "x" * (limit + 1)).code == "text.too_long"


# --- dates


@pytest.mark.parametrize(
    ("column", "cell", "moment"),
    [
        ("valid_from", "2026-12-03", datetime(2026, 12, 3, tzinfo=UTC)),
        ("valid_until", "2026-12-03", datetime(2026, 12, 3, 23, 59, 59, tzinfo=UTC)),
        ("valid_from", "2026-12-03T01:30:15.9+02:00", datetime(2026, 12, 2, 23, 30, 15, tzinfo=UTC)),
        ("valid_until", "2026-12-03 10:00Z", datetime(2026, 12, 3, 10, tzinfo=UTC)),
        ("valid_until", "2027-02-28T23:00:00-0330", datetime(2027, 3, 1, 2, 30, tzinfo=UTC)),
    ],
)
def test_moments_become_utc_with_whole_seconds(column: str, cell: str, moment: datetime) -> None:
    assert getattr(value(column, cell), column) == moment


@pytest.mark.parametrize(
    ("column", "cell", "code", "in_cure"),
    [
        ("awarded_on", "03/12/2026", "date.ambiguous", "Write 2026-12-03 or 2026-03-12."),
        ("awarded_on", "27.02.2026", "date.format", "Write 2026-02-27."),
        ("awarded_on", "02/27/2026", "date.format", "Write 2026-02-27."),
        ("awarded_on", "03/03/2026", "date.format", "Write 2026-03-03."),
        ("awarded_on", "2026/2/7", "date.format", "Write 2026-02-07."),
        ("awarded_on", "31/02/2026", "date.impossible", "Write 2026-02-28, or the day you mean."),
        ("awarded_on", "2026-02-30", "date.impossible", "Write 2026-02-28, or the day you mean."),
        ("awarded_on", "2026-13-01", "date.impossible", "Write 2026-01-13, if that is the day you mean."),
        ("awarded_on", "2026-00-00", "date.impossible", "2026-12-03"),
        ("awarded_on", "2026-01-00", "date.impossible", "2026-12-03"),
        ("awarded_on", "0000-01-01", "date.impossible", "2026-12-03"),
        ("awarded_on", "99/99/2026", "date.impossible", "2026-12-03"),
        ("awarded_on", "03/12/26", "date.two_digit_year", "four digits"),
        ("awarded_on", "46000", "date.serial", "Write 2025-12-09"),
        ("awarded_on", "yesterday", "date.format", "2026-12-03"),
        ("awarded_on", "٢٠٢٦-٠١-٠١", "date.format", "2026-12-03"),
        ("awarded_on", "2026-02-27T10:00:00Z", "date.format", "Write only the day: 2026-02-27."),
        ("awarded_on", "2026-11-23", "date.future", "leave the cell empty"),
        ("awarded_on", "1949-12-31", "date.too_early", "Check the year."),
        ("valid_from", "2226-01-01", "date.too_late", "Check the year."),
        ("valid_from", "2026-01-01T10:00", "date.no_offset", "2026-01-01T10:00:00Z"),
        ("valid_from", "2026-01-01T24:00:00Z", "date.no_such_time", "T14:30:00Z"),
        ("valid_from", "2026-01-01T10:00:00+25:00", "date.no_such_time", "T14:30:00Z"),
        ("valid_from", "2026-01-01T10:00:60Z", "date.no_such_time", "T14:30:00Z"),
        ("valid_until", "9999-12-31", "date.too_late", "Leave the cell empty"),
        ("valid_until", "9999-12-31T23:59:59-14:00", "date.no_such_time", "T14:30:00Z"),
        ("valid_until", "2026-11-21", "date.until_before_from", "Write an end after the start"),
    ],
)
def test_dates_that_do_not_say_which_day(column: str, cell: str, code: str, in_cure: str) -> None:
    error = fault(column, cell)
    assert error.code == code
    assert in_cure in error.cure


@pytest.mark.parametrize(
    ("awarded_on", "valid_from", "valid_until", "fine"),
    [
        ("", "2026-12-01", "2026-11-30", False),
        ("", "2026-12-01T10:00:00Z", "2026-12-01T10:00:00Z", False),
        ("", "2026-12-01", "2026-12-01", True),
        ("2020-01-01", "", "2023-01-01", True),
        ("2020-01-01", "", "2019-01-01", False),
        ("", "", "2026-11-22", True),
    ],
)
def test_the_end_comes_after_the_start(awarded_on: str, valid_from: str, valid_until: str, fine: bool) -> None:
    header = "email,name,awarded_on,valid_from,valid_until"
    reading = read(f"{header}\na@mail.example,Anna,{awarded_on},{valid_from},{valid_until}\n")
    codes = [(error.column, error.code) for error in reading.errors]
    assert codes == ([] if fine else [("valid_until", "date.until_before_from")])


def test_an_unreadable_start_is_not_compared() -> None:
    reading = read("email,name,valid_from,valid_until\na@mail.example,Anna,01/02/2027,2020-01-01\n")
    assert [error.code for error in reading.errors] == ["date.ambiguous"]


# --- evidence, results, language


@pytest.mark.parametrize(
    ("cell", "url"),
    [
        ("https://portfolio.example/p?id=1#top", "https://portfolio.example/p?id=1#top"),
        ("HTTP://Portfolio.Example:8080/A", "http://portfolio.example:8080/A"),
        ("https://bücher.example/ö?q=ü", "https://xn--bcher-kva.example/%C3%B6?q=%C3%BC"),
        ("https://portfolio.example/a%20b", "https://portfolio.example/a%20b"),
        ("https://http.example/http.example", "https://http.example/http.example"),
    ],
)
def test_evidence_addresses(cell: str, url: str) -> None:
    assert value("evidence_url", cell).evidence == (EvidenceLink(url),)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("javascript:alert(1)", "url.scheme"),
        ("JaVaScRiPt://portfolio.example/%0aalert(1)", "url.scheme"),
        ("data:text/html,x", "url.scheme"),
        ("file:///etc/passwd", "url.scheme"),
        ("//portfolio.example", "url.scheme"),
        ("portfolio.example/anna", "url.scheme"),
        ("http:portfolio.example", "url.host"),
        ("https://", "url.host"),
        ("https:///path", "url.host"),
        ("https://portfolio.example:/", "url.host"),
        ("https://portfolio.example:99999/", "url.host"),
        ("https://port..example/", "url.host"),
        ("https://[::1", "url.host"),
        ("https://me:secret@portfolio.example/", "url.userinfo"),
        ("https://@portfolio.example/", "url.userinfo"),
        ("http://127.0.0.1/", "url.ip_address"),
        ("http://[::1]/", "url.ip_address"),
        ("http://192.0.2.1./", "url.ip_address"),
        ("http://2130706433/", "url.ip_address"),
        ("http://0x7f.1/", "url.ip_address"),
        ("http://１２７.0.0.１/", "url.ip_address"),
        ("http://localhost:8000/", "url.private"),
        ("http://sub.localhost/", "url.private"),
        ("http://printer.local/", "url.private"),
        ("http://wiki.internal./", "url.private"),
        ("http://intranet/", "url.private"),
        ("https://portfolio.example/a b", "url.characters"),
        ("https://portfolio.example\\@evil.example/", "url.characters"),
        ("https://portfolio.example/<script>", "url.characters"),
        ("https://portfolio.example/%zz", "url.characters"),
        ("https://portfolio.example/" + "a" * 2_000, "text.too_long"),
        ("https://portfolio.example/" + "ö" * 500, "url.too_long"),
        ("java\nscript:alert(1)", "text.newline"),
    ],
)
def test_evidence_that_others_could_not_or_should_not_open(cell: str, code: str) -> None:
    assert fault("evidence_url", cell).code == code


def test_a_name_of_evidence_needs_an_address() -> None:
    header = "email,name,evidence_name,evidence_url\n"
    [error] = read(header + "a@mail.example,Anna,Report,\n").errors
    assert (error.column, error.code) == ("evidence_name", "evidence.name_without_url")
    reading = read(header + "a@mail.example,Anna,Report,https://portfolio.example/\n")
    assert reading.rows[0][1].evidence == (EvidenceLink("https://portfolio.example/", "Report"),)


@pytest.mark.parametrize(
    ("column", "cell", "kept"),
    [
        ("result.score", "87.5", "87.5"),
        ("result.score", "100", "100"),
        ("result.grade", "pass", "Pass"),
        ("result.state", "completed", "Completed"),
        ("result.note", "with honours", "with honours"),
    ],
)
def test_results(column: str, cell: str, kept: str) -> None:
    assert value(column, cell).results == ((column.removeprefix("result."), kept),)


@pytest.mark.parametrize(
    ("column", "cell", "code", "in_cure"),
    [
        ("result.score", "101", "result.range", "at least 0 and at most 100"),
        ("result.score", "-1", "result.range", "at least 0"),
        ("result.score", "1e2", "result.number", "no exponent"),
        ("result.score", "NaN", "result.number", "87.5"),
        ("result.score", "٥", "result.number", "87.5"),
        ("result.score", "87,5", "result.number", "Write 87.5"),
        ("result.score", "87 %", "result.number", "Write 87 without"),
        ("result.score", "1.000000000000001", "result.digits", "Round"),
        ("result.grade", "C", "result.not_allowed", "“A”, “B”, “Pass”"),
        ("result.state", "Done", "result.not_allowed", "Completed"),
        ("result.note", "x" * 201, "text.too_long", "Shorten"),
    ],
)
def test_results_out_of_the_description(column: str, cell: str, code: str, in_cure: str) -> None:
    error = fault(column, cell)
    assert error.code == code
    assert in_cure in error.cure


def test_a_result_bounded_on_one_side() -> None:
    rules = Rules(today=TODAY, result_columns={"s": ResultRule(minimum=Decimal(1))})
    [error] = read("email,name,result.s\na@mail.example,Anna,0\n", rules).errors
    assert error.cure == "Write a number of at least 1."


@pytest.mark.parametrize(
    ("cell", "tag"), [("en", "en"), ("PT-br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")]
)
def test_language_tags(cell: str, tag: str) -> None:
    assert value("language", cell).language == tag


@pytest.mark.parametrize(
    ("cell", "in_cure"), [("english", "en"), ("en_GB", "Write en-GB."), ("x", "en"), ("en-", "en")]
)
def test_what_is_no_language_tag(cell: str, in_cure: str) -> None:
    error = fault("language", cell)
    assert error.code == "language.tag"
    assert in_cure in error.cure


def test_values_survive_json() -> None:
    header = (
        "email,name,external_id,awarded_on,valid_from,valid_until,narrative,evidence_url,evidence_name,result.score"
    )
    row = "a@mail.example,Anna,7,2026-01-02,2026-01-03,2027-01-03,Fine,https://portfolio.example/,Work,5"
    full = read(f"{header},licence_number,language\n{row},L-1,en\n").rows[0][1]
    bare = value("name", "Anna Lind")
    for values in (full, bare):
        assert RowValues.from_json(json.loads(json.dumps(values.to_json()))) == values
    assert bare.to_json() == {"email": "anna@mail.example", "name": "Anna Lind"}


def test_a_refusal_while_streaming_ends_the_reading() -> None:
    opened = open_awards(b'email,name\na@mail.example,Anna\nb@mail.example,"Bo', rules=RULES)
    assert next(opened.outcomes).values is not None
    with pytest.raises(ImportRefused):
        next(opened.outcomes)
