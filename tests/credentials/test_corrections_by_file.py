"""A file with the policy "correct": each row replaces the award that it names by one that says it right."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from credentials import notices
from credentials.imports.values import EvidenceLink
from credentials.life import suspend
from credentials.models import Award, Batch, Notice, StatusEntry
from issuers.audit import Actor
from issuers.models import AuditEntry
from openbadges import status
from tests.factories import (
    NOW,
    add_version,
    issue,
    make_award,
    make_batch,
    make_issuer,
    make_version,
    people,
    person,
    started,
    work_off,
)

pytestmark = pytest.mark.django_db
CORRECT = Batch.Duplicates.CORRECT


def states(batch: Batch) -> list[tuple[str, str]]:
    return list(batch.rows.order_by("number").values_list("state", "code"))


def test_what_is_wrong_is_replaced_and_everything_else_stays() -> None:
    full: dict[str, Any] = {
        "external_id": "A-1",
        "narrative": "Built a network.",
        "evidence": (EvidenceLink("https://a.example/plan", "Plan"),),
        "licence_number": "SAMPLE-1",
    }
    old = make_award(make_version(), person(**full))
    Award.objects.filter(pk=old.pk).update(visibility=Award.Visibility.PRIVATE, delivery=Award.Delivery.CLAIM)
    batch = issue(old.achievement_version, person(name="Ada Lovelace (SAMPLE)"), duplicates=CORRECT)
    assert (batch.issued, states(batch)) == (1, [("issued", "")])
    old.refresh_from_db()
    new = batch.awards.get()
    assert (old.state, old.replaced_by, new.state) == ("superseded", new, "issued")
    assert new.recipient_name == "Ada Lovelace (SAMPLE)"
    kept = (
        "recipient_email", "external_id", "narrative", "evidence", "licence_number", "subject_id", "visibility",
        "delivery", "awarded_at", "valid_from", "valid_until",
    )  # fmt: skip
    assert [getattr(new, name) for name in kept] == [getattr(old, name) for name in kept]
    entry = StatusEntry.objects.select_related("status_list").get(award=old)
    assert status.get_bit(bytes(entry.status_list.bits), entry.index)


def test_a_wrong_address_is_corrected_by_the_external_id() -> None:
    old = make_award(make_version(), person("aad@example.org", external_id="A-1"))
    batch = issue(old.achievement_version, person("ada@example.org", external_id="A-1"), duplicates=CORRECT)
    old.refresh_from_db()
    assert (old.state, batch.awards.get().recipient_email) == ("superseded", "ada@example.org")


def test_an_id_of_another_version_or_of_an_ended_award_names_nothing() -> None:
    version = make_version()
    make_award(version, person(external_id="A-1"))
    newer = add_version(version.achievement, number=2)
    batch = make_batch(newer, person("other@example.org", external_id="A-1"), duplicates=CORRECT)
    assert states(batch) == [("failed", "no_award_to_correct")]


def test_an_id_of_another_issuer_names_nothing() -> None:
    theirs = make_award(make_version(make_issuer("another")), person("eve@example.org", external_id="A-1"))
    batch = issue(make_award().achievement_version, person(name="B", external_id="A-1"), duplicates=CORRECT)
    assert batch.issued == 1  # found by the address, in the issuer's own awards
    Award.objects.filter(pk=theirs.pk).update(external_id="A-2")
    stranger = make_batch(batch.achievement_version, person("x@example.org", external_id="A-2"), duplicates=CORRECT)
    assert states(stranger) == [("failed", "no_award_to_correct")]
    theirs.refresh_from_db()
    assert (theirs.state, theirs.recipient_email) == ("issued", "eve@example.org")


@pytest.mark.parametrize("policy", [CORRECT, Batch.Duplicates.RENEW])
def test_a_suspended_award_is_not_replaced_unseen(policy: Batch.Duplicates) -> None:
    old = make_award()
    suspend(award_id=old.pk, reason="under_review", actor=Actor.command("suspend"), now=NOW)
    batch = issue(old.achievement_version, person(name="Ada Lovelace (SAMPLE)"), duplicates=policy)
    assert states(batch) == [("failed", "award_suspended")]
    assert Award.objects.get().state == "suspended"


def test_what_is_right_already_is_left_alone() -> None:
    old = make_award()
    batch = issue(old.achievement_version, person(), duplicates=CORRECT)
    assert states(batch) == [("skipped_duplicate", "nothing_to_correct")]
    assert Award.objects.count() == 1


def test_who_holds_nothing_is_said_when_the_file_is_checked() -> None:
    batch = make_batch(make_version(), duplicates=CORRECT)
    assert (batch.failed, states(batch)) == (1, [("failed", "no_award_to_correct")])
    row = batch.rows.get()
    assert (row.column, row.values) == ("email", {"name": "Ada Sample", "email": "ada@example.org"})


def test_who_lost_it_meanwhile_gets_nothing() -> None:
    old = make_award()
    batch = make_batch(old.achievement_version, person(name="Ada Lovelace (SAMPLE)"), duplicates=CORRECT)
    Award.objects.filter(pk=old.pk).update(state=Award.State.REVOKED)
    assert states(work_off(started(batch))) == [("failed", "no_award_to_correct")]


def test_two_rows_do_not_correct_one_award() -> None:
    old = make_award(make_version(), person(external_id="A-1"))
    rows = person(name="Ada L. (SAMPLE)"), person("other@example.org", external_id="A-1")
    batch = issue(old.achievement_version, *rows, duplicates=CORRECT)
    assert states(batch) == [("issued", ""), ("failed", "corrected_twice")]


def test_another_day_is_another_moment() -> None:
    old = make_award()
    earlier = old.awarded_at.date() - timedelta(days=3)
    batch = issue(old.achievement_version, person(awarded_on=earlier), duplicates=CORRECT)
    new = batch.awards.get()
    assert new.awarded_at == datetime(earlier.year, earlier.month, earlier.day, tzinfo=UTC)
    assert new.valid_from == old.valid_from


def test_the_holders_are_told_and_the_log_has_it() -> None:
    version = make_version()
    issue(version, *people(3))
    mail.outbox.clear()
    rows = [person(one.email, f"{one.name} B") for one in people(3)]
    batch = issue(version, *rows, duplicates=CORRECT)
    assert batch.issued == 3
    assert Notice.objects.filter(kind=Notice.Kind.CORRECTED).count() == 3
    notices.send_due(now=NOW + timedelta(days=3650))
    assert sorted(message.to[0] for message in mail.outbox) == [one.email for one in people(3)]
    entry = AuditEntry.objects.filter(action="awards.corrected").get()
    assert len(entry.details["replaced"]) == 3
