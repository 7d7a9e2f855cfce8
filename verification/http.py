"""How public documents travel: content negotiation, any origin may read, ETags."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers

HTML = "text/html"
View = Callable[..., HttpResponse]
_PREFLIGHT = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
}


def any_origin(view: View) -> View:
    """Let pages of any other site read what the view answers: browser wallets and verifiers cannot work without it."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        is_preflight = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        response = HttpResponse(status=204, headers=_PREFLIGHT) if is_preflight else view(request, *args, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response

    return wrapped


def preferred(request: HttpRequest, *documents: str, page: bool = True) -> str:
    """The media type to answer with: HTML for people and for `*/*`, the first document where nothing was asked for."""
    if "Accept" not in request.headers:
        return documents[0]
    offers = [HTML, *documents] if page else list(documents)
    return request.get_preferred_type(offers) or offers[0]


def varied(response: HttpResponse) -> HttpResponse:
    """Say that the same address answers otherwise to another Accept, so that no cache mixes page and document."""
    patch_vary_headers(response, ["Accept"])
    return response


def document(
    request: HttpRequest, body: str | bytes, media_type: str, *, max_age: int, file_name: str | None = None
) -> HttpResponse:
    """Answer with a public document that may be asked for again by its ETag. max_age: seconds a cache may keep it."""
    response = HttpResponse(body, content_type=media_type)
    response["Cache-Control"] = f"public, max-age={max_age}" if max_age else "no-cache"
    if file_name:
        response["Content-Disposition"] = f'inline; filename="{file_name}"'
    varied(response)
    etag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response["ETag"] = etag
    return cast(HttpResponse, get_conditional_response(request, etag=etag, response=response))
