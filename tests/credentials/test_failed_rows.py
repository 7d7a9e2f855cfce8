"""Rows that fail after something was reserved for them: nobody holds it, and nobody gets it twice."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from credentials import batches, poison, signing
from credentials.batches import MOST_DEATHS, issue_next_chunk
from credentials.failpoints import failpoint
from credentials.models import Award, Batch, BatchRow, Notice, StatusEntry, StatusList
from credentials.transitions import retry_failed_rows
from issuers.models import AuditEntry
from openbadges import status
from tests.factories import NOW, issue, make_batch, make_version, people, person, started, work_off
from verification.services import verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("woken")]
POISONED = "learner-2@example.org"  # row 3
Fail = Callable[..., Batch]


class Died(BaseException):
    """Stands for kill -9: whatever was committed stays, nothing else happens."""


@pytest.fixture(params=["row.raises", "row.kills_worker"])
def fail_one(request: pytest.FixtureRequest, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Fail:
    """Issue a batch of which row 3 fails after its award was reserved; the row is mended afterwards."""

    def by_raising(batch: Batch) -> Batch:
        settings.TOUCHSTONE_FAILPOINT = "sign_row:3:raise"
        work_off(batch)
        settings.TOUCHSTONE_FAILPOINT = ""
        return batch

    def by_killing(batch: Batch) -> Batch:
        def third(row_ids: list[int], _: object) -> set[int]:
            return {pk for pk in row_ids if BatchRow.objects.get(pk=pk).number == 3}

        leave_behind(batch, monkeypatch)
        with monkeypatch.context() as patched:
            patched.setattr(poison, "rows_that_kill", third)
            batch.chunks.update(deaths=MOST_DEATHS)
            return work_off(batch)

    def fail(batch: Batch) -> Batch:
        (by_raising if request.param == "row.raises" else by_killing)(batch)
        assert batch.rows.get(state=BatchRow.State.FAILED).code == request.param
        return batch

    return fail


def leave_behind(batch: Batch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a worker die between reserving and signing."""

    def die(*_: object, **__: object) -> None:
        raise Died

    with monkeypatch.context() as patched:
        patched.setattr(batches, "sign_awards", die)
        with pytest.raises(Died):
            issue_next_chunk(batch_id=batch.pk)


def of_poisoned() -> list[str]:
    return sorted(Award.objects.filter(recipient_email=POISONED).values_list("state", flat=True))


def ends(batch: Batch) -> tuple[str, int, int, int]:
    batch.refresh_from_db()
    return batch.state, batch.issued, batch.skipped, batch.failed


def test_who_was_in_a_failed_row_is_awarded_by_another_file_and_a_retry_then_finds_it_held(fail_one: Fail) -> None:
    version = make_version()
    first = fail_one(started(make_batch(version, *people(3))))
    assert (ends(first), of_poisoned()) == (("finished", 2, 0, 1), ["abandoned"])
    assert ends(issue(version, person(POISONED)))[:2] == ("finished", 1)
    retry_failed_rows(batch_id=first.pk, now=NOW)
    assert ends(work_off(first)) == ("finished", 2, 1, 0)
    row = first.rows.get(number=3)
    assert (row.state, row.code, row.award) == ("skipped_duplicate", "already_held", None)
    assert of_poisoned() == ["abandoned", "issued"]


def test_who_was_awarded_by_a_retry_is_not_awarded_by_another_file(fail_one: Fail) -> None:
    version = make_version()
    first = fail_one(started(make_batch(version, *people(3))))
    retry_failed_rows(batch_id=first.pk, now=NOW)
    assert ends(work_off(first)) == ("finished", 3, 0, 0)
    assert ends(issue(version, person(POISONED))) == ("finished", 0, 1, 0)
    assert of_poisoned() == ["abandoned", "issued"]
    assert Award.objects.get(recipient_email=POISONED, state="issued").batch_row == 3


def test_a_row_that_fails_again_and_again_leaves_one_award_in_the_end(settings: Settings) -> None:
    batch = started(make_batch(make_version(), *people(3)))
    for _ in range(3):
        settings.TOUCHSTONE_FAILPOINT = "sign_row:3:raise"
        assert ends(work_off(batch)) == ("finished", 2, 0, 1)
        settings.TOUCHSTONE_FAILPOINT = ""
        retry_failed_rows(batch_id=batch.pk, now=NOW)
    assert ends(work_off(batch)) == ("finished", 3, 0, 0)
    assert of_poisoned() == ["abandoned", "abandoned", "abandoned", "issued"]
    places = StatusEntry.objects.filter(award__recipient_email=POISONED).values_list("status_list", "index")
    assert len(set(places)) == 4


