"""Correct and renew: a new award in the place of an old one, whose link leads to it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from credentials.errors import AchievementArchived
from credentials.imports.values import EvidenceLink
from credentials.life import AwardSuspended, NothingToCorrect, correct, renew, suspend
from credentials.life.errors import ExternalIdTaken
from credentials.models import Achievement, Award, Batch, Notice, StatusList
from credentials.replacing import values_of
from issuers.audit import Actor
from issuers.models import AuditEntry
from openbadges import status
from openbadges.documents import DocumentInvalid
from tests.factories import add_version, issue, make_award, make_version, person
from verification.services import verify

pytestmark = pytest.mark.django_db
ACTOR = Actor("user", "7", "Þórunn Sample")
NOW = timezone.now()  # awards of these tests are issued now
LATER = NOW + timedelta(days=1)
Work = Callable[[Award], Award]


def fixed(award: Award, name: str = "Ada Lovelace Sample") -> Award:
    return correct(award_id=award.pk, values=replace(values_of(award), name=name), actor=ACTOR, now=LATER)


def bit(award: Award) -> bool:
    row = StatusList.objects.get(pk=award.status_list_id)
    return status.get_bit(bytes(row.bits), award.status_index)


def test_a_corrected_award_is_new_and_says_what_was_wrong_right(award: Award, work: Work) -> None:
    new = work(fixed(award))
    old = Award.objects.get(pk=award.pk)
    assert (old.state, old.replaced_by, bit(old)) == ("superseded", new, True)
    assert (new.state, new.recipient_name, bit(new)) == ("issued", "Ada Lovelace Sample", False)
    assert new.public_id != old.public_id and new.code != old.code and new.recipient_salt != old.recipient_salt
    kept = ("recipient_email", "subject_id", "awarded_at", "valid_from", "valid_until", "delivery", "visibility")
    assert [getattr(new, name) for name in kept] == [getattr(old, name) for name in kept]
    assert verify(new.document, now=LATER).report.state == "valid"
    assert verify(old.document, now=LATER).report.state == "superseded"


def test_the_old_link_leads_to_the_new_one_once_it_is_signed(award: Award, work: Work, client: Client) -> None:
    new = fixed(award)
    people = {"accept": "text/html"}
    page = client.get(f"/c/{award.public_id}", headers=people).content.decode()
    assert "Replaced" in page and f"/c/{new.public_id}" not in page, "nothing is there yet"
    assert client.get(f"/c/{new.public_id}").status_code == 404
    work(new)
    for address in (f"/c/{award.public_id}", f"/verify?url={award.address}"):
        assert f"/c/{new.public_id}" in client.get(address, headers=people).content.decode()
    assert client.get(f"/c/{new.public_id}").status_code == 200


def test_both_awards_are_in_the_log_and_the_holder_is_told_of_the_new_one(award: Award) -> None:
    new = fixed(award)
    actions = dict(AuditEntry.objects.filter(object_kind="award").values_list("object_id", "action"))
    assert actions == {str(award.public_id): "award.corrected", str(new.public_id): "award.reserved"}
    notice = Notice.objects.get()
    assert (notice.kind, notice.award) == ("corrected", new)


def test_every_value_can_be_corrected(award: Award, work: Work) -> None:
    values = person(
        "grace@example.org",
        "Grace Sample",
        external_id="G-1",
        awarded_on=date(2026, 1, 5),
        valid_from=datetime(2026, 1, 6, tzinfo=UTC),
        valid_until=datetime(2031, 1, 6, tzinfo=UTC),
        narrative="She did it.",
        evidence=(EvidenceLink("https://portfolio.example/1", "Portfolio"),),
        licence_number="L-1",
        language="de",
    )
    new = work(correct(award_id=award.pk, values=values, actor=ACTOR, now=LATER))
    assert values_of(new) == values


def test_dates_and_ids_that_are_left_open_stay(work: Work) -> None:
    start, end = datetime(2026, 2, 1, 8, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC)
    row = person(external_id="A-1", awarded_on=date(2026, 1, 30), valid_from=start, valid_until=end)
    old = make_award(make_version(), row)
    new = work(correct(award_id=old.pk, values=person(name="Ada L. Sample"), actor=ACTOR, now=LATER))
    assert (new.external_id, new.awarded_at, new.valid_from, new.valid_until) == ("A-1", old.awarded_at, start, end)


def test_correcting_again_with_the_same_values_gives_the_same_award(award: Award) -> None:
    assert fixed(award).pk == fixed(award).pk
    assert Award.objects.count() == 2


def test_a_correction_that_corrects_nothing_is_refused(award: Award) -> None:
    with pytest.raises(NothingToCorrect):
        correct(award_id=award.pk, values=values_of(award), actor=ACTOR, now=LATER)
    with pytest.raises(NothingToCorrect):
        correct(award_id=award.pk, values=person(), actor=ACTOR, now=LATER)
    assert AuditEntry.objects.filter(result="refused", code="nothing_to_correct").count() == 2


def test_an_id_of_another_award_is_refused(award: Award) -> None:
    make_award(award.achievement_version, person("other@example.org", external_id="TAKEN"))
    with pytest.raises(ExternalIdTaken, match="TAKEN"):
        correct(award_id=award.pk, values=person(name="New", external_id="TAKEN"), actor=ACTOR, now=LATER)


def test_what_cannot_be_signed_is_refused_and_the_old_award_stays(award: Award) -> None:
    with pytest.raises(DocumentInvalid):
        fixed(award, "C0 \x01 control")
    assert Award.objects.get().state == "issued"
    assert AuditEntry.objects.filter(result="refused", action="award.corrected").exists()


@pytest.mark.parametrize("verb", ["correct", "renew"])
def test_a_suspension_is_not_lifted_by_the_back_door(award: Award, verb: str) -> None:
    suspend(award_id=award.pk, reason="other", actor=ACTOR, now=NOW)
    with pytest.raises(AwardSuspended):
        fixed(award) if verb == "correct" else renew(award_id=award.pk, actor=ACTOR, now=LATER)


def test_a_renewal_starts_today_and_ends_by_the_achievements_period(work: Work) -> None:
    version = make_version(validity="P2Y")
    start = datetime(2026, 1, 5, tzinfo=UTC)
    old = make_award(version, person(external_id="A-1", valid_from=start, valid_until=start + timedelta(days=60)))
    newest = add_version(version.achievement, number=2, validity="P3Y", name="Networks 2 (SAMPLE)")
    now = datetime(2027, 5, 1, 12, tzinfo=UTC)
    new = work(renew(award_id=old.pk, actor=ACTOR, now=now))
    assert (new.achievement_version, new.external_id) == (newest, "A-1")
    assert (new.awarded_at, new.valid_from, new.valid_until) == (now, now, datetime(2030, 5, 1, 12, tzinfo=UTC))
    old.refresh_from_db()
    assert (old.state, old.replaced_by) == ("superseded", new)
    assert list(Notice.objects.values_list("kind", "award")) == [("renewed", new.pk)]


def test_renewing_again_gives_the_same_award(award: Award) -> None:
    new = renew(award_id=award.pk, actor=ACTOR, now=LATER)
    assert renew(award_id=award.pk, actor=ACTOR, now=LATER + timedelta(days=9)) == new
    assert Award.objects.count() == 2


def test_a_renewal_may_choose_its_end(award: Award) -> None:
    end = LATER.replace(microsecond=0) + timedelta(days=90)
    assert renew(award_id=award.pk, valid_until=end, actor=ACTOR, now=LATER).valid_until == end


def test_an_archived_achievement_is_not_renewed(award: Award) -> None:
    Achievement.objects.update(archived_at=NOW)
    with pytest.raises(AchievementArchived):
        renew(award_id=award.pk, actor=ACTOR, now=LATER)


def test_a_renewal_by_file_sets_the_old_bit_and_is_in_the_log() -> None:
    version = make_version()
    old = make_award(version)
    issue(version, person(), duplicates=Batch.Duplicates.RENEW)
    old.refresh_from_db()
    assert (old.state, bit(old)) == ("superseded", True)
    entry = AuditEntry.objects.get(action="awards.renewed")
    assert entry.details == {"replaced": [str(old.public_id)]}
