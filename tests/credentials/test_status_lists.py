"""Status indexes: each given out once, at random, from one open list per issuer; lists signed before they grow old."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from credentials import status_lists
from credentials.models import Award, StatusEntry, StatusList
from credentials.status_lists import publish, publish_changed, publish_due, set_bits, take_indexes
from credentials.tasks import refresh_status_lists
from issuers.models import Issuer
from openbadges import jose, status, strict_json
from openbadges.data_integrity import proofs_of, verify_proof
from openbadges.json_types import JsonObject
from openbadges.keys import PublicKey
from openbadges.times import parse_time
from tests.factories import NOW, issue, make_award, make_issuer, make_version, people

pytestmark = pytest.mark.django_db


@pytest.fixture
def issuer() -> Issuer:
    return make_issuer()


def used(issuer: Issuer, *, free: int) -> StatusList:
    """The issuer's open list with `free` places left, all others taken."""
    award = make_award(make_version(issuer))
    current = award.status_list
    others = [index for index in range(status.LIST_LENGTH) if index != award.status_index]
    StatusEntry.objects.bulk_create(
        StatusEntry(status_list=current, index=index, award=award, digest=b"", recorded_at=NOW)
        for index in others[free:]
    )
    current.used = StatusEntry.objects.filter(status_list=current).count()
    current.save()
    return current


def test_places_are_distinct_and_inside_the_list(issuer: Issuer) -> None:
    places = take_indexes(issuer=issuer, count=2_000, now=NOW)
    indexes = [index for _, index in places]
    assert len(set(indexes)) == 2_000
    assert min(indexes) >= 0 and max(indexes) < status.LIST_LENGTH
    assert {status_list for status_list, _ in places} == set(issuer.status_lists.all())


def test_the_order_of_awards_cannot_be_read_from_their_indexes(issuer: Issuer) -> None:
    indexes = [index for _, index in take_indexes(issuer=issuer, count=1_000, now=NOW)]
    assert indexes != sorted(indexes)
    assert max(indexes) - min(indexes) > status.LIST_LENGTH // 2


def test_each_award_of_a_batch_has_its_own_recorded_index() -> None:
    issue(make_version(), *people(6))
    pairs = set(Award.objects.values_list("status_list", "status_index"))
    assert len(pairs) == 6
    assert pairs == set(StatusEntry.objects.values_list("status_list", "index"))


def test_a_full_list_is_closed_and_the_next_one_opened(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "LIST_LENGTH", 40)
    places = take_indexes(issuer=issuer, count=100, now=NOW)
    assert len(set(places)) == 100
    lists = list(issuer.status_lists.order_by("pk"))
    assert [(each.used, each.is_open) for each in lists] == [(40, False), (40, False), (20, True)]


def test_a_list_that_is_exactly_full_is_closed(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "LIST_LENGTH", 40)
    take_indexes(issuer=issuer, count=40, now=NOW)
    assert not issuer.status_lists.filter(is_open=True).exists()
    take_indexes(issuer=issuer, count=1, now=NOW)
    assert issuer.status_lists.filter(is_open=True, used=1).count() == 1


def test_scarce_places_are_found_and_never_given_twice(issuer: Issuer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status, "LIST_LENGTH", 40)
    current = used(issuer, free=3)
    places = take_indexes(issuer=issuer, count=5, now=NOW)
    last = [index for status_list, index in places if status_list == current]
    assert len(set(last)) == 3
    assert not StatusEntry.objects.filter(status_list=current, index__in=last).exists()
    assert len(places) == 5


def test_issuers_do_not_share_a_list(issuer: Issuer) -> None:
    [(mine, _)] = take_indexes(issuer=issuer, count=1, now=NOW)
    [(theirs, _)] = take_indexes(issuer=make_issuer("another"), count=1, now=NOW)
    assert mine != theirs


def test_asking_for_no_place_opens_no_list(issuer: Issuer) -> None:
    assert take_indexes(issuer=issuer, count=0, now=NOW) == []
    assert not StatusList.objects.exists()


# Publishing


def signed_document(row: StatusList) -> JsonObject:
    row.refresh_from_db()
    document = strict_json.loads(row.document)
    assert isinstance(document, dict)
    return document


def test_a_new_list_is_published_together_with_its_first_award() -> None:
    row = make_award().status_list
    document = signed_document(row)
    assert document["id"] == row.address
    assert document["issuer"] == row.issuer.did
    [proof] = proofs_of(document)
    key = row.issuer.keys.get(purpose="proof")
    verify_proof(document, proof, PublicKey.from_jwk(key.public_key))


def test_the_published_list_says_what_the_row_says_in_both_forms() -> None:
    row = make_award().status_list
    row.bits = status.set_bit(status.set_bit(status.empty(), 5), 131_071)
    row.save()
    publish(row, now=timezone.now())
    document = signed_document(row)
    token = jose.parse_token(row.token)
    jose.verify_token(token, PublicKey.from_jwk(row.issuer.keys.get(purpose="token").public_key))
    for credential in (document, jose.credential_of(token)):
        subject = credential["credentialSubject"]
        assert isinstance(subject, dict) and isinstance(subject["encodedList"], str)
        assert status.decode_list(subject["encodedList"]) == row.bits
        assert (subject["type"], subject["statusPurpose"]) == ("BitstringStatusList", "revocation")


def test_a_list_is_valid_for_seven_days() -> None:
    document = signed_document(make_award().status_list)
    start, end = str(document["validFrom"]), str(document["validUntil"])
    assert parse_time(end) - parse_time(start) == timedelta(days=7)


