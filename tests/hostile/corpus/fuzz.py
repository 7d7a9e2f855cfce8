"""Valid badges with random damage; the seed is fixed, so that a case has the same bytes in every run."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from openbadges import baking, jose, strict_json
from openbadges.errors import OpenBadgesError
from openbadges.report import PRECEDENCE
from openbadges.strict_json import dumps
from tests.hostile.case import Case, Series
from tests.hostile.corpus import pictures as p
from tests.hostile.maker import ACADEMY, NOBODY, credential, signed, token

WORLD = ACADEMY.world()
JSON = dumps(signed(credential()))
TOKEN = token(credential()).encode()
ANYTHING_BUT_VALID = frozenset(PRECEDENCE) - {"valid"}
EACH = 60


def cases() -> Iterator[Case]:
    series = Series("fuzz")
    series.control("undamaged", dumps(signed(credential(NOBODY), NOBODY)), "Not damaged.")
    samples: dict[str, bytes] = {
        "json": JSON,
        "token": TOKEN,
        "png": p.png(p.itxt(JSON)),
        "svg": p.svg(p.svg_json(JSON.decode())).encode(),
    }
    for name, sample in samples.items():
        series.control("undamaged", sample, "Not damaged.", WORLD)
        drawn = random.Random(f"touchstone {name} 20261126")
        meaning = _meaning(sample)
        made = 0
        while made < EACH:
            given = drawn.choice(DAMAGES)(sample, drawn)
            if _meaning(given) != meaning:  # a blank more says the same
                series.hostile(name, given, ANYTHING_BUT_VALID, (), "Random damage.", WORLD)
                made += 1
    yield from series.cases


def _meaning(data: bytes) -> object:
    """What a file says, where it can be read at all; else its bytes."""
    try:
        if data.startswith(p.PNG_SIGNATURE):
            data = baking.unbake_png(data).text.encode()
        elif data.lstrip().startswith(b"<"):
            data = baking.unbake_svg(data).text.encode()
        text = data.decode().strip()
        if not text.startswith("{"):
            return jose.parse_token(text)
        return strict_json.loads(text)
    except (OpenBadgesError, UnicodeDecodeError):
        return data


def _flip(data: bytes, drawn: random.Random) -> bytes:
    at = drawn.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << drawn.randrange(8)]) + data[at + 1 :]


def _cut(data: bytes, drawn: random.Random) -> bytes:
    return data[: drawn.randrange(len(data))]


def _drop(data: bytes, drawn: random.Random) -> bytes:
    at = drawn.randrange(len(data))
    return data[:at] + data[at + drawn.randint(1, 40) :]


def _repeat(data: bytes, drawn: random.Random) -> bytes:
    at, size = drawn.randrange(len(data)), drawn.randint(1, 200)
    return data[:at] + data[at : at + size] * drawn.randint(2, 50) + data[at + size :]


def _insert(data: bytes, drawn: random.Random) -> bytes:
    at = drawn.randrange(len(data))
    return data[:at] + drawn.choice(TOKENS) + data[at:]


def _swap(data: bytes, drawn: random.Random) -> bytes:
    first, second = sorted(drawn.sample(range(len(data)), 2))
    return (
        data[:first]
        + data[second : second + 1]
        + data[first + 1 : second]
        + data[first : first + 1]
        + data[second + 1 :]
    )


def _noise(data: bytes, drawn: random.Random) -> bytes:
    at = drawn.randrange(len(data))
    return data[:at] + drawn.randbytes(drawn.randint(1, 30)) + data[at:]


TOKENS = (b"\0", b"\xff", b"{", b"}", b"[", b'"', b"<", b">", b"&", b"]]>", b"\\u0000", b"\\ud800", b"null", b"1e999",
b"<!DOCTYPE x>", b"IEND", b".", b"=", b"\xef\xbb\xbf")  # fmt: skip
DAMAGES: tuple[Callable[[bytes, random.Random], bytes], ...] = (_flip, _cut, _drop, _repeat, _insert, _swap, _noise)
