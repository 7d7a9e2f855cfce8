"""What the pages of a batch say and refuse, beyond the way from a file to awards (test_dashboard)."""

import pytest
from django.test import Client
from pytest_django import Settings

from credentials.models import Batch
from tests.factories import make_batch, make_member, make_version, people, started, work_off

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
