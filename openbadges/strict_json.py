"""JSON as it may be signed: one meaning for every reader, bounded in size, depth and number of values.

The standard library's reader takes duplicate members (the last one wins), NaN, 1e400 and lone surrogates; a signature
over such a text means different things to different verifiers, so each of them is refused here.
"""

from __future__ import annotations

import json
import re
from math import isinf
from typing import Any, NoReturn

import orjson

from openbadges.errors import JsonInvalid
from openbadges.json_types import JsonObject, JsonValue

MAX_DEPTH, MAX_MEMBERS = 64, 20_000
_SURROGATE_ESCAPE = re.compile(rb"\\u[dD][89a-fA-F]")
_LONGEST_COMPACT_NUMBER = 25  # -1.7976931348623157e+308 and 64-bit integers are shorter
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_CONTAINERS = frozenset((dict, list))
_NON_ZERO_MANTISSA = re.compile(r"-?[0.]*[1-9]")


def loads(
    data: bytes | str,
    *,
    max_bytes: int = 2 * 2**20,
    max_depth: int = MAX_DEPTH,
    max_members: int = MAX_MEMBERS,
    max_digits: int = 30,
) -> JsonValue:
    """Return the value of a JSON text (RFC 8259); bytes are UTF-8, one leading byte order mark is taken off.

    max_depth counts nested arrays and objects; max_members counts object members and array elements together;
    max_digits is the length of one number as written.
    Raises JsonInvalid: json.encoding, json.too_large, json.invalid, json.duplicate_member, json.number,
    json.surrogate, json.too_deep, json.too_many_members. Never RecursionError.
    """
    encoded = _utf8(data, max_bytes)
    value = _parse_compact(encoded) if max_digits >= _LONGEST_COMPACT_NUMBER else None
    if value is None:
        value = _parse(encoded, max_digits)
        if _SURROGATE_ESCAPE.search(encoded):
            _check_surrogates(value)
    if not _is_small(value, len(encoded), max_depth, max_members):
        _check_shape(value, max_depth, max_members)
    return value


def loads_compact(data: bytes) -> JsonValue:
    """Return what loads does for a text that a writer of compact JSON gives back letter for letter; else None."""
    value = _parse_compact(data)
    return value if _is_small(value, len(data), MAX_DEPTH, MAX_MEMBERS) else None


def load_object(data: bytes | str, *, max_bytes: int = 2 * 2**20) -> JsonObject:
    """Like loads, for a text that must be one JSON object. Raises JsonInvalid also for any other value."""
    value = loads(data, max_bytes=max_bytes)
    if not isinstance(value, dict):
        raise JsonInvalid("A JSON object is needed.")
    return value


def dumps(value: JsonValue) -> bytes:
    """Return compact UTF-8 JSON with members in their given order. Raises JsonInvalid for what JSON cannot hold."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return _dumps_wide(value)


def _dumps_wide(value: JsonValue) -> bytes:
    # orjson stops at 64-bit integers; foreign documents may hold up to 30 digits.
    try:
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise JsonInvalid("This value cannot be written as JSON.") from error


def _utf8(data: bytes | str, max_bytes: int) -> bytes:
    """Return the text as bytes without a byte order mark; that they are UTF-8 is for who reads them to see."""
    try:
        encoded = data if isinstance(data, bytes) else data.encode("utf-8")
    except UnicodeError as error:
        raise JsonInvalid("The text is not UTF-8.", code="json.encoding") from error
    if len(encoded) > max_bytes:
        raise JsonInvalid(f"The text is longer than {max_bytes} bytes.", code="json.too_large")
    return encoded.removeprefix(_BYTE_ORDER_MARK)


def _parse_compact(data: bytes) -> JsonValue:
    """Return the value of a text that a writer of compact JSON gives back letter for letter; None for any other.

    Such a text, which is what most signers send, has no member twice (one would be missing), no number that a
    computer reads differently, and no half character; it takes half the time to know that than to look for each.
    """
    try:
        value: JsonValue = orjson.loads(data)
        return value if orjson.dumps(value) == data else None
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None


def _parse(data: bytes, max_digits: int) -> JsonValue:
    def as_int(number: str) -> int:
        if len(number) > max_digits:
            raise JsonInvalid(f"A number has more than {max_digits} digits.", code="json.number")
        return int(number)

    def as_float(number: str) -> float:
        if len(number) > max_digits:
            raise JsonInvalid(f"A number has more than {max_digits} digits.", code="json.number")
        value = float(number)
        if isinf(value) or (value == 0 and _NON_ZERO_MANTISSA.match(number)):
            raise JsonInvalid("A number is outside the range of numbers.", code="json.number")
        return value

    try:
        text = data.decode("utf-8")
    except UnicodeError as error:
        raise JsonInvalid("The text is not UTF-8.", code="json.encoding") from error
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_unique_members,
            parse_int=as_int,
            parse_float=as_float,
            parse_constant=_refuse_constant,
        )
    except RecursionError as error:
        raise JsonInvalid("The text is nested too deeply.", code="json.too_deep") from error
    except json.JSONDecodeError as error:
        message = f"The text is not JSON (line {error.lineno}, column {error.colno})."
        raise JsonInvalid(message) from error
    return value


def _unique_members(pairs: list[tuple[str, JsonValue]]) -> JsonObject:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise JsonInvalid("An object names the same member twice.", code="json.duplicate_member")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise JsonInvalid(f"{name} is not a JSON number.", code="json.number")


def _is_small(value: JsonValue, length: int, max_depth: int, max_members: int) -> bool:
    """Whether the value of a text of this length is certainly within the limits.

    Indented text has a line for each member, and shows the depth; writing it and looking into it takes half the time of
    a walk. No text has more members than half of its letters.
    """
    try:
        lines = orjson.dumps(value, option=orjson.OPT_INDENT_2)
    except orjson.JSONEncodeError:
        return False
    is_deep = b"\n" + b"  " * max_depth in lines
    return not is_deep and (length <= 2 * max_members or lines.count(b"\n") <= max_members)


def _check_shape(value: JsonValue, max_depth: int, max_members: int) -> None:
    level: list[Any] = [value] if value.__class__ in _CONTAINERS else []
    depth = members = 0
    while level:
        depth += 1
        if depth > max_depth:
            raise JsonInvalid(f"The text is nested more than {max_depth} levels deep.", code="json.too_deep")
        below: list[Any] = []
        for container in level:
            members += len(container)
            for child in container.values() if container.__class__ is dict else container:
                if child.__class__ in _CONTAINERS:
                    below.append(child)
        if members > max_members:
            raise JsonInvalid(f"The text holds more than {max_members} values.", code="json.too_many_members")
        level = below


def _check_surrogates(value: JsonValue) -> None:
    # The text itself is valid UTF-8, so half a character can only come from an escape such as \ud800.
    try:
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError as error:
        raise JsonInvalid("A string holds half of a character.", code="json.surrogate") from error
