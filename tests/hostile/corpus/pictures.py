"""Raw PNG and SVG files around a badge, written by hand so that every byte can be wrong."""

from __future__ import annotations

import zlib
from html import escape

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
OB3, LEGACY = b"openbadgecredential", b"openbadges"
NAMESPACE = 'xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0"'
SVG = 'xmlns="http://www.w3.org/2000/svg"'


def chunk(kind: bytes, data: bytes, *, crc: int | None = None, length: int | None = None) -> bytes:
    checksum = zlib.crc32(kind + data) if crc is None else crc
    return (len(data) if length is None else length).to_bytes(4) + kind + data + checksum.to_bytes(4)


def header(width: int = 1, height: int = 1, kind: int = 0) -> bytes:
    return chunk(b"IHDR", width.to_bytes(4) + height.to_bytes(4) + bytes([8, kind, 0, 0, 0]))


PIXEL = chunk(b"IDAT", zlib.compress(b"\0\0"))
END = chunk(b"IEND", b"")


def itxt(
    text: bytes, keyword: bytes = OB3, *, flags: bytes = b"\0\0", language: bytes = b"", translated: bytes = b""
) -> bytes:
    return chunk(b"iTXt", keyword + b"\0" + flags + language + b"\0" + translated + b"\0" + text)


def ztxt(packed: bytes, keyword: bytes = OB3) -> bytes:
    return chunk(b"zTXt", keyword + b"\0\0" + packed)


def text_chunk(text: bytes, keyword: bytes = LEGACY) -> bytes:
    return chunk(b"tEXt", keyword + b"\0" + text)


def png(*chunks: bytes) -> bytes:
    """A picture of one point with these chunks after its header."""
    return b"".join((PNG_SIGNATURE, header(), *chunks, PIXEL, END))


def svg(inside: str, *, attributes: str = "", before: str = "", after: str = "") -> str:
    return f"{before}<svg {SVG} {NAMESPACE} {attributes}>{inside}<circle r='4'/></svg>{after}"


def svg_json(text: str) -> str:
    return f"<openbadges:credential><![CDATA[{text}]]></openbadges:credential>"


def svg_token(text: str) -> str:
    return f'<openbadges:credential verify="{escape(text)}"></openbadges:credential>'
