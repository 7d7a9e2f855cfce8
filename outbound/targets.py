"""Reads an address that a stranger gave: what may be opened at all, decided before any DNS question.

The address is taken apart by one expression over characters that cannot mean two things, not by a lenient parser: what
is read here is exactly what is asked for later.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, urljoin

from openbadges.domains import DomainInvalid, ascii_domain
from outbound.errors import FetchFailed, FetchRefused

HTTPS_PORT = 443
MAX_LENGTH = 2_048
OwnPlaces = frozenset[tuple[str, int]]  # (host, port), hosts in lower case

_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):(?://([^/?#]*)([^#]*))?.*", re.DOTALL)
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # urljoin would take https:///x for a relative one
_AMBIGUOUS = re.compile(r'[\s\x00-\x20\x7f-\x9f\\"<>^`{|}\ud800-\udfff]')
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_NUMBER = re.compile(
    r"[0-9]+|0[xX][0-9a-fA-F]*", re.ASCII
)  # how browsers and resolvers know an IPv4 address in disguise
_DEFAULT_PORTS = {"https": HTTPS_PORT, "http": 80}
# Names that are no part of the public DNS (RFC 6761, 6762, 7686, 8375, 9476), or that private networks use for theirs.
_PRIVATE_ENDINGS = (
    ".alt", ".arpa", ".corp", ".home", ".internal", ".intranet", ".invalid", ".lan", ".local", ".localdomain",
    ".localhost", ".onion", ".private", ".test",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ask for what. host: ASCII, lower case, no final dot; path: begins with /, holds the query, ASCII."""

    host: str
    path: str

    @property
    def url(self) -> str:
        return f"https://{self.host}{self.path}"


def read_target(url: str, own: OwnPlaces) -> Target:
    """Return the target that `url` names. Raises FetchRefused.

    Codes: fetch.address, fetch.scheme, fetch.userinfo, fetch.port, fetch.host, fetch.own_host.

    own: the places of this installation; they are read in process, also where the address is not https.
    """
    matched = _PARTS.fullmatch(url)
    scheme = matched[1].lower() if matched else ""
    if matched is None or scheme not in _DEFAULT_PORTS:
        raise FetchRefused("Only https links are opened.", code="fetch.scheme")
    if len(url) > MAX_LENGTH or _AMBIGUOUS.search(url):
        raise FetchRefused("The link is too long, or holds characters that no address can hold.", code="fetch.address")
    authority, tail = matched[2] or "", matched[3] or ""
    if "@" in authority:
        raise FetchRefused("The link carries a user name, so it is not opened.", code="fetch.userinfo")
    name, port = _host_and_port(authority, scheme)
    if any((host, port) in own for host in _spellings(name)):
        raise FetchRefused(
            "This is a link of this installation; it is looked up here, not fetched.", code="fetch.own_host"
        )
    if scheme != "https":
        raise FetchRefused("Only https links are opened.", code="fetch.scheme")
    if port != HTTPS_PORT:
        raise FetchRefused(f"Only the port of https, {HTTPS_PORT}, is opened.", code="fetch.port")
    path = tail if tail.startswith("/") else f"/{tail}"
    return Target(_public_host(name), quote(path, safe="%/:=&?~#+!$,;'@()*[]"))


def follow(target: Target, location: str, *, same_host: bool, own: OwnPlaces) -> Target:
    """Return where a redirect leads. location: the header's value, absolute or relative.

    Raises FetchRefused as read_target does, FetchFailed (fetch.redirect) where the host must stay the same.
    """
    if len(location) > MAX_LENGTH or _AMBIGUOUS.search(location):
        raise FetchRefused("The link leads on to something that is no address.", code="fetch.address")
    try:
        following = read_target(location if _ABSOLUTE.match(location) else urljoin(target.url, location), own)
    except ValueError:  # urljoin, at brackets that do not match
        raise FetchRefused("The link leads on to something that is no address.", code="fetch.address") from None
    if same_host and following.host != target.host:
        raise FetchFailed(
            f"{target.host} passes the question on to another site, which cannot answer for it.", code="fetch.redirect"
        )
    return following


def own_places(*origins: str) -> OwnPlaces:
    """The places of origins such as "https://badges.example" or "http://localhost:8000".

    The port of https counts as ours on each such host; a loopback origin stands for all names of this machine.
    """
    places: set[tuple[str, int]] = set()
    for origin in origins:
        scheme, _, authority = origin.partition("://")
        name, port = _host_and_port(authority, scheme)
        loopback = ("localhost", "127.0.0.1", "::1") if name.strip("[]") in {"localhost", "127.0.0.1", "::1"} else ()
        places |= {(host, each) for host in (*_spellings(name), *loopback) for each in (port, HTTPS_PORT)}
    return frozenset(places)


def _host_and_port(authority: str, scheme: str) -> tuple[str, int]:
    """The host as written, lower case, and the port. A bracket stays with its host."""
    host, separator, port = authority.rpartition(":")
    if not separator or port.endswith("]"):
        return authority.lower(), _DEFAULT_PORTS[scheme]
    if not _PORT.fullmatch(port):
        raise FetchRefused("The link names no usable port.", code="fetch.port")
    return host.lower(), int(port)


def _spellings(name: str) -> set[str]:
    """All hosts that a name may mean, to compare with our own: as written, without brackets or final dot, as ASCII."""
    bare = name.strip("[]").removesuffix(".")
    try:
        return {bare, ascii_domain(bare)}
    except DomainInvalid:
        return {bare}


def _public_host(name: str) -> str:
    """The ASCII form of a name that the public DNS can know. Raises FetchRefused (fetch.host)."""
    if name.startswith("[") or ":" in name or _NUMBER.fullmatch(name.removesuffix(".").rpartition(".")[2]):
        raise FetchRefused("The link names a machine by number, not by a domain name.", code="fetch.host")
    try:
        host = ascii_domain(name.removesuffix("."))
    except DomainInvalid:
        raise FetchRefused("The link does not name a host by its full domain name.", code="fetch.host") from None
    if _NUMBER.fullmatch(host.rpartition(".")[2]):
        raise FetchRefused("The link names a machine by number, not by a domain name.", code="fetch.host")
    if f".{host}".endswith(_PRIVATE_ENDINGS):
        raise FetchRefused("The link names a host that is not on the public internet.", code="fetch.host")
    return host
