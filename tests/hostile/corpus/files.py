"""Files of other kinds, and files that are two kinds at once."""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Iterator

from openbadges.strict_json import dumps
from tests.hostile.case import BROKEN, COULD_NOT, UNREADABLE, Case, Series
from tests.hostile.corpus import pictures as p
from tests.hostile.maker import ACADEMY, NOBODY, credential, edited, signed, token

WORLD = ACADEMY.world()
JSON = dumps(signed(credential()))
READ = ("json.", "read.", "baking.", "token.")


def cases() -> Iterator[Case]:
    series = Series("file")
    series.control("json", JSON, "A JSON file.", WORLD)
    series.control("json", b"\xef\xbb\xbf" + JSON + b"\r\n", "A JSON file of an editor under Windows.", WORLD)
    series.control("token", token(credential()).encode() + b"\n", "A token as a file.", WORLD)
    series.control("json", dumps(signed(credential(NOBODY), NOBODY)), "A badge of a bare key.")
    _other_kinds(series)
    _polyglots(series)
    _json(series)
    yield from series.cases


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in (("badge.json", JSON), ("../../etc/passwd", b"x")):
            archive.writestr(zipfile.ZipInfo(name), data)
    return buffer.getvalue()


def _other_kinds(series: Series) -> None:
    drawn = random.Random(7)
    kinds = {
        "nothing": b"",
        "blanks": b" \r\n\t ",
        "a NUL": b"\0",
        "NULs": bytes(100_000),
        "noise": drawn.randbytes(10_000),
        "much noise": drawn.randbytes(4_000_000),
        "GIF": b"GIF89a" + bytes(100),
        "JPEG": b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100),
        "WebP": b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(100),
        "TIFF": b"II*\0" + bytes(100),
        "ZIP": _zip(),
        "gzip": gzip.compress(JSON, mtime=0),
        "a gzip bomb": gzip.compress(bytes(50_000_000), mtime=0),
        "ELF": b"\x7fELF" + bytes(100),
        "a script": b"#!/bin/sh\nrm -rf /\n",
        "HTML": b"<!doctype html><script>alert(1)</script>",
        "HTML with a badge": b'<html><script type="application/ld+json">' + JSON + b"</script></html>",
        "CSV": b"email,name\nada@example.org,=cmd|' /C calc'!A0\n",
        "YAML": b"!!python/object/apply:os.system ['id']",
        "pickle": b"\x80\x04\x95\x05\x00\x00\x00\x00\x00\x00\x00\x8c\x01x\x94.",
        "XML": b"<?xml version='1.0'?><badge/>",
        "an SQLite file": b"SQLite format 3\0" + bytes(100),
        "CBOR": bytes.fromhex("a16162 63 78797a".replace(" ", "")),
        "JSON in UTF-16": JSON.decode().encode("utf-16"),
        "JSON in UTF-32": JSON.decode().encode("utf-32"),
        "JSON in Latin-1": JSON.replace(b"SAMPLE", b"\xe4"),
        "a text": b"This is my badge, believe me.",
        "a very long word": b"a" * 4_000_000,
        "many dots": b"." * 1_000_000,
        "two long dots": b"a" * 2_000_000 + b".b.c",
        "a very long link": b"https://" + b"a" * 5_000_000,
        "over the limit": JSON + b" " * (6 * 2**20),
        "a surrogate": b'{"a":"\xed\xa0\x80"}',
        "an overlong letter": b'{"a":"\xc0\xaf"}',
        "a shell command": b"$(curl http://127.0.0.1/)",
        "a template": b"{{7*7}}{% debug %}",
        "SQL": b"' OR '1'='1",
        "a path": b"../../../../etc/passwd",
        "a device": b"/dev/zero",
    }
    for kind, data in kinds.items():
        states = UNREADABLE | COULD_NOT if b"https" in data[:8] else UNREADABLE
        series.hostile("kind", data, states, (), f"It is {kind}.", WORLD)
        try:
            series.hostile("text", data.decode(), states, (), f"It is {kind}, pasted as text.", WORLD)
        except UnicodeDecodeError:
            continue


def _polyglots(series: Series) -> None:
    picture, drawing = p.png(p.itxt(JSON)), p.svg(p.svg_json(JSON.decode())).encode()
    forged = dumps(edited(signed(credential()), lambda d: d.update(name="x (SAMPLE)")))
    for given, why in (
        (b"GIF89a" + picture, "A picture behind another's first bytes."),
        (b"\n" + picture, "A picture behind a line break."),
        (JSON + picture, "JSON, then a picture."),
        (drawing + picture, "A drawing, then a picture."),
        (JSON + drawing, "JSON, then a drawing."),
        (b"<!--" + picture + b"-->", "A picture in a comment."),
        (_zip() + JSON, "An archive, then JSON."),
        (JSON + b"\0", "A NUL follows."),
        (b"%!PS\n" + JSON, "A page description, then JSON."),
        (b"/*" + JSON + b"*/", "JSON in a comment."),
        (b"while(1);" + JSON, "JSON behind a guard."),
        (b")]}'\n" + JSON, "JSON behind a guard."),
        (JSON + b"\n" + forged, "Two lines of JSON."),
        (p.png(p.itxt(forged)) + JSON, "A forged picture, then good JSON."),
    ):
        series.hostile("polyglot", given, BROKEN, (), why, WORLD)


def _json(series: Series) -> None:
    good, why = JSON.decode(), "Two readers would read this JSON in two ways, or not at all."
    texts = [
        good.replace('{"', '{"id":"x","', 1), good.replace('"name"', '"name":"x","name"', 1),
        good.replace('"hashed":false', '"hashed":false,"hashed":true'),
        good[:-1] + ',"issuer":"did:web:attacker.example"}', good[:-1] + ',"proof":[]}', good.replace(":false", ":NaN"),
        good.replace(":false", ":Infinity"),
        good.replace(":false", ":-Infinity"), good.replace(":false", ":1e400"), good.replace(":false", ":1e-400"),
        good.replace(":false", ":" + "9" * 31),
        good.replace(":false", ":" + "9" * 100_000), good.replace(":false", ":0x1"), good.replace(":false", ":01"),
        good.replace(":false", ":+1"),
        good.replace(":false", ":.5"), good.replace(":false", ":1."), good.replace(":false", ":'x'"),
        good.replace(":false", ":undefined"),
        good.replace("SAMPLE", "\\ud800", 1), good.replace("SAMPLE", "\\udc00\\ud800", 1),
        good.replace("SAMPLE", "\\u00zz", 1), good.replace("SAMPLE", "\\x41", 1),
        good.replace("SAMPLE", "\n", 1), good.replace("SAMPLE", "\t", 1), good.replace("SAMPLE", "\x00", 1),
        good.replace("SAMPLE", "\x1f", 1), good + "}", good[1:],
        good.replace(",", ",,", 1), good.replace("}", ",}", 1), good + "//", "{" * 1_000, "[" * 1_000_000,
        '{"a":' * 100_000, "[" * 65 + "]" * 65,
        '{"@context":' + "[" * 70 + "]" * 70 + ',"type":[]}', '{"a":"' + "x" * (3 * 2**20) + '"}',
        "[" + "1," * 30_000 + "1]", '{"' + "a" * 1_000_000 + '":1}',
        "{" + ",".join(f'"{n}":1' for n in range(30_000)) + "}", "\ufeff\ufeff" + good, "\u2028" + good[:-1],
        good.replace('"', "“", 2), good.replace("{", "｛", 1),
    ]  # fmt: skip
    for text in texts:
        series.hostile("json", text, BROKEN, READ, why, WORLD)
