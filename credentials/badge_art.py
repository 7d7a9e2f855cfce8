"""Badge art from parameters, as plain SVG: same parameters, same bytes.

shape = achievement type, colour = ISCED-F broad field, lit ticks of the dial = EQF level, icon = skill, ribbon = sample
or expired. Presentation attributes only: no style, no script, no remote part. The title becomes outlines of the
vendored typeface, so that no font is needed to view it; letters that the typeface lacks (Cyrillic, Arabic, Han and
others) stay a text element for the viewer's fonts.

All lengths are units of the 256 x 256 drawing. Icons after Lucide (ISC, see art/LICENSE-lucide.txt).
"""

import json
import math
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

import resvg_py
from defusedxml import ElementTree
from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

Ribbon = Literal["", "SAMPLE", "EXPIRED"]

ART_DIR = Path(__file__).parent / "art"
FONT_DIR = Path(__file__).parent.parent / "static" / "vendor" / "fonts"
FONT_FILES = tuple(f"atkinson-hyperlegible-next-{part}-wght-normal.woff2" for part in ("latin", "latin-ext"))
WEIGHT = 750
TEXT_FONT = 'font-family="system-ui, sans-serif" font-weight="700"'

INK, PAPER, GOLD = "#14201F", "#FFFFFF", "#F4C64F"
RIBBON_COLOURS: Mapping[str, str] = {"SAMPLE": "#A3161F", "EXPIRED": "#6B4300"}

# Body, and tint for rim and ticks. Every body has a contrast of 9:1 or better with the white icon.
FIELD_COLOURS: Mapping[str, tuple[str, str]] = {
    "00": ("#2C3A38", "#B9C7C3"),  # generic programmes
    "01": ("#6A2A62", "#EBC3E4"),  # education
    "02": ("#7A2340", "#F3BFCF"),  # arts and humanities
    "03": ("#5A3A1C", "#EACBA8"),  # social sciences, journalism
    "04": ("#1E3F73", "#B9D2F4"),  # business, administration, law
    "05": ("#135046", "#A9E0D3"),  # natural sciences, mathematics, statistics
    "06": ("#2B2F77", "#C3C8FA"),  # information and communication technologies
    "07": ("#713312", "#F6C6A6"),  # engineering, manufacturing, construction
    "08": ("#3F4A12", "#D5E096"),  # agriculture, forestry, fisheries, veterinary
    "09": ("#0B4F63", "#A8DDEE"),  # health and welfare
    "10": ("#473A5E", "#D5C7F0"),  # services
}

# Below this size a line of the title is under 8 pixels high in a 64 pixel picture.
LEGIBLE_SIZE = 32.0
ONE_LINE_SIZE, TWO_LINE_SIZE, TITLE_WIDTH = 50.0, 39.0, 232.0
PLATE_TOP = 124.0

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BadgeArtInvalid(ValueError):
    """A parameter that cannot be drawn; the message names it and says what is possible."""


@dataclass(frozen=True, slots=True)
class Shape:
    """An outline (SVG path data) and the radius of the dial that fits into it."""

    outline: str
    dial: float


def _hexagon(radius: float, corner: float) -> str:
    """A hexagon standing on a point, with rounded corners."""
    points = [
        (128 + radius * math.sin(math.radians(60 * i)), 128 - radius * math.cos(math.radians(60 * i))) for i in range(6)
    ]
    parts: list[str] = []
    for i, (x, y) in enumerate(points):
        (ax, ay), (bx, by) = points[i - 1], points[(i + 1) % 6]
        cut = corner / radius
        start, end = (x + (ax - x) * cut, y + (ay - y) * cut), (x + (bx - x) * cut, y + (by - y) * cut)
        move = "L" if parts else "M"
        parts.append(f"{move}{start[0]:.1f} {start[1]:.1f}Q{x:.1f} {y:.1f} {end[0]:.1f} {end[1]:.1f}")
    return "".join(parts) + "Z"


def _scallop(radius: float, petals: int, depth: float) -> str:
    """A disc with petals: neighbouring arcs that meet on an inner circle."""
    inner, bulge = radius - depth, radius * math.sin(math.pi / petals) * 0.98
    points = [
        (128 + inner * math.sin(2 * math.pi * i / petals), 128 - inner * math.cos(2 * math.pi * i / petals))
        for i in range(petals + 1)
    ]
    arcs = (f"A{bulge:.1f} {bulge:.1f} 0 0 1 {x:.1f} {y:.1f}" for x, y in points[1:])
    return f"M{points[0][0]:.1f} {points[0][1]:.1f}" + "".join(arcs) + "Z"


