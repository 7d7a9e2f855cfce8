"""From documents that were looked up to facts about issuers: which keys sign in whose name.

Pure functions over an id and the value that its address served. A key counts only where the issuer's own document
says so: the document calls itself by the id, the method names the issuer as controller and may assert.
Source: DID Core 1.0, Controlled Identifiers 1.0; Open Badges 3.0 section 8 (keys of an https issuer).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from openbadges.did import (
    DidDocument,
    VerificationMethod,
    parse_did_document,
    resolve_did_jwk,
    resolve_did_key,
)
from openbadges.errors import OpenBadgesError
from openbadges.facts import IssuerFact, IssuerMethod, KeyFact
from openbadges.jose import Token
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PublicKey
from openbadges.references import same_origin, without_fragment
from openbadges.shapes import as_list
from openbadges.strict_json import dumps, load_object

_MAX_KEYS = 100


def method_of(issuer_id: str) -> IssuerMethod:
    """Return how an id is resolved; "https" for whatever is no DID of a known method."""
    known: tuple[IssuerMethod, ...] = ("did:web", "did:key", "did:jwk")
    return next((method for method in known if issuer_id.startswith(f"{method}:")), "https")


def unresolved(issuer_id: str, problem: str) -> IssuerFact:
    """Return the fact about an issuer whose keys are not known; `problem` is a code as IssuerFact says."""
    return IssuerFact(issuer_id, method_of(issuer_id), resolved=False, problem=problem)


def from_id(issuer_id: str) -> IssuerFact | None:
    """Return the fact that an id carries in itself (did:key, did:jwk); None where a document must be looked up.

    An id of another kind than did:web and https has the problem "issuer.unsupported_method".
    """
    try:
        if issuer_id.startswith("did:key:"):
            return _from_document(issuer_id, resolve_did_key(issuer_id))
        if issuer_id.startswith("did:jwk:"):
            return _from_document(issuer_id, resolve_did_jwk(issuer_id))
    except OpenBadgesError:
        return unresolved(issuer_id, "issuer.document_invalid")
    if issuer_id.startswith(("did:web:", "https://")):
        return None
    return unresolved(issuer_id, "issuer.unsupported_method")


def from_did_document(did: str, document: JsonValue) -> IssuerFact:
    """Return the fact about a DID from the document at its address."""
    try:
        parsed = _parsed(dumps(document))
    except OpenBadgesError:
        return unresolved(did, "issuer.document_invalid")
    return unresolved(did, "issuer.document_invalid") if parsed.id != did else _from_document(did, parsed)


def from_profile(url: str, document: JsonValue) -> IssuerFact:
    """Return the fact about an https issuer from the profile at its address.

    Keys stand in `verificationMethod`, `assertionMethod` or the older `publicKey`. A profile with `assertionMethod`
    lists no others; without it all of its keys may sign.
    """
    if not isinstance(document, dict) or document.get("id") != url:
        return unresolved(url, "issuer.document_invalid")
    entries = [*as_list(document.get("verificationMethod")), *map(_with_owner, as_list(document.get("publicKey")))]
    named = document.get("assertionMethod", entries)
    try:
        parsed = _parsed(
            dumps(
                {
                    "id": url,
                    "verificationMethod": [entry for entry in entries if entry not in as_list(named)],
                    "assertionMethod": named,
                }
            )
        )
    except OpenBadgesError:
        return unresolved(url, "issuer.document_invalid")
    fact = _from_document(url, parsed)
    says_nothing = not entries and "assertionMethod" not in document
    return replace(fact, authorised=None) if says_nothing else fact


def with_keys(issuer: IssuerFact, method_id: str, document: JsonValue) -> IssuerFact:
    """Return the fact with the key that has an address of its own (Reference "keys"): a JWK, a set, or a method.

    It counts on the issuer's own origin only, and where the profile lists keys, only if it lists this one. A method
    must name the issuer as its controller. What holds no usable key changes nothing.
    """
    if not issuer.resolved or issuer.method != "https" or not same_origin(method_id, issuer.id):
        return issuer
    method = _published_key(issuer, method_id, document) if isinstance(document, dict) else None
    if method is None or method_id in issuer.keys:
        return issuer
    listed = issuer.authorised is None or method_id in issuer.authorised
    return replace(issuer, keys={**issuer.keys, method_id: _key_fact(method, listed=listed)})


def with_key_in_header(issuer: IssuerFact, token: Token | None) -> IssuerFact:
    """Let a token without `kid` that carries its key (`jwk`) find the issuer's own key of that value, if any."""
    key = None if token is None or token.kid is not None else key_in_header(token)
    if key is None:
        return issuer
    same = next((fact for fact in issuer.keys.values() if fact.key == key), None)
    return issuer if same is None else replace(issuer, keys={**issuer.keys, "": same})


