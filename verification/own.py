"""What belongs to this installation: its origins, the addresses under them and the issuers behind its DIDs.

Own addresses are never fetched; they are looked up in the database. A move to another domain orphans nothing: earlier
origins (PREVIOUS_URLS) and, on a loopback installation, the other names of this machine count as own.
"""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from issuers.models import Issuer
from openbadges.did import did_web
from openbadges.errors import DidInvalid

_MOST_LETTERS = 2_000
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_UUID = r"(?P<id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
_CREDENTIAL = re.compile(rf"/c/{_UUID}(?:\.(?:json|jwt|png|svg)|/qr\.svg|/embed)?/?\Z")
_CODE = re.compile(r"/v/(?P<code>[^/]{1,40})/?\Z")
_STATUS_LIST = re.compile(rf"/status/{_UUID}\Z")


@dataclass(frozen=True, slots=True)
class OwnLink:
    """An address of ours that names a credential, by public id or by code."""

    kind: Literal["id", "code"]
    value: str


def origins() -> tuple[str, ...]:
    """Every origin whose addresses are ours, the present one first."""
    return _origins(settings.PUBLIC_URL, *settings.PREVIOUS_URLS)


@lru_cache(maxsize=8)
def _origins(public_url: str, *previous_urls: str) -> tuple[str, ...]:
    present = urlsplit(public_url)
    aliases = [f"{present.scheme}://{name}{_port(present)}" for name in _LOOPBACK] if _is_loopback(present) else []
    return tuple(dict.fromkeys([public_url, *previous_urls, *aliases]))


@lru_cache(maxsize=8)
def _issuer_prefixes(*own_origins: str) -> tuple[str, ...]:
    """What the DIDs of our issuers begin with."""
    prefixes = []
    for origin in own_origins:
        with suppress(DidInvalid):  # did:web knows no IP addresses
            prefixes.append(did_web(origin, "issuers") + ":")
    return tuple(prefixes)


def link(address: str) -> OwnLink | None:
    """The credential that an address of ours names; None for any other address."""
    path = _own_path(address)
    if path is None:
        return None
    if match := _CREDENTIAL.match(path):
        return OwnLink("id", match["id"])
    if match := _CODE.match(path):
        return OwnLink("code", match["code"])
    return None


def is_own(address: str) -> bool:
    return _own_path(address) is not None


def status_list_id(address: str) -> uuid.UUID | None:
    """The public id of the status list of ours that is published there."""
    match = _STATUS_LIST.match(_own_path(address) or "")
    return uuid.UUID(match["id"]) if match else None


def award_id(address: str) -> uuid.UUID | None:
    """The public id of the award whose credential has exactly this id."""
    found = link(address)
    exact = found is not None and found.kind == "id" and address.endswith(found.value)
    return uuid.UUID(found.value) if found is not None and exact else None


def issuer(did: str) -> Issuer | None:
    """The issuer of ours with exactly this DID."""
    slug = issuer_slug(did)
    return None if slug is None else Issuer.objects.filter(slug=slug).first()


def issuer_slug(did: str) -> str | None:
    """The slug that an issuer with this DID would have here; None where it cannot be one of ours."""
    for prefix in _issuer_prefixes(*origins()):
        if did.startswith(prefix) and "\0" not in did:  # PostgreSQL cannot even be asked for NUL
            return did.removeprefix(prefix)
    return None


def host_of(address: str) -> str:
    """The host of an address, "" where it has none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _own_path(address: str) -> str | None:
    return _path_under(address, origins()) if len(address) <= _MOST_LETTERS else None


@lru_cache(maxsize=1024)
def _path_under(address: str, own_origins: tuple[str, ...]) -> str | None:
    try:
        parts = urlsplit(address)
        origin = f"{parts.scheme.lower()}://{parts.netloc.lower()}"
    except ValueError:
        return None
    return parts.path if origin in own_origins else None


def _port(parts: SplitResult) -> str:
    return f":{parts.port}" if parts.port is not None else ""


def _is_loopback(parts: SplitResult) -> bool:
    return parts.hostname in {"localhost", "127.0.0.1", "::1"}
