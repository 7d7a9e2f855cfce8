"""Whatever is changed in what we issued, the service refuses it: each letter of a token, each part of the JSON."""

from collections.abc import Iterator

import pytest

from credentials.models import Achievement
from credentials.samples.load import load_samples
from openbadges import strict_json
from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_2, OPEN_BADGES_3_0_3, UNDEFINED_TERMS_V2
from openbadges.json_types import JsonObject, JsonValue
from tests.interop.world import LATER, NOW, SMALL_ISSUER, Credential, award, learner, published
from verification.services import verify

pytestmark = pytest.mark.django_db
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ALIASES = {"id": "@id", "type": "@type", "@context": "context"}
VOCABULARY = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"


@pytest.fixture
def issued() -> Credential:
    """A small credential, so that every letter of it can be tried."""
    load_samples(now=NOW, issuers=[SMALL_ISSUER])
    version = Achievement.objects.get(issuer__slug=SMALL_ISSUER.slug).current
    batch = award(version, [learner(1, version)])
    return published(batch.awards.all()).credentials[0]


def outcome(given: str | bytes) -> str:
    return verify(given, now=LATER).report.outcome


def test_each_letter_of_a_token(issued: Credential) -> None:
    token = issued.token
    assert outcome(token) == "valid"
    accepted = [
        position
        for position, letter in enumerate(token)
        if outcome(token[:position] + other_than(letter) + token[position + 1 :]) == "valid"
    ]
    assert accepted == []


def other_than(letter: str) -> str:
    """The next letter of base64url: it differs in the lowest bit or more; a dot becomes a letter."""
    return ALPHABET[(ALPHABET.find(letter) + 1) % len(ALPHABET)]


def test_the_last_letter_of_each_part_has_one_spelling(issued: Credential) -> None:
    """Their lowest bits stand for nothing, which careless decoders forgive."""
    parts = issued.token.split(".")
    for number, part in enumerate(parts):
        for letter in set(ALPHABET) - {part[-1]}:
            changed = ".".join([*parts[:number], part[:-1] + letter, *parts[number + 1 :]])
            assert outcome(changed) != "valid", (number, letter)
    for padded in (f"{issued.token}=", f"{issued.token}.", issued.token.replace(".", "=.")):
        assert outcome(padded) != "valid"


def test_each_part_of_the_json(issued: Credential) -> None:
    assert outcome(strict_json.dumps(issued.document)) == "valid"
    accepted, tried = [], 0
    for change, document in changes(issued.document):
        tried += 1
        if outcome(strict_json.dumps(document)) == "valid":
            accepted.append(change)
    assert accepted == []
    assert tried > 900


def test_other_contexts(issued: Credential) -> None:
    contexts: list[JsonValue] = [
        [CREDENTIALS_V2],
        [OPEN_BADGES_3_0_3, CREDENTIALS_V2],
        [CREDENTIALS_V2, OPEN_BADGES_3_0_2],
        [CREDENTIALS_V2, OPEN_BADGES_3_0_3, UNDEFINED_TERMS_V2],
        [CREDENTIALS_V2, OPEN_BADGES_3_0_3, {"name": "https://schema.org/alternateName"}],
        [CREDENTIALS_V2, OPEN_BADGES_3_0_3, "https://context.example/unknown"],
        {"@vocab": "https://www.w3.org/ns/credentials#"},
    ]
    for context in contexts:
        changed: JsonObject = {**issued.document, "@context": context}
        assert outcome(strict_json.dumps(changed)) != "valid", context


def changes(value: JsonValue, path: str = "") -> Iterator[tuple[str, JsonObject]]:
    """Each copy of a document with one thing changed, and where. Only objects come out at the top."""
    for what, changed in _changes(value, path):
        if isinstance(changed, dict):
            yield what, changed


def _changes(value: JsonValue, path: str) -> Iterator[tuple[str, JsonValue]]:
    if isinstance(value, dict):
        yield f"{path} gains a member", {**value, "narrative" if "narrative" not in value else "role": "More"}
        yield f"{path} gains an unknown member", {**value, "unheardOf": "x"}
        yield f"{path} gains a null member", {**value, "unheardOf": None}
        for name, inner in value.items():
            here, others = f"{path}/{name}", {other: kept for other, kept in value.items() if other != name}
            yield f"{here} is dropped", others
            yield f"{here} is renamed", {**others, ALIASES.get(name, f"@{name}"): inner}
            yield f"{here} is named in full", {**others, f"{VOCABULARY}{name}": inner}
            yield f"{here} is there twice", {**value, f"@{name}": inner}
            for what, changed in _changes(inner, here):
                yield what, {**others, name: changed}
    elif isinstance(value, list):
        yield f"{path} gains an item", [*value, value[0]]
        yield f"{path} gains a null", [*value, None]
        yield f"{path} is reversed or unwrapped", value[::-1] if len(value) > 1 else value[0]
        for position, inner in enumerate(value):
            yield f"{path}/{position} is dropped", [*value[:position], *value[position + 1 :]]
            for what, changed in _changes(inner, f"{path}/{position}"):
                yield what, [*value[:position], changed, *value[position + 1 :]]
    yield from ((f"{path} becomes {other!r:.40}", other) for other in _others(value))


def _others(value: JsonValue) -> list[JsonValue]:
    """Other values in the place of this one."""
    if isinstance(value, bool):
        return [None, not value, str(value).lower()]
    if isinstance(value, int | float):
        return [None, value + 1, str(value)]
    if isinstance(value, str):
        return [None, "", value + "x", value + " ", value.swapcase() + ".", [value], {"@value": value}]
    return [None, [value], "text"]
