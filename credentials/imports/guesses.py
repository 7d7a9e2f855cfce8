"""What the columns of a file probably mean, from their headers, in the languages that lists of people come in.

A guess is only offered: somebody looks at it before a row is read by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from credentials.imports.columns import FAMILY_NAME, GIVEN_NAME, NAME_PARTS, RESULT_PREFIX, header_key, known_columns
from credentials.imports.values import Rules

# Compared by letters and digits only, without case and accents (_plain).
_WORDS: dict[str, str] = {
    "email": """email mail emailaddress mailaddress emails emailid contactemail workemail emailadresse mailadresse
        emailaddresse courriel adressemail adresseemail adresseelectronique adressecourriel correo correoelectronico
        direcciondecorreo direcciondecorreoelectronico postaelettronica indirizzoemail indirizzomail enderecodeemail
        enderecoeletronico correioeletronico emailadres mailadres adresemail adrespocztyelektronicznej poczta epost
        epostadress epostadresse epostadresa sahkoposti sahkopostiosoite eposta epostaadresi emailova adresa
        elektronickaposta emailcim почта электроннаяпочта эпочта адресэлектроннойпочты електроннапошта имейл
        ηλεκτρονικηδιευθυνση メール メールアドレス eメール 電子メール 邮箱 电子邮箱 电子邮件 電子郵件 信箱 이메일
        이메일주소 البريدالالكتروني البريدالإلكتروني אימייל דואראלקטרוני อีเมล""",
    "name": """name fullname displayname learner learnername student studentname participant participantname recipient
        recipientname candidate candidatename holder vollstandigername vorundnachname namevorname teilnehmer
        teilnehmerin teilnehmername nomcomplet nometprenom nomprenom prenomnom participante nombrecompleto
        nombreyapellidos apellidosynombre alumno nomecompleto nomeecognome cognomeenome partecipante volledigenaam naam
        deelnemer imieinazwisko imienazwisko uczestnik namn fullstandigtnamn navn deltager deltaker nimi kokonimi
        adsoyad adisoyadi isim jmenoaprijmeni celejmeno menoapriezvisko teljesnev nev numecomplet фио полноеимя
        имяифамилия піб ονοματεπωνυμο 氏名 名前 お名前 姓名 이름 성명 الاسم الاسمالكامل שם שםמלא ชื่อ ชื่อนามสกุล
        hovaten hoten""",
    GIVEN_NAME: """givenname givennames firstname forename vorname vornamen prenom prenoms nombre nombres primernombre
        nome primeironome voornaam imie imiona fornamn fornavn etunimi ad adi jmeno krestnijmeno keresztnev prenume
        имя ім'я ονομα 名 הפרטי""",
    FAMILY_NAME: """familyname lastname surname nachname familienname nom nomdefamille apellido apellidos cognome
        sobrenome apelido achternaam nazwisko efternamn etternavn efternavn sukunimi soyad soyadi prijmeni priezvisko
        vezeteknev фамилия прізвище επωνυμο επιθετο 姓""",
    "external_id": """externalid id identifier studentid studentnumber studentno learnerid personid participantid
        employeeid recordid reference ref matrikelnummer matrikelnr matrikel teilnehmernummer kennung numeroetudiant
        identifiant matricule expediente matricula matricola numerodimatricola studentnummer numerstudenta nralbumu
        opiskelijanumero ogrencino 学籍番号 学号 학번""",
    "awarded_on": """awardedon awarddate dateawarded dateofaward issuedon issuedate dateissued issued date completed
        completedon completiondate dateofcompletion datum ausstellungsdatum abschlussdatum verliehenam ausgestelltam
        datedobtention datedelivrance datededelivrance fecha fechadeemision fechadeobtencion data datadirilascio
        dataemissione datadeemissao datumuitreiking datawydania dataukonczenia utfardad dato utstedt myontopaiva tarih
        datumvydani дата датавыдачи 授与日 発行日 取得日 颁发日期 日期 발급일""",
    "valid_from": """validfrom startdate start from effectivefrom gultigab gultigvon valableapartirde valideapartirdu
        validodesde validodal geldigvanaf waznaod giltigfran gyldigfra 有効開始日""",
    "valid_until": """validuntil validto validthrough expires expireson expiry expirydate expirationdate enddate until
        gultigbis ablaufdatum valablejusquau validejusquau datedexpiration validohasta fechadecaducidad
        fechadevencimiento validofinoal datadiscadenza validoate validade geldigtot vervaldatum waznado datawaznosci
        giltigtill gyldigtil voimassaasti gecerliliktarihi platnostdo годендо 有効期限 有效期 만료일""",
    # Not "comments" or "Bemerkungen": such columns hold what is meant for colleagues, and this one everybody reads.
    "narrative": "narrative awardnarrative",
    "evidence_url": """evidenceurl evidence evidencelink portfolio portfoliourl proof prooflink projecturl project url
        link nachweis nachweislink preuve evidencia evidenza bewijs dowod""",
    "evidence_name": "evidencename evidencetitle projectname projecttitle nachweisname",
    "licence_number": """licencenumber licensenumber licence license certificatenumber certificateno serialnumber
        zertifikatsnummer urkundennummer numeroducertificat numerodecertificado numerocertificato certificaatnummer
        numercertyfikatu 証書番号 证书编号""",
    "language": """language languagetag lang locale sprache langue idioma lingua taal jezyk sprak kieli dil язык 言語
        语言""",
}
# One word that means a whole name alone and a part of it beside the other part.
_WHOLE_OR_PART = {
    "nom": "name", "nome": "name", "nombre": "name", "imie": "name", "имя": "name", "jmeno": "name",
    "ονομα": "name", "名": "name",
}  # fmt: skip
_WHOLE_NAMES_BESIDE = {"name": FAMILY_NAME, "имя": GIVEN_NAME, "naam": FAMILY_NAME, "namn": FAMILY_NAME}


