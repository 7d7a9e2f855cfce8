"""Badge art: what the picture says, that it is safe to publish, and that it is the same everywhere."""

import io
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from credentials import badge_art
from credentials.badge_art import (
    FIELD_COLOURS,
    GOLD,
    LEGIBLE_SIZE,
    TYPE_SHAPES,
    BadgeArtInvalid,
    draw,
    draw_logo,
    icon_names,
    render_png,
    title_size,
)

SVG = "{http://www.w3.org/2000/svg}"
PLAIN: dict[str, Any] = {
    "title": ["Computer", "Networks"],
    "type": "MicroCredential",
    "field": "0612",
    "level": 4,
    "icon": "network",
}


def elements(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter())


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_same_parameters_give_the_same_bytes() -> None:
    first = draw(**PLAIN, ribbon="SAMPLE", caption="Badge: Networks, Sample IT Academy")
    badge_art._typeface.cache_clear()
    assert draw(**PLAIN, ribbon="SAMPLE", caption="Badge: Networks, Sample IT Academy") == first


@pytest.mark.parametrize("level", range(9))
def test_as_many_ticks_are_lit_as_the_level_says(level: int) -> None:
    lit = [e for e in elements(draw(**{**PLAIN, "level": level})) if e.get("stroke") == GOLD]
    assert len(lit) == level


def test_types_that_people_must_tell_apart_have_shapes_of_their_own() -> None:
    types = [
        "MicroCredential",
        "Competency",
        "Certification",
        "CertificateOfCompletion",
        "LearningProgram",
        "Membership",
    ]
    outlines = {elements(draw(**{**PLAIN, "type": name}))[2].get("d") for name in types}
    assert len(outlines) == len(types)


def test_a_type_without_a_shape_of_its_own_is_drawn_as_a_tile() -> None:
    assert "Fieldwork" not in TYPE_SHAPES
    assert draw(**{**PLAIN, "type": "Fieldwork"}) == draw(**{**PLAIN, "type": "Course"})


def test_the_broad_field_decides_the_colour() -> None:
    assert draw(**{**PLAIN, "field": "0612"}) == draw(**{**PLAIN, "field": "06"})
    assert draw(**{**PLAIN, "field": "0612"}) != draw(**{**PLAIN, "field": "0913"})


@pytest.mark.parametrize("field", FIELD_COLOURS)
def test_the_white_icon_stands_out_from_every_field_colour(field: str) -> None:
    assert 1.05 / (luminance(FIELD_COLOURS[field][0]) + 0.05) >= 9


def test_latin_letters_with_marks_need_no_font_to_be_seen() -> None:
    svg = draw(**{**PLAIN, "title": ["Łódź Žižek", "Çağ Ångström"]}, ribbon="SAMPLE")
    assert not [e for e in elements(svg) if e.tag == f"{SVG}text"]


def test_other_scripts_stay_text_and_say_their_language() -> None:
    texts = [
        e for e in elements(draw(**{**PLAIN, "title": ["ソーラー", "設計"]}, language="ja")) if e.tag == f"{SVG}text"
    ]
    assert [e.text for e in texts] == ["ソーラー", "設計"]
    assert {e.get("{http://www.w3.org/XML/1998/namespace}lang") for e in texts} == {"ja"}


def test_a_caption_names_the_picture_for_people_who_do_not_see_it() -> None:
    root = ElementTree.fromstring(draw(**PLAIN, caption="Badge: Networks, Sample IT Academy"))
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.findtext(f"{SVG}title") == "Badge: Networks, Sample IT Academy"
    assert ElementTree.fromstring(draw(**PLAIN)).get("aria-label") == "Badge: Computer Networks"


