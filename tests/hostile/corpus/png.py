"""PNG: two badges, wrong checksums, bombs, endless parts, other pictures behind the same first bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from openbadges.strict_json import dumps
from tests.hostile.case import ALTERED, BROKEN, UNREADABLE, Case, Series
from tests.hostile.corpus import pictures as p
from tests.hostile.maker import (
    ACADEMY,
    ATTACKER,
    NOBODY,
    credential,
    edited,
    signed,
    token,
)

WORLD = ACADEMY.world() | ATTACKER.world()
JSON = dumps(signed(credential()))
TOKEN = token(credential()).encode()
FORGED = dumps(edited(signed(credential()), lambda d: d.update(name="Brain surgery (SAMPLE)")))
BAKED = p.png(p.itxt(JSON))


def cases() -> Iterator[Case]:
    series = Series("png")
    for build in (_controls, _twice, _broken, _bombs, _texts, _foreign):
        build(series)
    yield from series.cases


def _controls(series: Series) -> None:
    series.control("json", BAKED, "JSON in one chunk.", WORLD)
    series.control("token", p.png(p.itxt(TOKEN)), "A token in one chunk.", WORLD)
    own = dumps(signed(credential(NOBODY), NOBODY))
    series.control("json", p.png(p.itxt(own)), "A badge of a bare key.")
    packed = p.png(p.itxt(zlib.compress(JSON), flags=b"\1\0"))
    series.control("compressed", packed, "Compressed, which the standard advises against.", WORLD)
    series.control("language", p.png(p.itxt(JSON, language=b"en", translated=b"x")), "With a language.", WORLD)
    series.control(
        "other-texts", p.png(p.text_chunk(b"x", b"Comment"), p.itxt(JSON)), "Other texts stand beside.", WORLD
    )
    many = [p.text_chunk(str(n).encode(), b"Comment") for n in range(2_000)]
    series.control("other-texts", p.png(*many, p.itxt(JSON)), "Two thousand other texts stand before.", WORLD)
    late = p.PNG_SIGNATURE + p.header() + p.PIXEL + p.itxt(JSON) + p.END
    series.control("late", late, "The badge stands after the points.", WORLD)
    big = p.PNG_SIGNATURE + p.header(4096, 4096) + p.itxt(JSON) + p.PIXEL + p.END
    series.control("size", big, "The points are nobody's business here.", WORLD)
    series.control("blanks", p.png(p.itxt(b"\r\n " + JSON + b"\n")), "Blanks around the JSON.", WORLD)


def _twice(series: Series) -> None:
    why = "The first badge is not what it seems to be; which of two is read must not matter."
    for first in (FORGED, b"{}", b"x", b"", dumps(credential()), b"https://127.0.0.1/"):
        for keyword in (p.OB3,):
            given = p.png(p.itxt(first, keyword), p.itxt(JSON))
            states = BROKEN | {"not_checked", "unreachable"}
            series.hostile("two-badges", given, states, (), why, WORLD)
    given = p.png(p.itxt(FORGED), p.text_chunk(JSON, p.OB3), p.ztxt(zlib.compress(JSON)))
    series.hostile("two-badges", given, BROKEN, (), why, WORLD)
    series.hostile("forged", p.png(p.itxt(FORGED)), ALTERED, "proof.invalid", "A changed badge in a picture.", WORLD)
    series.hostile(
        "forged", p.png(p.text_chunk(FORGED)), ALTERED | UNREADABLE, (), "A changed badge in a picture.", WORLD
    )
    as_token = TOKEN.rsplit(b".", 1)[0] + b".AAAA"
    series.hostile(
        "forged", p.png(p.itxt(as_token)), ALTERED | UNREADABLE, "token.", "A forged token in a picture.", WORLD
    )


def _broken(series: Series) -> None:
    text, why = p.itxt(JSON), "The file is damaged."
    signature, start, rest = p.PNG_SIGNATURE, p.header(), p.PIXEL + p.END
    broken = [
        signature, signature[:4], signature + start, BAKED[:-1], BAKED[:-12], BAKED[: len(BAKED) // 2],
        signature + rest, signature + text + start + rest,
        signature + start + start + text + rest, signature + start + p.chunk(b"iTXt", text[8:-4], crc=0) + rest,
        signature + p.chunk(b"IHDR", b"\0" * 13, crc=1) + text + rest, signature + start + text[:-1] + b"\0" + rest,
        signature + start + p.chunk(b"iTXt", b"x", length=2**31 - 1) + rest,
        signature + start + p.chunk(b"iTXt", b"x", length=2**32 - 1) + rest,
        signature + start + p.chunk(b"iTXt", b"x", length=0) + rest, signature + b"\0" * 5_000,
        signature + b"\xff" * 5_000, BAKED.replace(b"\r\n", b"\n", 1),
        signature + start + text, b"\x89PNG" + BAKED[4:].replace(b"\x1a", b""),
    ]  # fmt: skip
    for given in broken:
        series.hostile("broken", given, UNREADABLE, ("baking.", "json.", "read."), why, WORLD)
    for position in range(60, len(BAKED) - 30, 97):
        given = BAKED[:position] + bytes([BAKED[position] ^ 1]) + BAKED[position + 1 :]
        series.hostile("flipped", given, UNREADABLE, "baking.", "One bit is wrong, and so is the checksum.", WORLD)


def _bombs(series: Series) -> None:
    bomb = zlib.compress(b"a" * (200 * 2**20), 9)
    json_bomb = zlib.compress(JSON + b" " * (100 * 2**20), 9)
    for given, why in (
        (p.png(p.ztxt(bomb)), "200 MB of text in 200 KB."),
        (p.png(p.itxt(bomb, flags=b"\1\0")), "200 MB of text in 200 KB."),
        (p.png(p.itxt(json_bomb, flags=b"\1\0")), "A badge and 100 MB of blanks."),
        (p.png(p.ztxt(bomb, p.LEGACY)), "200 MB of text in 200 KB."),
        (p.png(*[p.itxt(bomb, flags=b"\1\0")] * 8), "Eight bombs."),
        (p.png(*[p.text_chunk(b"", b"x")] * 10_001), "More parts than any picture has."),
        (p.png(*[p.text_chunk(b"", b"x")] * 100_000), "More parts than any picture has."),
        (p.png(*[p.chunk(b"tEXt", b"")] * 10_001, p.itxt(JSON)), "The badge is the last of ten thousand parts."),
        (p.PNG_SIGNATURE + b"\0" * (6 * 2**20), "A file of 6 MB."),
        (p.png(p.itxt(b"[" * 100_000)), "JSON without end."),
        (p.png(p.itxt(b'{"a":' * 30_000)), "JSON without end."),
    ):
        series.hostile("bomb", given, UNREADABLE, ("baking.", "json."), why, WORLD)
    huge = p.PNG_SIGNATURE + p.header(2**31 - 1, 2**31 - 1) + p.itxt(FORGED) + p.PIXEL + p.END
    series.hostile("size", huge, ALTERED | UNREADABLE, (), "A picture of 2^62 points.", WORLD)
    points = p.PNG_SIGNATURE + p.header(60_000, 60_000) + p.itxt(FORGED) + p.chunk(b"IDAT", bomb) + p.END
    series.hostile("size", points, ALTERED | UNREADABLE, (), "A picture of 3.6 billion points.", WORLD)


def _texts(series: Series) -> None:
    for text, why in (
        (b"", "Nothing in it."),
        (b"\0", "A NUL."),
        (b"\xff\xfe", "Not UTF-8."),
        (JSON.decode().encode("utf-16"), "Another encoding."),
        (b"hello", "No badge."),
        (b"<svg/>", "A drawing."),
        (JSON[:-1], "Cut off."),
        (JSON + b"x", "Something follows."),
        (JSON + JSON, "Two of them."),
        (JSON.replace(b'{"', b'{"issuer":"x","', 1), "A member twice."),
        (b"\x89PNG\r\n\x1a\n", "A picture in a picture."),
        (TOKEN + b"\n" + TOKEN, "Two tokens."),
        (b"javascript:alert(1)", "A script."),
        (b"file:///etc/passwd", "A file of the server."),
        (b"eyJhbGciOiJub25lIn0.e30.", "A token without a signature."),
    ):
        series.hostile("text", p.png(p.itxt(text)), BROKEN, (), why, WORLD)
    for broken in (
        p.chunk(b"iTXt", p.OB3), p.chunk(b"iTXt", p.OB3 + b"\0"), p.chunk(b"iTXt", p.OB3 + b"\0\0\0"),
        p.chunk(b"iTXt", p.OB3 + b"\0\0\0en"),
        p.chunk(b"iTXt", p.OB3 + b"\0\1\0\0\0notzlib"), p.chunk(b"zTXt", p.OB3 + b"\0"),
        p.chunk(b"iTXt", p.OB3 + b"\0\2\7\0\0" + FORGED),
        p.chunk(b"itxt", p.OB3 + b"\0\0\0\0\0" + JSON), p.chunk(b"iTXt", b"OpenBadgeCredential\0\0\0\0\0" + JSON),
        p.itxt(JSON, p.OB3 + b" "),
        p.itxt(JSON, b" " + p.OB3), p.itxt(JSON, b"openbadge"), p.itxt(JSON, b""), p.chunk(b"eXIf", JSON),
        p.chunk(b"tEXt", JSON),
    ):  # fmt: skip
        series.hostile("chunk", p.png(broken), BROKEN, (), "It is no badge's chunk.", WORLD)


def _foreign(series: Series) -> None:
    """The badge stands where a reader of pictures would not look."""
    plain = p.png()
    for given, why in (
        (plain, "A picture without a badge."),
        (plain + p.itxt(JSON), "The badge follows the end of the picture."),
        (plain + JSON, "JSON follows the picture."),
        (plain + BAKED, "A second picture follows the first."),
        (plain + b"<svg>" + JSON, "A drawing follows the picture."),
        (plain + b"PK\x03\x04", "An archive follows the picture."),
    ):
        series.hostile("outside", given, UNREADABLE, "baking.not_baked", why, WORLD)
    for given, why in (
        (BAKED + b"<script>alert(1)</script>", "Something follows a good picture."),
        (BAKED + p.png(p.itxt(FORGED)), "A forged picture follows a good one."),
    ):
        series.control("tail", given, why, WORLD)
