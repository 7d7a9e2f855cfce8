import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges.baking import Baked, bake_png, bake_svg, unbake_png, unbake_svg
from openbadges.errors import BakingInvalid
from openbadges.jose import parse_token
from openbadges.strict_json import load_object
from tests.openbadges.published import needs_published, published_bytes

NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
TOKEN = "eyJhbGciOiJFUzI1NiJ9.e30.AAAA"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><title>SAMPLE &gt; one</title></svg>'
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


HEADER = chunk(b"IHDR", b"\0\0\0\1\0\0\0\1\x08\0\0\0\0")
PIXELS = chunk(b"IDAT", zlib.compress(b"\0\0"))
END = chunk(b"IEND", b"")
PNG = SIGNATURE + HEADER + PIXELS + END


def png_with(*chunks: bytes) -> bytes:
    return SIGNATURE + HEADER + b"".join(chunks) + PIXELS + END


def itxt(text: bytes, keyword: bytes = b"openbadgecredential", *, compressed: bytes = b"\0") -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + compressed + b"\0en\0\0" + text)


# XML has no way to write some characters, and no token or compact JSON holds them.
PLAIN = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
IN_XML = st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, exclude_categories=["Cs"])


@given(st.text(PLAIN, min_size=1))
def test_a_png_gives_its_text_back(text: str) -> None:
    baked = bake_png(PNG, text)
    assert unbake_png(baked) == Baked(text, "ob3")
    assert baked.count(b"openbadgecredential") == 1 + text.count("openbadgecredential")


def test_the_text_is_uncompressed_and_there_once() -> None:
    again = bake_png(bake_png(png_with(itxt(b"old", b"openbadges")), "first"), TOKEN)
    assert (
        again == SIGNATURE + HEADER + chunk(b"iTXt", b"openbadgecredential\0\0\0\0\0" + TOKEN.encode()) + PIXELS + END
    )


@settings(deadline=None)
@given(st.text(IN_XML))
def test_an_svg_gives_its_json_back(text: str) -> None:
    content = '{"a":"' + text.replace("\\", "").replace('"', "") + ']]>"}'
    baked = bake_svg(SVG, content)
    assert unbake_svg(baked) == unbake_svg(baked.encode()) == Baked(content, "ob3")


def test_the_svg_element_follows_the_opening_tag_and_is_there_once() -> None:
    old = SVG.replace("<title>", '<openbadges:assertion xmlns:openbadges="http://openbadges.org" verify="old"/><title>')
    again = bake_svg(bake_svg('<?xml version="1.0" encoding="latin-1"?>\n' + old, "{}"), TOKEN)
    assert again == SVG.replace(
        '1 1">',
        '1 1" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">'
        f'<openbadges:credential verify="{TOKEN}"></openbadges:credential>',
    )


def test_older_forms_are_read_and_said_to_be_old() -> None:
    inflated = zlib.compress(b"https://a.example/assertion")
    assert unbake_png(png_with(chunk(b"tEXt", b"openbadges\0https://a.example/1"))) == Baked(
        "https://a.example/1", "legacy"
    )
    assert unbake_png(png_with(chunk(b"zTXt", b"openbadges\0\0" + inflated))).text == "https://a.example/assertion"
    assert unbake_png(png_with(itxt(inflated, b"openbadges", compressed=b"\1"))).form == "legacy"
    svg = SVG.replace(
        "<title>", '<o:assertion xmlns:o="http://openbadges.org"><![CDATA[{"a":1}]]></o:assertion><title>'
    )
    assert unbake_svg(svg) == Baked('{"a":1}', "legacy")


