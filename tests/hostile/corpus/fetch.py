"""Links to badges elsewhere: what servers can answer, and what is made of it."""

from __future__ import annotations

import gzip
from collections.abc import Iterator

from openbadges.strict_json import dumps
from tests.hostile.case import BROKEN, COULD_NOT, UNREADABLE, Answer, Case, Series, World
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
JSON = dumps(signed(credential()))
FORGED = dumps(edited(signed(credential()), lambda d: d.update(name="Brain surgery (SAMPLE)")))
JSON_TYPE = {"Content-Type": "application/json"}


def cases() -> Iterator[Case]:
    series = Series("fetch")
    own = dumps(signed(credential(NOBODY), NOBODY)).decode()
    series.control("no-network", own, "A badge of a bare key needs nothing from elsewhere.")
    series.control(
        "no-network", token(credential(NOBODY), NOBODY, signing="EdDSA"), "A token of a bare key needs nothing."
    )
    _links(series)
    _nothing(series)
    _refused(series)
    _pages(series)
    yield from series.cases


def _links(series: Series) -> None:
    url = "https://academy.example/badge"
    drawing, picture = p.svg(p.svg_json(JSON.decode())).encode(), p.png(p.itxt(JSON))
    page = b'<!doctype html><title>x</title><link rel="alternate" type="application/vc" href="/badge.json">'
    packed = {**JSON_TYPE, "Content-Encoding": "gzip"}
    for answer, why in (
        (Answer(JSON, 200, JSON_TYPE), "A badge as JSON."),
        (Answer(JSON, 200, {"Content-Type": "text/html"}), "The server says the wrong media type."),
        (Answer(token(credential()).encode(), 200, {"Content-Type": "text/plain"}), "A token."),
        (Answer(picture, 200, {"Content-Type": "image/png"}), "A picture."),
        (Answer(drawing, 200, {"Content-Type": "image/svg+xml"}), "A drawing."),
        (Answer(gzip.compress(JSON, mtime=0), 200, packed), "Compressed, though nobody asked for that."),
        (Answer(b"", 302, {"Location": "https://academy.example/badge.json"}), "Sent on at the same site."),
        (Answer(b"", 301, {"Location": "https://other-school.example/badge.json"}), "Sent on to another site."),
        (Answer(page, 200, {"Content-Type": "text/html"}), "A page that names its badge."),
    ):
        others = {"https://academy.example/badge.json": Answer(JSON, 200, JSON_TYPE)}
        others["https://other-school.example/badge.json"] = Answer(JSON, 200, JSON_TYPE)
        series.control("link", url, why, WORLD | World(answers={**others, url: answer}))


def _at(series: Series, group: str, answer: Answer, why: str, *, path: str) -> None:
    url = f"https://academy.example/{path}"
    series.hostile(group, url, BROKEN | COULD_NOT, (), why, WORLD | World(answers={url: answer}))


def _nothing(series: Series) -> None:
    for url in (
        "https://nowhere.example/badge.json",
        "https://academy.example/missing",
        "http://academy.example/plain",
    ):
        series.hostile("nothing", url, COULD_NOT | UNREADABLE, (), "Nothing answers there.", WORLD)
    statuses = (204, 301, 400, 401, 403, 404, 410, 418, 429, 500, 502, 503, 504)
    for status in statuses:
        _at(series, "status", Answer(JSON, status, JSON_TYPE), f"The server says {status}.", path=f"status-{status}")


