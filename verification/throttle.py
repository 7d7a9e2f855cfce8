"""How often one address may ask for verdicts and for connections to other sites: the same buckets for page and API."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from typing import Any

from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from verification.web import TooManyFetches, Web

# Counts in this process while Redis is away: a verdict must not depend on it.
_local = LocMemCache("verify-throttle", {"OPTIONS": {"MAX_ENTRIES": 20_000}})


def _cache_is_away() -> tuple[type[Exception], ...]:
    """What a cache raises that does not answer. Loaded only then: redis takes a tenth of the start."""
    from redis import RedisError  # noqa: PLC0415

    return RedisError, OSError


class _PerAddress(SimpleRateThrottle):
    def allow_request(self, request: Any, view: Any) -> bool:
        try:
            return super().allow_request(request, view)
        except _cache_is_away():
            self.cache = _local
            return super().allow_request(request, view)

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"throttle:{self.scope}:{request.META.get('REMOTE_ADDR', '')}"


class VerifyThrottle(_PerAddress):
    scope = "verify"


class BatchThrottle(_PerAddress):
    scope = "verify_batch"


class FetchThrottle(_PerAddress):
    """Connections to other sites for one asker; looking up what is ours is not counted."""

    scope = "fetch"


class HolderThrottle(_PerAddress):
    """Tries of "Check the holder" for one badge: nobody finds out an address by trying many."""

    scope = "holder"
    TRIES, SECONDS = 5, 600

    def __init__(self, badge: str) -> None:
        self._badge = hashlib.sha256(badge.encode("utf-8", "replace")).hexdigest()[:32]
        self.cache = caches["shared"]  # or each web process would allow so many
        super().__init__()

    def get_rate(self) -> str:
        return f"{self.TRIES} in {self.SECONDS} seconds"

    def parse_rate(self, rate: str | None) -> tuple[int, int]:
        return self.TRIES, self.SECONDS

    def get_cache_key(self, request: Any, view: Any) -> str:
        return f"{super().get_cache_key(request, view)}:{self._badge}"


class TooManyTries(Exception):
    """The asker has used up the tries to match an address with the holder of one badge. `wait`: seconds."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"Wait {wait} seconds.")
        self.wait = wait


def seconds_to_wait(request: HttpRequest) -> int | None:
    """Count one question from this address; None if it may be answered, else how many seconds to wait."""
    return _take(VerifyThrottle(), request)


def tries_to_match(request: HttpRequest | Request) -> Callable[[str], None]:
    """What counts one try to match an address with the holder of a badge, by the badge's id. It raises TooManyTries."""

    def admit(badge: str) -> None:
        wait = _take(HolderThrottle(badge), request)
        if wait is not None:
            raise TooManyTries(wait)

    return admit


def web_for(request: HttpRequest | Request) -> Web:
    """Other sites as this asker may have them opened. What one site is asked is counted by the fetcher."""

    def admit() -> None:
        wait = _take(FetchThrottle(), request)
        if wait is not None:
            raise TooManyFetches(wait)

    return Web(admit=admit)


def _take(throttle: SimpleRateThrottle, request: HttpRequest | Request) -> int | None:
    if throttle.allow_request(request, None):  # type: ignore[arg-type]  # reads META only, as both requests have
        return None
    return max(1, math.ceil(throttle.wait() or 1))
