"""SVG: entities, external parts, processing instructions, second badges, other namespaces, scripts."""

from __future__ import annotations

from collections.abc import Iterator

from openbadges.strict_json import dumps
from tests.hostile.case import ALTERED, BROKEN, UNREADABLE, Case, Series
from tests.hostile.corpus import pictures as p
from tests.hostile.maker import (
    ACADEMY,
    NOBODY,
    credential,
    edited,
    signed,
    token,
)

WORLD = ACADEMY.world()
JSON = dumps(signed(credential())).decode()
TOKEN = token(credential())
FORGED = dumps(edited(signed(credential()), lambda d: d.update(name="Brain surgery (SAMPLE)"))).decode()
BADGE = p.svg_json(JSON)


def cases() -> Iterator[Case]:
    series = Series("svg")
    for build in (_controls, _forbidden, _bombs, _malformed, _elsewhere, _forged):
        build(series)
    yield from series.cases


def _controls(series: Series) -> None:
    series.control("json", p.svg(BADGE), "JSON in one element.", WORLD)
    series.control("json", p.svg(BADGE).encode(), "The bytes of a file.", WORLD)
    series.control("token", p.svg(p.svg_token(TOKEN)), "A token in an attribute.", WORLD)
    own = dumps(signed(credential(NOBODY), NOBODY)).decode()
    series.control("json", p.svg(p.svg_json(own)), "A badge of a bare key.")
    series.control(
        "declaration", p.svg(BADGE, before='<?xml version="1.0" encoding="UTF-8"?>\n'), "With a declaration.", WORLD
    )
    doctype = '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">'
    series.control("doctype", p.svg(BADGE, before=doctype), "1EdTech's samples have this line.", WORLD)
    series.control("bom", "\ufeff" + p.svg(BADGE), "A byte order mark stands before it.", WORLD)
    other = p.svg(BADGE).replace("openbadges:", "b:").replace("xmlns:openbadges", "xmlns:b")
    series.control("prefix", other, "The name of the prefix means nothing.", WORLD)
    series.control("script", p.svg(BADGE + "<script>alert(1)</script>"), "A script in it; nobody draws it here.", WORLD)
    series.control("comment", p.svg("<!-- x -->" + BADGE), "A comment in it.", WORLD)
    escaped = p.svg(
        "<openbadges:credential>" + JSON.replace("&", "&amp;").replace("<", "&lt;") + "</openbadges:credential>"
    )
    series.control("no-cdata", escaped, "Escaped in place of CDATA.", WORLD)


def _forbidden(series: Series) -> None:
    why = "Such parts of XML can read files, open connections or grow without end."
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctypes = [
        f'<!DOCTYPE svg [<!ENTITY l0 "lol">{laughs}]>',
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE svg [<!ENTITY x SYSTEM "http://127.0.0.1/">]>',
        '<!DOCTYPE svg [<!ENTITY % x SYSTEM "http://169.254.169.254/"> %x;]>',
        '<!DOCTYPE svg [<!ENTITY x "y">]>',
        "<!DOCTYPE svg [<!ELEMENT svg ANY>]>",
        '<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]>',
        '<!DOCTYPE svg [<!NOTATION x SYSTEM "x">]>',
        '<!DOCTYPE svg [<!ENTITY x PUBLIC "x" "https://attacker.example/x">]>',
        '<!DOCTYPE svg SYSTEM "http://127.0.0.1/x.dtd" [<!ENTITY x "y">]>',
        f'<!DOCTYPE svg [<!ENTITY x "{"A" * 100_000}">]>',
    ]
    for doctype in doctypes:
        for inside in (
            BADGE,
            "<text>&x;&l9;</text>" + BADGE,
            f"<openbadges:credential>&x;{JSON}</openbadges:credential>",
        ):
            series.hostile("doctype", p.svg(inside, before=doctype), UNREADABLE, "baking.", why, WORLD)
    for given in (
        p.svg(BADGE, before='<?xml-stylesheet href="https://attacker.example/x.xsl"?>'),
        p.svg("<?php echo 1 ?>" + BADGE),
        p.svg(BADGE, after="<?x y?>"),
        p.svg(BADGE, before="<?x y?>"),
    ):
        series.hostile("instruction", given, UNREADABLE, "baking.forbidden_xml", why, WORLD)
    include = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'
    inside = f"<openbadges:credential>{include}</openbadges:credential>"
    series.hostile("xinclude", p.svg(inside), UNREADABLE, "baking.", why, WORLD)
    use = '<openbadges:credential><use href="https://attacker.example/x"/></openbadges:credential>'
    series.hostile("external", p.svg(use), UNREADABLE, "baking.", why, WORLD)


