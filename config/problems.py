"""Errors become HTTP here and nowhere else: RFC 9457 problem documents for programs, pages for people."""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template import TemplateDoesNotExist, loader
from django.utils.html import format_html
from rest_framework import exceptions

from openbadges.errors import OpenBadgesError

MEDIA_TYPE = "application/problem+json"
API_PREFIXES = ("/api/", "/vc-api/", "/ims/")
# Codes of the apps that are not simply a bad request.
STATUS: Mapping[str, int] = {
    "award_ended": 409,
    "award_not_issued": 409,
    "award_over": 409,
    "award_suspended": 409,
    "external_id_taken": 409,
    "nothing_to_correct": 409,
    "not_found": 404,
    "too_large": 413,
}


def problem(
    *, status: int, code: str, title: str, detail: str, errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """A problem document. errors: [{"pointer": "#/member", "detail": "one sentence"}], left out if there are none."""
    body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "detail": detail, "code": code}
    if errors:
        body["errors"] = errors
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)


def reply(request: HttpRequest, *, status: int, code: str, title: str, detail: str) -> HttpResponse:
    """A problem document under an API address, else the page `{status}.html` or `error.html`."""
    if request.path_info.startswith(API_PREFIXES):
        return problem(status=status, code=code, title=title, detail=detail)
    return HttpResponse(_page(status, title, detail), status=status)


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """REST framework's EXCEPTION_HANDLER. None for what nobody foresaw, which is logged as a server error."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, RequestDataTooBig):
        return problem(status=413, code="too_large", title="Request too large", detail="Send a smaller request.")
    if isinstance(error, exceptions.APIException):
        return _api_problem(error)
    code, title = getattr(error, "code", None), getattr(error, "title", None)
    if isinstance(code, str) and isinstance(title, str):
        status = 422 if isinstance(error, OpenBadgesError) else STATUS.get(code, 400)
        return problem(status=status, code=code, title=title, detail=str(error) or title)
    return None


def _api_problem(error: exceptions.APIException) -> HttpResponse:
    errors = list(_flatten(error.detail)) if isinstance(error, exceptions.ValidationError) else []
    detail = errors[0]["detail"] if errors else str(error.detail)
    response = problem(
        status=error.status_code,
        code=str(error.default_code),
        title=HTTPStatus(error.status_code).phrase,
        detail=detail,
        errors=errors,
    )
    if isinstance(error, exceptions.Throttled) and (wait := getattr(error, "wait", None)) is not None:
        response["Retry-After"] = str(max(1, wait))
    if auth_header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = auth_header
    return response


def _flatten(detail: Any, pointer: str = "#") -> Iterator[dict[str, str]]:
    """REST framework's nested error details as {"pointer", "detail"}, one for each sentence."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            yield from _flatten(value, pointer if key == "non_field_errors" else f"{pointer}/{key}")
    elif isinstance(detail, list):
        for position, value in enumerate(detail):
            yield from _flatten(value, f"{pointer}/{position}" if isinstance(value, (Mapping, list)) else pointer)
    else:
        yield {"pointer": pointer, "detail": str(detail)}


def _page(status: int, title: str, detail: str) -> str:
    try:
        template = loader.select_template([f"{status}.html", "error.html"])
    except TemplateDoesNotExist:
        return format_html(
            '<!doctype html><html lang="en"><title>{}</title><h1>{}</h1><p>{}</p></html>', title, title, detail
        )
    return str(template.render({"status": status, "title": title, "detail": detail}))


# Views that Django calls by name (config/urls.py, settings.CSRF_FAILURE_VIEW).


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    detail = "Something in this request could not be understood."
    return reply(request, status=400, code="bad_request", title="Bad request", detail=detail)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    detail = "You are not allowed to see or do this."
    return reply(request, status=403, code="permission_denied", title="Not allowed", detail=detail)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    detail = "There is nothing at this address. Check it for a missing character."
    return reply(request, status=404, code="not_found", title="Not found", detail=detail)


def server_error(request: HttpRequest) -> HttpResponse:
    detail = "Something went wrong on our side. It was written to the log."
    return reply(request, status=500, code="server_error", title="Server error", detail=detail)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = "This form was open for too long, or cookies are off. Load the page again and send it once more."
    return reply(request, status=403, code="csrf_failed", title="Form expired", detail=detail)
