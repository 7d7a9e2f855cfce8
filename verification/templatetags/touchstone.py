"""Template words: dates, amounts, names and icons. `{% load touchstone %}`."""

from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from openbadges import names
from verification import wording

register = template.Library()


@register.filter
def day(instant: datetime | None) -> str:
    """ "22 November 2026" (UTC), "" for None."""
    return "" if instant is None else wording.day(instant)


@register.filter
def moment(instant: datetime | None) -> str:
    """ "22 November 2026, 10:00 UTC", "" for None."""
    return "" if instant is None else wording.moment(instant)


@register.filter
def clock(instant: datetime | None) -> str:
    """ "10:00:07 UTC", "" for None."""
    return "" if instant is None else f"{wording.in_utc(instant):%H:%M:%S} UTC"


@register.filter
def amount(number: int) -> str:
    """1240 as "1 240"."""
    return wording.amount(number)


@register.filter
def kilobytes(size: int) -> str:
    """A file size: "214 kB", "1.2 MB"."""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} kB"


@register.filter
def bdi(text: object) -> SafeString:
    """A name in any script, isolated from the text around it, with hidden characters made visible."""
    return format_html("<bdi>{}</bdi>", _marked(str(text)))


@register.filter
def seen(text: object) -> SafeString:
    """Text of others with hidden characters made visible."""
    return _marked(str(text))


@register.filter
def seen_lines(text: str) -> SafeString:
    """The same for text of several lines, which keeps its line breaks and indents."""
    return format_html_join("\n", "{}{}", ((_indent(line), _marked(line.lstrip(" "))) for line in text.split("\n")))


@register.simple_tag
def icon(name: str, css_class: str = "i") -> SafeString:
    """A symbol of static/icons.svg, hidden from screen readers: say the same in words beside it."""
    sprite = static("icons.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css_class, sprite, name)


@register.simple_tag
def look(kind: str, name: str) -> SafeString:
    """A verdict icon: `kind` is its colour, `name` its symbol ("v-valid")."""
    return icon(name, f"v v-{kind}")


def _marked(text: str) -> SafeString:
    parts = names.visible_parts(text)
    return format_html_join("", "{}", ((_mark(part) if hidden else part,) for part, hidden in parts))


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip(" ")))


def _mark(number: str) -> SafeString:
    return format_html('<span class="hidden-char">{}</span>', number)
