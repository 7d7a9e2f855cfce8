"""The fetcher of this installation: the one place of this package that knows the settings."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings

from outbound.fetcher import Fetcher
from outbound.rules import Rules
from outbound.targets import own_places


def fetcher() -> Fetcher:
    """The one fetcher of this process, with its counters."""
    return _fetcher((settings.PUBLIC_URL, *settings.PREVIOUS_URLS), settings.FETCH_CONCURRENCY)


@lru_cache(maxsize=1)
def _fetcher(origins: tuple[str, ...], concurrency: int) -> Fetcher:
    return Fetcher(Rules(own=own_places(*origins), concurrency=concurrency))