def test_the_first_credential_counts_and_before_any_older_form() -> None:
    assert unbake_png(png_with(itxt(b"old", b"openbadges"), itxt(b"one"), itxt(b"two"))) == Baked("one", "ob3")
    two = SVG.replace("<title>", '<b:credential xmlns:b="https://purl.imsglobal.org/ob/v3p0" verify="x"/><title>', 1)
    assert unbake_svg(
        two.replace("<title>", '<b:credential xmlns:b="https://purl.imsglobal.org/ob/v3p0" verify="y"/><title>')
    ) == Baked("x", "ob3")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "unreadable"),
        (b"GIF89a", "unreadable"),
        (SIGNATURE, "unreadable"),
        (PNG[:-1], "unreadable"),
        (PNG, "not_baked"),
        (SIGNATURE + itxt(b"x") + END, "unreadable"),
        (png_with(itxt(b"x")[:-1] + b"?"), "unreadable"),
        (png_with(b"\xff\xff\xff\xffiTXt"), "unreadable"),
        (png_with(itxt(b"\xff")), "unreadable"),
        (png_with(HEADER), "unreadable"),
        (png_with(chunk(b"iTXt", b"openbadgecredential\0\0\0en")), "unreadable"),
        (png_with(itxt(b"not deflate", compressed=b"\1")), "unreadable"),
        (png_with(itxt(zlib.compress(bytes(3 * 2**20)), compressed=b"\1")), "too_large"),
        (png_with(*[chunk(b"tEXt", b"")] * 10_000), "too_large"),
        (PNG + bytes(5 * 2**20), "too_large"),
    ],
)
def test_a_png_that_is_broken_or_a_bomb_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(BakingInvalid) as refused:
        unbake_png(data)
    assert refused.value.code == "baking." + code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "unreadable"),
        ("<svg>", "unreadable"),
        ("<html></html>", "unreadable"),
        (SVG, "not_baked"),
        ("<svg>&unknown;</svg>", "unreadable"),
        ('<!DOCTYPE svg [<!ENTITY a "b">]><svg>&a;</svg>', "forbidden_xml"),
        ('<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]><svg>&a;</svg>', "forbidden_xml"),
        ('<!DOCTYPE svg [<!ENTITY % a SYSTEM "https://a.example/x">%a;]><svg/>', "forbidden_xml"),
        ('<!DOCTYPE svg [<!ATTLIST svg a CDATA "b">]><svg/>', "forbidden_xml"),
        ("<!DOCTYPE svg []><svg/>", "forbidden_xml"),
        ('<!DOCTYPE svg SYSTEM "file:///etc/passwd"><svg>&x;</svg>', "unreadable"),
        ('<?xml-stylesheet href="x"?><svg/>', "forbidden_xml"),
        ("<svg><?php x ?></svg>", "forbidden_xml"),
        ("<svg>" * 300, "forbidden_xml"),
        ("<svg " + " ".join(f'a{n}=""' for n in range(300)) + "/>", "forbidden_xml"),
        ("<svg>" + "".join(f"<g{n}/>" for n in range(1_001)) + "</svg>", "forbidden_xml"),
        ("<svg>" + "".join(f'<g a{n}=""/>' for n in range(1_001)) + "</svg>", "forbidden_xml"),
        (f'<svg><g><b:credential xmlns:b="{NAMESPACE}" verify="x"/></g></svg>', "not_baked"),
        (" " * (5 * 2**20 + 1), "too_large"),
    ],
)  # fmt: skip
def test_an_svg_that_is_broken_or_hostile_is_refused(text: str, code: str) -> None:
    with pytest.raises(BakingInvalid) as refused:
        unbake_svg(text)
    assert refused.value.code == "baking." + code


@settings(max_examples=150)
@given(st.binary(max_size=60), st.integers(0, 200))
def test_any_damage_is_read_or_refused(noise: bytes, place: int) -> None:
    good_png, good_svg = bake_png(PNG, TOKEN), bake_svg(SVG, TOKEN).encode()
    for data, unbake in ((good_png, unbake_png), (good_svg, unbake_svg)):
        try:
            baked = unbake(data[:place] + noise + data[place + len(noise) :])
        except BakingInvalid:
            continue
        assert baked.form in ("ob3", "legacy")


@pytest.mark.parametrize("text", ["", "a\0b", "x" * (2 * 2**20 + 1)], ids=["empty", "nul", "long"])
def test_a_text_that_does_not_fit_is_not_baked(text: str) -> None:
    with pytest.raises(BakingInvalid):
        bake_png(PNG, text)
    if "x" not in text:
        with pytest.raises(BakingInvalid):
            bake_svg(SVG, text)


@pytest.mark.parametrize("svg", ["<svg/>", "", "<g></g>", '<!DOCTYPE svg [<!ENTITY a "b">]><svg></svg>'])
def test_a_drawing_that_cannot_be_read_is_not_baked(svg: str) -> None:
    with pytest.raises(BakingInvalid):
        bake_svg(svg, TOKEN)


@needs_published
def test_published_samples_are_read() -> None:
    png = unbake_png(published_bytes("1edtech-public-validator/ob30/simple-json.png"))
    svg = unbake_svg(published_bytes("1edtech-public-validator/ob30/simple-jwt.svg"))
    old = unbake_png(published_bytes("1edtech-public-validator/ob20/simple-badge.png"))
    assert (png.form, svg.form, old.form) == ("ob3", "ob3", "legacy")
    assert "OpenBadgeCredential" in load_object(png.text)["type"]  # type: ignore[operator]
    assert parse_token(svg.text).alg == "RS256"


@needs_published
def test_a_published_drawing_with_a_doctype_is_baked_anew() -> None:
    drawing = published_bytes("1edtech-public-validator/ob30/simple-jwt.svg").decode()
    baked = bake_svg(drawing, TOKEN)
    assert "<!DOCTYPE svg PUBLIC" in baked
    assert baked.count("openbadges:credential") == 2
    assert unbake_svg(baked).text == TOKEN
