"""What tests of verification share."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.core.cache import cache, caches
from django.utils import timezone

from credentials.models import Award
from openbadges.report import Report
from tests.factories import make_award, make_version, person
from tests.verification.fake_web import FakeWeb
from verification import web
from verification.services import verify

Verify = Callable[..., Report]


@pytest.fixture(autouse=True)
def _nobody_asked_before() -> Iterator[None]:
    for one in (cache, caches["shared"]):
        one.clear()
    yield
    for one in (cache, caches["shared"]):
        one.clear()


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWeb]:
    """Other sites; nothing is served there until a test says so."""
    fake = FakeWeb()
    monkeypatch.setattr(web, "fetch", fake.fetch)
    web.kept.clear()
    yield fake
    web.kept.clear()


@pytest.fixture
def award(db: None) -> Award:
    """A credential that is valid for three years from today."""
    return make_award(make_version(validity="P3Y"), person())


@pytest.fixture
def report() -> Verify:
    """Verify an input and give the report; `now` may be given."""

    def verified(data: bytes | str, now: datetime | None = None, **terms: str) -> Report:
        return verify(data, now=now or timezone.now(), **terms).report  # type: ignore[arg-type]

    return verified
