"""A revoked award is revoked for everybody: in our verdict, and in what others read from the published list."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError

from credentials import life
from credentials.life.completing import complete_award
from credentials.models import Achievement, Award
from credentials.samples.load import load_samples
from credentials.status_lists import publish_changed
from issuers.audit import Actor
from openbadges import status, strict_json
from openbadges.json_types import JsonObject
from tests.interop.peer import Peer
from tests.interop.world import LATER, NOW, SMALL_ISSUER, Published, award, learner, published
from verification.services import verify

pytestmark = pytest.mark.django_db
ACTOR = Actor.system("test")


@dataclass(frozen=True, slots=True)
class Two:
    """Two awards of one list: the first was revoked after `before` was fetched, the second still stands."""

    before: Published
    after: Published


@pytest.fixture(autouse=True)
def _nobody_is_woken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)


@pytest.fixture
def two() -> Two:
    load_samples(now=NOW, issuers=[SMALL_ISSUER])
    version = Achievement.objects.get(issuer__slug=SMALL_ISSUER.slug).current
    people = [replace(learner(number, version), valid_from=NOW - timedelta(hours=1)) for number in (1, 2)]
    awards = award(version, people).awards.order_by("pk")
    before = published(awards)
    first = awards.first()
    assert first is not None
    revoke(first)
    return Two(before, published(awards))


def revoke(given: Award) -> None:
    """Revoke an award, and do what the worker does after it."""
    life.revoke(award_id=given.pk, reason="other", actor=ACTOR, now=NOW)
    assert publish_changed() == 1


def state(document: JsonObject | str) -> str:
    text = document if isinstance(document, str) else strict_json.dumps(document)
    return verify(text, now=LATER).report.state


def entry(document: JsonObject) -> Any:
    return document["credentialStatus"]


def test_our_verdict_changes_for_every_form_of_that_award_only(two: Two) -> None:
    revoked, standing = two.before.credentials
    given: Any = revoked.document
    for form in (given, revoked.token, given["id"]):
        assert state(form) == "revoked"
    assert verify(revoked.png, now=LATER).report.state == verify(revoked.svg, now=LATER).report.state == "revoked"
    assert state(standing.document) == state(standing.token) == "valid"


def test_the_document_itself_stays_as_it_was(two: Two) -> None:
    assert [item.document for item in two.before.credentials] == [item.document for item in two.after.credentials]


def test_openbadgeslib_reads_the_bit(two: Two) -> None:
    revoked, standing = two.after.credentials
    issuer: Any = revoked.document["issuer"]
    verifier = OB3LdpVerifier.for_issuer_did(issuer["id"])
    verifier.verify(revoked.document, check_status=True, download=two.before.download)
    with pytest.raises(OB3VerificationError, match="revocation"):
        verifier.verify(revoked.document, check_status=True, download=two.after.download)
    verifier.verify(standing.document, check_status=True, download=two.after.download)


@pytest.mark.node
def test_npm_reads_the_bit(two: Two, peer: Peer) -> None:
    revoked, standing = two.after.credentials
    peer.hold(two.before.documents)
    assert peer.verify(revoked.document) == ""
    peer.hold(two.after.documents)
    assert "revocation" in peer.verify(revoked.document)
    assert peer.verify(standing.document) == ""


@pytest.mark.node
def test_npm_follows_an_award_that_is_suspended_and_reinstated(two: Two, peer: Peer) -> None:
    """It sees a suspension as any set bit, and the new document of a reinstated award as one in force."""
    standing = Award.objects.get(state=Award.State.ISSUED)

    def seen() -> Published:
        found = published([standing])
        peer.hold(found.documents)
        return found

    [before] = seen().credentials
    assert peer.verify(before.document) == ""
    life.suspend(award_id=standing.pk, reason="other", actor=ACTOR, now=NOW)
    publish_changed()
    seen()
    assert "revocation" in peer.verify(before.document)
    life.reinstate(award_id=standing.pk, actor=ACTOR, now=NOW)
    complete_award(award_id=standing.pk)
    [after] = seen().credentials
    assert after.document["id"] == before.document["id"]
    assert peer.verify(after.document) == peer.verify_token(after.token) == ""
    assert "revocation" in peer.verify(before.document)
    life.revoke(award_id=standing.pk, reason="other", actor=ACTOR, now=NOW)
    publish_changed()
    seen()
    assert "revocation" in peer.verify(after.document)


def test_the_published_list_has_that_bit_and_no_other(two: Two) -> None:
    revoked = two.after.credentials[0].document
    published_list: Any = two.after.documents[entry(revoked)["statusListCredential"]]
    bits = status.decode_list(published_list["credentialSubject"]["encodedList"])
    assert status.get_bit(bits, int(entry(revoked)["statusListIndex"]))
    assert sum(byte.bit_count() for byte in bits) == 1


def test_a_bit_without_a_record_of_it_refuses_too(two: Two) -> None:
    """The list alone is enough: an older copy of a reinstated award, or a table that was put back."""
    revoked = two.after.credentials[0]
    Award.objects.filter(state=Award.State.REVOKED).update(state=Award.State.ISSUED)
    assert state(revoked.document) == state(revoked.token) == "superseded"
