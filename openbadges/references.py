"""What a credential needs from elsewhere before it can be judged: documents by address, none of them fetched here.

The order is that of importance: the issuer's keys, its status lists, then the same for each endorsement. Whoever looks
them up may stop anywhere; what is missing then is said in the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple
from urllib.parse import SplitResult, urlsplit

from openbadges.did import did_web_url
from openbadges.endorsements import MOST_ENDORSEMENTS, endorsements_in
from openbadges.errors import OpenBadgesError
from openbadges.jose import Token, credential_of
from openbadges.json_types import JsonObject
from openbadges.shapes import as_list, issuer_id
from openbadges.status_entry import StatusQuestion, questions

_MOST_LETTERS = 2_000
_LONGEST_KEPT = 2_048  # of an issuer's id, as did:web has it; what is kept by such texts stays small
ReferenceKind = Literal["did_document", "issuer_profile", "keys", "status_list"]


class Reference(NamedTuple):
    """One document to look up: at `url`, and `id` is what it must call itself.

    did_document: `id` is the DID. issuer_profile, status_list: `id` is the address as the credential writes it.
    keys: a JWK, a JWK set or a verification method at an address on the issuer's own origin; `id` is the verification
    method as the credential writes it, perhaps with a fragment.
    """

    kind: ReferenceKind
    url: str
    id: str


def needed(document_or_token: JsonObject | Token) -> tuple[Reference, ...]:
    """Return what to look up for a credential and its endorsements, each once. Raises nothing.

    did:key and did:jwk need nothing. Addresses are as the credential gives them: https (http on localhost only), not
    yet checked any further.
    """
    if isinstance(document_or_token, Token):
        document = credential_in_token(document_or_token)
        return needed_for(document, document_or_token, questions(document))
    return needed_for(document_or_token, None, questions(document_or_token))


def needed_for(
    document: JsonObject, token: Token | None, asked: Sequence[StatusQuestion | None]
) -> tuple[Reference, ...]:
    """Like needed, for a credential that was taken out of its token, and whose status entries were read."""
    found = [*issuer_references(document, token), *_list_references(asked)]
    for endorsement in endorsements_in(document)[:MOST_ENDORSEMENTS]:
        found += references_of(endorsement.document, endorsement.token)
    return tuple(dict.fromkeys(found))


def references_of(document: JsonObject, token: Token | None = None) -> Iterator[Reference]:
    """Yield what one credential needs for itself; `token` is what it was read from."""
    yield from issuer_references(document, token)
    yield from _list_references(questions(document))


def _list_references(asked: Sequence[StatusQuestion | None]) -> Iterator[Reference]:
    for question in asked:
        if question is not None and _is_address(question.address):
            yield Reference("status_list", without_fragment(question.address), question.address)


def issuer_references(document: JsonObject, token: Token | None = None) -> Iterator[Reference]:
    """Yield what tells whose key signed a credential."""
    issuer = issuer_id(document) or ""
    reference = _document_of(issuer) if len(issuer) <= _LONGEST_KEPT else None
    if reference is not None:
        yield reference
    yield from _key_references(issuer, document, token)


def without_fragment(url: str) -> str:
    """Return an address as it is asked for."""
    return url.partition("#")[0]


def same_origin(url: str, other: str) -> bool:
    """Whether two addresses are of one scheme, host and port. False for whatever cannot be read."""
    first, second = _split(url), _split(other)
    return first is not None and second is not None and _origin(first) == _origin(second)


@lru_cache(maxsize=256)
def _document_of(issuer: str) -> Reference | None:
    """The document in which an issuer lists its keys; None where none has to be looked up, or none can be."""
    if issuer.startswith("did:web:"):
        try:
            return Reference("did_document", did_web_url(issuer), issuer)
        except OpenBadgesError:
            return None
    return Reference("issuer_profile", without_fragment(issuer), issuer) if _is_address(issuer) else None


def _key_references(issuer: str, document: JsonObject, token: Token | None) -> Iterator[Reference]:
    """Keys at an address of their own: on the origin of an https issuer, and nowhere else."""
    named = [token.kid] if token is not None else [_method(proof) for proof in as_list(document.get("proof"))]
    for method in named:
        if method and same_origin(method, issuer) and without_fragment(method) != without_fragment(issuer):
            yield Reference("keys", without_fragment(method), method)


def _method(proof: object) -> str | None:
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    return method if isinstance(method, str) else None


def _is_address(url: str) -> bool:
    return _split(url) is not None


def _split(url: str) -> SplitResult | None:
    """The parts of an https address, or of an http one on localhost, as did:web has it."""
    return _split_short(url) if len(url) <= _MOST_LETTERS else None


@lru_cache(maxsize=1024)
def _split_short(url: str) -> SplitResult | None:
    if not url.startswith(("https://", "http://")) or not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        usable = bool(host) and parts.username is None and parts.port != 0
    except ValueError:
        return None
    is_local = host == "localhost" or host.endswith(".localhost")
    return parts if usable and (parts.scheme == "https" or is_local) else None


def _origin(parts: SplitResult) -> tuple[str, str, int]:
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def credential_in_token(token: Token) -> JsonObject:
    """The credential of a token; its bare payload where the judge will refuse it."""
    try:
        return credential_of(token)
    except OpenBadgesError:
        return token.payload
