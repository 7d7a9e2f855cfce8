"""Random siblings of random badges, far more of them than the property tests try: filled in means converted.

A kind is learnt from one document and met in others with hostile texts, addresses that other parts hold, prefixes of
the contexts. FUZZ_SECONDS (environment variable) is how long this goes on, FUZZ_SEED where it starts.
"""

import os
import random
import time
from hashlib import sha256
from typing import Any

import pytest

from openbadges import familiar
from openbadges.canonical import convert
from openbadges.contexts import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    OPEN_BADGES_3_0_0,
    OPEN_BADGES_3_0_1,
    OPEN_BADGES_3_0_2,
    OPEN_BADGES_3_0_3,
)
from openbadges.errors import OpenBadgesError
from openbadges.json_types import JsonObject, JsonValue
from openbadges.parts import Part, with_parts
from tests.openbadges.hostile import ODD
from tests.openbadges.samples import ACHIEVEMENT, CREDENTIAL, ISSUER_DID, eu_complete

SECONDS = float(os.environ.get("FUZZ_SECONDS", "5"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))

CONTEXTS = [
    [CREDENTIALS_V2, OPEN_BADGES_3_0_3], [CREDENTIALS_V2, OPEN_BADGES_3_0_2], [CREDENTIALS_V1, OPEN_BADGES_3_0_1],
    [OPEN_BADGES_3_0_0], [CREDENTIALS_V1, OPEN_BADGES_3_0_2],
]  # fmt: skip
ADDRESSES = [
    ISSUER_DID, ACHIEVEMENT, CREDENTIAL, f"{ACHIEVEMENT}#criteria", f"{ACHIEVEMENT}/image.png", "urn:x:a", "urn:x:a#1",
    "urn:x:a>", "https://a.example/é", "https://a.example/%s", "xsd:string", "cred:x", "ext:x", "_:b0", "relative",
    "https:", "urn:mark:0.", "did:key:z", "https://a.example/\U0001f600", "https://a.example/\uffee", "rdf:nil",
    "https://www.w3.org/2018/credentials#VerifiableCredential", "Image", "OB3:x", "vc:x", "schema:x", "obi:x",
]  # fmt: skip
TEXTS = [*ODD, "", "a", "a ", "a b", "\U0001f600", "\uffee", "1", "true", "2026-03-12T09:30:00Z", "\ud800"]
VALUES: list[Any] = [
    None, True, False, 0, 1, 1.0, -0.0, 0.0, 2.5, 2**53 + 1, 2**64, 10**29, 1e21, [], {}, [[]], [None], "a", "urn:x:a",
    ["a", "a"], ["a", "b"], ["urn:x:a", "urn:x:b"], {"id": "urn:x:a"}, {"type": "Image"},
    {"type": ["Image", "Profile"]},
    {"id": "urn:x:a", "type": ["Image"], "caption": "a"}, {"type": "Address", "addressCountry": "a"},
    {"type": ["Profile"], "address": {"type": ["Address"], "addressCountry": "a"}},
    {"@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3], "type": ["Image"], "id": "urn:x:b"}, {"@value": "a"},
    [{"type": ["Result"], "value": "a"}, {"type": ["Result"], "value": "b"}],
    [{"type": ["Evidence"], "id": "urn:x:a", "name": "a"}, {"type": ["Evidence"], "id": "urn:x:b", "name": "b"}],
    [{"type": "DataIntegrityProof", "proofPurpose": "assertionMethod", "proofValue": "a"}],
    [{"type": ["IdentityObject"], "hashed": True, "identityHash": "a", "salt": "b"}],
]  # fmt: skip
MEMBERS = [
    "id", "type", "name", "image", "evidence", "proof", "credentialSubject", "result", "identifier", "source", "tag",
    "alignment", "endorsement", "credentialStatus", "credentialSchema", "validFrom", "awardedDate", "creditsEarned",
    "narrative", "refreshService", "termsOfUse", "relatedResource", "address", "parentOrg", "allowedValue", "colour",
    "resultDescription", "hashed", "holder", "verifiableCredential", "@context", "inLanguage", "issuer", "achievement",
    "proofPurpose", "digestMultibase", "confidenceMethod", "description", "evidence",
]  # fmt: skip
TYPES: list[Any] = [
    "Image", "Profile", ["Profile"], ["Image", "Image"], ["Profile", "Image"], ["Image", "Profile"], [], ["Invented"],
    1, True, None, [1], ["VerifiableCredential", "OpenBadgeCredential"],
    ["OpenBadgeCredential", "VerifiableCredential"],
    ["VerifiableCredential", "AchievementCredential"], "BitstringStatusListEntry", ["AchievementSubject"], "Result",
]  # fmt: skip


def copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: copy(item) for name, item in value.items()}
    return [copy(item) for item in value] if isinstance(value, list) else value


