"""How often one address may ask for verdicts and for connections to other sites: the same buckets for page and API."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from verification.web import TooManyFetches, Web


class _PerAddress(SimpleRateThrottle):
    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle:{self.scope}:{request.META.get('REMOTE_ADDR', '')}"


class VerifyThrottle(_PerAddress):
    scope = "verify"


class BatchThrottle(_PerAddress):
    scope = "verify_batch"


class FetchThrottle(_PerAddress):
    """Connections to other sites for one asker; looking up what is ours is not counted."""

    scope = "fetch"


class SiteThrottle(SimpleRateThrottle):
    """Connections to one other site for all askers, so that nobody makes us its burden."""

    scope = "fetch_site"

    def __init__(self, host: str) -> None:
        # A host comes from elsewhere and may be any text.
        self._host = hashlib.sha256(host.encode("utf-8", "replace")).hexdigest()[:32]
        super().__init__()

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle:{self.scope}:{self._host}"


def seconds_to_wait(request: HttpRequest) -> int | None:
    """Count one question from this address; None if it may be answered, else how many seconds to wait."""
    return _take(VerifyThrottle(), request)


def web_for(request: HttpRequest | Request) -> Web:
    """Other sites as this asker may have them opened: each connection is counted for the asker and for the site."""

    def admit(host: str) -> None:
        for throttle in (FetchThrottle(), SiteThrottle(host)):
            wait = _take(throttle, request)
            if wait is not None:
                raise TooManyFetches(wait)

    return Web(admit=admit)


def _take(throttle: SimpleRateThrottle, request: HttpRequest | Request) -> int | None:
    if throttle.allow_request(request, None):  # type: ignore[arg-type]  # reads META only, as both requests have
        return None
    return max(1, round(throttle.wait() or 1))