def _refused(series: Series) -> None:
    answers = [
        (Answer(FORGED, 200, JSON_TYPE), "A changed badge."),
        (Answer(b"", 200), "Nothing in it."),
        (Answer(b"{", 200, JSON_TYPE), "Not JSON."),
        (Answer(JSON + b" " * 3_000_000, 200, JSON_TYPE), "Over two megabytes."),
        (Answer(gzip.compress(bytes(50_000_000), mtime=0), 200, {"Content-Encoding": "gzip"}), "A bomb."),
        (Answer(b"x" * 100, 200, {"Content-Encoding": "br"}), "Not what it says to be."),
        (Answer(b"x" * 100, 200, {"Content-Encoding": "gzip"}), "Not what it says to be."),
        (Answer(b"<!doctype html><title>x</title>", 200, {"Content-Type": "text/html"}), "A page for people."),
        (Answer(b"<svg/>", 200, {"Content-Type": "image/svg+xml"}), "A drawing without a badge."),
        (Answer(p.png(p.itxt(FORGED)), 200, {"Content-Type": "image/png"}), "A forged picture."),
        (Answer(b"%PDF-1.7", 200, {"Content-Type": "application/pdf"}), "A PDF file."),
        (Answer(b"", 302, {"Location": "http://127.0.0.1/"}), "Sent on to this machine."),
        (Answer(b"", 302, {"Location": "https://169.254.169.254/"}), "Sent on to the metadata service."),
        (Answer(b"", 302, {"Location": "file:///etc/passwd"}), "Sent on to a file."),
        (Answer(b"", 302, {"Location": "https://academy.example/redirect-loop"}), "Sent in a circle."),
        (Answer(b"", 302, {}), "Sent on to nowhere."),
        (Answer(b"", 302, {"Location": "https://user:pw@academy.example/"}), "Sent on with a password."),
        (Answer(b"https://academy.example/again", 200, {"Content-Type": "text/plain"}), "The badge is another link."),
        (Answer(b"https://127.0.0.1/again", 200, {"Content-Type": "text/plain"}), "The badge is a link inside."),
        (Answer(b"eyJhbGciOiJub25lIn0.e30.", 200, {"Content-Type": "application/vc+jwt"}),
        "A token that nobody signed."),
    ]  # fmt: skip
    for number, (answer, why) in enumerate(answers):
        path = "redirect-loop" if "circle" in why else f"answer-{number}"
        _at(series, "answer", answer, why, path=path)


def _pages(series: Series) -> None:
    """Pages that name a badge, or seem to."""
    html = {"Content-Type": "text/html; charset=utf-8"}
    link = '<link rel="alternate" type="application/vc" href="{}">'
    pages = [
        (link.format("https://127.0.0.1/badge.json"), "It names a badge inside."),
        (link.format("http://169.254.169.254/"), "It names the metadata service."),
        (link.format("file:///etc/passwd"), "It names a file."),
        (link.format("javascript:alert(1)"), "It names a script."),
        (link.format("data:application/json,{}"), "It holds the badge in its address."),
        (link.format("https://user:pw@academy.example/badge.json"), "It names a password."),
        (link.format("page"), "It names itself."),
        (link.format("//[::1]/x"), "It names a badge inside."),
        (link.format("https://academy.example/forged"), "It names a forged badge."),
        ("<body>" + link.format("https://academy.example/good"), "What users write names no badge."),
        ("<!--" + link.format("https://academy.example/good") + "-->", "A comment names no badge."),
        ("<" * 500_000, "Half a million brackets."),
        ("<!--" * 120_000, "Comments that never end."),
        ("<a " + "x " * 240_000 + ">", "A tag with a quarter of a million attributes."),
        ("&" * 500_000, "Half a million references."),
        ("<![CDATA[" * 50_000, "Sections that never end."),
        ("<script>" + "</scrip" * 70_000, "A script that never ends."),
        ("<link rel=alternate type=application/vc href=x " * 10_000, "Ten thousand links that never end."),
    ]  # fmt: skip
    others = {
        "https://academy.example/forged": Answer(FORGED, 200, JSON_TYPE),
        "https://academy.example/good": Answer(JSON, 200, JSON_TYPE),
    }
    url = "https://academy.example/page"
    for body, why in pages:
        world = WORLD | World(answers={**others, url: Answer(f"<!doctype html>{body}".encode(), 200, html)})
        series.hostile("page", url, BROKEN | COULD_NOT, (), why, world)
