"""Whether a page turned a text into markup: a tag, an attribute, a script or a link that somebody else wrote."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.hostile.corpus.render import MARK

_ADDRESSES = frozenset({"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href", "background"})
_SCHEMES = frozenset({"", "http", "https", "mailto"})
_NEVER = frozenset({"iframe", "object", "embed", "base", "frame", "applet"})
_DISGUISES = "\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200f\u200e\x00\x1b"
"""Marks that turn the direction of writing, and controls: shown raw they make a text read as another."""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        if MARK in tag or tag in _NEVER or any(MARK in name for name in names):
            self.found.append(f"tag {tag} {names}")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.found.append(f"attribute {name}={value!r}")
            if name in _ADDRESSES and urlsplit((value or "").strip()).scheme.lower() not in _SCHEMES:
                self.found.append(f"address {name}={value!r}")
        if tag == "script" and not dict(attrs).get("src", "").startswith("/static/"):  # type: ignore[union-attr]
            self.found.append("a script inside the page")
        if tag == "meta" and "http-equiv" in names:
            self.found.append("a meta element that acts as a header")

    def handle_data(self, data: str) -> None:
        disguises = [f"U+{ord(letter):04X}" for letter in _DISGUISES if letter in data]
        if disguises and MARK in data:
            self.found.append(f"a text with raw {', '.join(disguises)}")


def live_markup(page: str) -> list[str]:
    """What came alive in a page; empty where all of it is text."""
    reader = _Reader()
    try:
        reader.feed(page)
        reader.close()
    except ValueError as error:  # an address that is none
        reader.found.append(f"not readable: {error}")
    return reader.found
