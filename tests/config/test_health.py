"""The two probes."""

import json
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from config import health
from tests.factories import make_award


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer() -> None:
    response = health.readyz()
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert json.loads(response.content) == {"database": "ok", "broker": "ok", "status_lists": "ok"}


def test_not_ready_without_the_database() -> None:
    with patch.object(connection, "cursor", side_effect=DatabaseError):
        response = health.readyz()
    assert response.status_code == 503
    assert json.loads(response.content)["database"] == "unreachable"


@pytest.mark.django_db
def test_that_nobody_signs_any_more_raises_an_alarm_and_keeps_the_pages_up(caplog: pytest.LogCaptureFixture) -> None:
    status_list = make_award().status_list
    status_list.signed_at = timezone.now() - timedelta(days=3)
    status_list.save()
    response = health.readyz()
    assert (response.status_code, json.loads(response.content)["status_lists"]) == (200, "late")
    assert "Is a worker running?" in caplog.text
