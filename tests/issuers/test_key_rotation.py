"""Rotation: new keys sign, retired ones keep verifying, a compromised one leaves the published document at once."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from issuers.models import Issuer, SigningKey
from issuers.publishing import did_document
from issuers.services import rotate_keys
from openbadges.did import parse_did_document
from tests.factories import NOW, add_version, issue, make_award, make_issuer, person
from verification.services import verify

pytestmark = pytest.mark.django_db
State, Purpose = SigningKey.State, SigningKey.Purpose


def state_of(award_document: str) -> str:
    return verify(award_document, now=timezone.now()).report.state


def test_a_new_issuer_has_one_active_key_for_each_purpose() -> None:
    keys = make_issuer().keys.order_by("purpose")
    assert [(key.purpose, key.algorithm, key.state) for key in keys] == [
        ("proof", "Ed25519", "active"),
        ("token", "P-256", "active"),
    ]


def test_rotation_retires_the_old_keys_and_makes_new_ones() -> None:
    issuer = make_issuer()
    old = set(issuer.keys.values_list("pk", flat=True))
    new = {key.pk for key in rotate_keys(issuer=issuer, now=NOW)}
    assert set(issuer.keys.filter(state=State.ACTIVE).values_list("pk", flat=True)) == new
    assert set(issuer.keys.filter(state=State.RETIRED, retired_at=NOW).values_list("pk", flat=True)) == old


def test_badges_from_before_and_after_a_rotation_verify() -> None:
    before = make_award()
    rotate_keys(issuer=before.issuer, now=timezone.now())
    issue(before.achievement_version, person("grace@example.org", "Grace Sample"))
    after = before.issuer.awards.latest("pk")
    assert before.proof_key_id != after.proof_key_id
    assert [state_of(before.document), state_of(after.document)] == ["valid", "valid"]


def test_a_retired_key_stays_in_the_did_document_and_a_compromised_one_leaves_it() -> None:
    issuer = make_issuer()
    old = {key.fragment for key in issuer.keys.all()}
    rotate_keys(issuer=issuer, now=NOW)
    issuer.keys.filter(purpose=Purpose.PROOF, state=State.RETIRED).update(
        state=State.COMPROMISED, compromised_at=timezone.now()
    )
    published = {method.id.partition("#")[2] for method in parse_did_document(did_document(issuer)).methods}
    kept = set(issuer.keys.exclude(state=State.COMPROMISED).values_list("fragment", flat=True))
    assert published == kept
    assert len(old & published) == 1


def compromise(issuer: Issuer, *, seconds_after_now: float) -> None:
    rotate_keys(issuer=issuer, now=timezone.now())
    at = timezone.now() + timedelta(seconds=seconds_after_now)
    issuer.keys.filter(state=State.RETIRED).update(state=State.COMPROMISED, compromised_at=at)


def test_a_badge_recorded_before_its_key_was_stolen_stays_valid() -> None:
    award = make_award()
    compromise(award.issuer, seconds_after_now=60)
    assert state_of(award.document) == "valid"


def test_a_badge_recorded_after_its_key_was_stolen_proves_no_issuer() -> None:
    award = make_award()
    compromise(award.issuer, seconds_after_now=-3600)
    report = verify(award.document, now=timezone.now()).report
    assert report.state == "issuer_unproven"
    assert "issuer.no_record" in [check.code for check in report.checks]


def test_without_active_keys_nothing_is_signed_and_the_cause_is_named() -> None:
    from credentials.errors import NoSigningKey

    award = make_award()
    award.issuer.keys.update(state=State.RETIRED)
    with pytest.raises(NoSigningKey, match="Rotate its keys"):
        issue(add_version(award.achievement_version.achievement, number=2))


def test_the_command_rotates_and_says_which_keys_sign_now(capsys: pytest.CaptureFixture[str]) -> None:
    issuer = make_issuer()
    call_command("rotate_key", issuer=issuer.slug)
    lines = capsys.readouterr().out.splitlines()
    active = issuer.keys.filter(state=State.ACTIVE).order_by("purpose")
    assert [line.split()[-1] for line in lines] == [f"{issuer.did}#{key.fragment}" for key in active]
    assert issuer.keys.count() == 4


def test_the_command_says_when_there_is_no_such_issuer() -> None:
    with pytest.raises(CommandError, match="no issuer “nobody”"):
        call_command("rotate_key", issuer="nobody")
