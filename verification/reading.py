"""What was pasted or uploaded: a link, a code, a token, JSON, or a picture with a badge inside."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.conf import settings

from credentials.codes import read_code
from openbadges.errors import JsonInvalid, OpenBadgesError
from openbadges.facts import Source
from openbadges.inputs import Badge, Picture, Unreadable
from verification import limited

MAX_INPUT_BYTES = settings.MAX_UPLOAD_MB * 2**20
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_LINK = re.compile(r"https?://\S{1,2000}\Z", re.IGNORECASE)
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Link:
    address: str


@dataclass(frozen=True, slots=True)
class Code:
    code: str


Presented = Link | Code | Badge | Unreadable


def read(data: bytes | str) -> Presented:
    """Tell what was given. Never raises, whatever the bytes."""
    if len(data) > MAX_INPUT_BYTES:
        return Unreadable("json", JsonInvalid("This is larger than any badge.", code="json.too_large"))
    return _read_text(data) if isinstance(data, str) else _read_bytes(data, None)


def read_fetched(data: bytes) -> Presented:
    """Tell what a link to another site led to: everything but a page for people."""
    return _read_bytes(data, "link")


def _read_bytes(data: bytes, found_in: Source | None) -> Presented:
    if data.startswith(PNG_SIGNATURE):
        return _read_picture(data, "png")
    if looks_like_xml(data):
        return _read_picture(data, "svg")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Unreadable("json", JsonInvalid("This is neither text nor a picture we know.", code="json.encoding"))
    return _read_text(text) if found_in is None else limited.read(_bare(text), found_in)


def _read_text(given: str) -> Presented:
    text = _bare(given)
    if text.startswith("<"):
        return _read_picture(text.encode("utf-8", "replace"), "svg")
    if _LINK.match(text):
        return Link(text)
    code = read_code(text)
    return limited.read(text) if code is None else Code(code)


def _read_picture(data: bytes, picture: Picture) -> Presented:
    try:
        text = limited.unbake(data, picture)
    except OpenBadgesError as error:
        return Unreadable(picture, error)
    # Open Badges 1.x and 2.0 baked a link to the hosted badge.
    return Link(text) if _LINK.match(text) else limited.read(text, picture)


def _bare(text: str) -> str:
    return text.removeprefix(_BOM).strip()


def looks_like_xml(data: bytes) -> bool:
    """Whether a file may be an SVG (or a page)."""
    return data[:200].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<"
