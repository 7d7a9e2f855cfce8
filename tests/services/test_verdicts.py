"""Verdicts on our own badges where PostgreSQL answers what is asked of it."""

import uuid

import pytest
from django.utils import timezone

from credentials.models import Award, StatusList
from issuers.models import Issuer, SigningKey
from openbadges import status
from tests.factories import make_award, make_version, person
from verification.services import verify

pytestmark = [pytest.mark.services, pytest.mark.django_db, pytest.mark.timeout(60)]


def state_of(award: Award, text: str | None = None) -> str:
    return verify(text or award.document, now=timezone.now()).report.state


def test_each_change_is_seen_by_the_next_verdict() -> None:
    award = make_award(make_version(validity="P3Y"), person())
    newer = make_award(award.achievement_version, person("grace@example.org", "Grace Sample"))
    assert [state_of(award), state_of(newer)] == ["valid", "valid"]
    Issuer.objects.update(approved_at=timezone.now())
    report = verify(award.document, now=timezone.now()).report
    assert report.credential is not None and report.credential.issuer.name == award.issuer.name
    StatusList.objects.update(bits=status.set_bit(status.empty(), award.status_index))
    assert [state_of(award), state_of(newer)] == ["superseded", "valid"]  # as after a reinstatement
    Award.objects.filter(pk=newer.pk).update(state="superseded", replaced_by=award)
    assert state_of(newer) == "superseded"
    Award.objects.filter(pk=newer.pk).update(state="issued", replaced_by=None)
    since = newer.created_at.replace(year=2020)
    SigningKey.objects.filter(purpose="proof").update(state="compromised", compromised_at=since)
    assert state_of(newer) == "issuer_unproven"


def test_what_was_never_given_is_not_found() -> None:
    award = make_award(make_version(), person())
    assert state_of(award, award.document.replace(str(award.public_id), str(uuid.uuid4()))) != "valid"
    assert state_of(award, award.document.replace("sample-academy", "x\\u0000y")) != "valid"
