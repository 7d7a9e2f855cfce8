"""The contract of the verify API as an OpenAPI 3.1 document, from the same lists of words that make the reports.

tests/verification/test_openapi.py holds the API to it, with inputs made from the document itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import get_args

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openbadges.codes import CODES
from openbadges.json_types import JsonObject, JsonValue
from openbadges.report import CHECK_IDS, PRECEDENCE, Form, Outcome, Result
from openbadges.strict_json import dumps
from verification.http import document
from verification.services import MOST_INPUTS

_REPORT: JsonObject = {"$ref": "#/components/schemas/Report"}
_PROBLEMS: Mapping[int, str] = {
    400: "The request is not as described here.",
    406: "No such form of answer.",
    413: f"The request or the badge is larger than {settings.MAX_UPLOAD_MB} MB.",
    415: "The request is of another media type, or the file a PDF.",
    429: "Too many requests; Retry-After says how many seconds to wait.",
}


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """`GET /api/v1/openapi.json`."""
    return document(request, _text(), "application/json", max_age=3600)


@cache
def _text() -> bytes:
    return dumps(api())


def api() -> JsonObject:
    """The OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Touchstone",
            "version": "1",
            "description": "Verify Open Badges 3.0 credentials. No login. Branch on outcome, state and code.",
        },
        "paths": {
            "/api/v1/verify": {"post": _verify()},
            "/api/v1/verify/batch": {"post": _batch()},
        },
        "components": {"schemas": {"Report": _report(), "Problem": _problem()}},
    }


def _verify() -> JsonObject:
    recipient = _text_member("An e-mail address to compare with the holder's.", maxLength=254)
    receipt = _receipt_flag()
    as_text = _object(
        {
            "input": _text_member("A link, a code, a token, or JSON as text."),
            "recipient": recipient,
            "receipt": receipt,
        },
        required=["input"],
    )
    file: JsonObject = {"type": "string", "contentMediaType": "application/octet-stream", "minLength": 1}
    as_file = _object(
        {"file": {**file, "description": "PNG, SVG, JSON or JWT."}, "recipient": recipient, "receipt": receipt},
        required=["file"],
    )
    return {
        "operationId": "verify",
        "summary": "The verdict on one badge",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": as_text}, "multipart/form-data": {"schema": as_file}},
        },
        "responses": _responses(_REPORT),
    }


def _batch() -> JsonObject:
    item = _text_member("As `input` of /api/v1/verify.")
    inputs: JsonObject = {"type": "array", "items": item, "minItems": 1, "maxItems": MOST_INPUTS}
    asked: JsonObject = {"inputs": inputs, "receipt": _receipt_flag()}
    with_input: JsonObject = {
        "allOf": [_REPORT, {"type": "object", "properties": {"input": item}, "required": ["input"]}]
    }
    return {
        "operationId": "verifyBatch",
        "summary": f"The verdicts on up to {MOST_INPUTS} badges, in the order of the inputs",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _object(asked, required=["inputs"])}},
        },
        "responses": _responses(_object({"results": {"type": "array", "items": with_input}}, required=["results"])),
    }


def _receipt_flag() -> JsonObject:
    return {"type": "boolean", "default": False, "description": "Whether to sign a receipt."}


def _responses(schema: JsonObject) -> JsonObject:
    """200 for whatever could be judged, valid or not; else a problem document (RFC 9457)."""
    problem: JsonObject = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    refused: JsonObject = {str(status): {"description": text, "content": problem} for status, text in _PROBLEMS.items()}
    return {"200": {"description": "Judged.", "content": {"application/json": {"schema": schema}}}, **refused}


def _report() -> JsonObject:
    check = _object(
        {
            "id": _one_of(CHECK_IDS),
            "result": _one_of(get_args(Result)),
            "code": _one_of(sorted(CODES)),
            "message": {"type": "string"},
        }
    )
    issuer = _object(
        {
            "id": {"type": "string"},
            "name": _nullable("A name that is proven."),
            "claimed_name": _nullable("What the badge calls its issuer."),
            "proven_by": {"type": "array", "items": {"type": "string"}},
        },
        open_to_more=True,
    )
    credential = _object(
        {
            "name": _nullable("Of what was earned."),
            "recipient": _nullable("Of the holder."),
            "issuer": issuer,
            "valid_from": _nullable("UTC, RFC 3339."),
            "valid_until": _nullable("UTC, RFC 3339."),
            "format": _one_of(get_args(Form)),
        },
        open_to_more=True,
    )
    return _object(
        {
            "outcome": _one_of(get_args(Outcome)),
            "state": _one_of(PRECEDENCE),
            "headline": {"type": "string"},
            "checked_at": {"type": "string", "format": "date-time"},
            "checks": {"type": "array", "items": check, "minItems": len(CHECK_IDS), "maxItems": len(CHECK_IDS)},
            "credential": {"oneOf": [credential, {"type": "null"}], "description": "Null unless the signature fits."},
            "receipt": _nullable("A compact JWS, `typ` receipt+jwt, where one was asked for (docs/verification.md)."),
        },
        open_to_more=True,
    )


def _problem() -> JsonObject:
    error = _object({"pointer": {"type": "string"}, "detail": {"type": "string"}})
    text: JsonObject = {"type": "string"}
    always: JsonObject = {"type": text, "title": text, "status": {"type": "integer"}, "detail": text, "code": text}
    members: JsonObject = {**always, "errors": {"type": "array", "items": error}}
    return _object(members, required=list(always), open_to_more=True)


def _object(
    properties: JsonObject, *, required: list[JsonValue] | None = None, open_to_more: bool = False
) -> JsonObject:
    """An object with these members, all required unless said otherwise. Answers may get further members one day."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties) if required is None else required,
        "additionalProperties": open_to_more,
    }


def _one_of(words: Iterable[str]) -> JsonObject:
    return {"type": "string", "enum": list(words)}


def _nullable(description: str) -> JsonObject:
    return {"type": ["string", "null"], "description": description}


def _text_member(description: str, **limits: JsonValue) -> JsonObject:
    return {"type": "string", "pattern": "^[^\\u0000]*$", "description": description, **limits}
