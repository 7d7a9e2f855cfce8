"""What we issue, verified by npm @digitalbazaar/vc (eddsa-rdfc-2022-cryptosuite, its own JSON-LD) and npm jose."""

import pytest

from tests.interop.peer import Peer
from tests.interop.tampering import tampered, tampered_token
from tests.interop.world import Published

pytestmark = [pytest.mark.django_db, pytest.mark.node]


def test_each_credential_is_accepted_in_both_forms(everything: Published, peer: Peer) -> None:
    peer.hold(everything.documents)
    answers = {
        item.label: peer.verify(item.document) + peer.verify_token(item.token) for item in everything.credentials
    }
    assert set(answers.values()) == {""}, answers


def test_each_status_list_is_a_credential_of_its_issuer(everything: Published, peer: Peer) -> None:
    peer.hold(everything.documents)
    for address, token in everything.tokens.items():
        assert peer.verify(everything.documents[address]) == peer.verify_token(token) == ""


def test_tampered_copies_are_refused(everything: Published, peer: Peer) -> None:
    peer.hold(everything.documents)
    item = next(item for item in everything.credentials if item.label == "every-element-2")
    accepted = [change for change, document in tampered(item.document) if not peer.verify(document)]
    accepted += [change for change, token in tampered_token(item.token) if not peer.verify_token(token)]
    assert accepted == []
