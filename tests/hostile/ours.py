"""Badges of this installation: every form of one award, and forgeries in its issuer's name.

The awards are made through the product's services, so that ids and keys are new in each run; names of cases are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.test import Client

from credentials.codes import shown
from credentials.models import Award
from openbadges.multiformats import multibase_encode
from openbadges.strict_json import dumps, loads
from tests.factories import make_award, make_issuer, make_version, person
from tests.hostile.case import ALTERED, BROKEN, COULD_NOT, UNPROVEN, UNREADABLE, Case, Series
from tests.hostile.maker import (
    ATTACKER,
    NOBODY,
    NOW,
    Forged,
    b64,
    edited,
    jws,
    replaced,
    signed,
)
from verification.evidence import token_text


@dataclass(frozen=True, slots=True)
class Seeds:
    """Awards in this database: one valid, one revoked, one that its holder keeps private."""

    valid: Award
    revoked: Award
    private: Award


def plant() -> Seeds:
    """Make the awards."""
    version = make_version(make_issuer("hostile-academy"), validity="P3Y")
    valid = make_award(version, person())
    revoked = make_award(version, person("bo@example.org", "Bo Sample"))
    revoked.state, revoked.state_since = Award.State.REVOKED, NOW
    revoked.save()
    private = make_award(version, person("cy@example.org", "Cy Sample"))
    private.visibility = Award.Visibility.PRIVATE
    private.save()
    return Seeds(valid, revoked, private)


def forms(award: Award, client: Client) -> dict[str, bytes | str]:
    """One award in every form in which it is given out."""
    path = f"/c/{award.public_id}"
    return {
        "json": award.document,
        "json file": _content(client, f"{path}.json"),
        "jwt": token_text(award),
        "jwt file": _content(client, f"{path}.jwt"),
        "png": _content(client, f"{path}.png"),
        "svg": _content(client, f"{path}.svg"),
        "link": award.address,
        "code": shown(award.code),
    }


def _content(client: Client, path: str) -> bytes:
    content: bytes = client.get(path).content
    return content


def cases(seeds: Seeds, client: Client) -> Iterator[Case]:
    series = Series("ours")
    for form, given in forms(seeds.valid, client).items():
        series.control(form.replace(" ", "-"), given, "An award of this installation.")
    for form, given in forms(seeds.revoked, client).items():
        series.hostile("revoked", given, {"revoked"}, "status.revoked", f"Revoked, as {form}.")
    document = loads(seeds.valid.document)
    assert isinstance(document, dict)
    _forged(series, document)
    _signed_by_others(series, document, token_text(seeds.valid))
    _links(series, seeds)
    yield from series.cases


def _forged(series: Series, document: Forged) -> None:
    why = "The document is not the one that was recorded when it was issued."
    states = ALTERED | BROKEN | UNPROVEN
    for edit in (
        lambda d: d.update(name="Brain surgery (SAMPLE)"),
        lambda d: d.update(validUntil="2099-01-01T00:00:00Z"),
        lambda d: d.pop("validUntil"),
        lambda d: d.pop("credentialStatus"),
        lambda d: d.update(description=None),
        lambda d: d["credentialSubject"]["achievement"]["alignment"].reverse(),
        lambda d: d["credentialSubject"]["identifier"].reverse(),
        lambda d: d.update(colour="red"),
        lambda d: d["proof"][0].update(created="2026-01-01T00:00:00Z"),
        lambda d: d.update(proof=d["proof"] * 2),
        lambda d: d.update(proof=d["proof"][0]),
        lambda d: d.pop("proof"),
        lambda d: d.update(evidence=[]),
        lambda d: d["@context"].append(d["@context"][1]),
        lambda d: d["issuer"].update(name="Another Academy (SAMPLE)"),
        lambda d: d.update(id=d["id"] + "/"),
        lambda d: d.update(id=d["id"].upper()),
        lambda d: d["credentialStatus"].update(statusListIndex="0"),
    ):
        series.hostile("changed", dumps(edited(document, edit)).decode(), states, (), why)


def _signed_by_others(series: Series, document: Forged, token: str) -> None:
    why = "The badge names an issuer of this installation, which did not sign it."
    bare = {name: value for name, value in document.items() if name != "proof"}
    method = _method(document)
    states = ALTERED | UNPROVEN | BROKEN
    for maker in (ATTACKER, NOBODY):
        for named in (method, maker.method()):
            for base in (
                bare,
                {**bare, "id": "http://localhost:8000/c/00000000-0000-4000-8000-000000000000"},
                {**bare, "id": "urn:x:y"},
            ):
                forged = signed(base, maker, key=maker.key(), verificationMethod=named)
                series.hostile("signed-by-another", dumps(forged).decode(), states, (), why)
    head, body, _ = token.split(".")
    for signature in (b"", b"x" * 64):
        series.hostile("token", f"{head}.{body}.{b64(signature)}", states, (), why)
    for alg in ("none", "HS256", "EdDSA"):
        header: Forged = {"alg": alg, "kid": method, "typ": "JWT"}
        text = jws(header, bare, lambda data: b"x" * 64)
        series.hostile("token", text, states, (), why)
    for value in (multibase_encode(b"x" * 64), "", "z"):
        forged = replaced(document, ("proof", 0, "proofValue"), value)
        series.hostile("signed-by-another", dumps(forged).decode(), states, (), why)


def _method(document: Any) -> str:
    method: str = document["proof"][0]["verificationMethod"]
    return method


def _links(series: Series, seeds: Seeds) -> None:
    valid, private = seeds.valid.address, seeds.private.address
    nowhere = {"not_found", "unreadable"} | COULD_NOT
    series.hostile("private", private, {"private"}, "read.private", "Its holder has not shared it.")
    series.hostile("private", shown(seeds.private.code), {"private"}, "read.private", "Its holder has not shared it.")
    for link in (
        valid[:-1] + ("0" if valid[-1] != "0" else "1"), valid + "x", valid + "/../x", valid.replace("/c/", "/C/"),
        valid.replace("/c/", "/c//"),
        valid.replace("/c/", "/c/%2e%2e/"), valid.replace("localhost", "localhost.attacker.example"),
        valid.replace("http://", "http://x@"),
        valid.replace(":8000", ":8001"), "http://localhost:8000/admin/", "http://localhost:8000/v/0000-0000-0000",
        "http://localhost:8000/v/%00",
        "http://localhost:8000/c/", "http://localhost:8000/status/00000000-0000-4000-8000-000000000000",
        "0000-0000-0000", "ZZZZ-ZZZZ-ZZZZ",
    ):  # fmt: skip
        series.hostile("link", link, nowhere | UNREADABLE, (), "No credential is published there.")
