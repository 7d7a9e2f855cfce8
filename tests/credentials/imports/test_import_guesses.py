"""What a column probably means, by the words that lists of people use in many languages."""

from datetime import date

import pytest

from credentials.imports import ResultRule, Rules
from credentials.imports.guesses import guess_columns

RULES = Rules(today=date(2026, 11, 26), result_columns={"score": ResultRule(), "exam grade": ResultRule()})


@pytest.mark.parametrize(
    ("headers", "columns"),
    [
        ("email,name", "email,name"),
        ("E-Mail-Adresse,Vorname,Nachname,Matrikel-Nr.", "email,given_name,family_name,external_id"),
        ("Name,Vorname,Mail", "family_name,given_name,email"),
        ("Correo electrónico,Nombre,Apellidos,Fecha", "email,given_name,family_name,awarded_on"),
        ("Correo,Nombre", "email,name"),
        ("Adresse e-mail,Nom,Prénom", "email,family_name,given_name"),
        ("Courriel,Nom", "email,name"),
        ("Indirizzo e-mail,Nome,Cognome", "email,given_name,family_name"),
        ("E-mailadres,Voornaam,Achternaam", "email,given_name,family_name"),
        ("Imię i nazwisko,E-mail", "name,email"),
        ("Sähköposti,Nimi", "email,name"),
        ("E-posta,Adı Soyadı", "email,name"),
        ("ФИО,Электронная почта", "name,email"),
        ("メールアドレス,氏名,取得日", "email,name,awarded_on"),
        ("電子メール,姓,名", "email,family_name,given_name"),
        ("邮箱,姓名", "email,name"),
        ("이메일,이름", "email,name"),
        ("البريد الإلكتروني,الاسم الكامل", "email,name"),
        ("Full name,First name,Last name,EMAIL", "name,,,email"),
        ("e-mail *,name (full),Score,Exam-Grade", "email,name,result.score,result.exam grade"),
        ("email,E-Mail,colour", "email,,"),
        ("email,name,Comments,Bemerkung,narrative", "email,name,,,narrative"),
        (",,", ",,"),
    ],
)
def test_headers_are_guessed(headers: str, columns: str) -> None:
    assert guess_columns(headers.split(","), RULES) == tuple(columns.split(","))


def test_what_was_chosen_before_comes_first() -> None:
    rules = Rules(today=RULES.today, meanings={"mail": "narrative", "kontakt": "email", "name": ""})
    assert guess_columns(["Mail", " KONTAKT ", "Name", "Voller Name"], rules) == ("narrative", "email", "", "")


def test_a_choice_for_a_column_that_this_achievement_lacks_is_no_guess() -> None:
    rules = Rules(today=RULES.today, meanings={"points": "result.points"})
    assert guess_columns(["points"], rules) == ("",)
