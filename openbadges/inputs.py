"""A badge in hand: what a text or a picture holds, read and nothing more."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from openbadges import baking, jose, kinds
from openbadges.errors import JsonInvalid, OpenBadgesError
from openbadges.facts import Source
from openbadges.jose import Token
from openbadges.json_types import JsonObject

Picture = Literal["png", "svg"]
_TOKEN = re.compile(r"[A-Za-z0-9_=-]+\.[A-Za-z0-9_=-]*\.[A-Za-z0-9_=-]*\Z")


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge: its JSON, or a token. `source`: what it was found in. `text`: how it was written there."""

    source: Source
    document: JsonObject | None = None
    token: Token | None = None
    text: str = field(default="", repr=False)

    @property
    def size(self) -> int:
        """Letters of its text."""
        return len(self.text)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """No badge. `error` says why; None where nothing in the input even looks like one."""

    source: Source
    error: OpenBadgesError | None = None


def unbake(data: bytes, picture: Picture) -> str:
    """The text in a picture: JSON, a token or an address. Raises BakingInvalid."""
    baked = baking.unbake_png(data) if picture == "png" else baking.unbake_svg(data)
    return baked.text.strip()


def read_badge(text: str, found_in: Source | None = None) -> Badge | Unreadable:
    """Read JSON or a token. `found_in`: the picture or link that it came from. Raises nothing."""
    is_json = text.startswith(("{", "["))
    try:
        if _TOKEN.match(text):
            return Badge(found_in or "token", token=jose.parse_token(text), text=text)
        if is_json:
            value = kinds.loads(text)
            if isinstance(value, dict):
                return Badge(found_in or "json", document=value, text=text)
            return Unreadable(found_in or "json", JsonInvalid("The JSON is a list, not one badge."))
    except OpenBadgesError as error:
        return Unreadable(found_in or ("json" if is_json else "token"), error)
    return Unreadable(found_in or "json")
