"""Copies of a credential in which one thing was changed: every verifier must refuse each of them."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

from openbadges.json_types import JsonObject

_CHANGES: dict[str, Callable[[Any], None]] = {
    "holder": lambda badge: _holder(badge)["identifier"][-1].update(identityHash="Mallory"),
    "achievement": lambda badge: _holder(badge)["achievement"].update(name="Doctor of everything"),
    "one letter": lambda badge: badge.update(name=badge["name"] + "."),
    "outcome dropped": lambda badge: _holder(badge)["achievement"]["resultDescription"].pop(),
    "level raised": lambda badge: _holder(badge)["achievement"]["alignment"][-1].update(targetCode="8"),
    "end moved": lambda badge: badge.update(validUntil="2199-01-01T00:00:00Z"),
    "start moved": lambda badge: badge.update(validFrom="2020-01-01T00:00:00Z"),
    "status index": lambda badge: badge["credentialStatus"].update(statusListIndex="1"),
    "issuer name": lambda badge: badge["issuer"].update(name="Another University"),
    "evidence added": lambda badge: badge.update(evidence=[{"type": ["Evidence"], "name": "More"}]),
    "made earlier": lambda badge: badge["proof"][0].update(created="2020-01-01T00:00:00Z"),
    "signature": lambda badge: badge["proof"][0].update(proofValue=_swapped(badge["proof"][0]["proofValue"])),
    "purpose": lambda badge: badge["proof"][0].update(proofPurpose="authentication"),
    "proof dropped": lambda badge: badge.pop("proof"),
}


def tampered(document: JsonObject) -> Iterator[tuple[str, JsonObject]]:
    """Each copy with the name of what was done to it."""
    for name, change in _CHANGES.items():
        copy = deepcopy(document)
        change(copy)
        yield name, copy


def tampered_token(token: str) -> Iterator[tuple[str, str]]:
    """Copies of a token with one letter changed in each part, and with a part of it gone."""
    header, payload, signature = token.split(".")
    yield "header", f"{_swapped(header)}.{payload}.{signature}"
    yield "payload", f"{header}.{_swapped(payload)}.{signature}"
    yield "signature", f"{header}.{payload}.{_swapped(signature)}"
    yield "unsigned", f"{header}.{payload}."


def _swapped(text: str) -> str:
    """The text with a letter in its middle changed."""
    middle = len(text) // 2
    return text[:middle] + ("A" if text[middle] != "A" else "B") + text[middle + 1 :]


def _holder(badge: Any) -> Any:
    return badge["credentialSubject"]