DISC = Shape("M128 6a122 122 0 1 1 0 244a122 122 0 1 1 0-244Z", 105)
HEXAGON = Shape(_hexagon(129, 20), 97)
SHIELD = Shape(
    "M128 3C150 21 190 29 226 24Q234 23 234 31V130C234 190 190 229 128 253"
    "C66 229 22 190 22 130V31Q22 23 30 24C66 29 106 21 128 3Z",
    94,
)
TILE = Shape("M44 10H212Q246 10 246 44V212Q246 246 212 246H44Q10 246 10 212V44Q10 10 44 10Z", 106)
SCALLOP = Shape(_scallop(127, 16, 12), 102)
PLAQUE = Shape("M42 10H214A32 32 0 0 0 246 42V214A32 32 0 0 0 214 246H42A32 32 0 0 0 10 214V42A32 32 0 0 0 42 10Z", 103)

# Octagon and diamond belong to verdicts. Types not named here are tiles: the page says the type in words.
TYPE_SHAPES: Mapping[str, Shape] = {
    "MicroCredential": DISC,
    "Competency": HEXAGON,
    "Assessment": HEXAGON,
    "Certification": SHIELD,
    "License": SHIELD,
    "ApprenticeshipCertificate": SHIELD,
    "JourneymanCertificate": SHIELD,
    "QualityAssuranceCredential": SHIELD,
    "LearningProgram": SCALLOP,
    "AssociateDegree": SCALLOP,
    "BachelorDegree": SCALLOP,
    "Degree": SCALLOP,
    "Diploma": SCALLOP,
    "DoctoralDegree": SCALLOP,
    "MasterDegree": SCALLOP,
    "Membership": PLAQUE,
    "Award": PLAQUE,
    "CoCurricular": PLAQUE,
    "CommunityService": PLAQUE,
}


@lru_cache(maxsize=1)
def _icons() -> Mapping[str, str]:
    icons: dict[str, str] = json.loads((ART_DIR / "icons.json").read_text(encoding="utf-8"))
    return icons


def icon_names() -> tuple[str, ...]:
    """Names accepted as `icon`, sorted."""
    return tuple(sorted(_icons()))


class _Typeface:
    """The vendored typeface at one weight: widths and outlines of text, or None where a letter is missing."""

    def __init__(self, fonts: Sequence[TTFont]) -> None:
        self._sets: list[tuple[Mapping[int, str], Any]] = [
            (font.getBestCmap(), font.getGlyphSet(location={"wght": WEIGHT})) for font in fonts
        ]
        self._em: int = fonts[0]["head"].unitsPerEm

    def _glyphs(self, text: str) -> list[tuple[Any, Any]] | None:
        run = []
        for char in text:
            found = next(((glyphs[cmap[ord(char)]], glyphs) for cmap, glyphs in self._sets if ord(char) in cmap), None)
            if found is None:
                return None
            run.append(found)
        return run

    def width(self, text: str, size: float, tracking: float = 0.0) -> float | None:
        run = self._glyphs(text)
        if run is None:
            return None
        advance: float = sum(glyph.width for glyph, _ in run) * size / self._em
        return advance + tracking * (len(run) - 1)

    def outline(self, text: str, centre: float, baseline: float, size: float, tracking: float = 0.0) -> str | None:
        """SVG path data of one centred line, one decimal place."""
        run, width = self._glyphs(text), self.width(text, size, tracking)
        if run is None or width is None:
            return None
        scale, x, parts = size / self._em, centre - width / 2, []
        for glyph, glyph_set in run:
            pen = SVGPathPen(glyph_set, ntos=_number)
            glyph.draw(TransformPen(pen, (scale, 0, 0, -scale, x, baseline)))
            parts.append(pen.getCommands())
            x += glyph.width * scale + tracking
        return "".join(parts)


@lru_cache(maxsize=1)
def _typeface() -> _Typeface:
    return _Typeface([TTFont(FONT_DIR / name) for name in FONT_FILES])


def _number(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".")


def _printable(text: str) -> str:
    """Text in composed form without the characters that XML 1.0 forbids."""
    return unicodedata.normalize("NFC", _NOT_XML.sub("", text))


