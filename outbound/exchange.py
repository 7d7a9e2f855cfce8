"""One request and its answer over a connection that is open: fixed words out, bounded bytes in."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse  # noqa: TID251  # reads answers here; it opens nothing
from typing import Any, Final, Literal, cast

from outbound.connection import Wire
from outbound.errors import FetchFailed
from outbound.targets import Target

Kind = Literal["badge", "did_document", "issuer_profile", "keys", "status_list", "endorsement"]

MOST_BYTES: Final = 2 * 2**20  # of a body, after decoding as before
MOST_HEAD_BYTES: Final = 64 * 2**10  # interim answers (1xx) included; http.client stops at 100 headers
_FRAMING: Final = 2**20  # what chunks may cost beside their bytes
USER_AGENT = "Touchstone (verifies credentials)"
REDIRECTS = frozenset({301, 302, 303, 307, 308})

_CREDENTIAL = (
    "application/vc, application/vc+ld+json, application/ld+json, application/json, "
    "application/vc+jwt, application/jwt, text/plain;q=0.8"
)
_ANYTHING = "*/*;q=0.1"  # rather something unlabelled than 406
ACCEPT: Mapping[Kind, str] = {
    "badge": f"{_CREDENTIAL}, image/png;q=0.7, image/svg+xml;q=0.7, {_ANYTHING}",
    "did_document": f"application/did, application/did+json, application/did+ld+json, application/json, {_ANYTHING}",
    "issuer_profile": f"application/ld+json, application/json, application/did+json, {_ANYTHING}",
    "keys": f"application/jwk+json, application/jwk-set+json, application/json, application/did+json, {_ANYTHING}",
    "status_list": f"{_CREDENTIAL}, {_ANYTHING}",
    "endorsement": f"{_CREDENTIAL}, {_ANYTHING}",
}
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,64}/[a-z0-9!#$&^_.+-]{1,64}", re.ASCII)
_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS


@dataclass(frozen=True, slots=True)
class Answer:
    """status 200 with a decoded body, or a redirect with its location ("" where it names none)."""

    status: int
    location: str = ""
    body: bytes = b""
    media_type: str = ""


def exchange(wire: Wire, target: Target, kind: Kind) -> Answer:
    """Ask and read.

    Raises FetchFailed: fetch.http_status (any but 200 and redirects), fetch.protocol, fetch.encoding, fetch.too_large,
    and what the wire raises.
    """
    wire.allowed = MOST_HEAD_BYTES
    wire.send(_request(target, kind))
    response = HTTPResponse(cast(Any, wire), method="GET")
    try:
        response.begin()
        if response.status in REDIRECTS:
            return Answer(response.status, location=_location(response))
        if response.status != 200:
            raise FetchFailed(
                f"{target.host} answers with status {response.status}.",
                code="fetch.http_status",
                status=response.status,
            )
        body = _decoded(_body(response, wire, target.host), _header(response, "Content-Encoding"), target.host)
    except (HTTPException, ValueError):
        raise FetchFailed(f"{target.host} does not answer as HTTP asks.", code="fetch.protocol") from None
    media_type = _header(response, "Content-Type").partition(";")[0].strip()
    return Answer(200, body=body, media_type=media_type if _MEDIA_TYPE.fullmatch(media_type) else "")


def _request(target: Target, kind: Kind) -> bytes:
    """All of it: no cookie, no authorisation, no referrer. Target holds no character that could end a line."""
    lines = (
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.host}",
        f"User-Agent: {USER_AGENT}",
        f"Accept: {ACCEPT[kind]}",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


def _body(response: HTTPResponse, wire: Wire, host: str) -> bytes:
    too_large = FetchFailed(f"{host} answers with more than 2 MiB.", code="fetch.too_large")
    if response.length is not None and response.length > MOST_BYTES:
        raise too_large
    wire.allowed = MOST_BYTES + _FRAMING
    body = response.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise too_large
    if response.length:  # what Content-Length promised and did not come
        raise FetchFailed(f"The answer of {host} ends too early.", code="fetch.protocol")
    return body


def _decoded(body: bytes, encoding: str, host: str) -> bytes:
    """Undo a compression that was not asked for, as some servers apply it; never more than the limit is written out."""
    if encoding in ("", "identity"):
        return body
    unreadable = FetchFailed(f"The answer of {host} is compressed in a way that cannot be read.", code="fetch.encoding")
    if encoding not in ("gzip", "x-gzip", "deflate"):
        raise unreadable
    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        inflated = inflater.decompress(body, MOST_BYTES + 1)
    except zlib.error:
        raise unreadable from None
    if len(inflated) > MOST_BYTES:
        raise FetchFailed(f"{host} answers with more than 2 MiB.", code="fetch.too_large")
    if not inflater.eof or inflater.unused_data:
        raise unreadable
    return inflated


def _header(response: HTTPResponse, name: str) -> str:
    return response.headers.get(name, "").strip().lower()


def _location(response: HTTPResponse) -> str:
    """The header's bytes as UTF-8; http.client gives them as Latin-1. Raises ValueError where they are neither."""
    return response.headers.get("Location", "").strip(" \t").encode("latin-1").decode("utf-8")
