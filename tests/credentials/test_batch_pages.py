"""What the pages of a batch say and refuse, beyond the way from a file to awards (test_dashboard)."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from credentials import batch_pages
from credentials.award_display import _DONE, _REFUSED
from credentials.models import Batch
from issuers.models import AuditEntry, Member
from tests.factories import make_batch, make_issuer, make_member, make_version, people, started, work_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("woken")]


@pytest.fixture
def batch() -> Batch:
    return make_batch(make_version(), *people(3))


@pytest.fixture
def dashboard(batch: Batch) -> Client:
    client = Client()
    client.force_login(make_member(batch.issuer))
    return client


def address(batch: Batch, step: str = "") -> str:
    return f"/dashboard/batches/{batch.public_id}{step}"


def test_trying_rows_of_a_paused_batch_again_says_that_they_wait(
    batch: Batch, dashboard: Client, settings: Settings
) -> None:
    settings.TOUCHSTONE_FAILPOINT = "sign_row:3:raise"
    work_off(started(batch))
    Batch.objects.update(state="paused", finished_at=None)
    settings.TOUCHSTONE_FAILPOINT = ""
    page = dashboard.post(address(batch, "/retry"), follow=True).content.decode()
    assert "Failed rows wait to be tried again. The batch stays paused until you resume it." in page
    assert work_off(batch).state == "paused"
    assert "The batch goes on." in dashboard.post(address(batch, "/resume"), follow=True).content.decode()
    assert (work_off(batch).state, batch.issued) == ("finished", 3)


# What is tried by somebody who may not

ATTEMPTS = {
    "/columns": "batch.checked",
    "/start": "batch.started",
    "/drop": "batch.cancelled",
    "/recall": "batch.recall_asked",
    **{f"/{action}": change.log_name for action, change in batch_pages.CHANGES.items()},
}


@pytest.mark.parametrize("role", [None, Member.Role.VIEWER, Member.Role.ASSESSOR])
@pytest.mark.parametrize("step", ATTEMPTS)
def test_an_attempt_of_somebody_who_may_not_act_is_in_the_log_of_the_issuer(
    client: Client, batch: Batch, step: str, role: Member.Role | None
) -> None:
    issuer = batch.issuer if role else make_issuer("another")
    user = make_member(issuer, email="other@example.org", role=role or Member.Role.OWNER)
    client.force_login(user)
    for path in ("", "/columns", "/recall", "/progress"):
        assert client.get(address(batch, path)).status_code == 404
    assert not AuditEntry.objects.filter(result="refused").exists(), "looking is not trying"
    assert client.post(address(batch, step), {"typed": "0", "reason": "other"}).status_code == 404
    entry = AuditEntry.objects.get(result="refused")
    assert (entry.action, entry.code) == (ATTEMPTS[step], "not_permitted")
    assert (entry.actor_id, entry.issuer, entry.object_id) == (str(user.pk), batch.issuer, str(batch.public_id))
    batch.refresh_from_db()
    assert batch.state == "validated"


@pytest.mark.parametrize(("role", "status"), [(Member.Role.OWNER, 404), (Member.Role.VIEWER, 403)])
def test_an_attempt_to_award_what_is_another_issuers_is_in_its_log(
    client: Client, batch: Batch, role: Member.Role, status: int
) -> None:
    user = make_member(make_issuer("another"), email="other@example.org", role=role)
    client.force_login(user)
    achievement = batch.achievement_version.achievement
    given: dict[str, Any] = {"achievement": str(achievement.public_id)}
    assert client.post("/dashboard/award", given).status_code == status
    entry = AuditEntry.objects.get(result="refused")
    assert (entry.action, entry.issuer, entry.object_id) == ("batch.uploaded", batch.issuer, str(achievement.public_id))


def test_the_log_has_words_for_each_attempt(batch: Batch, dashboard: Client, client: Client) -> None:
    assert {*ATTEMPTS.values(), "batch.uploaded"} <= _REFUSED.keys() & _DONE.keys()
    client.force_login(make_member(make_issuer("another"), email="other@example.org"))
    client.post(address(batch, "/pause"))
    page = dashboard.get(f"/dashboard/issuers/{batch.issuer.slug}/audit").content.decode()
    assert "Pausing was refused" in page and "No right to do that" in page
