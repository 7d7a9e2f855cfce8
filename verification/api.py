"""`POST /api/v1/verify` and `POST /api/v1/verify/batch`: verdicts for programs (DESIGN 5)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ParseError, Throttled, UnsupportedMediaType
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.html import is_html_input
from rest_framework.validators import ProhibitSurrogateCharactersValidator
from rest_framework.views import APIView

from openbadges import strict_json
from openbadges.errors import OpenBadgesError
from verification.services import MOST_INPUTS, verify, verify_all
from verification.throttle import BatchThrottle, VerifyThrottle, seconds_to_wait_for_holder, web_for
from verification.uploads import FileIsPdf, FileTooLarge, read_upload
from verification.web import TooManyFetches

_NOT_KEPT = {"Cache-Control": "no-store"}


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


class VerifyView(APIView):
    throttle_classes = (VerifyThrottle,)
    parser_classes = (StrictJSONParser, MultiPartParser)

    def post(self, request: Request) -> Response:
        terms = VerifyInput(data=request.data)
        terms.is_valid(raise_exception=True)
        given = terms.validated_data
        data = _read(given["file"]) if "file" in given else given["input"]
        recipient = given.get("recipient")
        if recipient and (wait := seconds_to_wait_for_holder(request, data)) is not None:
            raise Throttled(wait)
        try:
            web, now = web_for(request), timezone.now()
            verdict = verify(data, recipient=recipient, now=now, web=web, receipt=given["receipt"])
        except TooManyFetches as error:
            raise Throttled(error.wait) from None
        return Response(verdict.report.to_json(), headers=_NOT_KEPT)


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
