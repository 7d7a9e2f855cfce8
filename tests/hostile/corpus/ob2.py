"""Badges of version 1 and 2, and credentials of the older form: recognised, and never taken for valid unchecked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openbadges.contexts import CREDENTIALS_V1
from openbadges.strict_json import dumps
from tests.hostile.case import ALTERED, COULD_NOT, REFUSED, UNPROVEN, UNREADABLE, Case, Series
from tests.hostile.corpus import pictures as p
from tests.hostile.maker import (
    ACADEMY,
    ALGORITHMS,
    NOBODY,
    Forged,
    changed,
    credential,
    each,
    header_of,
    jws,
    signed,
)

WORLD = ACADEMY.world()
ANYTHING_BUT_VALID = COULD_NOT | REFUSED | UNREADABLE | UNPROVEN | ALTERED


def cases() -> Iterator[Case]:
    series = Series("ob2")
    _controls(series)
    _hosted(series)
    _signed(series)
    _older_credentials(series)
    yield from series.cases


def assertion(**changes: Any) -> Forged:
    document: Forged = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://academy.example/assertions/1",
        "recipient": {"type": "email", "hashed": False, "identity": "ada.sample@example.org"},
        "badge": "https://academy.example/badges/1",
        "verification": {"type": "hosted"},
        "issuedOn": "2020-03-12T09:30:00Z",
    }
    return changed(document, **changes)


def _controls(series: Series) -> None:
    """New badges under the keyword and the element of the old ones."""
    good = dumps(signed(credential(NOBODY), NOBODY))
    series.control("keyword", p.png(p.itxt(good, p.LEGACY)), "A badge of version 3 under the older keyword.")
    series.control("keyword", p.png(p.text_chunk(good)), "A badge of version 3 in the chunk of version 1.")
    inside = f'<o:assertion xmlns:o="http://openbadges.org"><![CDATA[{good.decode()}]]></o:assertion>'
    series.control("element", p.svg(inside), "A badge of version 3 in the older element.")


def _hosted(series: Series) -> None:
    why = "A hosted badge is true only where its own address says so."
    for document in each(
        assertion(), assertion(badge={"type": "BadgeClass", "name": "x", "issuer": {"type": "Issuer",
        "name": "Academy"}}), assertion(verification=None),
        assertion(verification={"type": "HostedBadge"}), assertion(id="http://academy.example/1"),
        assertion(id="https://attacker.example/1"), assertion(id="urn:x:y"),
        assertion(expires="2020-04-01T00:00:00Z"), assertion(revoked=True),
        assertion(**{"@context": "https://w3id.org/openbadges/v1"}), assertion(id=None),
        assertion(**{"@context": ["https://w3id.org/openbadges/v2", {"x": "y"}]}), assertion(recipient=None),
        assertion(badge=None), assertion(type="BadgeClass"),
        {"uid": "1", "recipient": {"identity": "x"}, "badge": "https://academy.example/b",
        "verify": {"type": "hosted", "url": "https://academy.example/1"}},
        {"recipient": "sha256$00", "salt": "x", "badge": {"version": "1.0.0", "name": "x",
        "issuer": {"origin": "https://academy.example"}}},
    ):  # fmt: skip
        data = dumps(document)
        series.hostile("hosted", data.decode(), ANYTHING_BUT_VALID, (), why, WORLD)
        series.hostile("baked", p.png(p.text_chunk(data)), ANYTHING_BUT_VALID, (), why, WORLD)


def _signed(series: Series) -> None:
    why = "A signed badge of version 2 is true only under the key that its issuer hosts."
    payload = assertion(verification={"type": "signed", "creator": "https://academy.example/keys/1"})
    for alg in ("RS256", "ES256", "EdDSA"):
        for header in (
            {"alg": alg},
            header_of(ACADEMY, alg),
            {"alg": alg, "typ": "JWT"},
            header_of(ACADEMY, alg, kid="https://academy.example/keys/1"),
        ):
            text = jws(header, payload, ACADEMY.key(ALGORITHMS[alg]).sign)
            series.hostile("signed", text, ANYTHING_BUT_VALID, (), why, WORLD)
            series.hostile("signed-baked", p.png(p.text_chunk(text.encode())), ANYTHING_BUT_VALID, (), why, WORLD)
    text = jws({"alg": "none"}, payload, lambda data: b"x")
    series.hostile("signed", text, ANYTHING_BUT_VALID, (), why, WORLD)
    text = jws({"alg": "HS256"}, payload, lambda data: b"x" * 32)
    series.hostile("signed", text, ANYTHING_BUT_VALID, (), why, WORLD)


def _older_credentials(series: Series) -> None:
    why = "A credential of the data model 1.1 is not checked here, so that it is never valid."
    document = credential()
    ob3 = document["@context"][1]
    older = changed(
        document, issuanceDate="2026-03-12T09:30:00Z", validFrom=None, **{"@context": [CREDENTIALS_V1, ob3]}
    )
    for contexts in ([CREDENTIALS_V1], [CREDENTIALS_V1, ob3], CREDENTIALS_V1, [ob3, CREDENTIALS_V1]):
        given = {**older, "@context": contexts, "proof": signed(credential())["proof"]}
        series.hostile("data-model-1", dumps(given).decode(), ANYTHING_BUT_VALID, (), why, WORLD)
    for payload in (
        {"iss": ACADEMY.did, "vc": older}, {"iss": ACADEMY.did, "vc": older, "exp": 1}, older, {"vc": older},
        {"iss": NOBODY.did, "vc": older}, {**older, "vc": older},
    ):  # fmt: skip
        text = jws(header_of(ACADEMY), payload, ACADEMY.key("P-256").sign)
        series.hostile("data-model-1-token", text, ANYTHING_BUT_VALID, (), why, WORLD)
