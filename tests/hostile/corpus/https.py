"""Issuers with an https address: whose keys are they, and where may they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openbadges.jose import claims_for
from openbadges.keys import Algorithm
from openbadges.strict_json import dumps
from tests.hostile.case import ALTERED, COULD_NOT, REFUSED, UNPROVEN, Answer, Case, Series, World
from tests.hostile.maker import ACADEMY, ATTACKER, NOBODY, Forged, Maker, changed, credential, each, jws, signed

SCHOOL = Maker("school", "https://school.example/issuers/one")
JWK_URL = "https://school.example/keys/2"
PROBLEM = ("issuer.", "proof.", "token.", "structure.")
NOT_THEIRS = UNPROVEN | COULD_NOT | REFUSED | ALTERED


def cases() -> Iterator[Case]:
    series = Series("https")
    for build in (_controls, _profiles, _keys_elsewhere, _published_keys, _unreachable):
        build(series)
    yield from series.cases


def method(algorithm: Algorithm = "Ed25519", **changes: Any) -> Forged:
    key = SCHOOL.key(algorithm).public
    entry: Forged = {"id": SCHOOL.method(algorithm), "type": "Multikey", "controller": SCHOOL.did}
    return changed({**entry, "publicKeyMultibase": key.to_multikey()}, **changes)


def profile(**changes: Any) -> Forged:
    document: Forged = {"id": SCHOOL.did, "type": ["Profile"], "name": "School (SAMPLE)"}
    return changed({**document, "verificationMethod": [method(), method("P-256")]}, **changes)


def serving(document: Forged, **others: Any) -> World:
    return World({SCHOOL.did: document, **others})


BADGE = dumps(signed(credential(SCHOOL), SCHOOL)).decode()


def with_kid(kid: str | None, maker: Maker = SCHOOL, **header: Any) -> str:
    head: Forged = changed({"alg": "ES256", "kid": kid, "typ": "JWT"}, **header)
    return jws(head, claims_for(credential(SCHOOL)), maker.key("P-256").sign)


def _controls(series: Series) -> None:
    series.control("profile", BADGE, "The profile at the issuer's address lists the key.", serving(profile()))
    token = with_kid(SCHOOL.method("P-256"))
    series.control("profile", token, "A token under a key of the profile.", serving(profile()))
    listed = profile(assertionMethod=[SCHOOL.method()])
    series.control("profile", BADGE, "The profile says which of its keys may assert.", serving(listed))
    silent = profile(verificationMethod=None)
    jwk = SCHOOL.key("P-256").public.to_jwk()
    series.control(
        "jwk",
        with_kid(JWK_URL),
        "The key has an address on the issuer's origin.",
        serving(silent) | World({JWK_URL: jwk}),
    )
    keys = {"keys": [{**jwk, "kid": "2"}, {**SCHOOL.key("P-384").public.to_jwk(), "kid": "3"}]}
    url = "https://school.example/jwks.json"
    series.control(
        "jwks", with_kid(f"{url}#2"), "One of a set of keys, by its name.", serving(silent) | World({url: keys})
    )


def _profiles(series: Series) -> None:
    good = profile()
    wrong: list[tuple[Forged, str]] = [
        ({**good, "id": "https://school.example/issuers/two"}, "The profile is somebody else's."),
        ({**good, "id": SCHOOL.did + "/"}, "Addresses are compared letter by letter."),
        (changed(good, id=None), "The profile has no id."),
        (profile(verificationMethod=[]), "It lists no keys."),
        (profile(verificationMethod="x"), "It lists no keys."),
        (profile(assertionMethod=[]), "None of its keys may assert."),
        (profile(assertionMethod=[SCHOOL.method("P-256")]), "Another of its keys may assert."),
        (profile(verificationMethod=[method(controller=ATTACKER.did)]), "The key is controlled by another."),
        (profile(verificationMethod=[method(publicKeyMultibase=ATTACKER.key().public.to_multikey())]), "Another key."),
        (profile(verificationMethod=[method(revoked="2026-01-01T00:00:00Z")]), "The key is withdrawn."),
        (profile(verificationMethod=[method(expires="2026-01-01T00:00:00Z")]), "The key had ended when it signed."),
        (profile(verificationMethod=[method(), method()]), "Two keys have one name."),
        (ACADEMY.did_document(), "It is a DID document of somebody else."),
        ({}, "It is empty."),
        (signed(credential(SCHOOL), SCHOOL), "It is the badge."),
    ]  # fmt: skip
    for document, why in wrong:
        series.hostile("profile", BADGE, NOT_THEIRS, PROBLEM, why, serving(document))


def _keys_elsewhere(series: Series) -> None:
    """The badge names a key that is not on the issuer's own origin, or spells it out."""
    attacker = ATTACKER.key("P-256").public.to_jwk()
    silent = profile(verificationMethod=None)
    for url in (
        "https://attacker.example/keys/2", "https://sub.school.example/keys/2",
        "https://school.example.attacker.example/keys/2",
        "https://school.example:8443/keys/2", "http://school.example/keys/2",
        "https://school.example@attacker.example/keys/2",
    ):  # fmt: skip
        world = serving(silent) | World({"https://attacker.example/keys/2": attacker, url: attacker})
        why = "The key stands on another origin than the issuer."
        series.hostile("origin", with_kid(url, ATTACKER), NOT_THEIRS, PROBLEM, why, world)
    fragment = f"{SCHOOL.did}#{ATTACKER.key().public.to_multikey()}"
    forged = signed(credential(SCHOOL), SCHOOL, key=ATTACKER.key(), verificationMethod=fragment)
    for document in (profile(), silent):
        why = "The name of the key spells the key out, which proves nothing about the issuer."
        series.hostile("fragment", dumps(forged).decode(), NOT_THEIRS, PROBLEM, why, serving(document))
    for maker in (NOBODY, ATTACKER):
        forged = signed(credential(SCHOOL), maker)
        why = "An unrelated key signed."
        series.hostile("unrelated", dumps(forged).decode(), NOT_THEIRS, PROBLEM, why, serving(profile()))
    embedded = with_kid(None, ATTACKER, jwk=attacker)
    series.hostile("unrelated", embedded, NOT_THEIRS, PROBLEM, "The token brings its own key.", serving(profile()))