def _bombs(series: Series) -> None:
    attributes = " ".join(f'a{n}="x"' for n in range(300))
    for given, why in (
        (p.svg("<g>" * 5_000 + "</g>" * 5_000 + BADGE), "Five thousand levels."),
        (p.svg("<g>" * 100_000), "A hundred thousand levels, never closed."),
        (p.svg(BADGE, attributes=attributes), "Three hundred attributes."),
        (p.svg(f"<g {attributes}/>" + BADGE), "Three hundred attributes."),
        (p.svg(p.svg_json("x" * (3 * 2**20))), "A text of 3 MB."),
        (p.svg("<!--" + "x" * (5 * 2**20) + "-->" + BADGE), "A file over 5 MB."),
        (p.svg(p.svg_json("[" * 100_000)), "JSON without end."),
        (p.svg("<g a='" + "&#x41;" * 500_000 + "'/>"), "Half a million references."),
        (p.svg("".join(f"<g{n}/>" for n in range(200_000))), "Two hundred thousand names."),
        (p.svg("".join(f"<g a{n}='x'/>" for n in range(200_000))), "Two hundred thousand names of attributes."),
        (p.svg("".join(f'<g xmlns:n{n}="urn:x:{n}"/>' for n in range(60_000))), "Sixty thousand namespaces."),
        (p.svg("]" * 3_000_000), "Three million brackets."),
        (p.svg("<![CDATA[" + "]]" * 1_000_000), "A section that never ends."),
    ):
        series.hostile("bomb", given, UNREADABLE, ("baking.", "json.", "read."), why, WORLD)


def _malformed(series: Series) -> None:
    good = p.svg(BADGE)
    for given in (
        good[:-1], good[:-6], good[: len(good) // 2], good + "<svg/>", good + "x", good.replace("</svg>", "</SVG>"),
        "<svg", "<", "<>", "<svg/>", "<svg></svg>",
        good.replace('"http://www.w3.org/2000/svg"', "http://www.w3.org/2000/svg"),
        good.replace("<circle r='4'/>", "<circle r=4/>"), "<html/>",
        good.replace(p.NAMESPACE, ""), good.replace("<circle r='4'/>", "<circle r='4' r='5'/>"),
        good.replace("<circle", "<circle\x00"),
        good.replace("<circle r='4'/>", "\ufffe"), good.replace("SAMPLE", "\x08"),
        good.replace("http://www.w3.org/2000/svg", "http://attacker.example/svg"),
        '<?xml version="1.0" encoding="nonsense"?>' + good, "<!-- -- -->" + good, "<svg>&undefined;</svg>",
    ):  # fmt: skip
        series.hostile(
            "malformed", given.encode("utf-8"), BROKEN, ("baking.", "json.", "proof."), "It is no drawing.", WORLD
        )
    for encoding in ("utf-16", "utf-32", "cp037"):
        series.hostile("encoding", good.encode(encoding), BROKEN, (), "Another encoding.", WORLD)
    for declared in ("UTF-7", "ISO-2022-JP", "UTF-32"):
        data = f'<?xml version="1.0" encoding="{declared}"?>{p.svg("<text>x</text>")}'.encode()
        series.hostile("encoding", data, UNREADABLE, "baking.", "It says another encoding than it has.", WORLD)


def _elsewhere(series: Series) -> None:
    """The element is not where a badge stands, or not the one that it seems to be."""
    deep = f"<g>{BADGE}</g>"
    wrong = BADGE.replace("openbadges:credential", "openbadges:assertion")
    spelled = BADGE.replace("openbadges:credential", "openbadges:Credential")
    for inside in (
        deep, f"<defs>{BADGE}</defs>", f"<foreignObject>{BADGE}</foreignObject>", f"<metadata>{BADGE}</metadata>",
        wrong, spelled, "<openbadges:credential/>",
        "<credential><![CDATA[" + JSON + "]]></credential>", f"<!--{BADGE.replace('--', '')}-->",
        f"<text>{JSON}</text>", "",
        "<openbadges:credential></openbadges:credential>", '<openbadges:credential verify=""></openbadges:credential>',
        f'<openbadges:credential href="{TOKEN}"/>', f'<openbadges:credential Verify="{TOKEN}"/>',
        "<openbadges:credential> \n </openbadges:credential>",
        BADGE.replace("<openbadges:credential", '<openbadges:credential xmlns:openbadges="http://attacker.example/"'),
    ):  # fmt: skip
        series.hostile("elsewhere", p.svg(inside), UNREADABLE, "baking.", "There is no badge at its place.", WORLD)


def _forged(series: Series) -> None:
    forged = p.svg_json(FORGED)
    why = "A changed badge stands in the drawing."
    series.hostile("forged", p.svg(forged), ALTERED, "proof.invalid", why, WORLD)
    series.hostile("forged", p.svg(p.svg_token(TOKEN[:-4] + "AAAA")), ALTERED | UNREADABLE, "token.", why, WORLD)
    why = "Two badges: which of them is read must not matter."
    good_token = p.svg_token(TOKEN)
    for inside in (
        forged + BADGE, forged + good_token, "<openbadges:credential>x</openbadges:credential>" + BADGE,
        p.svg_token("x") + BADGE,
        f'<openbadges:credential verify="x"><![CDATA[{JSON}]]></openbadges:credential>',
        f'<openbadges:credential verify="{TOKEN[:-4]}AAAA"><![CDATA[{JSON}]]></openbadges:credential>',
        f"<openbadges:credential><![CDATA[{FORGED}]]><![CDATA[{JSON}]]></openbadges:credential>",
        f"<openbadges:credential><g>{JSON}</g>{JSON}</openbadges:credential>",
    ):  # fmt: skip
        series.hostile("two-badges", p.svg(inside), BROKEN, (), why, WORLD)