def _guessed_width(text: str, size: float) -> float:
    """Width in a bold system font that we cannot measure: on the wide side, so that the plate holds it."""
    ems = 0.0
    for char in text:
        if unicodedata.category(char) in ("Mn", "Me", "Cf"):
            continue
        ems += 1.0 if unicodedata.east_asian_width(char) in "WF" else 0.72
    return ems * size


def title_size(title: Sequence[str]) -> float:
    """Letter size at which every line fits the plate. From LEGIBLE_SIZE on, the title is readable at 64 pixels."""
    largest = TWO_LINE_SIZE if len(title) > 1 else ONE_LINE_SIZE
    widths = (_typeface().width(line, largest) or _guessed_width(line, largest) for line in title)
    return min([largest, *(largest * TITLE_WIDTH / width for width in widths if width)])


def _line(text: str, baseline: float, size: float, fill: str, *, tracking: float = 0.0, language: str = "") -> str:
    """One centred line: outlines where the typeface has every letter, otherwise a text element."""
    outline = _typeface().outline(text, 128, baseline, size, tracking)
    if outline is not None:
        return f'<path fill="{fill}" d="{outline}"/>'
    speech = f" xml:lang={quoteattr(_printable(language))}" if language else ""
    return (
        f'<text x="128" y="{baseline:.1f}" {TEXT_FONT} font-size="{size:.1f}" '
        f'text-anchor="middle" fill="{fill}"{speech}>{escape(text)}</text>'
    )


def _dial(radius: float, level: int, tint: str) -> Iterator[str]:
    """Eight ticks over the top, clockwise, lit in gold up to the level, with three graduations between two of them."""
    start, sweep, last = 192.0, 156.0, 28
    for i in range(last + 1):
        angle = math.radians(start + sweep * i / last)
        major = i % 4 == 0
        lit = major and i // 4 < level
        inner = radius - (15 if major else 5)
        cos, sin = math.cos(angle), math.sin(angle)
        stroke, width, opacity = (GOLD, "7", "1") if lit else (tint, "3", ".55") if major else (tint, "1.6", ".4")
        cap = "round" if major else "butt"
        path = f"M{128 + inner * cos:.1f} {128 + inner * sin:.1f}L{128 + radius * cos:.1f} {128 + radius * sin:.1f}"
        yield (
            f'<path d="{path}" '
            f'stroke="{stroke}" stroke-width="{width}" stroke-opacity="{opacity}" stroke-linecap="{cap}"/>'
        )


def _plate(title: Sequence[str], body: str, language: str) -> Iterator[str]:
    """The white title plate, as wide as the picture."""
    size, height = title_size(title), _plate_height(title)
    bottom = PLATE_TOP + height
    yield (
        f'<path d="M14 {PLATE_TOP:.0f}H242Q252 {PLATE_TOP:.0f} 252 {PLATE_TOP + 10:.0f}V{bottom - 10:.0f}'
        f"Q252 {bottom:.0f} 242 {bottom:.0f}H14Q4 {bottom:.0f} 4 {bottom - 10:.0f}V{PLATE_TOP + 10:.0f}"
        f'Q4 {PLATE_TOP:.0f} 14 {PLATE_TOP:.0f}Z" fill="{PAPER}" stroke="{body}" stroke-width="4"/>'
    )
    outlined = _typeface().width(title[0], size) is not None
    first = PLATE_TOP + height / 2 - 2 + size * (0.335 if outlined else 0.38) - size * (len(title) - 1) / 2
    for i, text in enumerate(title):
        yield _line(text, first + i * size, size, INK, language=language)


def _plate_height(title: Sequence[str]) -> float:
    return 84.0 if len(title) > 1 else 66.0


def _ribbon(text: str, top: float) -> Iterator[str]:
    colour = RIBBON_COLOURS[text]
    yield (
        f'<path d="M46 {top:.0f}H210L202 {top + 15:.0f}L210 {top + 30:.0f}H46L54 {top + 15:.0f}Z" '
        f'fill="{PAPER}" stroke="{colour}" stroke-width="4" stroke-linejoin="round"/>'
    )
    yield _line(text, top + 23.5, 25, colour, tracking=3.2)


def _checked_title(title: Sequence[str]) -> tuple[str, ...]:
    if isinstance(title, str):
        raise BadgeArtInvalid("Give the title as a list of one or two lines.")
    lines = tuple(" ".join(_printable(line).split()) for line in title)
    if not 1 <= len(lines) <= 2 or not all(lines):
        raise BadgeArtInvalid(f"The title has one or two lines with text, not {list(title)!r}.")
    return lines


