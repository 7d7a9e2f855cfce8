"""What an issuer or an attacker can do: have keys, publish a DID document, write a credential and sign anything.

Keys are made from their names, so that a case is the same in every run; only RSA keys are new in each process.
"""

from __future__ import annotations

import copy
import hashlib
import hmac
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from openbadges.canonical import jcs, rdfc
from openbadges.contexts import CREDENTIALS_V2, ED25519_2020_V1, OPEN_BADGES_3_0_3
from openbadges.data_integrity import bytes_to_sign
from openbadges.did import VerificationMethod, build_did_document, did_key, did_web_url
from openbadges.errors import OpenBadgesError
from openbadges.jose import claims_for
from openbadges.keys import Algorithm, PrivateKey
from openbadges.multiformats import base64url_encode, multibase_encode
from openbadges.status import encode_list
from openbadges.strict_json import dumps
from tests.hostile.case import World

NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
CREATED = "2026-03-12T09:30:00Z"
ALGORITHMS: Mapping[str, Algorithm] = {"EdDSA": "Ed25519", "ES256": "P-256", "ES384": "P-384", "RS256": "RSA"}
FRAGMENTS: Mapping[Algorithm, str] = {"Ed25519": "key-1", "P-256": "key-2", "P-384": "key-3", "RSA": "key-4"}
Forged = dict[str, Any]
"""A document, or anything but one: what attackers write has no type."""
Path = tuple[str | int, ...]
_CURVES: Mapping[str, ec.EllipticCurve] = {"P-256": ec.SECP256R1(), "P-384": ec.SECP384R1()}


@cache
def private_key(owner: str, algorithm: Algorithm = "Ed25519") -> PrivateKey:
    """The key of this owner, the same in every run but for RSA."""
    seed = hashlib.sha256(f"touchstone hostile corpus, {owner}, {algorithm}".encode()).digest()
    if algorithm == "Ed25519":
        return PrivateKey.from_bytes(algorithm, seed)
    if algorithm == "RSA":
        return PrivateKey.generate("RSA")
    made = ec.derive_private_key(int.from_bytes(seed), _CURVES[algorithm])
    encoding, form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    return PrivateKey.from_bytes(algorithm, made.private_bytes(encoding, form, serialization.NoEncryption()))


@dataclass(frozen=True, slots=True)
class Maker:
    """Somebody with keys: at a domain (did:web) or with nothing but a key (did:key)."""

    owner: str
    did: str
    has_domain: bool = True

    def key(self, algorithm: Algorithm = "Ed25519") -> PrivateKey:
        return private_key(self.owner, algorithm)

    def method(self, algorithm: Algorithm = "Ed25519") -> str:
        fragment = FRAGMENTS[algorithm] if self.has_domain else self.did.removeprefix("did:key:")
        return f"{self.did}#{fragment}"

    def did_document(self, **changes: Any) -> Forged:
        """The document that the domain serves; changes replace members, None removes one."""
        methods = [VerificationMethod(self.method(name), self.did, self.key(name).public) for name in FRAGMENTS]
        return changed(build_did_document(self.did, methods), **changes)

    @property
    def document_url(self) -> str:
        return did_web_url(self.did)

    def world(self, **changes: Any) -> World:
        return World({self.document_url: self.did_document(**changes)}) if self.has_domain else World()


def at_domain(name: str) -> Maker:
    return Maker(name, f"did:web:{name}.example")


def with_key_only(name: str, algorithm: Algorithm = "Ed25519") -> Maker:
    return Maker(name, did_key(private_key(name, algorithm).public), has_domain=False)


ACADEMY = at_domain("academy")
OTHER_SCHOOL = at_domain("other-school")
ATTACKER = at_domain("attacker")
NOBODY = with_key_only("nobody")


def changed(document: Forged, /, **changes: Any) -> Forged:
    """A copy with members replaced; None removes one."""
    return {name: value for name, value in {**document, **changes}.items() if value is not None}


