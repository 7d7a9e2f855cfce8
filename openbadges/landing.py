"""Pages for people that name the badge they are about: `<link rel="alternate" type="application/vc" href="…">`."""

from __future__ import annotations

from html.parser import HTMLParser

# In the order in which one is taken: what carries its own proof first.
BADGE_TYPES = ("application/vc", "application/ld+json", "application/vc+jwt", "application/json")
_BADGE_TYPES_BY_PREFIX = "application/vc+"
_MAX_LETTERS = 128 * 2**10
_MAX_LINKS = 200


def badge_link(html: str) -> str | None:
    """The address, as written, of the badge that a page names in its head; None where it names none. Raises nothing.

    The first 128 Ki letters are read: the parser's memory is some 220 times what one endless tag is long.
    """
    reader = _Links()
    reader.feed(html[:_MAX_LETTERS])
    ranked = [(_rank(media_type), place, href) for place, (media_type, href) in enumerate(reader.found)]
    return min((link for link in ranked if link[0] is not None), default=(0, 0, None))[2]


def _rank(media_type: str) -> int | None:
    if media_type in BADGE_TYPES:
        return BADGE_TYPES.index(media_type)
    return len(BADGE_TYPES) if media_type.startswith(_BADGE_TYPES_BY_PREFIX) else None


class _Links(HTMLParser):
    """Collects (media type, address) of each alternate form before the body."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._in_head = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._in_head = False  # what users write into a page must not name another badge
        if tag != "link" or not self._in_head or len(self.found) >= _MAX_LINKS:
            return
        given = dict(reversed(attrs))  # of two attributes of one name the first counts
        media_type = (given.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in (given.get("rel") or "").lower().split() and given.get("href"):
            self.found.append((media_type, (given["href"] or "").strip()))
