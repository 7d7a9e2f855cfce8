"""The API and its own description agree: whatever the description allows or forbids is answered as it says."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.test import Client
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import negative_data_rejection

from credentials.models import Award
from openbadges.report import PRECEDENCE
from tests.openbadges.hostile import EXAMPLES
from verification.openapi import api

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/openapi.json"


MODEST = settings(
    max_examples=EXAMPLES // 3 + 1,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
@pytest.mark.parametrize("path", ["/api/v1/verify", "/api/v1/verify/batch"])
def test_every_answer_is_as_described(path: str, mode: GenerationMode) -> None:
    """Requests that fit the description and requests that do not, each checked in every way that schemathesis knows."""
    described = schemathesis.openapi.from_wsgi(ADDRESS, get_wsgi_application())

    @MODEST
    @given(case=described[path]["POST"].as_strategy(generation_mode=mode))
    def check(case: Any) -> None:
        # In a form everything is text, so that a value of another type cannot even be written there.
        case.call_and_validate(excluded_checks=[negative_data_rejection] if "multipart" in case.media_type else [])

    check()


def test_the_description_is_served_to_anybody(client: Client) -> None:
    response = client.get(ADDRESS)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response["Access-Control-Allow-Origin"] == "*"
    assert json.loads(response.content) == api()
    assert client.post(ADDRESS).status_code == 405


def test_a_verdict_fits_the_description(client: Client, award: Award) -> None:
    document = api()
    report: Any = document["components"]
    validator = Draft202012Validator({"$ref": "#/components/schemas/Report", "components": report})
    for badge in (award.document, "x", award.address, "https://elsewhere.example/"):
        body = client.post("/api/v1/verify", json.dumps({"input": badge}), content_type="application/json").json()
        assert list(validator.iter_errors(body)) == []
    assert list(validator.iter_errors({**body, "state": "splendid"}))
    assert report["schemas"]["Report"]["properties"]["state"]["enum"] == list(PRECEDENCE)
