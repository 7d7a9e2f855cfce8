"""Badges inside images: PNG (iTXt) and SVG (an element of its own), as Open Badges 3.0 bakes them.

The forms of Open Badges 2.0 and 1.x are read too. Pixels are never decoded and drawings never rendered here.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any, Literal
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException, DTDForbidden
from defusedxml.ElementTree import DefusedXMLParser

from openbadges.errors import BakingInvalid

Form = Literal["ob3", "legacy"]

MAX_IMAGE_BYTES = 5 * 2**20
MAX_TEXT_BYTES = 2 * 2**20
MAX_CHUNKS = 10_000
MAX_XML_DEPTH = 200
MAX_XML_ATTRIBUTES = 200
MAX_XML_NAMES = 1_000
"""Different names of elements and attributes: the parser keeps each, and no drawing program writes as many."""

_PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORDS: dict[bytes, Form] = {b"openbadgecredential": "ob3", b"openbadges": "legacy"}
_SVG_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
_SVG_ELEMENTS: dict[str, Form] = {
    f"{{{_SVG_NAMESPACE}}}credential": "ob3",
    "{http://openbadges.org}assertion": "legacy",
}
_SVG_ROOTS = ("{http://www.w3.org/2000/svg}svg", "svg")
_OPENING_TAG = re.compile(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*+>""")
_PREFIX_DECLARATION = re.compile(rb"""\sxmlns:openbadges\s*=\s*(?:"[^"]*"|'[^']*')""")
_XML_DECLARATION = re.compile(r"\ufeff?<\?xml\s[^>]*\?>\s*")


@dataclass(frozen=True, slots=True)
class Baked:
    """What an image carried: a token, a JSON text, or (legacy only) an address.

    form: "ob3" for Open Badges 3.0, "legacy" for the keyword or element of Open Badges 2.0 and 1.x.
    """

    text: str
    form: Form


# --- PNG --------------------------------------------------------------------------------------------------------


def bake_png(png: bytes, text: str) -> bytes:
    """Return the PNG with text (token or JSON) in one uncompressed iTXt chunk; one that is there is replaced.

    Raises BakingInvalid when png is no whole PNG or text is empty, has a NUL or is over 2 MiB.
    """
    content = text.encode("utf-8")
    if not content or b"\0" in content or len(content) > MAX_TEXT_BYTES:
        raise BakingInvalid("This text cannot be baked into an image.", code="baking.text")
    kept = [(kind, data) for kind, data in _chunks(png) if _keyword(kind, data) not in _KEYWORDS]
    # Right after the header, where a reader of a stream meets it first.
    kept.insert(1, (b"iTXt", b"openbadgecredential\0\0\0\0\0" + content))
    return _PNG_SIGNATURE + b"".join(_write_chunk(kind, data) for kind, data in kept)


def unbake_png(data: bytes) -> Baked:
    """Return what a PNG carries: the first openbadgecredential, else the first openbadges chunk.

    Checksums are checked, compressed text is inflated up to 2 MiB. Raises BakingInvalid: baking.unreadable,
    baking.not_baked, baking.too_large.
    """
    found: dict[Form, Baked] = {}
    for kind, content in _chunks(data):
        form = _KEYWORDS.get(_keyword(kind, content))
        if form is not None and form not in found:
            found[form] = Baked(_text_of(kind, content), form)
    if not found:
        raise BakingInvalid("The image carries no badge.", code="baking.not_baked")
    return found.get("ob3") or found["legacy"]


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(data) > MAX_IMAGE_BYTES:
        raise BakingInvalid("The image is over 5 MiB.", code="baking.too_large")
    if not data.startswith(_PNG_SIGNATURE):
        raise BakingInvalid("The file is not a PNG image.")
    position = len(_PNG_SIGNATURE)
    for number in range(MAX_CHUNKS):
        length = int.from_bytes(data[position : position + 4])
        kind = data[position + 4 : position + 8]
        end = position + 8 + length
        if end + 4 > len(data):
            raise BakingInvalid("The image is cut off.")
        if zlib.crc32(data[position + 4 : end]) != int.from_bytes(data[end : end + 4]):
            raise BakingInvalid("A part of the image does not have its checksum.")
        if (number == 0) != (kind == b"IHDR"):
            raise BakingInvalid("The image does not start with one header.")
        yield kind, data[position + 8 : end]
        if kind == b"IEND":
            return
        position = end + 4
    raise BakingInvalid(f"The image has more than {MAX_CHUNKS} parts.", code="baking.too_large")


