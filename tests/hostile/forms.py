"""One credential in several forms, which must all get the same verdict and tell the same facts (V10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from openbadges.report import Report
from openbadges.strict_json import dumps
from tests.hostile.case import VALID, Case, World
from tests.hostile.corpus import pictures as p
from tests.hostile.maker import (
    ACADEMY,
    LIST_URL,
    NOBODY,
    Forged,
    Maker,
    bits_with,
    credential,
    edited,
    signed,
    status_entry,
    status_list,
    token,
)


@dataclass(frozen=True, slots=True)
class Group:
    """name, and the cases that must agree."""

    name: str
    cases: tuple[Case, ...]


def groups() -> Iterator[Group]:
    revoked = ACADEMY.world() | World({LIST_URL: signed(status_list(bits=bits_with(5)))})
    with_status = credential(credentialStatus=status_entry("5"))
    yield _group("at a domain", ACADEMY, {}, ACADEMY.world(), "ES256")
    yield _group("at a domain, EdDSA", ACADEMY, {}, ACADEMY.world(), "EdDSA")
    yield _group("bare key", NOBODY, {}, World(), "EdDSA")
    yield _group("ended", ACADEMY, {"validUntil": "2026-06-01T00:00:00Z"}, ACADEMY.world(), "ES256")
    yield _group("to come", ACADEMY, {"validFrom": "2027-06-01T00:00:00Z"}, ACADEMY.world(), "ES256")
    yield _group("revoked", ACADEMY, {"credentialStatus": with_status["credentialStatus"]}, revoked, "ES256")
    yield _group(
        "list unreachable", ACADEMY, {"credentialStatus": with_status["credentialStatus"]}, ACADEMY.world(), "RS256"
    )
    forged = edited(signed(credential()), lambda d: d.update(name="Brain surgery (SAMPLE)"))
    yield of_json("changed", dumps(forged).decode(), ACADEMY.world())
    yield of_json("unsigned", dumps(credential()).decode(), ACADEMY.world())


def _group(name: str, maker: Maker, changes: Forged, world: World, signing: str) -> Group:
    document = credential(maker, **changes)
    embedded = of_json(name, dumps(signed(document, maker)).decode(), world)
    text = token(document, maker, signing=signing)
    return Group(name, (*embedded.cases, *_in_pictures(name, "token", text, p.svg_token(text), world)))


def of_json(name: str, text: str, world: World) -> Group:
    return Group(name, _in_pictures(name, "json", text, p.svg_json(text), world))


def _in_pictures(name: str, form: str, text: str, inside: str, world: World) -> tuple[Case, ...]:
    given: dict[str, bytes | str] = {
        form: text,
        f"{form}-file": text.encode(),
        f"{form}-png": p.png(p.itxt(text.encode())),
        f"{form}-svg": p.svg(inside).encode(),
    }
    return tuple(
        Case(f"forms/{name.replace(' ', '-')}-{kind}", "control", data, VALID, (), "The same credential.", world)
        for kind, data in given.items()
    )


def facts(report: Report) -> object:
    """What a report tells, apart from the form that the credential came in."""
    told = None if report.credential is None else {**report.credential.to_json(), "format": ""}
    return report.outcome, report.state, report.headline, told
