"""Badges that openbadgeslib signed get the right verdict from us."""

import json
from datetime import timedelta
from io import BytesIO

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from openbadgeslib.ob3 import Achievement, Issuer, OB3LdpSigner, OB3Signer, OpenBadgeCredential, did_key_from_pem
from PIL import Image

from openbadges.json_types import JsonObject
from openbadges.report import Report
from tests.interop.theirs import DID_WEB
from tests.interop.world import LATER, NOW
from verification.evidence import Held
from verification.services import verify

pytestmark = pytest.mark.django_db
PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
# Only for this file; weak in nothing but that it is public.
ED25519 = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def private_pem(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def key_did(key: PrivateKey) -> str:
    public = key.public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return str(did_key_from_pem(pem))


def badge(issuer: str) -> OpenBadgeCredential:
    return OpenBadgeCredential(
        issuer=Issuer(id=issuer, name="Peer Institute (SAMPLE)", url="https://badges.example.org/"),
        recipient_id="mailto:ada.sample@example.org",
        achievement=Achievement(
            id="https://badges.example.org/achievements/2",
            name="Peering “two” 🦊",
            description="Fictional, SAMPLE.",
            criteria_narrative="Peer with others.",
            tags=["sample"],
        ),
        issuance_date=NOW - timedelta(days=3),
    )


def judged(given: str, **documents: JsonObject) -> Report:
    return verify(given, now=NOW, held=Held(documents)).report


def test_an_embedded_proof_under_a_did_key() -> None:
    text = OB3LdpSigner(private_pem(ED25519)).sign_to_json(badge(key_did(ED25519)), created=NOW)
    report = judged(text)
    assert (report.state, report.check("issuer").code) == ("valid", "issuer.key_only")
    assert report.credential is not None
    assert report.credential.name == "Peering “two” 🦊"
    assert judged(text.replace("Peer with others", "Peer with nobody")).state == "altered"


def test_an_embedded_proof_under_a_did_web() -> None:
    method = f"{DID_WEB}#badge_1"
    text = OB3LdpSigner(private_pem(ED25519), method).sign_to_json(badge(DID_WEB), created=NOW)
    multikey = key_did(ED25519).removeprefix("did:key:")
    listed: JsonObject = {"id": method, "type": "Multikey", "controller": DID_WEB, "publicKeyMultibase": multikey}
    document: JsonObject = {"id": DID_WEB, "verificationMethod": [listed], "assertionMethod": [method]}
    assert judged(text).state == "not_checked"
    assert judged(text, **{DID_WEB: document}).state == "valid"
    changed = json.loads(text)
    changed["credentialSubject"]["id"] = "mailto:mallory@example.org"
    assert judged(json.dumps(changed), **{DID_WEB: document}).state == "altered"


def test_the_pictures_that_it_bakes_are_read() -> None:
    signer, credential = OB3LdpSigner(private_pem(ED25519)), badge(key_did(ED25519))
    svg = signer.sign_into_svg(credential, b'<svg xmlns="http://www.w3.org/2000/svg"/>')
    blank = BytesIO()
    Image.new("RGB", (1, 1)).save(blank, "PNG")
    png = signer.sign_into_png(credential, blank.getvalue())
    for picture in (svg, png):
        report = verify(picture, now=LATER).report
        assert (report.state, report.check("issuer").code) == ("valid", "issuer.key_only")


KEYS: list[tuple[str, PrivateKey]] = [
    ("EdDSA", ED25519),
    ("ES256", ec.generate_private_key(ec.SECP256R1())),
    ("RS256", rsa.generate_private_key(public_exponent=65_537, key_size=2048)),
]


@pytest.mark.parametrize(("alg", "key"), KEYS, ids=[alg for alg, _ in KEYS])
def test_a_token_with_its_key_in_the_header(alg: str, key: PrivateKey) -> None:
    """It writes `jwk` and no `kid`: the key counts only because the issuer lists that very key."""
    token = OB3Signer(private_pem(key), alg).sign(badge(DID_WEB))
    method, jwk = f"{DID_WEB}#token", header_of(token)["jwk"]
    listed: JsonObject = {"id": method, "type": "JsonWebKey", "controller": DID_WEB, "publicKeyJwk": jwk}
    document: JsonObject = {"id": DID_WEB, "verificationMethod": [listed], "assertionMethod": [method]}
    report = judged(token, **{DID_WEB: document})
    assert (report.state, report.check("issuer").code) == ("valid", "issuer.name_unproven")
    head, payload, signature = token.split(".")
    changed = f"{head}.{payload[:-9]}{'A' if payload[-9] != 'A' else 'B'}{payload[-8:]}.{signature}"
    assert judged(changed, **{DID_WEB: document}).outcome != "valid"


def header_of(token: str) -> JsonObject:
    header: JsonObject = jwt.get_unverified_header(token)
    return header


def test_a_token_of_a_did_key_with_its_key_in_the_header() -> None:
    token = OB3Signer(private_pem(ED25519), "EdDSA").sign(badge(key_did(ED25519)))
    report = judged(token)
    assert (report.state, report.check("issuer").code) == ("valid", "issuer.key_only")


def test_a_token_with_a_key_that_is_not_the_issuers() -> None:
    """Anyone can put a key into a header."""
    stranger = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
    token = OB3Signer(private_pem(stranger), "EdDSA").sign(badge(key_did(ED25519)))
    assert judged(token).outcome != "valid"
