"""How typed values become JSON members and back: one small base class for `documents`.

A value class lists its members as annotated fields in the order in which they are written. Supported annotations:
str, Iri, WebUrl, LanguageTag, bool, Decimal, datetime, another `Value`, `tuple[one of these, ...]` and any with
`| None`. Empty tuples and None are not written.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import cache
from types import UnionType
from typing import Annotated, Any, ClassVar, Self, Union, get_args, get_origin, get_type_hints

from openbadges.errors import OpenBadgesError
from openbadges.json_types import JsonObject, JsonValue
from openbadges.times import TimeInvalid, format_time, parse_time

Iri = Annotated[str, "iri"]
WebUrl = Annotated[str, "web"]
LanguageTag = Annotated[str, "language"]

# C0 controls but TAB, LF and CR, DEL, surrogates and noncharacters: lost or changed by too many readers to sign them.
_FORBIDDEN_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)
_FORBIDDEN_IN_IRI = r"\s<>\"{}|\\^`\x00-\x20\x7f-\x9f"
_PATTERNS = {
    "iri": re.compile(
        rf"(?:https?://[^{_FORBIDDEN_IN_IRI}/?#]+|urn:[a-z0-9-]+:|did:[a-z0-9]+:)[^{_FORBIDDEN_IN_IRI}]*"
    ),
    "web": re.compile(rf"https?://[^{_FORBIDDEN_IN_IRI}/?#]+[^{_FORBIDDEN_IN_IRI}]*"),
    "language": re.compile(r"[a-z]{2,4}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?"),
}
_WANTED = {
    "iri": "an absolute http, https, urn or did address",
    "web": "a web address that starts with http:// or https://",
    "language": "a language tag such as en or pt-BR",
}
_MOST_DIGITS = 15
_IRREGULAR_NAMES = {"digest_sri": "digestSRI"}


class DocumentInvalid(OpenBadgesError):
    """A value that must not be signed, or JSON that is not such a value. `member` names the JSON member."""

    code = "document.invalid"
    title = "This document cannot be issued"

    def __init__(self, member: str, problem: str) -> None:
        super().__init__(f"{member} {problem}")
        self.member = member


@dataclass(frozen=True, slots=True)
class _Member:
    """One field: its attribute and JSON name, what it holds ("text", a pattern's name, a type), and how often."""

    attribute: str
    name: str
    kind: str | type
    many: bool
    optional: bool


class Value:
    """Base of the typed values.

    `TYPE` is written as `type`: a tuple as array, a string as string, "" not at all. `CONTEXT`, where a class is a
    document of its own, is written as `@context`, and `from_json` leaves the document's `proof` aside.
    """

    __slots__ = ()
    CONTEXT: ClassVar[tuple[str, ...]] = ()
    TYPE: ClassVar[tuple[str, ...] | str] = ""

    def __post_init__(self) -> None:
        for member in _members(type(self)):
            value = getattr(self, member.attribute)
            if value is None and member.optional:
                continue
            if member.many and not isinstance(value, tuple):
                raise DocumentInvalid(member.name, "must be a tuple of values")
            for item in value if member.many else (value,):
                _check(member, item)
        self.check()

    def check(self) -> None:
        """Rules between members; a subclass raises DocumentInvalid."""

    def to_json(self) -> JsonObject:
        """The value as a JSON object, members in their fixed order, nothing empty."""
        written: JsonObject = {}
        for member in _members(type(self)):
            value = getattr(self, member.attribute)
            if value is not None and value != ():
                written[member.name] = [_write(item) for item in value] if member.many else _write(value)
        context: JsonObject = {"@context": list(self.CONTEXT)} if self.CONTEXT else {}
        return {**context, **_with_type(written, self.TYPE)}

    @classmethod
    def from_json(cls, document: JsonValue) -> Self:
        """Read exactly what `to_json` writes; anything more, less or other raises DocumentInvalid."""
        if not isinstance(document, dict):
            raise DocumentInvalid(cls.__name__, "must be an object")
        written_type = list(cls.TYPE) if isinstance(cls.TYPE, tuple) else cls.TYPE
        if document.get("type", "") != written_type:
            raise DocumentInvalid("type", f"of {cls.__name__} must be {written_type or 'absent'}")
        if document.get("@context", []) != list(cls.CONTEXT):
            raise DocumentInvalid("@context", f"of {cls.__name__} must be {list(cls.CONTEXT) or 'absent'}")
        members = _members(cls)
        apart = {"type", "@context", "proof"} if cls.CONTEXT else {"type"}
        unknown = document.keys() - {member.name for member in members} - apart
        if unknown:
            raise DocumentInvalid(min(unknown), f"is not a member of {cls.__name__}")
        return cls(**{m.attribute: _read_member(m, document) for m in members if m.name in document or not m.optional})


def _with_type(written: JsonObject, type_name: tuple[str, ...] | str) -> JsonObject:
    if not type_name:
        return written
    named: JsonObject = {"id": written.pop("id")} if "id" in written else {}
    named["type"] = type_name if isinstance(type_name, str) else list(type_name)
    return {**named, **written}


def _members(cls: type) -> tuple[_Member, ...]:
    return _members_once(cls)


@cache
def _members_once(cls: type) -> tuple[_Member, ...]:
    hints = get_type_hints(cls, include_extras=True)
    return tuple(_member(f.name, hints[f.name]) for f in fields(cls))


def _member(attribute: str, hint: Any) -> _Member:
    optional = False
    if get_origin(hint) in (Union, UnionType):
        optional = True
        hint = next(part for part in get_args(hint) if part is not type(None))
    many = get_origin(hint) is tuple
    if many:
        optional = True
        hint = get_args(hint)[0]
    kind = hint.__metadata__[0] if get_origin(hint) is Annotated else ("text" if hint is str else hint)
    return _Member(attribute, _json_name(attribute), kind, many, optional)


def _json_name(attribute: str) -> str:
    first, *rest = attribute.split("_")
    return _IRREGULAR_NAMES.get(attribute, first + "".join(word.capitalize() for word in rest))


def _check(member: _Member, value: object) -> None:
    if isinstance(member.kind, str):
        if not isinstance(value, str):
            raise DocumentInvalid(member.name, "must be text")
        check_text(member.name, value)
        pattern = _PATTERNS.get(member.kind)
        if pattern is not None and not pattern.fullmatch(value):
            raise DocumentInvalid(member.name, f"must be {_WANTED[member.kind]}")
    elif not isinstance(value, member.kind):
        raise DocumentInvalid(member.name, f"must be a {member.kind.__name__}")
    elif isinstance(value, datetime):
        _check_instant(member.name, value)
    elif isinstance(value, Decimal):
        _check_number(member.name, value)


def check_text(name: str, text: str) -> None:
    """Raise DocumentInvalid where `text` is empty or holds characters that must not be signed."""
    if not text:
        raise DocumentInvalid(name, "must not be empty")
    if text.isprintable():  # as most are, and nothing forbidden is
        return
    found = _FORBIDDEN_TEXT.search(text)
    if found:
        raise DocumentInvalid(name, f"holds the forbidden character U+{ord(found[0]):04X}")


def check_iri(name: str, text: str) -> None:
    """Raise DocumentInvalid where `text` is not an absolute http, https, urn or did address that may be signed."""
    check_text(name, text)
    if not _PATTERNS["iri"].fullmatch(text):
        raise DocumentInvalid(name, f"must be {_WANTED['iri']}")


def _check_instant(name: str, instant: datetime) -> None:
    if instant.utcoffset() != timedelta(0):
        raise DocumentInvalid(name, "must be a date and time in UTC")
    if instant.microsecond:
        raise DocumentInvalid(name, "must be a whole second")


def _check_number(name: str, number: Decimal) -> None:
    if not number.is_finite():
        raise DocumentInvalid(name, "must be a number")
    digits = len(number.as_tuple().digits)
    if digits > _MOST_DIGITS or abs(number) >= 10**_MOST_DIGITS or "e" in repr(_json_number(number)):
        raise DocumentInvalid(name, f"must be a number of at most {_MOST_DIGITS} digits")


def _json_number(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _write(value: object) -> JsonValue:
    if isinstance(value, str):  # as most are
        return value
    if isinstance(value, Value):
        return value.to_json()
    if isinstance(value, datetime):
        return format_time(value)
    if isinstance(value, Decimal):
        return _json_number(value)
    assert isinstance(value, bool)  # the constructor has seen to it
    return value


def _read_member(member: _Member, document: Mapping[str, JsonValue]) -> object:
    if member.name not in document:
        raise DocumentInvalid(member.name, "is missing")
    value = document[member.name]
    if not member.many:
        return _read(member, value)
    if not isinstance(value, list) or not value:
        raise DocumentInvalid(member.name, "must be an array with something in it")
    return tuple(_read(member, item) for item in value)


def _read(member: _Member, value: JsonValue) -> object:
    if isinstance(member.kind, str) or member.kind is bool:
        return value
    if member.kind is datetime:
        return _read_instant(member.name, value)
    if member.kind is Decimal:
        return _read_number(member.name, value)
    assert isinstance(member.kind, type) and issubclass(member.kind, Value)
    return member.kind.from_json(value)


def _read_instant(name: str, value: JsonValue) -> datetime:
    try:
        instant = parse_time(value)
    except TimeInvalid as error:
        raise DocumentInvalid(name, "must be a date and time such as 2026-11-22T10:00:00Z") from error
    if format_time(instant) != value:
        raise DocumentInvalid(name, "must be written in UTC and whole seconds, such as 2026-11-22T10:00:00Z")
    return instant


def _read_number(name: str, value: JsonValue) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise DocumentInvalid(name, "must be a number")
    try:
        return Decimal(repr(value))
    except InvalidOperation as error:
        raise DocumentInvalid(name, "must be a number") from error