def key_in_header(token: Token) -> PublicKey | None:
    """Return the key that a token carries; None where there is none that can be used."""
    jwk = token.header.get("jwk")
    try:
        return PublicKey.from_jwk(jwk) if isinstance(jwk, dict) else None
    except OpenBadgesError:
        return None


def key_in_method(method_id: str) -> KeyFact | None:
    """Return the key that a verification method spells out in itself: did:key, did:jwk, or "…#z6Mk…".

    It proves that nothing was changed, and nothing about who signed: its fact is not `listed`.
    """
    did, _, fragment = method_id.partition("#")
    try:
        if did.startswith(("did:key:", "did:jwk:")):
            document = resolve_did_key(did) if did.startswith("did:key:") else resolve_did_jwk(did)
            key = document.methods[0].key if not fragment or document.method(method_id) is not None else None
        else:
            key = PublicKey.from_multikey(fragment) if fragment.startswith("z") else None
    except OpenBadgesError:
        return None
    return None if key is None else KeyFact(method_id, key, did, listed=False)


def _published_key(issuer: IssuerFact, method_id: str, document: JsonObject) -> VerificationMethod | None:
    try:
        if "publicKeyJwk" in document or "publicKeyMultibase" in document:
            entries: JsonValue = [document]
            parsed = _parsed(dumps({"id": without_fragment(method_id), "verificationMethod": entries}))
            return parsed.method(method_id) if document.get("controller") == issuer.id else None
        jwks = list(_jwks(document, method_id))
        if len(jwks) != 1 or "revoked" in jwks[0]:
            return None
        return VerificationMethod(method_id, issuer.id, PublicKey.from_jwk(jwks[0]))
    except OpenBadgesError:
        return None


def _jwks(document: JsonObject, method_id: str) -> Iterator[JsonObject]:
    """The keys of a document that a method may mean: a lone one, else those that have its id or its fragment."""
    if "kty" in document:
        yield document
        return
    keys = [entry for entry in as_list(document.get("keys"))[:_MAX_KEYS] if isinstance(entry, dict)]
    names = {method_id, method_id.partition("#")[2] or method_id}
    for entry in keys:
        kid = entry.get("kid")
        if (isinstance(kid, str) and kid in names) or (len(keys) == 1 and "kid" not in entry):
            yield entry


def _with_owner(entry: JsonValue) -> JsonValue:
    """The older form of a key says `owner` where methods say `controller`."""
    if not isinstance(entry, dict) or "owner" not in entry or "controller" in entry:
        return entry
    return {**entry, "controller": entry["owner"]}


def _from_document(issuer_id: str, document: DidDocument) -> IssuerFact:
    method = method_of(issuer_id)
    keys = {item.id: _key_fact(item, listed=item.id in document.assertion_method) for item in document.methods}
    return IssuerFact(issuer_id, method, keys=keys, proven_by=(method,), authorised=document.assertion_method)


def _key_fact(method: VerificationMethod, *, listed: bool) -> KeyFact:
    return KeyFact(
        method=method.id,
        key=method.key,
        controller=method.controller,
        listed=listed,
        revoked_at=method.revoked,
        expires_at=method.expires,
    )


@lru_cache(maxsize=256)
def _parsed(text: bytes) -> DidDocument:
    """Reading keys checks that their points lie on the curve; the same document answers for many credentials."""
    return parse_did_document(load_object(text))
