"""Addresses of evidence: public web pages only, because they are signed and people will press them."""

from __future__ import annotations

import re
from urllib.parse import quote, urlsplit

from credentials.imports.text import clean_line, shown
from credentials.imports.values import FieldFault
from openbadges.domains import DomainInvalid, ascii_domain

MAX_LENGTH = 2_000
_UNSAFE = re.compile(r'[\s<>"{}|\\^`]|%(?![0-9A-Fa-f]{2})')
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_NUMBER = re.compile(r"(?:\d+|0x[0-9a-f]*)", re.IGNORECASE)  # how browsers recognise an IPv4 address in disguise
_PRIVATE_ENDINGS = (
    ".localhost", ".local", ".localdomain", ".internal", ".intranet", ".private", ".corp", ".home", ".lan",
    ".home.arpa", ".invalid",
)  # fmt: skip
_CURE = "Write a public web address, as in https://portfolio.example/anna."


def parse_link(value: str) -> str:
    """An absolute http or https address in ASCII, at most 2,000 characters; FieldFault `url.*` or `text.*`.

    Refused: other schemes, user names and passwords, IP addresses however written, names of private networks, and
    characters that a URI cannot hold. Letters beyond ASCII are encoded (host as A-labels, the rest as UTF-8 %XX).
    """
    text = clean_line(value, MAX_LENGTH)
    scheme = _SCHEME.match(text)
    if not scheme or scheme[1].lower() not in ("http", "https"):
        said = f"{scheme[1].lower()}: addresses are not accepted" if scheme else "it does not begin with https://"
        raise FieldFault("url.scheme", f"{shown(text)} cannot be evidence: {said}.", _CURE)
    if unsafe := _UNSAFE.search(text):
        raise FieldFault(
            "url.characters",
            f"{shown(text)} is not a web address: {shown(unsafe[0])} cannot stand in it.",
            "Copy the address from the browser; a space is written %20.",
        )
    return _rebuilt(text)


def _rebuilt(text: str) -> str:
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise FieldFault("url.host", f"{shown(text)} has no host that can be reached.", _CURE) from None
    if parts.username is not None or parts.password is not None:
        raise FieldFault(
            "url.userinfo",
            f"{shown(text)} carries a user name.",
            "Remove what stands before the @, and share the page instead.",
        )
    host = _public_host(text, parts.netloc, parts.hostname or "")
    netloc = host if port is None else f"{host}:{port}"
    tail = text.partition("//")[2][len(parts.netloc) :]
    url = f"{parts.scheme}://{netloc}" + quote(tail, safe="%/:=&?~#+!$,;'@()*[]")
    if len(url) > MAX_LENGTH:
        raise FieldFault("url.too_long", f"The address is longer than {MAX_LENGTH:,} characters.", "Use a shorter one.")
    return url


def _public_host(text: str, netloc: str, host: str) -> str:
    if not host or netloc.endswith(":"):
        raise FieldFault("url.host", f"{shown(text)} has no host that can be reached.", _CURE)
    if netloc.startswith("[") or _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]):
        raise FieldFault("url.ip_address", f"{shown(text)} names a machine by number.", _CURE)
    name = host.lower().rstrip(".")
    if "." not in name or f".{name}".endswith(_PRIVATE_ENDINGS):
        raise FieldFault("url.private", f"{shown(text)} lies in a private network: others cannot open it.", _CURE)
    try:
        domain = ascii_domain(host)
    except DomainInvalid as fault:
        raise FieldFault(
            "url.host", f"{shown(text)} cannot be reached: {shown(host)} is no domain, because {fault}.", _CURE
        ) from None
    if _NUMBER.fullmatch(domain.rpartition(".")[2]) or f".{domain}".endswith(_PRIVATE_ENDINGS):
        raise FieldFault("url.private", f"{shown(text)} lies in a private network: others cannot open it.", _CURE)
    return domain
