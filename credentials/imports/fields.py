"""One parser for each remaining column: name, numbers and texts, language, results. Addresses, links and dates have
modules of their own. Every parser takes the cell as read (not empty) and returns the value or raises FieldFault."""

from __future__ import annotations

import re
from decimal import Decimal

from credentials.imports.text import clean_line, shown
from credentials.imports.values import FieldFault, ResultRule

NAME_LENGTH = 200
NARRATIVE_LENGTH = 5_000
LINE_LENGTH = 200  # evidence_name, result.<key>
EXTERNAL_ID_LENGTH = 100
LICENCE_LENGTH = 100
_MAX_DIGITS = 15  # DESIGN 3: no longer numbers in what we sign

_ADDRESS = re.compile(r"\S+@\S+\.\S+")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?", re.ASCII)
_COMMA_NUMBER = re.compile(r"-?\d+,\d+", re.ASCII)
# RFC 5646 langtag without extensions and private use, which name no language that people read.
_LANGUAGE = re.compile(
    r"([a-z]{2,3})((?:-[a-z]{3}){0,3})(?:-([a-z]{4}))?(?:-([a-z]{2}|\d{3}))?((?:-(?:[a-z0-9]{5,8}|\d[a-z0-9]{3}))*)",
    re.ASCII | re.IGNORECASE,
)


def parse_name(value: str) -> str:
    """A person's name as it will be signed: one line, NFC, at least one letter; `name.*` or `text.*`."""
    name = clean_line(value, NAME_LENGTH)
    if not any(map(str.isalpha, name)):
        raise FieldFault("name.no_letter", f"{shown(name)} has no letter in it.", "Write the name of the person.")
    if "@" in name and _ADDRESS.fullmatch(name):
        raise FieldFault(
            "name.is_address", f"{shown(name)} is an e-mail address.", "Write the name here and the address in email."
        )
    return name


def parse_language(value: str) -> str:
    """A BCP 47 tag in its usual case: `pt-br` -> `pt-BR`; `language.tag`."""
    text = clean_line(value, LINE_LENGTH)
    match = _LANGUAGE.fullmatch(text) if len(text) <= 35 else None
    if not match:
        dashed = text.replace("_", "-")
        meant = "_" in text and len(dashed) <= 35 and _LANGUAGE.fullmatch(dashed)
        cure = f"Write {_cased(meant)}." if meant else "Write a tag such as en, de or pt-BR."
        raise FieldFault("language.tag", f"{shown(text)} is not a language tag.", cure)
    return _cased(match)


def _cased(match: re.Match[str]) -> str:
    language, extended, script, region, variants = match.groups()
    tag = (language + extended).lower()
    if script:
        tag += "-" + script.title()
    if region:
        tag += "-" + region.upper()
    return tag + variants.lower()


def parse_result(value: str, rule: ResultRule) -> str:
    """A result as the achievement describes it; allowed values in the achievement's spelling; `result.*`, `text.*`."""
    text = clean_line(value, LINE_LENGTH)
    if rule.allowed:
        return _allowed(text, rule.allowed)
    return _number(text, rule) if rule.is_number else text


def _allowed(text: str, allowed: tuple[str, ...]) -> str:
    if text in allowed:
        return text
    alike = [value for value in allowed if value.casefold() == text.casefold()]
    if len(alike) == 1:
        return alike[0]
    choice = ", ".join(shown(value, 40) for value in allowed[:10]) + (" …" if len(allowed) > 10 else "")
    raise FieldFault(
        "result.not_allowed", f"{shown(text)} is not one of the allowed values.", f"Write one of {choice}."
    )


def _number(text: str, rule: ResultRule) -> str:
    if not _NUMBER.fullmatch(text):
        raise FieldFault("result.number", f"{shown(text)} is not a plain number.", _number_cure(text))
    if sum(map(str.isdigit, text)) > _MAX_DIGITS:
        raise FieldFault("result.digits", f"{shown(text)} has more than {_MAX_DIGITS} digits.", "Round it.")
    number = Decimal(text)
    low, high = rule.minimum, rule.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        limits = [f"at least {low}" if low is not None else "", f"at most {high}" if high is not None else ""]
        wanted = " and ".join(filter(None, limits))
        raise FieldFault("result.range", f"{shown(text)} is out of range.", f"Write a number of {wanted}.")
    return text


def _number_cure(text: str) -> str:
    if _COMMA_NUMBER.fullmatch(text):
        return f"Write {text.replace(',', '.')}: the decimal sign is a point."
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1].strip()):
        return f"Write {text[:-1].strip()} without the sign."
    return "Write digits and at most one point, as in 87.5; no exponent, sign or unit."
