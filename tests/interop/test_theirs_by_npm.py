"""Badges that npm libraries signed get the right verdict from us."""

import json
from typing import Any

import pytest

from openbadges.json_types import JsonObject
from openbadges.report import Report
from tests.interop.peer import Peer
from tests.interop.theirs import DID_WEB, LIST_URL, badge, claims, moment, status_entry, status_list
from tests.interop.world import NOW
from verification.evidence import Held
from verification.services import verify

pytestmark = [pytest.mark.django_db, pytest.mark.node]
SEED, OTHER_SEED = 1, 2


def judged(given: JsonObject | str, **documents: JsonObject) -> Report:
    text = given if isinstance(given, str) else json.dumps(given)
    return verify(text, now=NOW, held=Held(documents)).report


def issued(peer: Peer, **changes: Any) -> JsonObject:
    """A badge signed by the did:key issuer."""
    document: JsonObject = peer.ask("issue", seed=SEED, credential=badge(**changes))
    return document


def issued_by_web(peer: Peer, **changes: Any) -> JsonObject:
    document: JsonObject = peer.ask("issue", seed=SEED, did=DID_WEB, credential=badge(**changes))
    return document


def did_document(peer: Peer, *, seed: int = SEED) -> JsonObject:
    document: JsonObject = peer.ask("didDocument", seed=seed, did=DID_WEB)
    peer.hold({DID_WEB: document})
    return document


def test_a_did_key_proves_a_key_and_no_name(peer: Peer) -> None:
    report = judged(issued(peer))
    assert (report.outcome, report.state, report.check("issuer").code) == ("valid", "valid", "issuer.key_only")
    assert report.credential is not None
    assert report.credential.issuer.name is None
    assert report.credential.issuer.claimed_name == "Peer Institute (SAMPLE)"
    assert report.credential.recipient == "Ada Sample"


def test_a_did_web_is_known_only_while_its_document_is_held(peer: Peer) -> None:
    document = issued_by_web(peer)
    assert judged(document).state == "not_checked"
    report = judged(document, **{DID_WEB: did_document(peer)})
    assert (report.state, report.check("issuer").code) == ("valid", "issuer.name_unproven")
    report = judged(document, **{DID_WEB: did_document(peer, seed=OTHER_SEED)})
    assert (report.outcome, report.credential) == ("invalid", None)


@pytest.mark.parametrize("member", ["id", "name", "validFrom", "issuer", "credentialSubject", "proof", "type"])
def test_a_changed_or_missing_member_is_refused(peer: Peer, member: str) -> None:
    document = issued(peer)
    for changed in ({**document, member: f"{document[member]}x"}, {k: v for k, v in document.items() if k != member}):
        report = judged(changed)
        assert report.outcome != "valid"
        assert report.credential is None


def test_a_changed_holder_or_proof_is_called_altered(peer: Peer) -> None:
    document: Any = issued(peer)
    document["credentialSubject"]["achievement"]["name"] = "Doctor of peering"
    assert judged(document).state == "altered"
    document = issued(peer)
    document["proof"]["created"] = moment(-400)
    assert judged(document).state == "altered"


def test_dates_are_told(peer: Peer) -> None:
    assert judged(issued(peer, validUntil=moment(1))).state == "valid"
    held = {DID_WEB: did_document(peer)}
    late = issued_by_web(peer, validUntil=moment(1))
    assert verify(json.dumps(late), now=NOW.replace(year=NOW.year + 2), held=Held(held)).report.state == "expired"
    early = verify(json.dumps(late), now=NOW.replace(year=NOW.year - 2), held=Held(held)).report
    assert early.outcome != "valid"


@pytest.mark.parametrize(("bits", "state"), [((), "valid"), ((8,), "valid"), ((7,), "revoked"), ((6, 7), "revoked")])
def test_their_status_list_is_read(peer: Peer, bits: tuple[int, ...], state: str) -> None:
    document = issued_by_web(peer, credentialStatus=status_entry(7))
    published = signed_list(peer, status_list(*bits))
    assert judged(document, **{DID_WEB: did_document(peer), LIST_URL: published}).state == state


def test_a_list_that_is_not_the_issuers_answers_nothing(peer: Peer) -> None:
    document, keys = issued_by_web(peer, credentialStatus=status_entry(7)), did_document(peer)
    other = peer.ask("issue", seed=OTHER_SEED, did=DID_WEB, credential=status_list())
    suspended = status_list()
    suspended["credentialSubject"]["statusPurpose"] = "suspension"
    lists = {
        "unsigned": status_list(),
        "of another key": other,
        "of another issuer": peer.ask("issue", seed=OTHER_SEED, credential=status_list()),
        "from tomorrow": signed_list(peer, status_list() | {"validFrom": moment(1)}),
        "for another purpose": signed_list(peer, suspended),
        "at another address": signed_list(peer, status_list() | {"id": f"{LIST_URL}0"}),
    }
    for fault, published in lists.items():
        assert judged(document, **{DID_WEB: keys, LIST_URL: published}).state == "not_checked", fault
    assert judged(document, **{DID_WEB: keys}).state == "not_checked"


def signed_list(peer: Peer, unsigned: JsonObject) -> JsonObject:
    document: JsonObject = peer.ask("issue", seed=SEED, did=DID_WEB, credential=unsigned)
    return document


@pytest.mark.parametrize("alg", ["ES256", "ES384", "RS256", "EdDSA"])
def test_a_token_by_jose(peer: Peer, alg: str) -> None:
    kid = f"{DID_WEB}#token"
    answer = peer.ask("issueToken", alg=alg, header={"kid": kid}, payload=claims(badge(DID_WEB)))
    method = {"id": kid, "type": "JsonWebKey", "controller": DID_WEB, "publicKeyJwk": answer["jwk"]}
    document: JsonObject = {"id": DID_WEB, "verificationMethod": [method], "assertionMethod": [kid]}
    token = answer["token"]
    report = judged(token, **{DID_WEB: document})
    assert (report.state, report.check("issuer").code) == ("valid", "issuer.name_unproven")
    assert report.credential is not None
    assert report.credential.format == "ob3-jwt"
    for position in range(20, len(token), 97):
        changed = token[:position] + ("A" if token[position] != "A" else "B") + token[position + 1 :]
        assert judged(changed, **{DID_WEB: document}).outcome != "valid", position
    assert judged(token).state == "not_checked"
    assert judged(token, **{DID_WEB: {**document, "assertionMethod": []}}).state == "issuer_unproven"


def test_a_token_that_names_another_issuer_s_key_is_refused(peer: Peer) -> None:
    kid = "did:web:other.example#token"
    answer = peer.ask("issueToken", alg="ES256", header={"kid": kid}, payload=claims(badge(DID_WEB)))
    method = {"id": kid, "type": "JsonWebKey", "controller": "did:web:other.example", "publicKeyJwk": answer["jwk"]}
    listed: JsonObject = {"id": DID_WEB, "verificationMethod": [method], "assertionMethod": [kid]}
    assert judged(answer["token"], **{DID_WEB: listed}).state == "issuer_unproven"
    assert judged(answer["token"], **{DID_WEB: did_document(peer)}).outcome != "valid"
