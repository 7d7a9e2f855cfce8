"""Rows for tests: small, fictional, marked SAMPLE. Everything goes through the services that the product uses."""

from base64 import b64decode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from credentials.batches import issue_next_chunk
from credentials.checked_rows import create_batch
from credentials.imports import RowValues
from credentials.models import Achievement, AchievementVersion, Award, Batch
from credentials.transitions import start_batch
from issuers.models import Issuer, Member
from issuers.services import add_member, create_issuer
from learners.models import User

if TYPE_CHECKING:
    from django.test.client import _MonkeyPatchedWSGIResponse

Answer: TypeAlias = "_MonkeyPatchedWSGIResponse"  # what Django's test client returns
NOW = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title>SAMPLE</title><circle cx="4" cy="4" r="4"/></svg>'
)
PNG = b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
PASSWORD = "a long password of the test run"


def make_issuer(slug: str = "sample-academy", **facts: Any) -> Issuer:
    return create_issuer(
        slug=slug, **{"name": "Sample Academy (SAMPLE)", "country_code": "AT", "is_sample": True, "now": NOW, **facts}
    )


def make_version(issuer: Issuer | None = None, *, slug: str = "networks", **facts: Any) -> AchievementVersion:
    """The first version of a new achievement, which is a micro-credential and so has outcomes and an assessment."""
    achievement = Achievement.objects.create(issuer=issuer or make_issuer(), slug=slug)
    return add_version(achievement, **facts)


def add_version(achievement: Achievement, *, number: int = 1, **facts: Any) -> AchievementVersion:
    definition: dict[str, Any] = {
        "name": "Networks (SAMPLE)",
        "description": "An invented course about small networks.",
        "achievement_type": "MicroCredential",
        "outcomes": ["Set up a small network", "Find a broken connection"],
        "workload": "PT60H",
        "eqf_level": 5,
        "assessment_type": "exam",
        "image_svg": SVG,
        "image_png": PNG,
        "created_at": NOW,
    }
    return AchievementVersion.objects.create(achievement=achievement, number=number, **{**definition, **facts})


def person(email: str = "ada@example.org", name: str = "Ada Sample", **values: Any) -> RowValues:
    return RowValues(email=email, name=name, **values)


def people(count: int) -> list[RowValues]:
    return [person(f"learner-{number}@example.org", f"Learner {number} (SAMPLE)") for number in range(1, count + 1)]


def make_batch(
    version: AchievementVersion,
    *rows: RowValues,
    duplicates: Batch.Duplicates = Batch.Duplicates.SKIP,
    created_by: User | None = None,
) -> Batch:
    """A checked batch that waits to be started; rows are numbered from 2, as a spreadsheet does below its header."""
    return create_batch(
        version=version,
        rows=enumerate(rows or (person(),), start=2),
        file_name="learners.csv",
        file_digest="0" * 64,
        duplicates=duplicates,
        created_by=created_by,
        now=NOW,
    )


def started(batch: Batch) -> Batch:
    return start_batch(batch_id=batch.pk, now=NOW)


def work_off(batch: Batch) -> Batch:
    """Do what a worker does, until nothing is left."""
    while issue_next_chunk(batch_id=batch.pk):
        pass
    batch.refresh_from_db()
    return batch


def issue(version: AchievementVersion, *rows: RowValues, duplicates: Batch.Duplicates = Batch.Duplicates.SKIP) -> Batch:
    return work_off(started(make_batch(version, *rows, duplicates=duplicates)))


def make_award(version: AchievementVersion | None = None, *rows: RowValues) -> Award:
    """One issued award (of the last row, where there are several)."""
    batch = issue(version or make_version(), *rows, duplicates=Batch.Duplicates.ISSUE)
    awards = Award.objects.filter(batch=batch, state=Award.State.ISSUED)
    return awards.select_related("achievement_version__achievement__issuer", "issuer").latest("batch_row")


def make_member(issuer: Issuer, *, email: str = "owner@example.org", role: Member.Role = Member.Role.OWNER) -> User:
    user = User.objects.create_user(email=email, password=PASSWORD)
    add_member(issuer=issuer, user=user, role=role)
    return user
