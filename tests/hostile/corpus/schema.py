"""Properly signed documents that are no acceptable badge: members missing, of wrong types, or in wrong places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from openbadges.strict_json import dumps
from tests.hostile.case import ALTERED, COULD_NOT, REFUSED, UNREADABLE, Case, Series
from tests.hostile.maker import (
    ACADEMY,
    ATTACKER,
    Forged,
    at,
    attempted,
    credential,
    each,
    edited,
    replaced,
    signed,
    status_entry,
    without,
)

WORLD = ACADEMY.world()
Path = tuple[str | int, ...]
REQUIRED: tuple[Path, ...] = (
    ("id",), ("type",), ("issuer",), ("validFrom",), ("credentialSubject",), ("issuer", "id"), ("issuer", "type"),
    ("credentialSubject", "type"), ("credentialSubject", "achievement"), ("credentialSubject", "achievement", "id"),
    ("credentialSubject", "achievement", "type"), ("credentialSubject", "achievement", "name"),
    ("credentialSubject", "achievement", "description"), ("credentialSubject", "achievement", "criteria"),
    ("credentialSubject", "identifier", 0, "type"), ("credentialSubject", "identifier", 0, "hashed"),
    ("credentialSubject", "identifier", 0, "identityHash"), ("credentialSubject", "identifier", 0, "identityType"),
    ("credentialSubject", "result", 0, "type"), ("evidence", 0, "type"),
)  # fmt: skip
WRONG: tuple[tuple[Path, tuple[Any, ...]], ...] = (
    (("id",), ("relative", "", 1, ["https://a.example/1", "https://a.example/2"], {"id": "https://a.example/"},
    "https://a b")),
    (("type",), ("VerifiableCredential", [], "OpenBadgeCredential", ["VerifiableCredential"], ["VerifiableCredential",
    "VerifiablePresentation"], 1)),
    (("issuer",), ("academy", "", 1, [], {}, {"id": ACADEMY.did}, [ACADEMY.did, ATTACKER.did], [{"id": ACADEMY.did,
    "type": ["Profile"]}] * 2)),
    (("issuer", "id"), ("relative", "", 1, None, [ACADEMY.did], {"id": ACADEMY.did})),
    (("issuer", "name"), (1, ["a", "b"], {"en": "x"}, True)),
    (("issuer", "type"), ("Achievement", [], ["Image"])),
    (("validFrom",), (1_773_307_800, True, ["2026-03-12T09:30:00Z", "2026-03-12T09:30:00Z"])),
    (("name",), (1, ["a", "b"], True)),
    (("credentialSubject",), ([], {}, "urn:x:y", 1, [{"type": ["AchievementSubject"]}])),
    (("credentialSubject", "id"), ("relative", 1, ["urn:x:y"])),
    (("credentialSubject", "type"), ("Profile", [], ["EndorsementSubject"])),
    (("credentialSubject", "identifier"), ("x", 1, [1], ["Ada"], {"identityHash": "x"})),
    (("credentialSubject", "identifier", 0, "hashed"), ("false", 0, "")),
    (("credentialSubject", "identifier", 0, "identityHash"), (1, ["x", "y"])),
    (("credentialSubject", "achievement"), ([], "https://a.example/1", 1, {"id": "https://a.example/1"})),
    (("credentialSubject", "achievement", "id"), ("relative", "", 1)),
    (("credentialSubject", "achievement", "name"), (1, ["a", "b"], True)),
    (("credentialSubject", "achievement", "description"), (1, ["a", "b"])),
    (("credentialSubject", "achievement", "criteria"), ("x", 1, [], [1])),
    (("credentialSubject", "achievement", "criteria", "narrative"), (1, ["a", "b"])),
    (("credentialSubject", "achievement", "achievementType"), (1, True)),
    (("credentialSubject", "achievement", "tag"), (1, [1], [True])),
    (("credentialSubject", "achievement", "creditsAvailable"), ("two", True, [1, 2])),
    (("credentialSubject", "achievement", "image"), ("x", 1, {"id": "relative", "type": "Image"}, {"type": "Image"})),
    (("credentialSubject", "achievement", "alignment"), ("x", [1], [{"type": ["Alignment"]}])),
    (("credentialSubject", "result", 0, "value"), (87, True)),
    (("evidence", 0, "id"), ("relative", 1)),
    (("evidence",), ("x", 1, [1], [{"type": ["Evidence"], "name": 1}])),
)  # fmt: skip


def cases() -> Iterator[Case]:
    series = Series("schema")
    _controls(series)
    _missing(series)
    _wrong(series)
    _kinds(series)
    _status_entries(series)
    yield from series.cases


def attempt(document: Forged) -> str:
    return dumps(attempted(document)).decode()


def _controls(series: Series) -> None:
    plain = credential()
    achievement = at(plain, "credentialSubject", "achievement")
    fine: list[Forged] = [
        credential(type=["VerifiableCredential", "AchievementCredential"]),
        credential(issuer=ACADEMY.did),
        credential(evidence=None),
        credential(name=None),
        credential(description="A badge (SAMPLE)", awardedDate="2026-03-12T09:30:00Z"),
        credential(evidence=at(plain, "evidence", 0)),
        edited(plain, lambda d: d["credentialSubject"].pop("id")),
        edited(plain, lambda d: d["credentialSubject"].pop("identifier")),
        edited(plain, lambda d: d["credentialSubject"].update(result=d["credentialSubject"]["result"][0])),
        edited(plain, lambda d: d["credentialSubject"].update(creditsEarned=2.5)),
        edited(plain, lambda d: achievement and d["credentialSubject"]["achievement"].update(tag=["a", "b"])),
        edited(plain, lambda d: d["credentialSubject"]["achievement"].update(inLanguage="de", version="1")),
        edited(plain,
        lambda d: d["credentialSubject"]["achievement"].update(criteria={"id": "https://academy.example/c"})),
        edited(plain, lambda d: d["issuer"].update(url="https://academy.example", email="badges@academy.example")),
        edited(plain, lambda d: d.update(credentialSchema={"id": "https://academy.example/s.json",
        "type": "JsonSchema"})),
    ]  # fmt: skip
    for document in fine:
        series.control("form", attempt(document), "The standard allows this form.", WORLD)


def _missing(series: Series) -> None:
    for path in REQUIRED:
        document = without(credential(), path)
        why = f"The required member {'.'.join(map(str, path))} is missing."
        states = REFUSED | ALTERED | UNREADABLE | COULD_NOT
        series.hostile("missing", attempt(document), states, ("structure.", "read.", "issuer.", "proof."), why, WORLD)


def _wrong(series: Series) -> None:
    for path, values in WRONG:
        for value in values:
            document = replaced(credential(), path, value)
            why = f"The member {'.'.join(map(str, path))} holds something that does not belong there."
            states = REFUSED | ALTERED | UNREADABLE | COULD_NOT
            codes = ("structure.", "read.", "proof.", "issuer.", "term.")
            series.hostile("wrong", attempt(document), states, codes, why, WORLD)


def _kinds(series: Series) -> None:
    two = [
        credential()["credentialSubject"],
        edited(credential(), lambda d: d["credentialSubject"].update(id="urn:x:y"))["credentialSubject"],
    ]
    why = "It is signed, but it is no badge."
    for document in (
        credential(credentialSubject=two),
        credential(**{"@context": [CREDENTIALS_V2]}),
        credential(type=["VerifiableCredential", "EndorsementCredential"]),
        credential(type=["VerifiablePresentation"]),
        credential(type=["Profile"]),
        credential(type=["Achievement"]),
        {"@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3], "type": ["VerifiablePresentation"],
        "verifiableCredential": [signed(credential())]},
        {"@context": [CREDENTIALS_V2], "type": ["VerifiableCredential"], "issuer": ACADEMY.did,
        "credentialSubject": {"id": "urn:x:y"}},
        ACADEMY.did_document(),
        credential(validUntil="2026-03-11T09:30:00Z"),
    ):  # fmt: skip
        states = REFUSED | UNREADABLE | ALTERED | {"expired"}
        series.hostile("kind", attempt(document), states, ("structure.", "read.", "proof."), why, WORLD)
    whole = signed(credential())
    for value in each(
        [whole],
        [whole, whole],
        {"credential": whole},
        {"verifiableCredential": whole},
        {},
        [],
        1,
        "x",
        None,
    ):
        series.hostile("kind", dumps(value).decode(), UNREADABLE, "", "The JSON is not one credential.", WORLD)


def _status_entries(series: Series) -> None:
    for changes in (
        {"statusListIndex": "-1"}, {"statusListIndex": "x"}, {"statusListIndex": "1.5"}, {"statusListIndex": 1.5},
        {"statusListIndex": True},
        {"statusListIndex": None}, {"statusListIndex": "99999999999999999999"}, {"statusPurpose": None},
        {"statusPurpose": 1},
        {"statusListCredential": None}, {"statusListCredential": 1}, {"statusListIndex": ""}, {"statusListIndex": " 5"},
        {"statusListIndex": "٣"},
    ):  # fmt: skip
        document = credential(credentialStatus=status_entry("5", **changes))
        why = "The status entry does not say which bit is meant."
        series.hostile(
            "status-entry",
            attempt(document),
            REFUSED | ALTERED | COULD_NOT,
            ("structure.", "proof.", "status."),
            why,
            WORLD,
        )
    for entry in each("x", 1, [1], {"id": "https://academy.example/status/1#5"}, {"type": []}, {"type": 1}):
        document = credential(credentialStatus=entry)
        series.hostile(
            "status-entry", attempt(document), REFUSED | ALTERED | COULD_NOT, (), "It is no status entry.", WORLD
        )