def _check(field: str, level: int, icon: str, ribbon: str) -> None:
    if field[:2] not in FIELD_COLOURS:
        raise BadgeArtInvalid(f"Field {field!r} does not begin with an ISCED-F broad field, 00 to 10.")
    if not 0 <= level <= 8:
        raise BadgeArtInvalid(f"Level {level} is outside 0 (not stated) to 8.")
    if icon not in _icons():
        raise BadgeArtInvalid(f"There is no icon {icon!r}. Icons: {', '.join(icon_names())}.")
    if ribbon and ribbon not in RIBBON_COLOURS:
        raise BadgeArtInvalid(f"Ribbon {ribbon!r} is not one of: {', '.join(RIBBON_COLOURS)}.")


def draw(
    *,
    title: Sequence[str],
    type: str,
    field: str,
    level: int,
    icon: str,
    ribbon: Ribbon = "",
    caption: str = "",
    language: str = "",
) -> str:
    """Draw a badge as an SVG document of 256 x 256 units.

    title: one or two lines, best of at most 10 letters each (see title_size). type: achievementType of Open Badges 3.0.
    field: ISCED-F code of 2 to 4 digits. level: EQF 1 to 8, 0 if not stated. icon: one of icon_names().
    caption: text for people who do not see the picture. language: BCP 47 tag of the title, for letters that stay text.
    Raises BadgeArtInvalid.
    """
    lines = _checked_title(title)
    _check(field, level, icon, ribbon)
    body, tint = FIELD_COLOURS[field[:2]]
    shape = TYPE_SHAPES.get(type, TILE)
    words = _printable(caption) or f"Badge: {' '.join(lines)}"
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256" role="img" '
        f"aria-label={quoteattr(words)}><title>{escape(words)}</title>",
        f'<path d="{shape.outline}" fill="{body}"/>',
        f'<path d="{shape.outline}" fill="none" stroke="{tint}" stroke-width="3" stroke-opacity=".75" '
        'transform="translate(6.4 6.4) scale(.95)"/>',
        *_dial(shape.dial, level, tint),
        f'<g transform="translate(96.2 51) scale(2.65)" fill="none" stroke="{PAPER}" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{_icons()[icon]}</g>',
        *_plate(lines, body, language),
    ]
    if ribbon:
        parts.extend(_ribbon(ribbon, PLATE_TOP + _plate_height(lines) + 3))
    return "".join(parts) + "</svg>\n"


def draw_logo(*, letters: str, field: str, caption: str) -> str:
    """Draw a plain issuer logo: one to three letters on the colour of an ISCED-F broad field, over a streak of gold.

    Raises BadgeArtInvalid.
    """
    (text,) = _checked_title([letters[:3]])
    if field[:2] not in FIELD_COLOURS:
        raise BadgeArtInvalid(f"Field {field!r} does not begin with an ISCED-F broad field, 00 to 10.")
    size = min(132.0, 132.0 * 196 / (_typeface().width(text, 132) or _guessed_width(text, 132)))
    words = _printable(caption)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256" role="img" '
        f"aria-label={quoteattr(words)}><title>{escape(words)}</title>"
        f'<rect width="256" height="256" rx="48" fill="{FIELD_COLOURS[field[:2]][0]}"/>'
        f"{_line(text, 120 + size * 0.335, size, PAPER)}"
        f'<path d="M44 214L212 200" stroke="{GOLD}" stroke-width="12" stroke-linecap="round"/></svg>\n'
    )


def render_png(svg: str, size: int = 600, *, fallback: str = "") -> bytes:
    """Render art as a square PNG of `size` pixels.

    Letters that stayed text need a font of this machine. Where it has none, `fallback` is rendered in place of `svg`:
    the same art with the title in Latin letters. Without a fallback those letters are left as empty boxes.
    """
    chosen = fallback if fallback and not _has_fonts_for(svg) else svg
    return bytes(resvg_py.svg_to_bytes(svg_string=chosen, width=size, height=size))


def _has_fonts_for(svg: str) -> bool:
    texts = ("".join(node.itertext()) for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))
    missing = _probe("\U0010ffff")
    return all(_probe(char) != missing for text in texts for char in set(text) if not char.isspace())


@lru_cache(maxsize=4096)
def _probe(char: str) -> bytes:
    """The picture of one character; every character without a font looks like the noncharacter U+10FFFF."""
    text = f'<text x="4" y="24" {TEXT_FONT} font-size="20">{escape(char)}</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">{text}</svg>'
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=32))
