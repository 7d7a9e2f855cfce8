"""Names that imitate others are made visible, and names that do not are left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges import names
from openbadges.codes import CODES
from openbadges.judge import judge
from openbadges.names import imitation, visible
from tests.openbadges import cases
from tests.openbadges.samples import eu_complete


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ada\u202eelpmaS", "Ada[U+202E]elpmaS"),
        ("Ada\u200bSample", "Ada[U+200B]Sample"),
        ("Ada\u3164Sample", "Ada[U+3164]Sample"),
        ("Ada\u200dSample", "Ada[U+200D]Sample"),
        ("Ada\x00Sample", "Ada[U+0000]Sample"),
        ("Ada\nSample", "Ada Sample"),
        ("\U000e0041Ada", "[U+E0041]Ada"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("Þórunn Guðmundsdóttir 陳美玲", "Þórunn Guðmundsdóttir 陳美玲"),
    ],
)
def test_hidden_characters_are_written_out_and_needed_joiners_stay(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(st.text())
def test_what_is_shown_hides_nothing(text: str) -> None:
    shown = visible(text)
    assert visible(shown) == shown
    assert not {"\u202e", "\u2066", "\u00ad", "\ufeff", "\n"} & set(shown)


IMITATIONS = {
    "Gооgle": "mixes Cyrillic and Latin letters",
    "Sample Αcademy": "mixes Greek and Latin letters",
    "Sаmple University": "mixes Cyrillic and Latin letters",
    "Еxample": "mixes Cyrillic and Latin letters",
    "Harvard\u200b University": "holds characters that nobody sees",
    "\u202eytisrevinU": "holds characters that nobody sees",
    "𝐇arvard": "holds letters of another form",
    "Ｈａｒｖａｒｄ": "holds letters of another form",
    "\u212aing's College": "holds letters of another form",
    "аррӏе": "in Cyrillic letters, which read as Latin ones",
    "МОТОР Sample Works": "in Cyrillic letters, which read as Latin ones",
}


@pytest.mark.parametrize("name", IMITATIONS)
def test_a_name_that_may_imitate_another_is_told(name: str) -> None:
    assert IMITATIONS[name] in imitation(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Sample IT Academy",
        "Þórunn Guðmundsdóttir",
        "Université d'Exemple",
        "Mª José Núñez, 1º",
        "Нина Александровна Кузнецова",
        "Московский университет (Moscow)",
        "Пример Academy",
        "Παράδειγμα Πανεπιστήμιο",
        "Ελληνικό Ανοικτό Πανεπιστήμιο",
        "陳美玲 (Chan Mei-ling)",
        "サンプル技術学院 Ｔｏｋｙｏ",
        "Tシャツ大学",
        "محمد عبد الرحمن",
        "می\u200cخواهم",
        "한국 대학교 Sample",
        "Հայաստան",
        "β-Sample 5 µm",
        "\n Sample\tAcademy ",
    ],
)
def test_names_in_any_one_alphabet_are_left_alone(name: str) -> None:
    assert imitation(name) == ""


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert isinstance(imitation(text), str)


def issuer_calls_itself(name: str) -> tuple[str, str, str]:
    document = eu_complete().to_json()
    issuer = document["issuer"]
    assert isinstance(issuer, dict)
    signed = cases.sign({**document, "issuer": {**issuer, "name": name}})
    check = judge(cases.Presented(signed).elsewhere(), now=cases.NOW).check("issuer")
    return check.result, check.code, check.message


def test_an_issuer_whose_name_may_imitate_another_is_warned_of() -> None:
    result, code, message = issuer_calls_itself("Gооgle")
    assert (result, code) == ("warning", "issuer.name_imitates") and code in CODES
    assert "mixes Cyrillic and Latin letters that look alike in “Gооgle”" in message
    assert issuer_calls_itself("Sample Academy")[:2] == ("passed", "issuer.ok")


def test_messages_hide_nothing() -> None:
    document = {**cases.signed_sample(), "\u202enonsense": 1}
    report = judge(cases.Presented(document).elsewhere(), now=cases.NOW)
    assert not any("\u202e" in check.message for check in report.checks)
    assert any("U+202E" in check.message for check in report.checks)


def test_a_text_without_end_is_cut() -> None:
    long = "a\u0431\u0441" * 300_000
    assert len(names.visible(long)) == names.MOST_LETTERS
    assert names.visible(long).endswith("…")
    assert sum(len(part) for part, _ in names.visible_parts(long)) == names.MOST_LETTERS
    assert names.imitation(long).startswith("mixes")
    assert names.visible("x" * names.MOST_LETTERS) == "x" * names.MOST_LETTERS