def test_a_document_that_was_signed_for_a_failed_row_is_never_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    """It leaves no worker; but should one have kept it, neither we nor the readers of our list accept it."""
    batch = started(make_batch(make_version(), *people(3)))
    leave_behind(batch, monkeypatch)
    award = Award.objects.get(recipient_email=POISONED)
    [kept] = signing.sign_awards([award.pk], now=timezone.now()).awards
    with monkeypatch.context() as patched:
        patched.setattr(poison, "rows_that_kill", lambda *_: {batch.rows.get(number=3).pk})
        batch.chunks.update(deaths=MOST_DEATHS)
        work_off(batch)
    for _ in range(2):
        report = verify(kept.document, now=timezone.now()).report
        assert (report.outcome, report.check("issuer").code) == ("unknown", "issuer.no_record")
        assert status.get_bit(bytes(StatusList.objects.get().bits), award.status_index)
        if batch.rows.filter(state=BatchRow.State.FAILED).exists():
            retry_failed_rows(batch_id=batch.pk, now=NOW)
            work_off(batch)
    given = Award.objects.get(recipient_email=POISONED, state="issued")
    assert verify(given.document, now=timezone.now()).report.state == "valid"
    assert given.public_id != award.public_id and given.status_index != award.status_index


def test_the_external_id_of_a_failed_row_is_free(fail_one: Fail) -> None:
    version = make_version()
    rows = [person(f"learner-{number}@example.org", external_id=f"A-{number}") for number in (1, 2, 3)]
    first = fail_one(started(make_batch(version, *rows)))
    assert ends(issue(version, person("other@example.org", external_id="A-2")))[1] == 1
    retry_failed_rows(batch_id=first.pk, now=NOW)
    assert ends(work_off(first)) == ("finished", 2, 0, 1)
    assert first.rows.get(number=3).code == "external_id_taken"


def test_the_link_of_an_award_whose_renewal_failed_leads_to_the_next_one(fail_one: Fail) -> None:
    version = make_version()
    issue(version, *people(3))
    old = Award.objects.get(recipient_email=POISONED)
    renewal = fail_one(started(make_batch(version, *people(3), duplicates=Batch.Duplicates.RENEW)))
    old.refresh_from_db()
    assert (old.state, old.replaced_by) == ("superseded", None)
    retry_failed_rows(batch_id=renewal.pk, now=NOW)
    assert ends(work_off(renewal)) == ("finished", 3, 0, 0)
    old.refresh_from_db()
    assert old.successor == Award.objects.get(recipient_email=POISONED, state="issued")


@pytest.mark.parametrize("named_by", ["email", "id"])
def test_a_correction_that_failed_is_made_by_a_retry_and_told_once(
    named_by: str, fail_one: Fail, settings: Settings
) -> None:
    version = make_version()
    issue(version, *(person(f"learner-{number}@example.org", external_id=f"A-{number}") for number in (1, 2, 3)))
    old = Award.objects.get(recipient_email=POISONED)
    right = POISONED if named_by == "email" else "right@example.org"
    rows = [
        person(right if number == 2 else f"learner-{number}@example.org", "Right Name", external_id=f"A-{number}")
        for number in (1, 2, 3)
    ]
    batch = fail_one(started(make_batch(version, *rows, duplicates=Batch.Duplicates.CORRECT)))
    assert ends(batch) == ("finished", 2, 0, 1)
    assert Notice.objects.count() == 2 and not Notice.objects.filter(award__state="abandoned").exists()
    retry_failed_rows(batch_id=batch.pk, now=NOW)
    assert ends(work_off(batch)) == ("finished", 3, 0, 0)
    old.refresh_from_db()
    new = old.successor
    assert new is not None and (new.state, new.recipient_name, new.recipient_email) == ("issued", "Right Name", right)
    assert (new.external_id, new.awarded_at) == (old.external_id, old.awarded_at)
    assert Notice.objects.filter(award=new).count() == 1


def test_what_was_given_up_is_in_the_audit_log(fail_one: Fail) -> None:
    batch = fail_one(started(make_batch(make_version(), *people(3))))
    entry = AuditEntry.objects.get(action="awards.abandoned")
    abandoned = Award.objects.get(state="abandoned")
    assert (entry.object_id, entry.details) == (str(batch.public_id), {"awards": [str(abandoned.public_id)]})


@pytest.mark.parametrize("place", ["before_fail_commit", "after_reserve", "after_sign", "before_complete_commit"])
def test_a_worker_that_dies_while_rows_fail_leaves_what_the_next_one_ends_once(
    place: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second time that a worker comes to the place it is after the row has failed, where it failed at all."""
    seen: list[str] = []

    def die_late(name: str, **row: Any) -> None:
        seen.append(name)
        if name == place and (place == "before_fail_commit" or "before_fail_commit" in seen):
            raise Died
        failpoint(name, **row)

    version = make_version()
    batch = started(make_batch(version, *people(3)))
    settings.TOUCHSTONE_FAILPOINT = "sign_row:3:raise"
    with monkeypatch.context() as patched:
        patched.setattr(batches, "failpoint", die_late)
        with pytest.raises(Died):
            issue_next_chunk(batch_id=batch.pk)
    assert ends(work_off(batch)) == ("finished", 2, 0, 1)
    settings.TOUCHSTONE_FAILPOINT = ""
    assert of_poisoned() == ["abandoned"]
    retry_failed_rows(batch_id=batch.pk, now=NOW)
    assert ends(work_off(batch)) == ("finished", 3, 0, 0)
    assert ends(issue(version, *people(3))) == ("finished", 0, 3, 0)
    assert of_poisoned() == ["abandoned", "issued"]
    assert Award.objects.filter(state="issued").count() == 3
    assert StatusEntry.objects.count() == StatusList.objects.get().used == 4
