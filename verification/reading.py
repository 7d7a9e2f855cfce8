"""What was pasted or uploaded: a link, a code, a token, JSON, or a picture with a badge inside."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from django.conf import settings

from credentials.codes import read_code
from openbadges import baking, jose, strict_json
from openbadges.errors import JsonInvalid, OpenBadgesError
from openbadges.facts import Source
from openbadges.jose import Token
from openbadges.json_types import JsonObject

MAX_INPUT_BYTES = settings.MAX_UPLOAD_MB * 2**20
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LINK = re.compile(r"https?://\S{1,2000}\Z", re.IGNORECASE)
_TOKEN = re.compile(r"[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]*\Z")
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Link:
    address: str


@dataclass(frozen=True, slots=True)
class Code:
    code: str


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge in hand: its JSON, or a token."""

    source: Literal["json", "token", "png", "svg"]
    document: JsonObject | None = None
    token: Token | None = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    source: Source
    error: OpenBadgesError | None = None


Presented = Link | Code | Badge | Unreadable


def read(data: bytes | str) -> Presented:
    """Tell what was given. Never raises, whatever the bytes."""
    if len(data) > MAX_INPUT_BYTES:
        return Unreadable("json", JsonInvalid("This is larger than any badge.", code="json.too_large"))
    if isinstance(data, str):
        return _read_text(data)
    if data.startswith(PNG_SIGNATURE):
        return _read_picture(data, "png")
    if _looks_like_xml(data):
        return _read_picture(data, "svg")
    try:
        return _read_text(data.decode("utf-8"))
    except UnicodeDecodeError:
        return Unreadable("json", JsonInvalid("This is neither text nor a picture we know.", code="json.encoding"))


def _read_text(given: str) -> Presented:
    text = given.removeprefix(_BOM).strip()
    if text.startswith("<"):
        return _read_picture(text.encode("utf-8", "replace"), "svg")
    if _LINK.match(text):
        return Link(text)
    code = read_code(text)
    return _read_badge(text, None) if code is None else Code(code)


def _read_picture(data: bytes, source: Literal["png", "svg"]) -> Presented:
    try:
        baked = baking.unbake_png(data) if source == "png" else baking.unbake_svg(data)
    except OpenBadgesError as error:
        return Unreadable(source, error)
    text = baked.text.strip()
    # Open Badges 1.x and 2.0 baked a link to the hosted badge.
    return Link(text) if _LINK.match(text) else _read_badge(text, source)


def _read_badge(text: str, source: Literal["png", "svg"] | None) -> Presented:
    """Read JSON or a token; `source` is the picture that it was found in."""
    try:
        if _TOKEN.match(text):
            return Badge(source or "token", token=jose.parse_token(text))
        if text.startswith(("{", "[")):
            value = strict_json.loads(text)
            if isinstance(value, dict):
                return Badge(source or "json", document=value)
            return Unreadable(source or "json", JsonInvalid("The JSON is a list, not one badge."))
    except OpenBadgesError as error:
        return Unreadable(source or ("json" if text.startswith(("{", "[")) else "token"), error)
    return Unreadable(source or "json")


def _looks_like_xml(data: bytes) -> bool:
    return data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
