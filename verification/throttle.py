"""How often one address may ask for a verdict: the same bucket for page and API."""

from __future__ import annotations

from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest
from redis import RedisError
from rest_framework.throttling import SimpleRateThrottle

# Counts in this process while Redis is away: a verdict must not depend on it.
_local = LocMemCache("verify-throttle", {})


class VerifyThrottle(SimpleRateThrottle):
    scope = "verify"

    def allow_request(self, request: Any, view: Any) -> bool:
        try:
            return super().allow_request(request, view)
        except (RedisError, OSError):
            self.cache = _local
            return super().allow_request(request, view)

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle:verify:{request.META.get('REMOTE_ADDR', '')}"


def seconds_to_wait(request: HttpRequest) -> int | None:
    """Count one question from this address; None if it may be answered, else how many seconds to wait."""
    throttle = VerifyThrottle()
    if throttle.allow_request(request, None):  # reads META only, as both requests have
        return None
    return max(1, round(throttle.wait() or 1))
