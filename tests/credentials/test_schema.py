"""The rules that the database itself keeps: each constraint refuses the row that would break it."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import UniqueConstraint

from credentials.models import (
    AchievementVersion,
    Award,
    Batch,
    BatchChunk,
    BatchFilePiece,
    BatchRow,
    Notice,
    Reinstatement,
    StatusEntry,
    StatusList,
)
from issuers.models import AuditEntry, Course, InstallationKey, Issuer, Member, SigningKey
from learners.models import User
from openbadges.status import LIST_LENGTH
from tests.factories import NOW, make_award, make_member, make_version, person

pytestmark = pytest.mark.django_db
Model = TypeVar("Model", bound=models.Model)


@dataclass(frozen=True, slots=True)
class World:
    """One row of each kind, and a second award beside the first."""

    issuer: Issuer
    member: Member
    user: User
    course: Course
    key: SigningKey
    version: AchievementVersion
    award: Award
    other: Award
    batch: Batch
    chunk: BatchChunk
    row: BatchRow
    status_list: StatusList
    entry: StatusEntry


@pytest.fixture
def world() -> World:
    version = make_version()
    award = make_award(version, person(external_id="A-1"), person("grace@example.org", "Grace", external_id="A-2"))
    issuer, batch = award.issuer, award.batch
    assert batch is not None
    user = make_member(issuer)
    return World(
        issuer=issuer,
        member=issuer.members.get(),
        user=user,
        course=Course.objects.create(issuer=issuer, slug="networks", title="Networks (SAMPLE)"),
        key=issuer.keys.get(purpose="proof"),
        version=version,
        award=award,
        other=Award.objects.exclude(pk=award.pk).get(),
        batch=batch,
        chunk=batch.chunks.get(),
        row=batch.rows.earliest("number"),
        status_list=award.status_list,
        entry=award.status_entries.get(),
    )


def change(row: models.Model, **values: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**values)


def copy(row: Model, **values: Any) -> Model:
    """Insert the same row once more, with these differences."""
    key = type(row)._meta.pk
    copied = type(row)._base_manager.get(pk=row.pk)
    copied.pk = key.get_default() if key.has_default() else None
    copied._state.adding = True
    for name, value in values.items():
        setattr(copied, name, value)
    copied.save(force_insert=True)
    return copied


def new_award(world: World, **values: Any) -> Award:
    """An award that collides with none."""
    fresh: dict[str, Any] = {
        "public_id": Award._meta.get_field("public_id").get_default(),
        "code": os.urandom(6).hex().upper(),
        "batch": None,
        "external_id": "",
        "status_index": LIST_LENGTH + world.award.pk,
    }
    return copy(world.award, **{**fresh, **values})


BREAKS: dict[str, Callable[[World], object]] = {
    # issuers
    "issuer_slug_is_free_to_use": lambda w: change(w.issuer, slug="did"),
    "issuer_has_a_name": lambda w: change(w.issuer, name=""),
    "member_once_per_issuer": lambda w: copy(w.member),
    "member_role_is_known": lambda w: change(w.member, role="god"),
    "key_name_is_unique_within_its_issuer": lambda w: copy(w.key, state="retired"),
    "one_signing_key_per_purpose": lambda w: copy(w.key, fragment="another"),
    "key_algorithm_fits_its_purpose": lambda w: change(w.key, algorithm="P-256"),
    "key_state_is_known": lambda w: change(w.key, state="lost"),
    "compromised_key_says_since_when": lambda w: change(w.key, state="compromised"),
    "course_slug_is_unique_within_its_issuer": lambda w: copy(w.course),
    "course_has_a_title": lambda w: change(w.course, title=""),
    # achievements
    "achievement_slug_is_unique_within_its_issuer": lambda w: copy(
        w.version.achievement, public_id="00000000-0000-4000-8000-000000000000"
    ),
    "version_number_is_unique": lambda w: copy(w.version),
    "version_numbers_start_at_1": lambda w: change(w.version, number=0),
    "version_says_what_it_is": lambda w: change(w.version, description=""),
    "version_eqf_level_is_1_to_8": lambda w: change(w.version, eqf_level=9),
    "micro_credential_is_assessed": lambda w: change(w.version, assessment_type="attendance"),
    "certification_has_an_end": lambda w: change(w.version, achievement_type="Certification"),
    # awards
    "one_open_status_list_per_issuer": lambda w: copy(w.status_list, public_id="00000000-0000-4000-8000-000000000000"),
    "status_list_is_not_overfull": lambda w: change(w.status_list, used=LIST_LENGTH + 1),
    "award_owns_its_status_bit": lambda w: new_award(w, status_index=w.award.status_index),
    "award_once_per_batch_row": lambda w: new_award(w, batch=w.batch),
    "external_id_names_one_award": lambda w: change(w.award, external_id=w.other.external_id),
    "award_state_is_known": lambda w: change(w.award, state="lost"),
    "award_ends_after_it_starts": lambda w: change(w.award, valid_until=w.award.valid_from),
    "issued_award_has_its_document": lambda w: change(w.award, document=""),
    "abandoned_award_was_never_issued": lambda w: change(w.award, state="abandoned"),
    "award_visibility_is_known": lambda w: change(w.award, visibility="secret"),
    "status_index_is_given_once": lambda w: copy(w.entry),
    "status_index_is_inside_its_list": lambda w: change(w.entry, index=LIST_LENGTH),
    "reinstatement_has_a_whole_place_or_none": lambda w: Reinstatement.objects.create(
        award=w.award, status_list=w.status_list, valid_from=NOW, requested_at=NOW
    ),
    "notice_state_is_known": lambda w: change(notice(w), state="lost"),
    "sent_notice_says_when": lambda w: change(notice(w), state="sent"),
    "dropped_notice_says_why": lambda w: change(notice(w), state="dropped"),
    # the audit log
    "audit_place_and_hash_come_together": lambda w: entry(position=1),
    "audit_result_is_known": lambda w: entry(result="perhaps"),
    "audit_actor_is_known": lambda w: entry(actor_kind="ghost"),
    # batches
    "batch_state_is_known": lambda w: change(w.batch, state="lost", finished_at=None),
    "batch_policy_is_known": lambda w: change(w.batch, duplicates="maybe"),
    "batch_counts_no_row_twice": lambda w: change(w.batch, issued=w.batch.total + 1),
    "batch_ends_in_a_final_state": lambda w: change(w.batch, finished_at=None),
    "batch_at_work_was_started": lambda w: change(w.batch, started_at=None),
    "held_batch_knows_its_start": lambda w: change(w.batch, state="held", finished_at=None),
    "cancelled_batch_was_cancelled": lambda w: change(w.batch, state="cancelled"),
    "only_a_draft_waits_for_its_check": lambda w: change(w.batch, check_asked_at=NOW),
    "only_a_paused_batch_has_a_reason": lambda w: change(w.batch, pause_reason="disk_full"),
    "file_piece_number_is_unique": lambda w: [
        BatchFilePiece.objects.create(batch=w.batch, number=0, content=b"x") for _ in range(2)
    ],
    "row_foresight_is_known": lambda w: change(w.row, foreseen="maybe"),
    "chunk_number_is_unique": lambda w: copy(w.chunk),
    "row_number_is_unique": lambda w: copy(w.row),
    "row_state_is_known": lambda w: change(w.row, state="lost"),
    "failed_row_has_a_reason": lambda w: change(w.row, state="failed", award=None),
    "failed_row_has_no_award": lambda w: change(w.row, state="failed", code="row.raises"),
    "issued_row_has_its_award": lambda w: change(w.row, state="issued", award=None),
    # learners
    "installation_has_one_signing_key": lambda w: [installation_key("one"), installation_key("two")],
    "installation_key_state_is_known": lambda w: installation_key("one", state="lost"),
    "user_email_is_lower_case": lambda w: change(w.user, email="Owner@example.org"),
}


def notice(world: World) -> Notice:
    return Notice.objects.create(key="1", kind="revoked", award=world.award, next_try_at=NOW, created_at=NOW)


def entry(**facts: Any) -> AuditEntry:
    said = {"actor_kind": "system", "action": "thing.done", "object_kind": "thing", "object_id": "1", **facts}
    return AuditEntry.objects.create(at=NOW, **said)


def installation_key(fragment: str, state: str = "active") -> InstallationKey:
    return InstallationKey.objects.create(
        fragment=fragment, state=state, public_key={}, sealed_private_key=b"", created_at=NOW
    )


OUR_APPS = ("issuers", "credentials", "learners", "verification")


def our_constraints() -> Iterator[models.BaseConstraint]:
    for app in OUR_APPS:
        for model in apps.get_app_config(app).get_models():
            yield from model._meta.constraints


@pytest.mark.parametrize("name", BREAKS)
def test_the_database_refuses_what_breaks(name: str, world: World) -> None:
    # SQLite names a broken unique constraint by its columns.
    constraint = next(each for each in our_constraints() if each.name == name)
    told = "UNIQUE|unique" if isinstance(constraint, UniqueConstraint) else name
    with pytest.raises(IntegrityError, match=told), transaction.atomic():
        BREAKS[name](world)


def test_every_constraint_has_its_case() -> None:
    assert {constraint.name for constraint in our_constraints()} == set(BREAKS)


@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("batch", {"public_id": "00000000-0000-4000-8000-000000000000", "issued": 0}),
        ("award", {"external_id": "A-1", "state": "superseded"}),
        ("award", {"external_id": "A-1", "state": "abandoned", "document": "", "issued_at": None}),
        ("key", {"fragment": "older", "state": "retired"}),
        ("status_list", {"public_id": "00000000-0000-4000-8000-000000000000", "is_open": False}),
    ],
    ids=["a second batch", "a superseded award", "an abandoned award", "a retired key", "a closed list"],
)
def test_what_the_rules_allow_goes_in(row: str, values: dict[str, Any], world: World) -> None:
    if row == "award":
        assert new_award(world, **values).pk
    else:
        assert copy(getattr(world, row), **values).pk


@pytest.mark.parametrize("row", ["issuer", "version", "award", "key", "status_list", "batch"])
def test_what_a_credential_rests_on_cannot_be_deleted(row: str, world: World) -> None:
    with pytest.raises(models.ProtectedError):
        getattr(world, row).delete()


def test_codes_and_public_ids_of_awards_are_unique(world: World) -> None:
    for taken in ({"code": world.award.code}, {"public_id": world.award.public_id}):
        with pytest.raises(IntegrityError), transaction.atomic():
            new_award(world, **taken)
    assert new_award(world, valid_until=NOW + timedelta(days=9_999)).pk
