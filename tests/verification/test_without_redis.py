"""A verdict needs no Redis: questions are counted in the process while it is away."""

import pytest
import redis
from django.core.cache import cache
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _redis_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise redis.ConnectionError("Connection refused")

    for name in ("get", "set"):
        monkeypatch.setattr(type(cache._connections["default"]), name, away)  # type: ignore[attr-defined]


def test_the_api_and_the_page_answer_and_count_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from verification import throttle

    monkeypatch.setattr(throttle, "_local", Counting())
    monkeypatch.setattr(throttle.VerifyThrottle, "rate", "2/min", raising=False)
    client = Client()
    answers = [
        client.post("/api/v1/verify", {"input": "nothing"}, content_type="application/json").status_code
        for _ in range(3)
    ]
    assert answers == [200, 200, 429]
    assert client.get("/verify").status_code == 200


class Counting(dict):  # type: ignore[type-arg]
    """What the throttle asks of a cache."""

    def set(self, key: str, value: object, timeout: object = None) -> None:
        self[key] = value
