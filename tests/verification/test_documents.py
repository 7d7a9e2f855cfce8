"""What other sites served is kept within bounds of number, size and time."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges import strict_json
from openbadges.references import Reference
from verification.documents import SECONDS_OF_FAILURE, DocumentCache, parse, seconds_to_keep

LIST = Reference("status_list", "https://university.example/status/1", "https://university.example/status/1")
KEYS = Reference("did_document", "https://university.example/did.json", "did:web:university.example")


def reference(number: int) -> Reference:
    return Reference("keys", f"https://university.example/keys/{number}", f"https://university.example/keys/{number}")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_an_answer_is_kept_until_its_time_is_over(clock: list[float]) -> None:
    cache = DocumentCache()
    cache.put(KEYS, b"{}", seconds=60)
    clock[0] += 59.9
    assert cache.get(KEYS) == b"{}"
    clock[0] += 0.1
    assert cache.get(KEYS) is None and len(cache) == 0


def test_an_answer_belongs_to_its_kind_address_and_id() -> None:
    cache = DocumentCache()
    cache.put(KEYS, b"{}", seconds=60)
    for other in (
        Reference("issuer_profile", KEYS.url, KEYS.id),
        Reference("did_document", KEYS.url, "did:web:elsewhere.example"),
        Reference("did_document", "https://elsewhere.example/did.json", KEYS.id),
    ):
        assert cache.get(other) is None


def test_what_was_not_asked_for_the_longest_makes_room() -> None:
    cache = DocumentCache(entries=2)
    cache.put(reference(1), b"1", seconds=60)
    cache.put(reference(2), b"2", seconds=60)
    assert cache.get(reference(1)) == b"1"
    cache.put(reference(3), b"3", seconds=60)
    assert [cache.get(reference(number)) for number in (1, 2, 3)] == [b"1", None, b"3"]


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3_000), st.integers(-1, 60)), max_size=40))
def test_the_bounds_hold_whatever_is_put_in(puts: list[tuple[int, int, int]]) -> None:
    cache = DocumentCache(entries=5, size=6_000)
    for number, size, seconds in puts:
        cache.put(reference(number), bytes(size), seconds=seconds)
        assert len(cache) <= 5
        assert 0 <= cache._size <= 6_000
        assert cache._size == sum(kept.size for kept in cache._kept.values())


def status_list(**members: Any) -> dict[str, Any]:
    return {"id": LIST.id, "credentialSubject": {"type": "BitstringStatusList"}, **members}


def test_a_list_is_kept_no_longer_than_it_says() -> None:
    assert seconds_to_keep(LIST, status_list()) == 300
    assert seconds_to_keep(LIST, status_list(credentialSubject={"ttl": 30_000})) == 30
    assert seconds_to_keep(LIST, status_list(credentialSubject={"ttl": 10**9})) == 300
    soon = (datetime.now(UTC) + timedelta(seconds=20)).isoformat(timespec="seconds")
    assert 0 < seconds_to_keep(LIST, status_list(validUntil=soon)) <= 20
    assert seconds_to_keep(LIST, status_list(validUntil="2020-01-01T00:00:00Z")) == 0
    assert seconds_to_keep(LIST, status_list(validUntil="soon")) == 0


@pytest.mark.parametrize("ttl", [True, "30000", None, [], -5])
def test_a_strange_ttl_lengthens_nothing(ttl: object) -> None:
    assert seconds_to_keep(LIST, status_list(credentialSubject={"ttl": ttl})) <= 300


def test_keys_are_kept_for_a_quarter_of_an_hour_and_what_has_another_id_for_a_minute() -> None:
    assert seconds_to_keep(KEYS, {"id": KEYS.id}) == 900
    assert seconds_to_keep(KEYS, {"id": "did:web:elsewhere.example"}) == SECONDS_OF_FAILURE
    assert seconds_to_keep(reference(1), {"kty": "OKP"}) == 900
    assert seconds_to_keep(LIST, "a.b.c") == SECONDS_OF_FAILURE


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"a.b.c", b"\xff", b"<html>", b'{"a": 1, "a": 2}', b"null"])
def test_what_is_neither_json_nor_a_token_is_no_document(body: bytes) -> None:
    assert parse(body) is None


def test_json_and_tokens_are_documents() -> None:
    assert parse(b'\xef\xbb\xbf{"id": "x"}') == parse(b' {"id": "x"}\n') == {"id": "x"}
    assert parse(strict_json.dumps({"id": "x"})) == {"id": "x"}


@given(st.binary(max_size=80))
def test_any_body_is_read_without_an_error(body: bytes) -> None:
    found = parse(body)
    assert found is None or isinstance(found, dict | str)
