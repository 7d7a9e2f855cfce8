"""What tests of an award's life share."""

from collections.abc import Callable

import pytest
from celery import current_app

from credentials.life.completing import complete_award
from credentials.models import Award
from tests.factories import make_award


@pytest.fixture(autouse=True)
def woken(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    """The wake-ups that would reach the broker: (task name, arguments)."""
    sent: list[tuple[object, ...]] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, args, **_: sent.append((name, args)))
    return sent


@pytest.fixture
def award() -> Award:
    return make_award()


@pytest.fixture
def work() -> Callable[[Award], Award]:
    """Do what a worker does for this award; give the award as it is then."""

    def complete(award: Award) -> Award:
        complete_award(award_id=award.pk)
        return Award.objects.get(pk=award.pk)

    return complete
