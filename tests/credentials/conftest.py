"""What tests of issuing share."""

from collections.abc import Iterator

import pytest
from celery import current_app
from django.core.cache import cache


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The wake-ups that would reach the broker: (task name, arguments)."""
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: sent.append((name, args)))
    return sent


@pytest.fixture
def _fresh_cache() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()