@pytest.mark.parametrize("icon", icon_names())
def test_icons_are_plain_strokes(icon: str) -> None:
    drawing = ElementTree.fromstring(f"<g>{badge_art._icons()[icon]}</g>")
    allowed = {"d", "x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "width", "height", "points", "fill"}
    assert len(drawing) > 0
    assert {name for part in drawing for name in part.attrib} <= allowed
    assert {part.tag for part in drawing} <= {"path", "rect", "circle", "line", "ellipse", "polyline", "polygon"}


def test_pictures_bring_nothing_that_could_run_or_be_fetched() -> None:
    svg = draw(**PLAIN, ribbon="SAMPLE", caption="x") + draw_logo(letters="IT", field="06", caption="x")
    assert not re.search(r"<(script|style|image|use|foreignObject|a)\b|\bhref|\bstyle=|\bon[a-z]+=|url\(", svg)


@settings(max_examples=60, deadline=None)
@given(
    title=st.lists(st.text(max_size=20).filter(lambda s: s.strip() and s.isprintable()), min_size=1, max_size=2),
    caption=st.text(max_size=80),
    language=st.text(max_size=10),
)
def test_any_text_gives_well_formed_xml_that_says_it(title: list[str], caption: str, language: str) -> None:
    root = ElementTree.fromstring(draw(**{**PLAIN, "title": title}, caption=caption, language=language))
    tags = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert tags <= {"svg", "title", "path", "g", "rect", "text"}


def test_markup_in_texts_stays_text() -> None:
    svg = draw(**{**PLAIN, "title": ["<b>&日</b>"]}, caption='"><script>alert(1)</script>\x00\x1f')
    root = ElementTree.fromstring(svg)
    assert root.findtext(f"{SVG}title") == '"><script>alert(1)</script>'
    assert [e.text for e in root.iter(f"{SVG}text")] == ["<b>&日</b>"]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"title": []}, "title"),
        ({"title": ["one", "two", "three"]}, "title"),
        ({"title": ["one", " \x00 "]}, "title"),
        ({"title": "Networks"}, "list"),
        ({"field": "11"}, "ISCED-F"),
        ({"field": ""}, "ISCED-F"),
        ({"level": 9}, "Level 9"),
        ({"level": -1}, "Level -1"),
        ({"icon": "unicorn"}, "unicorn"),
        ({"ribbon": "GENUINE"}, "GENUINE"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(change: dict[str, Any], named: str) -> None:
    with pytest.raises(BadgeArtInvalid, match=named):
        draw(**{**PLAIN, **change})


def test_ten_letters_a_line_are_legible_at_64_pixels_and_thirty_are_not() -> None:
    assert title_size(["Management", "Foundation"]) >= LEGIBLE_SIZE
    assert title_size(["Fundamentals of everything and", "more"]) < LEGIBLE_SIZE


@pytest.mark.parametrize("title", [["Fundamentals of everything and more"], ["設計設計設計設計設計設計", "設計"]])
def test_a_long_title_shrinks_until_the_plate_holds_it(title: list[str]) -> None:
    picture = Image.open(io.BytesIO(render_png(draw(**{**PLAIN, "title": title}), 256))).convert("RGB")
    edge = [picture.getpixel((x, y)) for x in (8, 247) for y in range(140, 184)]
    assert set(edge) == {(255, 255, 255)}


@pytest.mark.parametrize("size", [64, 600])
def test_a_png_has_the_size_asked_for_and_a_clear_background(size: int) -> None:
    picture = Image.open(io.BytesIO(render_png(draw(**PLAIN), size)))
    assert (picture.format, picture.size) == ("PNG", (size, size))
    assert picture.convert("RGBA").getpixel((0, 0)) == (0, 0, 0, 0)


def test_letters_without_a_font_on_this_machine_give_way_to_the_fallback() -> None:
    nowhere = draw(**{**PLAIN, "title": ["\U0010fffe"]})  # a noncharacter: no font has it
    latin = draw(**PLAIN)
    assert render_png(nowhere, 64, fallback=latin) == render_png(latin, 64)
    assert render_png(nowhere, 64) != render_png(latin, 64)
    assert render_png(latin, 64, fallback=nowhere) == render_png(latin, 64)


def test_a_logo_carries_its_letters_and_caption() -> None:
    root = ElementTree.fromstring(draw_logo(letters="IT", field="06", caption="Logo of Sample & Sons"))
    assert root.findtext(f"{SVG}title") == "Logo of Sample & Sons"
    assert draw_logo(letters="IT", field="06", caption="") != draw_logo(letters="NL", field="06", caption="")
    with pytest.raises(BadgeArtInvalid, match="ISCED-F"):
        draw_logo(letters="IT", field="99", caption="")