def guess_columns(headers: Sequence[str], rules: Rules) -> tuple[str, ...]:
    """The column that each header probably means, "" where it is probably none; no column twice.

    A choice that was saved (`rules.meanings`) comes first, then our own names, then other words for them.
    """
    known = (*known_columns(rules), *NAME_PARTS)
    guesses = [""] * len(headers)
    left_out = {position for position, header in enumerate(headers) if rules.meanings.get(header_key(header)) == ""}
    for guess in (_saved, _own_name, _result, _other_word):
        for position, header in enumerate(headers):
            column = "" if guesses[position] or position in left_out else guess(header, rules)
            if column in known and column not in guesses:
                guesses[position] = column
    return tuple(_settle_names(headers, guesses, rules))


def _saved(header: str, rules: Rules) -> str:
    return rules.meanings.get(header_key(header), "")


def _own_name(header: str, rules: Rules) -> str:
    key = header_key(header)
    return next((name for name in known_columns(rules) if name.casefold() == key), "")


def _result(header: str, rules: Rules) -> str:
    plain = _plain(header)
    matches = [key for key in rules.result_columns if _plain(key) == plain or _plain(RESULT_PREFIX + key) == plain]
    return RESULT_PREFIX + matches[0] if len(matches) == 1 else ""


def _other_word(header: str, rules: Rules) -> str:
    plain = _plain(header)
    return _BY_WORD.get(plain) or _BY_WORD.get(_plain(re.sub(r"\(.*?\)|\*", "", header)), "")


def _settle_names(headers: Sequence[str], guesses: list[str], rules: Rules) -> list[str]:
    """`Name` beside `Vorname` is the family name; `Nombre` without `Apellidos` is the whole one."""
    saved = [header_key(header) in rules.meanings for header in headers]
    parts = set(NAME_PARTS) & set(guesses)
    for position, header in enumerate(headers):
        plain = _plain(header)
        if saved[position]:
            continue
        if guesses[position] == "name" and parts:
            part = _WHOLE_NAMES_BESIDE.get(plain, FAMILY_NAME)
            guesses[position] = part if part not in guesses and len(parts) == 1 else ""
            if len(parts) > 1:  # the whole name is there, so its parts are not needed
                guesses[position] = "name"
                guesses = ["" if guess in NAME_PARTS else guess for guess in guesses]
        elif guesses[position] in NAME_PARTS and len(parts) == 1 and "name" not in guesses:
            guesses[position] = _WHOLE_OR_PART.get(plain, guesses[position])
    return guesses


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ł", "l").replace("ø", "o").replace("ı", "i"))
    return "".join(character for character in decomposed if character.isalnum())


_BY_WORD = {_plain(word): column for column, words in _WORDS.items() for word in words.split()}