def objects_in(value: Any) -> list[Any]:
    found = [value] if isinstance(value, dict) else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return found + [place for item in inner for place in objects_in(item)]


def small(contexts: list[str]) -> JsonObject:
    """A badge with few statements, so that its texts come near each other more often."""
    achievement: JsonObject = {
        "id": "urn:x:b",
        "type": ["Achievement"],
        "name": "a",
        "image": {"id": "urn:x:c", "type": "Image"},
    }
    subject: JsonObject = {"type": ["AchievementSubject"], "achievement": achievement, "narrative": "a"}
    return {
        "@context": [*contexts], "id": "urn:x:a",
        "type": ["VerifiableCredential", "OpenBadgeCredential"], "issuer": {"id": "urn:x:i", "type": ["Profile"]},
        "credentialSubject": subject,
        "evidence": [{"id": "urn:x:d", "type": ["Evidence"], "name": "a"}, {"type": ["Evidence"], "name": "b"}],
    }  # fmt: skip


def alike() -> JsonObject:
    """A badge of the same few statements in which texts can make two lines, or two objects, one."""
    subject = small(CONTEXTS[0])["credentialSubject"]
    assert isinstance(subject, dict)
    who: list[JsonValue] = [{"type": ["IdentityObject"], "hashed": hashed} for hashed in (True, "a", "b")]
    return {
        **small(CONTEXTS[0]),
        "credentialSubject": {"id": "urn:x:s", **subject, "narrative": ["a", "b"], "identifier": who},
    }


def restructured(base: JsonObject, chance: random.Random) -> JsonObject:
    document = copy(base)
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        place = chance.choice(objects_in(document))
        name = chance.choice([*MEMBERS, *place])
        what = chance.randrange(6)
        if what == 0 and name in place:
            del place[name]
        elif what == 1:
            place["type"] = copy(chance.choice(TYPES))
        elif what == 2 and name in place:
            place[name] = [place[name], copy(place[name])]
        elif what == 3:
            place[name] = copy(chance.choice(objects_in(document)))
        else:
            place[name] = copy(chance.choice(VALUES))
    return dict(document)


def texts_in(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in inner for text in texts_in(item)]


def sibling(document: JsonObject, chance: random.Random) -> JsonObject:
    """The same document with other texts outside of its parts; a third of the addresses stay addresses."""
    there = texts_in(document)
    rate = chance.choice((0.02, 0.1, 0.5))

    def other(text: str) -> str:
        if chance.random() > rate:
            return text
        kind = chance.randrange(4)
        if kind == 0:
            return chance.choice(there)
        if kind == 1:
            return chance.choice(ADDRESSES)
        if kind == 2:
            return text + chance.choice(("#", "/", "0", "%", "é", " ", "\U0001f600"))
        return chance.choice(TEXTS)

    def changed(value: Any, name: str = "") -> Any:
        if isinstance(value, Part) or name in ("type", "@context"):
            return value
        if isinstance(value, dict):
            return {member: changed(item, member) for member, item in value.items()}
        if isinstance(value, list):
            return [changed(item) for item in value]
        return other(value) if isinstance(value, str) else value

    return dict(changed(document))


def converted(document: JsonObject) -> bytes | None:
    try:
        return convert(document)
    except (OpenBadgesError, UnicodeEncodeError):
        return None


@pytest.mark.timeout(SECONDS + 60)
def test_random_siblings_have_the_bytes_of_conversion_or_are_converted() -> None:
    bases = [eu_complete().to_json(), alike(), *map(small, CONTEXTS)]
    filled, end, seed = 0, time.monotonic() + SECONDS, SEED
    while time.monotonic() < end:
        seed += 1
        chance = random.Random(seed)
        familiar._layouts.clear()
        familiar._seen.clear()
        document = with_parts(restructured(chance.choice(bases), chance))
        if chance.random() < 0.5:
            document = sibling(document, chance)
        familiar.canonical_text(document)
        for _ in range(8):
            text = familiar.canonical_text(document)
            if text is not None:
                filled += 1
                assert text == converted(document), f"FUZZ_SEED={seed - 1}"
                assert familiar.canonical_sha256(document) == sha256(text).digest(), f"FUZZ_SEED={seed - 1}"
            document = sibling(document, chance)
    assert filled > SECONDS