def credential(maker: Maker = ACADEMY, /, **changes: Any) -> Forged:
    """A small but complete Open Badges 3.0 credential, not signed; changes replace members, None removes one."""
    home = f"https://{maker.owner}.example"
    document: Forged = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
        "id": f"{home}/credentials/1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": maker.did, "type": ["Profile"], "name": f"{maker.owner.title()} (SAMPLE)"},
        "validFrom": "2026-03-12T09:30:00Z",
        "name": "Networking basics (SAMPLE)",
        "credentialSubject": {
            "id": "urn:uuid:6f0e5a0e-2b6c-4f5e-8d57-6f1f4c3b2a10",
            "type": ["AchievementSubject"],
            "identifier": [
                {"type": "IdentityObject", "hashed": False, "identityHash": "Ada Sample", "identityType": "name"}
            ],
            "achievement": {
                "id": f"{home}/achievements/1",
                "type": ["Achievement"],
                "name": "Networking basics (SAMPLE)",
                "description": "Sixty hours on small networks.",
                "criteria": {"narrative": "A supervised practical task."},
                "achievementType": "Course",
            },
            "result": [{"type": ["Result"], "value": "87"}],
        },
        "evidence": [{"id": f"{home}/evidence/1", "type": ["Evidence"], "name": "Network plan"}],
    }
    return copy.deepcopy(changed(document, **changes))


def at(document: Forged, *path: str | int) -> Any:
    """The part of a document at a path."""
    part: Any = document
    for step in path:
        part = part[step]
    return part


def each(*values: Any) -> tuple[Any, ...]:
    """Values of any types, for a loop."""
    return values


def edited(document: Forged, edit: Callable[[Any], object]) -> Forged:
    """A copy that an edit was made to."""
    copied = copy.deepcopy(document)
    edit(copied)
    return copied


def replaced(document: Forged, path: Path, value: Any) -> Forged:
    """A copy with another value at a path."""
    return edited(document, lambda copied: operator.setitem(at(copied, *path[:-1]), path[-1], value))


def without(document: Forged, path: Path) -> Forged:
    """A copy without the part at a path."""
    return edited(document, lambda copied: operator.delitem(at(copied, *path[:-1]), path[-1]))


# --- embedded proofs --------------------------------------------------------------------------------------------


def options_of(maker: Maker, algorithm: Algorithm = "Ed25519", **changes: Any) -> Forged:
    options: Forged = {
        "type": "DataIntegrityProof",
        "created": CREATED,
        "verificationMethod": maker.method(algorithm),
        "cryptosuite": "eddsa-rdfc-2022",
        "proofPurpose": "assertionMethod",
    }
    return changed(options, **changes)


def proof(document: Forged, maker: Maker = ACADEMY, /, *, key: PrivateKey | None = None, **options: Any) -> Forged:
    """An eddsa-rdfc-2022 proof with any options, under the maker's key or another one."""
    chosen = options_of(maker, **options)
    signature = (key or maker.key()).sign(bytes_to_sign(document, chosen))
    return {**chosen, "proofValue": multibase_encode(signature)}


def signed(document: Forged, maker: Maker = ACADEMY, /, **options: Any) -> Forged:
    return {**document, "proof": [proof(document, maker, **options)]}


def attempted(document: Forged, maker: Maker = ACADEMY, /, **options: Any) -> Forged:
    """The same; a document that has no canonical form, so that nobody can have signed it, carries another's proof."""
    try:
        return signed(document, maker, **options)
    except OpenBadgesError:
        chosen = options_of(maker, **{name: value for name, value in options.items() if name != "key"})
        return {**document, "proof": [{**chosen, "proofValue": proof(credential())["proofValue"]}]}


def signed_jcs(document: Forged, maker: Maker = ACADEMY, **options: Any) -> Forged:
    """eddsa-jcs-2022, written from the specification (VC Data Integrity EdDSA 1.0, section 3.3)."""
    chosen = options_of(maker, cryptosuite="eddsa-jcs-2022", **options) | {"@context": document["@context"]}
    data = hashlib.sha256(jcs(chosen)).digest() + hashlib.sha256(jcs(document)).digest()
    return {**document, "proof": [{**chosen, "proofValue": multibase_encode(maker.key().sign(data))}]}


def signed_ecdsa(document: Forged, maker: Maker, algorithm: Algorithm, **options: Any) -> Forged:
    """ecdsa-rdfc-2019 with P-256 or P-384 (VC Data Integrity ECDSA 1.0, section 3.2)."""
    chosen = options_of(maker, algorithm, cryptosuite="ecdsa-rdfc-2019", **options)
    digest = hashlib.sha256 if algorithm == "P-256" else hashlib.sha384
    texts = (_canonical({**chosen, "@context": document["@context"]}, algorithm), _canonical(document, algorithm))
    signature = maker.key(algorithm).sign(b"".join(digest(text).digest() for text in texts))
    return {**document, "proof": [{**chosen, "proofValue": multibase_encode(signature)}]}