def _keyword(kind: bytes, content: bytes) -> bytes:
    return content[:80].partition(b"\0")[0] if kind in (b"iTXt", b"tEXt", b"zTXt") else b""


def _text_of(kind: bytes, content: bytes) -> str:
    _, _, rest = content.partition(b"\0")
    encoding, compressed = ("utf-8", False) if kind == b"iTXt" else ("latin-1", kind == b"zTXt")
    if kind == b"zTXt":
        rest = rest[1:]
    elif kind == b"iTXt":
        compressed = rest[:1] == b"\1"
        _language, _, rest = rest[2:].partition(b"\0")
        _translated, separator, rest = rest.partition(b"\0")
        if not separator:
            raise BakingInvalid("A text of the image is cut off.")
    try:
        return (_inflate(rest) if compressed else rest).decode(encoding)
    except UnicodeDecodeError as error:
        raise BakingInvalid("A text of the image is not UTF-8.") from error


def _inflate(packed: bytes) -> bytes:
    reader = zlib.decompressobj()
    try:
        text = reader.decompress(packed, MAX_TEXT_BYTES + 1)
    except zlib.error as error:
        raise BakingInvalid("A text of the image cannot be unpacked.") from error
    if len(text) > MAX_TEXT_BYTES:
        raise BakingInvalid("A text of the image is over 2 MiB.", code="baking.too_large")
    return text


def _write_chunk(kind: bytes, data: bytes) -> bytes:
    body = kind + data
    return len(data).to_bytes(4) + body + zlib.crc32(body).to_bytes(4)


# --- SVG --------------------------------------------------------------------------------------------------------


def bake_svg(svg: str, text: str) -> str:
    """Return the SVG with text (token or JSON) in one credential element right after its opening tag.

    A badge that is there is replaced; the XML declaration is dropped, the result is to be written as UTF-8.
    Raises BakingInvalid as unbake_svg does, and (baking.text) for a text that XML cannot hold.
    """
    data = _XML_DECLARATION.sub("", svg, count=1).encode("utf-8")
    reader = _read_svg(data)
    for start, end in reversed(reader.spans):
        data = data[:start] + data[end:]
    opening = _OPENING_TAG.match(data, reader.root_at)
    if opening is None or opening[0].endswith(b"/>"):
        raise BakingInvalid("The drawing is empty.")
    tag = _PREFIX_DECLARATION.sub(b"", opening[0])[:-1] + f' xmlns:openbadges="{_SVG_NAMESPACE}">'.encode()
    head, tail = data[: opening.start()], data[opening.end() :]
    baked = (head + tag + _svg_element(text).encode("utf-8") + tail).decode("utf-8")
    if _read_svg(baked.encode("utf-8")).found.get("ob3") != text:
        raise BakingInvalid("This text cannot be baked into an image.", code="baking.text")
    return baked


def _svg_element(text: str) -> str:
    if not text.startswith("{"):
        return f'<openbadges:credential verify="{escape(text)}"></openbadges:credential>'
    content = text.replace("]]>", "]]]]><![CDATA[>")
    return f"<openbadges:credential><![CDATA[{content}]]></openbadges:credential>"


