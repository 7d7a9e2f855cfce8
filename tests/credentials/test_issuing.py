"""From rows to awards: who gets one, what is recorded before it is signed, and what a credential says."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from credentials.errors import RecordMismatch
from credentials.imports.values import EvidenceLink
from credentials.issuing import complete, reserve
from credentials.models import AchievementVersion, Award, Batch, BatchRow, StatusEntry
from credentials.signing import sign_awards
from openbadges import canonical, strict_json
from openbadges.json_types import JsonObject
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
)

pytestmark = pytest.mark.django_db
Duplicates = Batch.Duplicates


def reserved(version: AchievementVersion, **values: Any) -> Award:
    """An award between its two transactions: decided and recorded, not signed."""
    [award] = reserve(batch=started(make_batch(version)), people=[(2, person(**values))], now=NOW)
    assert isinstance(award, Award)
    return award


def document_of(award: Award) -> Any:
    award.refresh_from_db()
    return strict_json.loads(award.document)


def states(batch: Batch) -> list[tuple[str, str]]:
    return list(batch.rows.order_by("number").values_list("state", "code"))


# What is signed was recorded before


def test_the_digest_of_the_document_is_recorded_before_it_is_signed() -> None:
    award = reserved(make_version())
    entry = StatusEntry.objects.get(award=award)
    assert (award.state, award.document) == ("reserved", "")
    complete(sign_awards([award.pk], now=timezone.now()), now=timezone.now())
    assert canonical.digest(document_of(award)) == bytes(entry.digest)
    assert award.state == "issued"


@pytest.mark.parametrize(
    "change",
    [
        {"recipient_name": "Eve Sample"},
        {"recipient_email": "eve@example.org"},
        {"subject_id": "urn:uuid:00000000-0000-4000-8000-000000000000"},
        {"valid_until": datetime(2099, 1, 1, tzinfo=UTC)},
        {"narrative": "Added later."},
        {"status_index": 1},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_reservation_that_was_changed_is_not_signed(change: dict[str, Any]) -> None:
    award = reserved(make_version())
    Award.objects.filter(pk=award.pk).update(**change)
    with pytest.raises(RecordMismatch, match=str(award.public_id)):
        complete(sign_awards([award.pk], now=timezone.now()), now=timezone.now())
    award.refresh_from_db()
    assert (award.state, award.document, bytes(award.token_signature)) == ("reserved", "", b"")


def test_a_definition_changed_after_the_reservation_is_not_signed() -> None:
    award = reserved(make_version())
    AchievementVersion.objects.update(name="Something else")
    with pytest.raises(RecordMismatch):
        complete(sign_awards([award.pk], now=timezone.now()), now=timezone.now())


def test_each_of_many_awards_gets_its_own_document_or_none_is_signed() -> None:
    rows = list(enumerate(people(70), start=2))
    awards = reserve(batch=started(make_batch(make_version())), people=rows, now=NOW)
    award_ids = [award.pk for award in awards if isinstance(award, Award)]
    signed = sign_awards(award_ids, now=timezone.now()).awards
    recorded = {entry.award_id: bytes(entry.digest) for entry in StatusEntry.objects.all()}
    assert [one.award_id for one in signed] == award_ids and len(award_ids) == 70
    assert {one.award_id: canonical.digest(strict_json.load_object(one.document)) for one in signed} == recorded
    Award.objects.filter(pk=award_ids[-1]).update(recipient_name="Eve Sample")
    with pytest.raises(RecordMismatch):
        sign_awards(award_ids, now=timezone.now())


def test_completing_twice_signs_once() -> None:
    award = reserved(make_version())
    complete(sign_awards([award.pk], now=timezone.now()), now=timezone.now())
    first = document_of(award)
    complete(sign_awards([award.pk], now=timezone.now()), now=timezone.now())
    assert document_of(award) == first


# Who gets one


def test_someone_who_holds_it_is_skipped_with_the_link_to_what_they_hold() -> None:
    held = make_award()
    batch = issue(held.achievement_version, person())
    assert states(batch) == [("skipped_duplicate", "already_held")]
    row = batch.rows.get()
    assert row.column == "email" and held.address in row.message
    assert (batch.issued, batch.skipped, batch.failed) == (0, 1, 0)


def test_the_same_file_twice_issues_nothing_new() -> None:
    version, rows = make_version(), [person(), person("grace@example.org", "Grace Sample")]
    issue(version, *rows)
    batch = issue(version, *rows)
    assert (batch.issued, batch.skipped) == (0, 2)
    assert Award.objects.count() == 2


def test_a_renewal_replaces_the_award_that_was_held() -> None:
    old = make_award()
    batch = issue(old.achievement_version, person(), duplicates=Duplicates.RENEW)
    old.refresh_from_db()
    new = batch.awards.get()
    assert (old.state, old.replaced_by, new.state) == ("superseded", new, "issued")


def test_with_renew_someone_new_simply_gets_the_award() -> None:
    batch = issue(make_version(), person(), duplicates=Duplicates.RENEW)
    assert states(batch) == [("issued", "")]
    assert not Award.objects.exclude(state=Award.State.ISSUED).exists()


def test_with_issue_the_same_person_gets_a_second_award_beside_the_first() -> None:
    old = make_award()
    issue(old.achievement_version, person(), duplicates=Duplicates.ISSUE)
    assert list(Award.objects.values_list("state", flat=True)) == ["issued", "issued"]


@pytest.mark.parametrize("state", ["suspended", "revoked", "superseded"])
def test_only_an_award_in_force_counts_as_held(state: str) -> None:
    old = make_award()
    Award.objects.filter(pk=old.pk).update(state=state)
    batch = issue(old.achievement_version, person())
    assert batch.issued == (0 if state == "suspended" else 1)


def test_an_award_that_has_run_out_can_be_given_again() -> None:
    yesterday = timezone.now().replace(microsecond=0) - timedelta(days=1)
    old = make_award(make_version(), person(valid_from=yesterday - timedelta(days=1), valid_until=yesterday))
    assert issue(old.achievement_version, person()).issued == 1


def test_a_renewal_of_what_has_run_out_replaces_it_and_keeps_its_id() -> None:
    yesterday = timezone.now().replace(microsecond=0) - timedelta(days=1)
    ended = person(external_id="A-1", valid_from=yesterday - timedelta(days=1), valid_until=yesterday)
    old = make_award(make_version(), ended)
    batch = issue(old.achievement_version, person(external_id="A-1"), duplicates=Duplicates.RENEW)
    old.refresh_from_db()
    assert (batch.issued, old.state, old.replaced_by) == (1, "superseded", batch.awards.get())


def test_another_version_of_the_achievement_is_another_award() -> None:
    old = make_award()
    newer = add_version(old.achievement_version.achievement, number=2)
    assert issue(newer, person()).issued == 1


# External ids


def test_an_external_id_names_one_award_of_an_issuer() -> None:
    first = make_award(make_version(), person(external_id="A-1"))
    batch = issue(first.achievement_version, person("grace@example.org", "Grace Sample", external_id="A-1"))
    assert states(batch) == [("failed", "external_id_taken")]
    assert batch.rows.get().column == "external_id"
    assert "“A-1”" in batch.rows.get().message


def test_issuers_choose_their_external_ids_independently() -> None:
    make_award(make_version(), person(external_id="A-1"))
    other = make_version(make_issuer("another"))
    assert issue(other, person(external_id="A-1")).issued == 1


def test_a_renewal_may_carry_on_the_external_id() -> None:
    old = make_award(make_version(), person(external_id="A-1"))
    batch = issue(old.achievement_version, person(external_id="A-1"), duplicates=Duplicates.RENEW)
    assert batch.issued == 1
    assert batch.awards.get().external_id == "A-1"


def test_a_renewal_may_not_take_the_external_id_of_somebody_else() -> None:
    version = make_version()
    make_award(version, person("grace@example.org", "Grace Sample", external_id="A-1"))
    make_award(version, person())
    batch = issue(version, person(external_id="A-1"), duplicates=Duplicates.RENEW)
    assert states(batch) == [("failed", "external_id_taken")]
    assert not Award.objects.filter(state=Award.State.SUPERSEDED).exists()


def test_rows_without_an_external_id_do_not_collide() -> None:
    assert issue(make_version(), person(), person("grace@example.org", "Grace Sample")).issued == 2


# What the credential says


def test_a_row_becomes_a_credential_that_says_all_of_it() -> None:
    version = make_version(
        result_descriptions=[{"key": "exam", "name": "Exam", "result_type": "Percent"}], credits=Decimal("2.50")
    )
    award = make_award(
        version,
        person(
            awarded_on=date(2026, 2, 1),
            narrative="Well done.",
            evidence=(EvidenceLink("https://portfolio.example.org/ada", "Portfolio"),),
            results=(("exam", "87"),),
            licence_number="SAMPLE-7",
        ),
    )
    document = document_of(award)
    subject = document["credentialSubject"]
    assert document["id"] == award.address
    assert document["awardedDate"] == document["validFrom"] == "2026-02-01T00:00:00Z"
    assert "validUntil" not in document
    assert document["evidence"] == [
        {"id": "https://portfolio.example.org/ada", "type": ["Evidence"], "name": "Portfolio"}
    ]
    assert subject["id"].startswith("urn:uuid:")
    assert (subject["narrative"], subject["licenseNumber"]) == ("Well done.", "SAMPLE-7")
    assert subject["creditsEarned"] == 2.5
    [result] = subject["result"]
    assert (result["resultDescription"], result["value"]) == (f"{version.address}#result-exam", "87")
    assert document["credentialStatus"]["statusListIndex"] == str(award.status_index)
    assert document["credentialStatus"]["statusListCredential"] == award.status_list.address


def test_the_email_address_is_hashed_with_a_salt_of_the_award_and_the_name_is_plain() -> None:
    award = make_award()
    assert "ada@example.org" not in award.document
    identities = {each["identityType"]: each for each in document_of(award)["credentialSubject"]["identifier"]}
    email, name = identities["emailAddress"], identities["name"]
    digest = hashlib.sha256(("ada@example.org" + email["salt"]).encode()).hexdigest()
    assert (email["hashed"], email["identityHash"]) == (True, f"sha256${digest}")
    assert (name["hashed"], name["identityHash"]) == (False, "Ada Sample")
    other = make_award(award.achievement_version, person())
    assert other.recipient_salt != award.recipient_salt


def test_every_stated_eu_element_travels_as_an_alignment() -> None:
    version = make_version(
        credit_framework="ECTS",
        nqf_level="NQF 5",
        ehea_cycle="short cycle",
        isced_f="0612",
        field_of_study="Networks",
        participation_form="online",
        pace="own",
        quality_assurance_type="external",
        entry_requirement="none",
        supervision="online-with-id",
        stackability="standalone",
    )
    alignments = {
        each["targetType"]: each
        for each in document_of(make_award(version))["credentialSubject"]["achievement"]["alignment"]
    }
    assert alignments["ext:workload"]["targetCode"] == "PT60H"
    assert alignments["ext:EQFLevel"]["targetUrl"] == "http://data.europa.eu/snb/eqf/5"
    stated = {"workload", "creditFramework", "EQFLevel", "NQFLevel", "EHEACycle", "ISCEDF", "assessmentType"}
    stated |= {"participationForm", "pace", "qualityAssuranceType", "entryRequirement", "supervision", "stackability"}
    assert set(alignments) == {f"ext:{name}" for name in stated}


def test_outcomes_are_the_criteria_and_a_result_description_each() -> None:
    version = make_version()
    achievement: JsonObject = document_of(make_award(version))["credentialSubject"]["achievement"]
    criteria, described = achievement["criteria"], achievement["resultDescription"]
    assert isinstance(criteria, dict) and isinstance(described, list)
    assert criteria["narrative"] == "- Set up a small network\n- Find a broken connection"
    assert [each["id"] for each in described if isinstance(each, dict)] == [
        f"{version.address}#outcome-1",
        f"{version.address}#outcome-2",
    ]


@pytest.mark.parametrize(
    ("row", "valid_from", "valid_until"),
    [
        ({}, NOW, datetime(2029, 3, 12, 9, 30, tzinfo=UTC)),
        ({"awarded_on": date(2024, 2, 29)}, datetime(2024, 2, 29, tzinfo=UTC), datetime(2027, 2, 28, tzinfo=UTC)),
        (
            {"valid_from": datetime(2026, 5, 1, tzinfo=UTC)},
            datetime(2026, 5, 1, tzinfo=UTC),
            datetime(2029, 5, 1, tzinfo=UTC),
        ),
        (
            {"valid_until": datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)},
            NOW,
            datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC),
        ),
    ],
    ids=["now", "awarded_on", "valid_from", "valid_until"],
)
def test_validity_starts_with_the_award_and_lasts_as_long_as_the_achievement_says(
    row: dict[str, Any], valid_from: datetime, valid_until: datetime
) -> None:
    award = reserved(make_version(validity="P3Y"), **row)
    assert (award.valid_from, award.valid_until) == (valid_from, valid_until)


def test_times_in_the_document_have_whole_seconds() -> None:
    batch = started(make_batch(make_version()))
    [award] = reserve(batch=batch, people=[(2, person())], now=NOW.replace(microsecond=123_456))
    assert isinstance(award, Award)
    assert award.valid_from == award.awarded_at == NOW


def test_what_cannot_be_signed_fails_its_row_and_no_other() -> None:
    batch = issue(make_version(), person(name="Ada\x01Sample"), person("grace@example.org", "Grace Sample"))
    assert [state for state, _ in states(batch)] == ["failed", "issued"]
    refused = batch.rows.get(state=BatchRow.State.FAILED)
    assert refused.code and refused.message
