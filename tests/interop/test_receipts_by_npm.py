"""Our receipts, read by npm jose under the key that our DID document lists."""

import json

import pytest
from django.test import Client

from credentials.models import Award
from tests.factories import make_award
from tests.interop.peer import Peer, PeerFailed
from tests.interop.tampering import tampered_token

pytestmark = [pytest.mark.django_db, pytest.mark.node]


@pytest.fixture
def award(db: None) -> Award:
    return make_award()


def receipt_of(client: Client, given: str) -> str:
    body = json.dumps({"input": given, "receipt": True})
    answer = client.post("/api/v1/verify", body, content_type="application/json").json()
    assert isinstance(answer["receipt"], str)
    return str(answer["receipt"])


def hold_our_document(client: Client, peer: Peer) -> str:
    document = client.get("/.well-known/did.json").json()
    peer.hold({document["id"]: document})
    return str(document["id"])


def test_a_receipt_is_read_by_jose(client: Client, peer: Peer, award: Award) -> None:
    receipt = receipt_of(client, award.document)
    issuer = hold_our_document(client, peer)
    claims = peer.read_receipt(receipt)
    assert (claims["iss"], claims["outcome"], claims["state"]) == (issuer, "valid", "valid")


def test_a_changed_receipt_is_refused_by_jose(client: Client, peer: Peer, award: Award) -> None:
    receipt = receipt_of(client, award.document)
    hold_our_document(client, peer)
    assert peer.read_receipt(receipt)["state"] == "valid"
    changed = list(tampered_token(receipt))
    assert len(changed) > 3
    for _, text in changed:
        with pytest.raises(PeerFailed):
            peer.read_receipt(text)
