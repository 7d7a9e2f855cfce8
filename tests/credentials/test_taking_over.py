"""What a worker finds that comes after another, or in the middle of its work."""

import logging

import pytest
from django.utils import timezone

from credentials import batches, status_lists
from credentials.batches import issue_next_chunk
from credentials.models import Award, Batch, BatchRow, StatusEntry, StatusList
from openbadges import canonical, status, strict_json
from tests.factories import make_award, make_batch, make_version, people, started, work_off

pytestmark = pytest.mark.django_db


class Died(BaseException):
    """Stands for a worker that is gone."""


@pytest.fixture
def left_behind(monkeypatch: pytest.MonkeyPatch, woken: list[object]) -> Batch:
    """A batch of two whose worker died between reserving and signing."""
    batch = started(make_batch(make_version(), *people(2)))

    def die(*_: object, **__: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(batches, "sign_awards", die)
        with pytest.raises(Died):
            issue_next_chunk(batch_id=batch.pk)
    assert set(Award.objects.values_list("state", flat=True)) == {"reserved"}
    return batch


def test_reservations_are_completed_although_the_issuer_was_renamed_meanwhile(
    left_behind: Batch, caplog: pytest.LogCaptureFixture
) -> None:
    """What was recorded no longer fits; nobody got it, so it is recorded again instead of failing for ever."""
    places = set(Award.objects.values_list("public_id", "status_index"))
    left_behind.issuer.name = "Another Academy (SAMPLE)"
    left_behind.issuer.save()
    with caplog.at_level(logging.WARNING, "credentials.issuing"):
        done = work_off(left_behind)
    assert (done.state, done.issued) == ("finished", 2)
    assert "2 reserved awards read differently now" in caplog.text
    assert set(Award.objects.values_list("public_id", "status_index")) == places
    for entry in StatusEntry.objects.select_related("award"):
        document = strict_json.loads(entry.award.document)
        assert isinstance(document, dict) and isinstance(document["issuer"], dict)
        assert document["issuer"]["name"] == "Another Academy (SAMPLE)"
        assert canonical.digest(document) == bytes(entry.digest)


def test_reservations_that_read_the_same_are_left_as_they_were_recorded(
    left_behind: Batch, caplog: pytest.LogCaptureFixture
) -> None:
    recorded = list(StatusEntry.objects.order_by("pk").values_list("digest", "recorded_at"))
    work_off(left_behind)
    assert list(StatusEntry.objects.order_by("pk").values_list("digest", "recorded_at")) == recorded
    assert caplog.text == ""


@pytest.mark.parametrize("policy", [Batch.Duplicates.SKIP, Batch.Duplicates.RENEW])
def test_what_another_file_is_about_to_award_is_not_awarded_beside_it(left_behind: Batch, policy: str) -> None:
    version = left_behind.achievement_version
    second = started(make_batch(version, *people(2), duplicates=Batch.Duplicates(policy)))
    assert (work_off(second).skipped, second.issued) == (2, 0)
    row = second.rows.first()
    assert row is not None and (row.code, row.column) == ("already_held", "email")
    assert row.message.startswith("Another file awards it to this person at this moment: http")
    assert work_off(left_behind).issued == 2
    assert not BatchRow.objects.filter(state=BatchRow.State.PENDING).exists()


def test_a_bit_set_since_the_list_was_read_is_published_all_the_same() -> None:
    """The hourly task reads its lists first; one of them may change before its turn comes."""
    read_early = make_award().status_list
    StatusList.objects.filter(pk=read_early.pk).update(bits=status.set_bit(status.empty(), 7))
    status_lists.publish(read_early, now=timezone.now())
    document = strict_json.loads(StatusList.objects.get(pk=read_early.pk).document)
    assert isinstance(document, dict) and isinstance(document["credentialSubject"], dict)
    published = document["credentialSubject"]["encodedList"]
    assert isinstance(published, str)
    assert status.get_bit(status.decode_list(published), 7)