def _published_keys(series: Series) -> None:
    good, silent = SCHOOL.key("P-256").public.to_jwk(), profile(verificationMethod=None)
    attacker = ATTACKER.key("P-256").public.to_jwk()
    served: list[tuple[Any, str]] = [
        (attacker, "It is another key."),
        ({**good, "d": "c2VjcmV0"}, "It publishes its private part."),
        ({**good, "use": "enc"}, "It is for encryption."),
        ({**good, "alg": "ES384"}, "It is for another algorithm."),
        ({**good, "kty": "RSA"}, "It is not what it says."),
        ({"keys": []}, "No key."),
        ({"keys": [good, attacker]}, "Two keys without a name."),
        ({"keys": [{**good, "kid": "other"}]}, "A key of another name."),
        ({"keys": [{**good, "kid": "2"}, {**attacker, "kid": "2"}]}, "Two keys of one name."),
        ({"keys": "x"}, "No set."),
        ({"kty": "oct", "k": "eA"}, "A shared secret."),
        ({}, "Nothing."),
        ([good], "A list."),
        ("x", "A text."),
    ]
    for document, why in served:
        world = serving(silent) | World(answers={JWK_URL: Answer(dumps(document))})
        series.hostile("jwk", with_kid(JWK_URL), NOT_THEIRS, PROBLEM, why, world)
    world = serving(profile()) | World({JWK_URL: good})
    why = "The profile lists its keys, and this is none of them."
    series.hostile("jwk", with_kid(JWK_URL), NOT_THEIRS, PROBLEM, why, world)
    for target in each("https://attacker.example/key", "https://127.0.0.1/key", "http://school.example/key"):
        moved = Answer(b"", 302, {"Location": target})
        world = serving(silent) | World({"https://attacker.example/key": good}, {JWK_URL: moved})
        why = "Keys are not followed to another host."
        series.hostile("jwk", with_kid(JWK_URL), NOT_THEIRS, PROBLEM, why, world)


def _unreachable(series: Series) -> None:
    series.unknown("unreachable", BADGE, PROBLEM, "Nothing answers at the issuer's address.")
    for answer in (Answer(b"", 404), Answer(b"", 500), Answer(b"", 302, {"Location": "https://169.254.169.254/"})):
        world = World(answers={SCHOOL.did: answer})
        series.unknown("unreachable", BADGE, PROBLEM, "The issuer's address does not answer with a profile.", world)
