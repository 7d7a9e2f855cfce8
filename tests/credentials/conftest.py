"""What tests of issuing share."""

import pytest
from celery import current_app


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The wake-ups that would reach the broker: (task name, arguments)."""
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: sent.append((name, args)))
    return sent
