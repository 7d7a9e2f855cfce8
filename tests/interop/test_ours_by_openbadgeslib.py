"""What we issue, verified by openbadgeslib (PyPI, LGPL, used by tests only): it shares no code with us but PyLD."""

import json

import pytest
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, OB3Verifier, OpenBadgeCredential
from openbadgeslib.ob3.status import check_credential_status

from openbadges.json_types import JsonObject
from tests.interop.tampering import tampered, tampered_token
from tests.interop.world import NAMES, Credential, Published

pytestmark = pytest.mark.django_db  # the fixture needs the tables


def verify(document: JsonObject, world: Published) -> OpenBadgeCredential:
    """The proof under the key of the issuer's document, the dates, the signed status list and its bit."""
    verifier = OB3LdpVerifier.for_issuer_did(issuer_of(document))
    return verifier.verify(document, check_status=True, download=world.download)


def verify_token(token: str, issuer: str, world: Published) -> OpenBadgeCredential:
    """The same for a token. Its own look at the status tries the issuer's first key only, hence the second call."""
    badge = OB3Verifier.for_issuer_did(issuer, world.download).verify(token)
    check_credential_status(badge, world.download, verify_list=True)
    return badge


def issuer_of(document: JsonObject) -> str:
    issuer = document["issuer"]
    assert isinstance(issuer, dict)
    return str(issuer["id"])


def labelled(world: Published, label: str) -> Credential:
    return next(item for item in world.credentials if item.label == label)


def test_each_credential_is_accepted_in_both_forms(everything: Published) -> None:
    refused = {}
    for item in everything.credentials:
        try:
            embedded = verify(item.document, everything)
            enveloped = verify_token(item.token, issuer_of(item.document), everything)
        except OB3VerificationError as error:
            refused[item.label] = str(error)
            continue
        subject = item.document["credentialSubject"]
        assert isinstance(subject, dict)
        assert embedded.name == enveloped.name == item.document["name"]
        assert embedded.recipient_id == enveloped.recipient_id == subject["id"]
    assert refused == {}
    assert len(everything.credentials) >= 25 + 12


def test_names_in_many_scripts_come_through(everything: Published) -> None:
    names = {
        OpenBadgeCredential.from_vc_document(i.document).identifiers[-1].identity_hash for i in everything.credentials
    }
    assert names >= set(NAMES)


def test_a_class_of_25_is_among_them(everything: Published) -> None:
    of_class = [item for item in everything.credentials if item.label.startswith("it-security-")]
    assert len({item.token for item in of_class}) >= 25


def test_tampered_copies_are_refused(everything: Published) -> None:
    item = labelled(everything, "every-element-2")
    for change, document in tampered(item.document):
        with pytest.raises(OB3VerificationError):
            verify(document, everything)
            pytest.fail(change)
    for change, token in tampered_token(item.token):
        with pytest.raises(OB3VerificationError):
            verify_token(token, issuer_of(item.document), everything)
            pytest.fail(change)


def test_another_issuer_is_refused(everything: Published) -> None:
    item = labelled(everything, "every-element-2")
    other = issuer_of(labelled(everything, "it-security-2").document)
    with pytest.raises(OB3VerificationError):
        OB3LdpVerifier.for_issuer_did(other).verify(item.document, download=everything.download)
    with pytest.raises(OB3VerificationError):
        OB3Verifier.for_issuer_did(other, everything.download).verify(item.token)


def test_the_pictures_carry_the_credential(everything: Published) -> None:
    for item in everything.credentials:
        assert json.loads(OB3Verifier.extract_token_from_png(item.png)) == item.document, item.label
        assert json.loads(OB3Verifier.extract_token_from_svg(item.svg)) == item.document, item.label
