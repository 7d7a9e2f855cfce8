"""The two probes."""

import json
from unittest.mock import patch

import pytest
from django.db import DatabaseError, connection

from config import health


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer() -> None:
    response = health.readyz()
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert json.loads(response.content) == {"database": "ok", "broker": "ok"}


def test_not_ready_without_the_database() -> None:
    with patch.object(connection, "cursor", side_effect=DatabaseError):
        response = health.readyz()
    assert response.status_code == 503
    assert json.loads(response.content)["database"] == "unreachable"
