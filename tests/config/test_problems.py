"""Errors become problem documents for programs and pages for people."""

import json
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from rest_framework import exceptions

from config import problems
from openbadges.errors import OpenBadgesError


class AwardEnded(Exception):
    code = "award_ended"
    title = "This award was revoked before"


class TestError(OpenBadgesError):
    code = "json.test"
    title = "A test"
    __test__ = False


def handled(error: Exception) -> tuple[HttpResponse, dict[str, Any]]:
    response = problems.exception_handler(error, {})
    assert response is not None
    assert response["Content-Type"] == "application/problem+json"
    return response, json.loads(response.content)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (RequestDataTooBig(), 413, "too_large"),
        (exceptions.ParseError(), 400, "parse_error"),
        (exceptions.UnsupportedMediaType("application/pdf"), 415, "unsupported_media_type"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (AwardEnded("Revoked on 1 May 2026."), 409, "award_ended"),
        (TestError("The text is no JSON."), 422, "json.test"),
    ],
)
def test_each_error_has_one_status_and_one_lasting_code(error: Exception, status: int, code: str) -> None:
    response, body = handled(error)
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["title"]
    assert body["detail"]


def test_an_error_that_nobody_foresaw_is_left_to_the_log() -> None:
    assert problems.exception_handler(KeyError("x"), {}) is None


def test_a_validation_error_points_at_each_member() -> None:
    error = exceptions.ValidationError({"input": ["Write something."], "items": [{"name": ["Too long."]}]})
    _, body = handled(error)
    assert body["detail"] == "Write something."
    assert body["errors"] == [
        {"pointer": "#/input", "detail": "Write something."},
        {"pointer": "#/items/0/name", "detail": "Too long."},
    ]


def test_a_throttled_client_learns_when_to_come_back() -> None:
    response, body = handled(exceptions.Throttled(wait=12.4))
    assert (response.status_code, response["Retry-After"], body["code"]) == (429, "13", "throttled")


def test_programs_get_a_document_and_people_a_page() -> None:
    for_programs = problems.not_found(RequestFactory().get("/api/v1/nothing"))
    for_people = problems.not_found(RequestFactory().get("/nothing"))
    assert for_programs["Content-Type"] == "application/problem+json"
    assert for_people["Content-Type"].startswith("text/html")
    assert for_people.status_code == 404
    assert "Not found" in for_people.content.decode()