def unbake_svg(data: bytes | str) -> Baked:
    """Return what an SVG carries in a child of its root: the first ob3 credential, else the first 2.0 assertion.

    A DOCTYPE that only names an external file is passed over (published samples have one; it is never fetched).
    Raises BakingInvalid: baking.unreadable, baking.not_baked, baking.too_large, baking.forbidden_xml (an internal
    DOCTYPE subset, entities, processing instructions, over 200 levels or attributes, over 1,000 different names).
    """
    found = _read_svg(data.encode("utf-8") if isinstance(data, str) else data, decoded=isinstance(data, str)).found
    for form in ("ob3", "legacy"):
        if found.get(form):
            return Baked(found[form], form)
    raise BakingInvalid("The image carries no badge.", code="baking.not_baked")


class _SvgReader:
    """Receives the events of one drawing; found: text by form; spans: where badge elements stand, in bytes."""

    def __init__(self, data: bytes) -> None:
        self.source = data
        self.parser: Any = None
        self.depth = 0
        self.names: set[str] = set()
        self.root_at = 0
        self.found: dict[str, str] = {}
        self.spans: list[tuple[int, int]] = []
        self.form: Form | None = None
        self.start_at = 0
        self.pieces: list[str] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        if self.depth > MAX_XML_DEPTH or len(attributes) > MAX_XML_ATTRIBUTES:
            raise BakingInvalid("The drawing is nested too deeply.", code="baking.forbidden_xml")
        self.names.update((tag, *attributes))
        if len(self.names) > MAX_XML_NAMES:
            raise BakingInvalid("The drawing uses more names than any drawing needs.", code="baking.forbidden_xml")
        if self.depth == 1:
            if tag not in _SVG_ROOTS:
                raise BakingInvalid("The file is not an SVG image.")
            self.root_at = self.parser.CurrentByteIndex
        elif self.depth == 2 and tag in _SVG_ELEMENTS:
            self.form = _SVG_ELEMENTS[tag]
            self.start_at = self.parser.CurrentByteIndex
            self.pieces = []
            if attributes.get("verify"):
                self.found.setdefault(self.form, attributes["verify"])

    def data(self, text: str) -> None:
        if self.form is not None:
            self.pieces.append(text)

    def end(self, tag: str) -> None:
        if self.depth == 2 and self.form is not None:
            at = self.parser.CurrentByteIndex
            end = self.source.index(b">", at) + 1 if self.source.startswith(b"</", at) else at
            self.spans.append((self.start_at, end))
            text = "".join(self.pieces).strip()
            if text:
                self.found.setdefault(self.form, text)
            self.form = None
        self.depth -= 1

    def pi(self, target: str, text: str) -> None:
        raise BakingInvalid("The drawing holds a processing instruction.", code="baking.forbidden_xml")

    def close(self) -> None:
        if self.depth:
            raise BakingInvalid("The drawing is cut off.")


def _read_svg(data: bytes, *, decoded: bool = True) -> _SvgReader:
    """decoded: data was text, so that it is UTF-8 whatever its XML declaration says."""
    if len(data) > MAX_IMAGE_BYTES:
        raise BakingInvalid("The image is over 5 MiB.", code="baking.too_large")
    reader = _SvgReader(data)
    parser = _svg_parser(reader, "utf-8" if decoded else None)
    try:
        parser.feed(data)
        parser.close()
    except DefusedXmlException as error:
        raise BakingInvalid("The drawing declares entities or a DOCTYPE.", code="baking.forbidden_xml") from error
    except (ParseError, ValueError, LookupError) as error:
        raise BakingInvalid("The drawing is not well-formed XML.") from error
    return reader


class _SvgParser(DefusedXMLParser):
    """Refuses what defusedxml refuses, but lets a DOCTYPE pass that has no declarations of its own."""

    def defused_start_doctype_decl(
        self, name: str, sysid: str | None, pubid: str | None, has_internal_subset: int
    ) -> None:
        if has_internal_subset:
            raise DTDForbidden(name, sysid, pubid)


def _svg_parser(reader: _SvgReader, encoding: str | None) -> DefusedXMLParser:
    parser = _SvgParser(target=reader, encoding=encoding, forbid_dtd=True)
    reader.parser = parser.parser
    return parser
