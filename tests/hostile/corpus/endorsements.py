"""Endorsements inside badges: each is a credential of its own, and none may make a badge or itself look better."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from openbadges.jose import claims_for
from openbadges.strict_json import dumps
from tests.hostile.case import BROKEN, COULD_NOT, Case, Series
from tests.hostile.maker import (
    ACADEMY,
    ATTACKER,
    NOBODY,
    OTHER_SCHOOL,
    Forged,
    Maker,
    changed,
    credential,
    each,
    edited,
    header_of,
    jws,
    signed,
)

WORLD = ACADEMY.world() | OTHER_SCHOOL.world() | ATTACKER.world()


BAD = ("endorsements.",)


def endorsement(maker: Maker = OTHER_SCHOOL, **changes: Any) -> Forged:
    """What one school says about a badge of the academy."""
    document: Forged = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
        "id": f"https://{maker.owner}.example/endorsements/1",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "name": "Endorsement (SAMPLE)",
        "issuer": {"id": maker.did, "type": ["Profile"], "name": f"{maker.owner.title()} (SAMPLE)"},
        "validFrom": "2026-03-12T09:30:00Z",
        "credentialSubject": {
            "id": "https://academy.example/achievements/1",
            "type": ["EndorsementSubject"],
            "endorsementComment": "We know this course (SAMPLE).",
        },
    }
    return changed(document, **changes)


def cases() -> Iterator[Case]:
    series = Series("endorsement")
    good = signed(endorsement(), OTHER_SCHOOL)
    series.control("good", _badge([good]), "Another school endorses the badge.", WORLD)
    series.control("token", _token([_as_token(OTHER_SCHOOL)]), "The same as tokens.", WORLD)
    _bad_ones(series, good)
    _badges(series, good)
    yield from series.cases


def _badge(endorsements: list[Any]) -> str:
    return dumps(signed(credential(endorsement=endorsements))).decode()


def _token(endorsements: list[Any]) -> str:
    document = credential(endorsementJwt=endorsements)
    return jws(header_of(ACADEMY), claims_for(document), ACADEMY.key("P-256").sign)


def _as_token(maker: Maker, signer: Maker | None = None) -> str:
    return jws(header_of(maker), claims_for(endorsement(maker)), (signer or maker).key("P-256").sign)


def _bad_ones(series: Series, good: Forged) -> None:
    """A signed badge with a bad endorsement inside: no fault of the badge; it is said of the endorsement."""
    expired = signed(endorsement(validUntil="2026-06-01T00:00:00Z"), OTHER_SCHOOL)
    forged = signed(endorsement(), OTHER_SCHOOL, key=ATTACKER.key())
    other = edited(good, lambda d: d.update(name="Another (SAMPLE)"))
    for inner in each(forged, other, expired, endorsement(), signed(endorsement(), NOBODY)):
        series.control(
            "bad-inside", _badge([inner]), "The badge itself is whole; the endorsement is not.", WORLD, codes=BAD
        )
    for text in (_as_token(OTHER_SCHOOL, ATTACKER), "x", "eyJhbGciOiJub25lIn0.e30.eA"):
        series.control(
            "bad-token-inside", _token([text]), "The badge itself is whole; the endorsement is not.", WORLD, codes=BAD
        )


def _badges(series: Series, good: Forged) -> None:
    signed_badge = signed(credential(endorsement=[good]))
    why = "The endorsement was changed, removed or added after the badge was signed."
    for forged in (
        edited(signed_badge, lambda d: d["endorsement"][0].update(name="Another (SAMPLE)")),
        edited(signed_badge, lambda d: d["endorsement"][0]["credentialSubject"].update(endorsementComment="x")),
        edited(signed_badge, lambda d: d["endorsement"].append(signed(endorsement(ATTACKER), ATTACKER))),
        edited(signed_badge, lambda d: d.pop("endorsement")),
        {**signed(credential()), "endorsement": [good]},
        {**signed(credential()), "endorsementJwt": [_as_token(OTHER_SCHOOL)]},
    ):
        series.hostile("changed", dumps(forged).decode(), BROKEN, ("proof.", "structure."), why, WORLD)
    why = "An endorsement is no badge."
    for document, maker in ((endorsement(), OTHER_SCHOOL), (endorsement(NOBODY), NOBODY)):
        text = dumps(signed(document, maker)).decode()
        series.hostile("alone", text, BROKEN | COULD_NOT, "structure.", why, WORLD)
    many = [signed(endorsement(id=f"urn:x:{number}"), OTHER_SCHOOL) for number in range(40)]
    unsigned = {**signed(credential()), "endorsement": many}
    series.hostile("many", dumps(unsigned).decode(), BROKEN, (), "Forty endorsements were added.", WORLD)
    nested = endorsement()
    for _ in range(12):
        nested = {**endorsement(), "endorsement": [nested]}
    forged = {**signed(credential()), "endorsement": [nested]}
    series.hostile("nested", dumps(forged).decode(), BROKEN, (), "Endorsements inside endorsements.", WORLD)