def _canonical(document: Forged, algorithm: Algorithm) -> bytes:
    """For P-384 the suite canonicalises with SHA-384; without ties between blank nodes both give their own order."""
    if algorithm == "P-256":
        return rdfc(document)
    from openbadges.canonical import rdfc_nquads

    return rdfc_nquads(rdfc(document).decode(), hash="sha384").encode()


def signed_2020(document: Forged, maker: Maker = ACADEMY, **options: Any) -> Forged:
    """Ed25519Signature2020, whose context stands as the third."""
    contexts = document["@context"]
    assert isinstance(contexts, list)
    document = {**document, "@context": [*contexts, ED25519_2020_V1]}
    chosen = options_of(maker, type="Ed25519Signature2020", cryptosuite=None, **options)
    data = b"".join(
        hashlib.sha256(rdfc(part)).digest() for part in ({**chosen, "@context": document["@context"]}, document)
    )
    return {**document, "proof": {**chosen, "proofValue": multibase_encode(maker.key().sign(data))}}


# --- tokens -----------------------------------------------------------------------------------------------------


def b64(value: Any) -> str:
    """Base64url of bytes, or of a value's JSON."""
    return base64url_encode(value if isinstance(value, bytes) else dumps(value))


def jws(header: Any, payload: Any, sign: Callable[[bytes], bytes]) -> str:
    text = f"{b64(header)}.{b64(payload)}"
    return f"{text}.{base64url_encode(sign(text.encode()))}"


def header_of(maker: Maker, alg: str = "ES256", /, **changes: Any) -> Forged:
    return changed({"alg": alg, "kid": maker.method(ALGORITHMS[alg]), "typ": "JWT"}, **changes)


def token(document: Forged, maker: Maker = ACADEMY, *, signing: str = "ES256", **header: Any) -> str:
    """A token as an issuer makes it, signed by that algorithm; header replaces members of its header."""
    return jws(header_of(maker, signing, **header), claims_for(document), maker.key(ALGORITHMS[signing]).sign)


def hmac_of(secret: bytes, digest: str) -> Callable[[bytes], bytes]:
    return lambda data: hmac.new(secret, data, digest).digest()


def public_forms(maker: Maker, algorithm: Algorithm) -> list[bytes]:
    """The spellings of a public key that a careless verifier might take for an HMAC secret."""
    key = maker.key(algorithm).public
    if algorithm == "Ed25519":
        return [key.data, dumps(key.to_jwk()), key.to_multikey().encode()]
    private = serialization.load_der_private_key(maker.key(algorithm).to_bytes(), password=None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    encodings = (serialization.Encoding.PEM, serialization.Encoding.DER)
    return [private.public_key().public_bytes(encoding, form) for encoding in encodings] + [dumps(key.to_jwk())]


# --- status lists -----------------------------------------------------------------------------------------------

LIST_URL = "https://academy.example/status/1"


def status_entry(index: Any = "94567", **changes: Any) -> Forged:
    entry: Forged = {
        "id": f"{LIST_URL}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": index,
        "statusListCredential": LIST_URL,
    }
    return changed(entry, **changes)


def bits_with(*indexes: int, size: int = 16_384) -> bytes:
    bits = bytearray(size)
    for index in indexes:
        bits[index >> 3] |= 0x80 >> (index & 7)
    return bytes(bits)


def status_list(maker: Maker = ACADEMY, bits: bytes | str = b"", **changes: Any) -> Forged:
    """An unsigned list credential; `subject` replaces members of its subject."""
    subject_changes = changes.pop("subject", None)
    subject: Forged = {
        "id": f"{LIST_URL}#list",
        "type": "BitstringStatusList",
        "statusPurpose": "revocation",
        "encodedList": bits if isinstance(bits, str) else encode_list(bits or bits_with()),
    }
    if isinstance(subject_changes, dict):
        subject = changed(subject, **subject_changes)
    document: Forged = {
        "@context": [CREDENTIALS_V2],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": maker.did,
        "validFrom": "2026-11-20T00:00:00Z",
        "validUntil": "2026-12-20T00:00:00Z",
        "credentialSubject": subject,
    }
    return changed(document, **changes)
