"""Decentralised identifiers: did:web, did:key and did:jwk, and the documents that list an issuer's keys."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote, urlsplit

from openbadges.contexts import DID_V1, MULTIKEY_V1
from openbadges.errors import DidInvalid, KeyInvalid
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PublicKey
from openbadges.multiformats import EncodingInvalid, base64url_decode
from openbadges.strict_json import load_object
from openbadges.times import TimeInvalid, format_time, parse_time

JWK_CONTEXT = "https://w3id.org/security/jwk/v1"

_HOST = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)(\.(?!-)[A-Za-z0-9-]{1,63}(?<!-))*", re.ASCII)
_SEGMENT = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)
_ENCODED_SEGMENT = re.compile(r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})+", re.ASCII)
_PORT = re.compile(r"[1-9]\d{0,4}", re.ASCII)
_DEFAULT_PORTS = {"https": 443, "http": 80}
_MAX_LETTERS = 2_048
_MAX_METHODS = 100
_MULTIKEY_TYPES = ("Multikey", "Ed25519VerificationKey2020")
_JWK_TYPES = ("JsonWebKey", "JsonWebKey2020")


@dataclass(frozen=True, slots=True)
class VerificationMethod:
    """A key that a DID document lists; id is a whole DID URL. revoked and expires are aware times."""

    id: str
    controller: str
    key: PublicKey
    revoked: datetime | None = None
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class DidDocument:
    """What a DID document says about keys; assertion_method: ids of the methods that may sign credentials."""

    id: str
    also_known_as: tuple[str, ...]
    methods: tuple[VerificationMethod, ...]
    assertion_method: frozenset[str]

    def method(self, method_id: str) -> VerificationMethod | None:
        """Return the method with this id, or None."""
        return next((method for method in self.methods if method.id == method_id), None)


# --- did:web ----------------------------------------------------------------------------------------------------


def did_web(origin: str, *path_segments: str) -> str:
    """Return e.g. "did:web:localhost%3A8000:issuers:demo" for ("http://localhost:8000", "issuers", "demo").

    A port that is the scheme's own is left out. Raises DidInvalid for an IP address, a path or query in origin, and
    for a segment that is empty, "." or "..", or holds anything but letters, digits, ".", "_" and "-".
    """
    parts = urlsplit(origin)
    try:
        port = parts.port
    except ValueError as error:
        raise DidInvalid("The origin has no usable port.") from error
    extra = parts.path.strip("/") or parts.query or parts.fragment or parts.username
    if parts.scheme not in _DEFAULT_PORTS or extra:
        raise DidInvalid("An origin is http or https, a host and perhaps a port.")
    host = (parts.hostname or "").lower()
    _check_host(host)
    if any(_SEGMENT.fullmatch(segment) is None or set(segment) == {"."} for segment in path_segments):
        raise DidInvalid("A segment of a did:web holds letters, digits, dots, underscores and hyphens.")
    port_part = "" if port in (None, _DEFAULT_PORTS[parts.scheme]) else f"%3A{port}"
    return ":".join(("did:web", host + port_part, *path_segments))


def did_web_url(did: str) -> str:
    """Return the address of the DID document: https, but http for localhost and names under it.

    Without a path it is /.well-known/did.json. Raises DidInvalid for another method, a DID URL with query or fragment,
    an IP address, and path segments that would climb ("..") or split (an encoded slash).
    """
    parts = did.split(":")
    if parts[:2] != ["did", "web"] or len(parts) < 3 or len(did) > _MAX_LETTERS:
        raise DidInvalid("This is not a did:web.", code="did.unsupported_method")
    host, separator, port = unquote(parts[2]).partition(":")
    _check_host(host.lower())
    if separator and (_PORT.fullmatch(port) is None or int(port) > 65_535):
        raise DidInvalid("The port of this did:web is not a number from 1 to 65535.")
    for segment in parts[3:]:
        if _ENCODED_SEGMENT.fullmatch(segment) is None or _is_unsafe(unquote(segment)):
            raise DidInvalid("The path of this did:web is not safe to look up.")
    scheme = "http" if host.lower() == "localhost" or host.lower().endswith(".localhost") else "https"
    path = "/".join(quote(unquote(segment), safe="") for segment in parts[3:]) or ".well-known"
    return f"{scheme}://{host.lower()}{separator}{port}/{path}/did.json"


def _is_unsafe(segment: str) -> bool:
    return segment in (".", "..") or any(letter in segment for letter in "/\\?#%") or not segment.isprintable()


def _check_host(host: str) -> None:
    if len(host) > 253 or _HOST.fullmatch(host) is None:
        raise DidInvalid("The host of this did:web is not a domain name.")
    if host.rsplit(".", 1)[-1].isdigit() or _is_address(host):
        raise DidInvalid("A did:web names a domain, not an IP address.")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


# --- did:key ----------------------------------------------------------------------------------------------------


def did_key(public: PublicKey) -> str:
    """Return the did:key of a key, e.g. "did:key:z6Mk..."."""
    return f"did:key:{public.to_multikey()}"


def resolve_did_key(did: str) -> DidDocument:
    """Return the document that a did:key stands for: one method, did#multikey, allowed to assert.

    Raises DidInvalid (did.unsupported_method) for another method, KeyInvalid for a key that cannot be used.
    """
    if not did.startswith("did:key:") or len(did) > _MAX_LETTERS:
        raise DidInvalid("This is not a did:key.", code="did.unsupported_method")
    multikey = did.removeprefix("did:key:")
    method = VerificationMethod(f"{did}#{multikey}", did, PublicKey.from_multikey(multikey))
    if method.key.to_multikey() != multikey:
        raise KeyInvalid("The key of this did:key is not in its one form.", code="key.encoding")
    return DidDocument(did, (), (method,), frozenset({method.id}))


# --- did:jwk ----------------------------------------------------------------------------------------------------


def resolve_did_jwk(did: str) -> DidDocument:
    """Return the document that a did:jwk stands for: one method, did#0, allowed to assert.

    Raises DidInvalid (did.unsupported_method, did.invalid), KeyInvalid for a key that cannot be used, and JsonInvalid.
    """
    if not did.startswith("did:jwk:") or len(did) > _MAX_LETTERS:
        raise DidInvalid("This is not a did:jwk.", code="did.unsupported_method")
    try:
        jwk = load_object(base64url_decode(did.removeprefix("did:jwk:")), max_bytes=_MAX_LETTERS)
    except EncodingInvalid as error:
        raise DidInvalid("The key of this did:jwk is not base64url.") from error
    method = VerificationMethod(f"{did}#0", did, PublicKey.from_jwk(jwk))
    return DidDocument(did, (), (method,), frozenset({method.id}))


# --- documents --------------------------------------------------------------------------------------------------


def parse_did_document(document: JsonObject) -> DidDocument:
    """Read a DID document (or a profile that is one). Compare its id with the DID that was asked for.

    Methods of a kind, or with a key, that is not accepted here are left out: nothing can verify under them.
    Raises DidInvalid (did.document_invalid) for a document without id, two methods with one id, over 100 methods, or
    a time of revocation or expiry that cannot be read.
    """
    did = document.get("id")
    if not isinstance(did, str) or not did:
        raise DidInvalid("The DID document has no id.", code="did.document_invalid")
    entries = [entry for entry in _items(document.get("verificationMethod")) if isinstance(entry, dict)]
    allowed: set[str] = set()
    for entry in _items(document.get("assertionMethod")):
        if isinstance(entry, dict):
            entries.append(entry)
        name = entry.get("id") if isinstance(entry, dict) else entry
        allowed.add(_absolute(did, _text(name)))
    if len(entries) > _MAX_METHODS:
        raise DidInvalid(f"The DID document lists more than {_MAX_METHODS} keys.", code="did.document_invalid")
    if len({_absolute(did, _text(entry.get("id"))) for entry in entries}) != len(entries):
        raise DidInvalid("The DID document lists two keys under one id.", code="did.document_invalid")
    methods = tuple(method for method in (_parse_method(did, entry) for entry in entries) if method is not None)
    known = tuple(name for name in _items(document.get("alsoKnownAs")) if isinstance(name, str))
    return DidDocument(did, known, methods, frozenset(allowed))


def _parse_method(did: str, entry: JsonObject) -> VerificationMethod | None:
    method_id, controller = entry.get("id"), entry.get("controller", did)
    if not isinstance(method_id, str) or not isinstance(controller, str):
        return None
    try:
        key = _key_of(entry)
    except KeyInvalid:
        return None
    if key is None:
        return None
    revoked, expires = (_time_of(entry, member) for member in ("revoked", "expires"))
    return VerificationMethod(_absolute(did, method_id), controller, key, revoked, expires)


def _key_of(entry: JsonObject) -> PublicKey | None:
    kind, multikey, jwk = entry.get("type"), entry.get("publicKeyMultibase"), entry.get("publicKeyJwk")
    if multikey is not None and jwk is not None:
        return None  # two keys under one name: whose signature would it be?
    if kind in _MULTIKEY_TYPES and isinstance(multikey, str):
        return PublicKey.from_multikey(multikey)
    if kind in _JWK_TYPES and isinstance(jwk, dict):
        return PublicKey.from_jwk(jwk)
    return None


def _time_of(entry: JsonObject, member: str) -> datetime | None:
    if entry.get(member) is None:
        return None
    try:
        return parse_time(entry[member])
    except TimeInvalid as error:
        message = f'A key of the DID document has an unreadable "{member}".'
        raise DidInvalid(message, code="did.document_invalid") from error


def _items(value: JsonValue) -> list[JsonValue]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else ""


def _absolute(did: str, name: str) -> str:
    return did + name if name.startswith("#") else name


def build_did_document(
    did: str, methods: Sequence[VerificationMethod], *, also_known_as: Sequence[str] = ()
) -> JsonObject:
    """Return a DID document that lists the methods, Ed25519 as Multikey and the others as JsonWebKey.

    Methods with a `revoked` time stay listed but may not assert. Keys next in line are published the same way.
    """
    document: JsonObject = {"@context": [DID_V1, MULTIKEY_V1, JWK_CONTEXT], "id": did}
    if also_known_as:
        document["alsoKnownAs"] = list(also_known_as)
    document["verificationMethod"] = [_build_method(method) for method in methods]
    document["assertionMethod"] = [method.id for method in methods if method.revoked is None]
    return document


def _build_method(method: VerificationMethod) -> JsonObject:
    entry: JsonObject = {"id": method.id, "controller": method.controller}
    if method.key.algorithm == "Ed25519":
        entry |= {"type": "Multikey", "publicKeyMultibase": method.key.to_multikey()}
    else:
        entry |= {"type": "JsonWebKey", "publicKeyJwk": method.key.to_jwk()}
    for member, moment in (("revoked", method.revoked), ("expires", method.expires)):
        if moment is not None:
            entry[member] = format_time(moment)
    return entry
