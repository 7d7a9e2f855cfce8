"""The JSON-LD contexts that are held here, each pinned by its SHA-256. Nothing is ever downloaded.

manifest.json names for each file: the address it stands for, the digest of the file as held here, the digest of
the bytes its publisher serves, and the registry package it was taken from (licence texts in licences/). Files are
the package's JSON, indented by two spaces; where both digests differ the JSON is equal and only spacing differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType

from openbadges.errors import ContextNotPinned
from openbadges.json_types import JsonObject

CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
OPEN_BADGES_3_0_0 = "https://purl.imsglobal.org/spec/ob/v3p0/context.json"
OPEN_BADGES_3_0_1 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
OPEN_BADGES_3_0_2 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"
OPEN_BADGES_3_0_3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OPEN_BADGES_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
DATA_INTEGRITY_V1 = "https://w3id.org/security/data-integrity/v1"
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"
DID_V1 = "https://www.w3.org/ns/did/v1"
ED25519_2020_V1 = "https://w3id.org/security/suites/ed25519-2020/v1"
JWS_2020_V1 = "https://w3id.org/security/suites/jws-2020/v1"
STATUS_LIST_2021_V1 = "https://w3id.org/vc/status-list/2021/v1"
BITSTRING_STATUS_LIST_V1 = "https://www.w3.org/ns/credentials/status/v1"
UNDEFINED_TERMS_V2 = "https://www.w3.org/ns/credentials/undefined-terms/v2"
CREDENTIALS_EXAMPLES_V2 = "https://www.w3.org/ns/credentials/examples/v2"

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class PinnedContext:
    """One context: its address, the hex SHA-256 of the file held here and of the publisher's bytes, the file name."""

    url: str
    sha256: str
    published_sha256: str
    file: str


def _read_manifest() -> Mapping[str, PinnedContext]:
    entries = json.loads((_FOLDER / "manifest.json").read_text("utf-8"))
    pinned = (PinnedContext(e["url"], e["sha256"], e["published_sha256"], e["file"]) for e in entries)
    return MappingProxyType({context.url: context for context in pinned})


PINNED: Mapping[str, PinnedContext] = _read_manifest()
_supplied: dict[str, JsonObject] = {}


def supply(documents: Mapping[str, JsonObject]) -> None:
    """Hold further contexts by address for the life of this process, before any document is read.

    For contexts that whoever runs the process has looked at. What a pinned address stands for stays as it is.
    """
    _supplied.update({url: document for url, document in documents.items() if url not in PINNED})


def is_held(url: str) -> bool:
    """Whether `load` knows an address."""
    return url in PINNED or url in _supplied


@cache
def _load_pinned(url: str) -> JsonObject:
    context = PINNED[url]
    data = (_FOLDER / context.file).read_bytes()
    if sha256(data).hexdigest() != context.sha256:
        raise RuntimeError(f"The context file {context.file} was changed: its SHA-256 is not the pinned one.")
    document: JsonObject = json.loads(data)
    return document


def load(url: str) -> JsonObject:
    """Return the context document ({"@context": ...}) of an address. Callers share it and must not change it.

    Raises ContextNotPinned for any other address, and RuntimeError when our own file does not have its digest.
    """
    if url in PINNED:
        return _load_pinned(url)
    if url in _supplied:
        return _supplied[url]
    raise ContextNotPinned(f"The context {url[:200]} is not one that this installation holds.")
