"""The page of a receipt: save it as a file, read or print it, and check one that was saved before."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openbadges.errors import OpenBadgesError
from openbadges.receipts import LONGEST_RECEIPT
from verification import receipts
from verification.receipt_display import file_name, receipt_view


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: HttpRequest) -> HttpResponse:
    """A box for a receipt, or what one of ours says. With `as=file` the receipt itself, to be saved."""
    if request.method != "POST":
        return _page(request)
    text = _given(request)
    if not text:
        return _page(request, "Paste a receipt, or choose its file.")
    try:
        found = receipts.read(text)
    except OpenBadgesError as error:
        return _page(request, f"Do not rely on this: {_refusal(error)}")
    if request.POST.get("as") != "file":
        return render(request, "receipt.html", {"nav": "check", "view": receipt_view(found, text)})
    response = HttpResponse(text, content_type="application/jwt")
    response["Content-Disposition"] = f'attachment; filename="{file_name(found, text)}"'
    return response


def _refusal(error: OpenBadgesError) -> str:
    """What is wrong with a receipt; how a text that is none fails to be a token helps nobody."""
    is_receipt = error.code.startswith("receipt.") or error.code == "token.signature"
    return str(error) if is_receipt else "It is no receipt, or only a part of one."


def _page(request: HttpRequest, error: str = "") -> HttpResponse:
    return render(request, "receipt.html", {"nav": "check", "error": error}, status=400 if error else 200)


def _given(request: HttpRequest) -> str:
    """The receipt as text; one letter too many is left on, so that what is too long reads as too long."""
    upload = request.FILES.get("file")
    if upload is None:
        return request.POST.get("receipt", "").strip()[: LONGEST_RECEIPT + 1]
    data: bytes = upload.read(LONGEST_RECEIPT + 100)
    return data.decode("utf-8", "replace").strip()
