"""Canonical forms: the bytes that are hashed and signed."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from hashlib import sha256
from threading import Lock
from typing import Literal, get_args

import orjson
import rfc8785

from openbadges import familiar, jsonld
from openbadges.compiled_context import NotCompiled
from openbadges.converter import to_statements
from openbadges.errors import JsonInvalid
from openbadges.json_types import JsonObject, JsonValue
from openbadges.rdfc10 import Quad, canonical_nquads
from openbadges.statements import Tie

Path = Literal["familiar", "compiled", "tied", "general"]
_paths: Counter[Path] = Counter()
_paths_lock = Lock()
_fast_only: ContextVar[bool] = ContextVar("fast_only", default=False)


class SlowPath(Exception):
    """No refusal: the document is not one of the fast path, and somebody asked to be told before it takes long."""


@contextmanager
def fast_path_only() -> Iterator[None]:
    """Inside, `rdfc` raises SlowPath for a document that the converter alone cannot settle.

    For callers that have another process for such documents, with limits on its time and memory.
    """
    before = _fast_only.set(True)
    try:
        yield
    finally:
        _fast_only.reset(before)


def rdfc(document: JsonObject) -> bytes:
    """Return the canonical N-Quads (RDFC-1.0, SHA-256, UTF-8) of a JSON-LD document, in safe mode.

    Raises ContextNotPinned, UndefinedTerm and WorkLimitExceeded as openbadges.jsonld.to_quads says, and SlowPath
    inside `fast_path_only`.
    """
    text = familiar.canonical_text(document)
    if text is None:
        return convert(document)
    _count("familiar")
    return text


def rdfc_sha256(document: JsonObject) -> bytes:
    """Return the SHA-256 of `rdfc`, sooner than its text for a document like earlier ones. Raises what rdfc raises."""
    hashed = familiar.canonical_sha256(document)
    if hashed is None:
        return convert_sha256(document)
    _count("familiar")
    return hashed


def convert(document: JsonObject) -> bytes:
    """Like rdfc, without a look at earlier documents: what everything faster is held to."""
    path, text = _converted(document)
    _count(path)
    return text.encode("utf-8")


def convert_sha256(document: JsonObject) -> bytes:
    """Like rdfc_sha256, as `convert` does it."""
    return sha256(convert(document)).digest()


def rdfc_sha384(document: JsonObject) -> bytes:
    """Like rdfc, with SHA-384 inside of the canonicalization, as proofs under P-384 keys have it."""
    _may_take_long()
    return canonical_nquads(jsonld.to_quads(document), hash_name="sha384").encode("utf-8")


def _count(path: Path) -> None:
    with _paths_lock:
        _paths[path] += 1


def _converted(document: JsonObject) -> tuple[Path, str]:
    try:
        statements = to_statements(document)
    except NotCompiled:
        _may_take_long()
        return "general", canonical_nquads(jsonld.to_quads(document))
    try:
        return "compiled", statements.canonical_text()
    except Tie:
        _may_take_long()
        return "tied", canonical_nquads(statements.quads())


def _may_take_long() -> None:
    if _fast_only.get():
        raise SlowPath


def paths() -> dict[Path, int]:
    """Return how many documents of this process took which path to the same bytes.

    familiar: filled in, like an earlier one; compiled: the converter alone; tied: the converter, then the search
    among alike objects; general: PyLD.
    """
    return {path: _paths[path] for path in get_args(Path)}


def rdfc_nquads(nquads: str, *, hash: Literal["sha256", "sha384"] = "sha256") -> str:
    """Return the canonical form of a dataset written in N-Quads.

    Raises WorkLimitExceeded for poison graphs, ValueError for a text that is not N-Quads.
    """
    return canonical_nquads(_parse(nquads), hash_name=hash)


def _parse(nquads: str) -> list[Quad]:
    import pyoxigraph as ox  # noqa: PLC0415 - only the published vectors come as N-Quads

    def term(value: object) -> str:
        if isinstance(value, ox.NamedNode):
            return f"<{value.value}>"
        if isinstance(value, ox.BlankNode):
            return f"_:{value.value}"
        if isinstance(value, ox.Literal):
            return jsonld.literal(value.value, value.datatype.value, value.language or "")
        return ""

    try:
        quads = ox.parse(nquads, format=ox.RdfFormat.N_QUADS)
        return [(term(q.subject), term(q.predicate), term(q.object), term(q.graph_name)) for q in quads]
    except SyntaxError as error:
        raise ValueError("The text is not N-Quads.") from error


def jcs(value: JsonValue) -> bytes:
    """Return the JSON Canonicalization Scheme form (RFC 8785). Raises JsonInvalid for integers over 2**53 - 1."""
    try:
        return rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, RecursionError, UnicodeError) as error:
        raise JsonInvalid("This value has no canonical JSON form.") from error


def digest(document: JsonObject) -> bytes:
    """Return the SHA-256 of a document without its `proof`: sorted members, compact JSON.

    This is our own record key, not a standard form: the embedded-proof and the token form of one credential have the
    same digest, and any other difference (a member set to null, an array in another order) gives another one.
    Raises JsonInvalid for a value that JSON cannot hold.
    """
    content = {member: value for member, value in document.items() if member != "proof"}
    try:
        return sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).digest()
    except orjson.JSONEncodeError:
        return sha256(_sorted_wide(content)).digest()


def _sorted_wide(content: JsonObject) -> bytes:
    # orjson stops at 64-bit integers; foreign documents may hold up to 30 digits.
    try:
        return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        raise JsonInvalid("This value cannot be written as JSON.") from error
