"""`POST /api/v1/verify` and `POST /api/v1/verify/batch`: verdicts for programs (DESIGN 5)."""

from __future__ import annotations

import re
from typing import Any

import orjson
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ParseError, Throttled, UnsupportedMediaType
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.html import is_html_input
from rest_framework.validators import ProhibitSurrogateCharactersValidator
from rest_framework.views import APIView

from openbadges import strict_json
from openbadges.errors import OpenBadgesError
from openbadges.json_types import JsonObject
from verification.services import MOST_INPUTS, verify, verify_all
from verification.throttle import BatchThrottle, TooManyTries, seconds_to_wait, tries_to_match, web_for
from verification.uploads import FileIsPdf, FileTooLarge, read_upload
from verification.web import TooManyFetches

_NOT_KEPT = {"Cache-Control": "no-store"}
_BLANKS = b" \t\r\n"
_HEAD = re.compile(rb'\{[ \t\r\n]*"input"[ \t\r\n]*:')


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"
    default_detail = f"A badge may have at most {settings.MAX_UPLOAD_MB} MB."


class StrictJSONParser(BaseParser):
    """JSON as strict as in badges: no nesting without end, no number without end, no member twice."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return strict_json.loads(stream.read(), max_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        except OpenBadgesError as error:
            raise ParseError(str(error)) from None


class Text(serializers.CharField):
    """A text, and nothing that could be made into one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # Half a millisecond for one badge, and neither parser lets halves of characters through.
        self.validators = [one for one in self.validators if not isinstance(one, ProhibitSurrogateCharactersValidator)]

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false; a form has words for them."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool) and not is_html_input(self.parent.initial_data):
            self.fail("invalid", input=data)
        return super().to_internal_value(data)


class Strict(serializers.Serializer[Any]):
    """Refuses members that it does not know: a misspelt one must not go unnoticed."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields)) if hasattr(data, "keys") else []
        if unknown:
            raise serializers.ValidationError(dict.fromkeys(unknown, "This member is not known here."))
        return super().to_internal_value(data)


class VerifyInput(Strict):
    """One input: `input` as text, or `file`. `recipient` is an e-mail address to compare with the holder's; `receipt`
    asks for a signed one."""

    input = Text(required=False, trim_whitespace=False, allow_blank=True)
    file = serializers.FileField(required=False, allow_empty_file=True, max_length=255)
    recipient = Text(required=False, max_length=254, allow_blank=True)
    receipt = Flag(required=False, default=False)

    def to_internal_value(self, data: Any) -> Any:
        if hasattr(data, "get") and isinstance(data.get("input"), dict | list):
            raise serializers.ValidationError({"input": "Put the badge's JSON into one string."})
        return super().to_internal_value(data)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = [name for name in ("input", "file") if name in attrs]
        if len(given) != 1:
            raise serializers.ValidationError(
                {"input": "Send either `input` (a link, code, token or JSON as text) or one `file`."}
            )
        return attrs


@csrf_exempt
def verify_one(request: HttpRequest) -> HttpResponse:
    """`POST /api/v1/verify`: the verdict on one badge.

    Nearly everybody sends a badge as JSON and asks nothing else. That takes the short way; whatever else there may be,
    and what is wrong with it, is for REST framework to say, which takes as long as a verdict.
    """
    try:
        if (wait := seconds_to_wait(request)) is not None:
            raise Throttled(wait)
        text = _badge_alone(request)
        if text is None:
            return _any_request(request)
        return HttpResponse(strict_json.dumps(_report(request, text)), "application/json", headers=_NOT_KEPT)
    except APIException as error:
        response: HttpResponse = api_settings.EXCEPTION_HANDLER(error, {})  # type: ignore[operator]  # not the name
        return response


def _badge_alone(request: HttpRequest) -> str | None:
    """The badge of a request that holds nothing else; None for any other request, and for one that is faulty."""
    is_plain = (
        request.method == "POST"
        and request.content_type == StrictJSONParser.media_type
        and request.META.get("HTTP_ACCEPT", "*/*") in ("*/*", "application/json")
        and not request.META.get("QUERY_STRING")
    )
    body = request.body.strip(_BLANKS) if is_plain else b""
    head = _HEAD.match(body)
    # One value between the name and the last brace is one member, and neither is there another nor is it there twice.
    value = body[head.end() : -1].strip(_BLANKS) if head is not None and body.endswith(b"}") else b""
    if not value.startswith(b'"'):
        return None
    try:
        text: str = orjson.loads(value)  # of a string no two readers make different things
    except orjson.JSONDecodeError:
        return None
    return None if "\0" in text else text


class VerifyView(APIView):
    """Every request to the same address, however it is written. `verify_one` has counted it."""

    parser_classes = (StrictJSONParser, MultiPartParser)

    def post(self, request: Request) -> Response:
        terms = VerifyInput(data=request.data)
        terms.is_valid(raise_exception=True)
        given = terms.validated_data
        data = _read(given["file"]) if "file" in given else given["input"]
        report = _report(request, data, recipient=given.get("recipient"), receipt=given["receipt"])
        return Response(report, headers=_NOT_KEPT)


_any_request = VerifyView.as_view()


def _report(
    request: HttpRequest | Request, data: bytes | str, *, recipient: str | None = None, receipt: bool = False
) -> JsonObject:
    """The report as JSON. Raises Throttled."""
    try:
        verdict = verify(
            data,
            recipient=recipient,
            admit=tries_to_match(request),
            now=timezone.now(),
            web=web_for(request),
            receipt=receipt,
        )
    except (TooManyFetches, TooManyTries) as error:
        raise Throttled(error.wait) from None
    return verdict.report.to_json()


class BatchInput(Strict):
    """Up to 100 inputs, each a text as `input` takes it; `receipt` asks for a signed one for each."""

    inputs = serializers.ListField(
        child=Text(trim_whitespace=False, allow_blank=True), min_length=1, max_length=MOST_INPUTS
    )
    receipt = Flag(required=False, default=False)


class VerifyBatchView(APIView):
    """`POST /api/v1/verify/batch`: {"inputs": [...]} gives {"results": [report + "input"]} in the same order."""

    throttle_classes = (BatchThrottle,)
    parser_classes = (StrictJSONParser,)

    def post(self, request: Request) -> Response:
        terms = BatchInput(data=request.data)
        terms.is_valid(raise_exception=True)
        inputs, receipt = terms.validated_data["inputs"], terms.validated_data["receipt"]
        verdicts = verify_all(inputs, now=timezone.now(), web=web_for(request), receipt=receipt)
        results = [
            {"input": given, **verdict.report.to_json()} for given, verdict in zip(inputs, verdicts, strict=True)
        ]
        return Response({"results": results}, headers=_NOT_KEPT)


def _read(upload: UploadedFile[bytes]) -> bytes:
    try:
        return read_upload(upload)
    except FileTooLarge:
        raise TooLarge from None
    except FileIsPdf:
        message = "PDF files are not read here. Send the badge as PNG, SVG, JSON, JWT or link."
        raise UnsupportedMediaType("application/pdf", message) from None