def test_only_lists_signed_a_day_ago_or_never_are_signed_again() -> None:
    row = make_award().status_list
    now = timezone.now()
    assert publish_due(now=now) == 0
    assert publish_due(now=now + timedelta(days=1, minutes=1)) == 1
    assert publish_due(now=now + timedelta(days=1, minutes=1)) == 0
    StatusList.objects.filter(pk=row.pk).update(signed_at=None)
    assert publish_due(now=now) == 1


def test_the_hourly_task_signs_what_is_due() -> None:
    row = make_award().status_list
    long_ago = timezone.now() - timedelta(days=3)
    StatusList.objects.filter(pk=row.pk).update(signed_at=long_ago)
    refresh_status_lists()
    row.refresh_from_db()
    assert row.signed_at is not None and row.signed_at > long_ago
    assert status_lists.VALID_FOR > 2 * status_lists.SIGN_AGAIN_AFTER


# Changes


def test_bits_of_every_document_of_an_award_are_set_and_stay() -> None:
    award = make_award()
    other = make_award(award.achievement_version, people(1)[0])
    StatusEntry.objects.create(status_list=award.status_list, index=17, award=award, digest=b"", recorded_at=NOW)
    for _ in range(2):
        set_bits(award_ids=[award.pk], now=NOW)
    bits = bytes(StatusList.objects.get().bits)
    assert status.get_bit(bits, 17) and status.get_bit(bits, award.status_index)
    assert not status.get_bit(bits, other.status_index)
    assert sum(byte.bit_count() for byte in bits) == 2


def test_a_thousand_changes_wake_one_worker_and_cost_one_signature(
    woken: list[object], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    awards = list(issue(make_version(), *people(40)).awards.all())
    woken.clear()
    with django_capture_on_commit_callbacks(execute=True):
        for award in awards:
            set_bits(award_ids=[award.pk], now=timezone.now())
    assert woken == [(status_lists.PUBLISH_TASK, [])]
    assert (publish_changed(), publish_changed()) == (1, 0)
    row = StatusList.objects.get()
    subject: Any = signed_document(row)["credentialSubject"]
    assert status.decode_list(subject["encodedList"]) == bytes(row.bits)


def test_a_list_is_not_signed_again_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    award = make_award()
    slept: list[float] = []
    monkeypatch.setattr("credentials.status_lists.time.sleep", slept.append)
    set_bits(award_ids=[award.pk], now=timezone.now())
    assert publish_changed() == 1
    assert 0 < slept[0] <= 1


def test_of_two_who_wait_for_the_same_second_one_signs(
    monkeypatch: pytest.MonkeyPatch,
    woken: list[object],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """The task and the sweep; what is changed between their signatures is the next one's, who was woken for it."""
    first, second = issue(make_version(), *people(2)).awards.all()
    set_bits(award_ids=[first.pk], now=timezone.now())
    woken.clear()

    def meanwhile(_: float) -> None:
        monkeypatch.setattr("credentials.status_lists.time.sleep", lambda _: None)
        assert publish(StatusList.objects.get(), now=timezone.now(), only_if_changed=True)
        with django_capture_on_commit_callbacks(execute=True):
            set_bits(award_ids=[second.pk], now=timezone.now())

    monkeypatch.setattr("credentials.status_lists.time.sleep", meanwhile)
    assert publish_changed() == 0
    assert woken == [(status_lists.PUBLISH_TASK, [])]
    assert StatusList.objects.get().is_changed
    assert publish_changed() == 1


def test_a_change_during_the_signing_is_not_lost() -> None:
    """Its time may lie before the signature that does not show it: a mark says so, not a comparison of times."""
    award = make_award()
    publish(award.status_list, now=timezone.now())
    set_bits(award_ids=[award.pk], now=timezone.now() - timedelta(minutes=5))
    assert publish_changed() == 1


def test_a_list_that_cannot_be_signed_does_not_keep_the_others_from_it(caplog: pytest.LogCaptureFixture) -> None:
    broken = make_award(make_version(make_issuer("broken")))
    sound = make_award(make_version(make_issuer("sound")))
    broken.issuer.keys.update(state="retired")
    for award in (broken, sound):
        set_bits(award_ids=[award.pk], now=timezone.now())
    assert publish_changed() == 1
    assert "could not be signed" in caplog.text
    assert StatusList.objects.get(is_changed=True) == broken.status_list


def test_when_nobody_signs_it_is_noticed() -> None:
    award = make_award()
    now = timezone.now()
    assert status_lists.late_since(now=now) is None
    set_bits(award_ids=[award.pk], now=now)
    assert status_lists.late_since(now=now + timedelta(seconds=30)) is None
    assert status_lists.late_since(now=now + timedelta(minutes=2)) == now
    publish_changed()
    signed_at = StatusList.objects.get().signed_at
    assert signed_at is not None
    assert status_lists.late_since(now=now + timedelta(minutes=2)) is None
    assert status_lists.late_since(now=signed_at + timedelta(days=2, minutes=1)) == signed_at


def test_the_address_of_a_list_answers_anew_after_a_change_only(client: Client) -> None:
    award = make_award()
    address = f"/status/{award.status_list.public_id}"
    before = client.get(address)
    assert client.get(address, headers={"if-none-match": before["ETag"]}).status_code == 304
    set_bits(award_ids=[award.pk], now=timezone.now())
    assert client.get(address)["ETag"] == before["ETag"], "what is published is whole and signed"
    publish_changed()
    after = client.get(address, headers={"if-none-match": before["ETag"]})
    assert after.status_code == 200 and after["ETag"] != before["ETag"]
