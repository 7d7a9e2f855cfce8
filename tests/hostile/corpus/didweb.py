"""did:web: odd identifiers, documents of somebody else, keys that are not listed, withdrawn or ended."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openbadges.strict_json import dumps
from tests.hostile.case import ALTERED, COULD_NOT, REFUSED, UNPROVEN, Answer, Case, Series, World
from tests.hostile.maker import (
    ACADEMY,
    ATTACKER,
    Forged,
    Maker,
    at,
    attempted,
    credential,
    each,
    edited,
    replaced,
    signed,
    token,
)

TEXT = dumps(signed(credential())).decode()
TOKEN = token(credential())
URL = ACADEMY.document_url
PROBLEM = ("issuer.", "proof.", "token.", "structure.")


def cases() -> Iterator[Case]:
    series = Series("didweb")
    for build in (_controls, _identifiers, _documents, _keys, _unreachable):
        build(series)
    yield from series.cases


def _controls(series: Series) -> None:
    for did in (
        "did:web:academy.example:issuers:one", "did:web:academy.example%3A8443", "did:web:academy.example:a:b:c",
        "did:web:xn--bcher-kva.example",
        "did:web:academy.example:a-b_c.d",
    ):  # fmt: skip
        maker = Maker("academy", did)
        text = dumps(signed(credential(maker), maker)).decode()
        if "%3A" not in did:  # a port of its own is fetched by no careful fetcher
            series.control("path", text, "A did:web with a path.", maker.world())
    embedded = ACADEMY.did_document()
    method = at(embedded, "verificationMethod", 0)
    inside = {**embedded, "verificationMethod": [], "assertionMethod": [method]}
    series.control("document", TEXT, "The key stands inside assertionMethod.", World({URL: inside}))
    relative = edited(embedded, _relative)
    series.control("document", TEXT, "Keys are named by their fragment.", World({URL: relative}))
    for changes in (
        {"revoked": "2027-01-01T00:00:00Z"},
        {"expires": "2027-01-01T00:00:00Z"},
        {"expires": "2026-03-12T09:30:00Z"},
    ):
        document = replaced(embedded, ("verificationMethod", 0), {**method, **changes})
        series.control("key", TEXT, "The key was good when it signed.", World({URL: document}))
    more = edited(
        embedded, lambda d: d.update(service=[{"id": "#x", "type": "X", "serviceEndpoint": "https://127.0.0.1/"}])
    )
    series.control("document", TEXT, "The document has services, which nobody asks.", World({URL: more}))
    odd = edited(
        embedded,
        lambda d: d["verificationMethod"].append(
            {"id": f"{ACADEMY.did}#odd", "type": "Unknown2040", "controller": ACADEMY.did}
        ),
    )
    series.control("document", TEXT, "A key of a kind not known stands beside.", World({URL: odd}))


def _relative(document: Any) -> None:
    for method in document["verificationMethod"]:
        method["id"] = "#" + method["id"].partition("#")[2]
    document["assertionMethod"] = [method["id"] for method in document["verificationMethod"]]


def _identifiers(series: Series) -> None:
    why = "This identifier leads to no document that could be asked for safely."
    for tail in (
        "", ":", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "0177.0.0.1", "[%3A%3A1]", "%5B%3A%3A1%5D", "10.0.0.1",
        "169.254.169.254", "localhost%3A8000",
        "metadata", "academy.example:..:attacker", "academy.example:%2e%2e:x", "academy.example:..%2F..%2Fetc",
        "academy.example:a%2Fb", "academy.example:",
        "academy.example::x", "academy.example%3A", "academy.example%3A0", "academy.example%3A99999",
        "academy.example%3A22", "academy.example%3A443x",
        "user%40academy.example", "user:pw%40academy.example", "academy.example%2Fpath", "academy.example%23x",
        "academy.example%3Fx", "academy.example%00",
        "academy.example%0d%0aX", "academy example", "-academy.example", "academy-.example", "a" * 64 + ".example",
        ("a." * 150) + "example", "academy.example#",
        "académie.example",
        "ａcademy.example", "academy。example", "academy.example:%C0%AE%C0%AE", "ACADEMY.EXAMPLE%3a",
        "192.168.0.1%3A80", "1.2.3.4",
        "academy.example:" + "x:" * 2000, "academy.example/..", "academy.example\\@attacker.example",
        "%61cademy.example%252F",
    ):  # fmt: skip
        maker = Maker("academy", f"did:web:{tail}")
        states = UNPROVEN | COULD_NOT | REFUSED | ALTERED
        series.hostile("identifier", dumps(attempted(credential(maker), maker)).decode(), states, PROBLEM, why, World())


def _documents(series: Series) -> None:
    good = ACADEMY.did_document()
    wrong: list[tuple[Forged, str]] = [
        ({**good, "id": ATTACKER.did}, "The document is somebody else's."),
        ({**good, "id": ACADEMY.did + ":x"}, "The document is that of a part of the domain."),
        ({**good, "id": ACADEMY.did.upper()}, "Identifiers are compared letter by letter."),
        ({**good, "id": ACADEMY.did + "#"}, "The id is no identifier."),
        ({**good, "id": ""}, "The document has no id."),
        ({**good, "id": [ACADEMY.did]}, "The id is no text."),
        (edited(good, lambda d: d.pop("id")), "The document has no id."),
        (edited(good, lambda d: d.pop("verificationMethod")), "It lists no keys."),
        (edited(good, lambda d: d.update(verificationMethod="x")), "It lists no keys."),
        (edited(good, lambda d: d.update(verificationMethod=[1, None, "x"])), "It lists no keys."),
        (edited(good, lambda d: d["verificationMethod"].extend(d["verificationMethod"])), "Two keys have one name."),
        (edited(good, lambda d: d["verificationMethod"].extend([{**d["verificationMethod"][0],
        "id": f"#{n}"} for n in range(500)])), "500 keys."),
        ({}, "An empty document."),
        (credential(), "It is a badge."),
        (ATTACKER.did_document(), "It is another domain's document."),
    ]  # fmt: skip
    for document, why in wrong:
        for text in (TEXT, TOKEN):
            series.hostile("document", text, UNPROVEN | COULD_NOT | REFUSED, PROBLEM, why, World({URL: document}))
    for entries in each([], None, "x", [f"{ACADEMY.did}#key-9"], [1], [{}]):
        for text in (TEXT, TOKEN):
            document = ACADEMY.did_document(assertionMethod=entries)
            why = "The key may not make assertions."
            series.hostile("assertion-method", text, UNPROVEN | COULD_NOT, PROBLEM, why, World({URL: document}))
    other = edited(good, lambda d: d.update(authentication=d.pop("assertionMethod")))
    series.hostile("assertion-method", TEXT, UNPROVEN, PROBLEM, "The key is for signing in only.", World({URL: other}))


def _keys(series: Series) -> None:
    attacker = ATTACKER.key().public.to_multikey()
    changes: list[tuple[dict[str, Any], str]] = [
        ({"revoked": "2026-01-01T00:00:00Z"}, "The key was withdrawn before it signed."),
        ({"revoked": "2026-11-26T12:00:00Z"}, "The key is withdrawn as of now."),
        ({"revoked": "2026-06-01T00:00:00Z"}, "Withdrawn later; whoever stole it may write any date."),
        ({"revoked": "yesterday"}, "Nobody can tell since when it is withdrawn."),
        ({"revoked": True}, "Nobody can tell since when it is withdrawn."),
        ({"expires": "2026-03-12T09:29:59Z"}, "The key had ended when it signed."),
        ({"expires": "2020-01-01T00:00:00Z"}, "The key had ended when it signed."),
        ({"expires": "soon"}, "Nobody can tell when it ends."),
        ({"controller": ATTACKER.did}, "The key is controlled by somebody else."),
        ({"controller": [ACADEMY.did, ATTACKER.did]}, "The key has two masters."),
        ({"controller": ""}, "The key is controlled by nobody."),
        ({"controller": 1}, "The key is controlled by nobody."),
        ({"publicKeyMultibase": attacker}, "It is another key."),
        ({"publicKeyMultibase": ""}, "There is no key."),
        ({"publicKeyMultibase": "z"}, "There is no key."),
        ({"publicKeyMultibase": "z6Mk"}, "The key is cut off."),
        ({"publicKeyMultibase": 1}, "There is no key."),
        ({"publicKeyMultibase": ACADEMY.key("P-256").public.to_multikey()}, "The key is of another kind."),
        ({"publicKeyJwk": ATTACKER.key().public.to_jwk()}, "Two keys have one name."),
        ({"type": "JsonWebKey"}, "The key is not of the kind that it says."),
        ({"type": "X25519KeyAgreementKey2020"}, "The key is for encryption."),
        ({"type": ["Multikey"]}, "The type is no word."),
        ({"type": ""}, "The key has no type."),
        ({"id": f"{ACADEMY.did}#other"}, "The key has another name."),
        ({"id": f"{ATTACKER.did}#key-1"}, "The key has the name of another domain."),
        ({"id": 1}, "The key has no name."),
    ]
    for change, why in changes:
        good = ACADEMY.did_document()
        document = replaced(good, ("verificationMethod", 0), {**at(good, "verificationMethod", 0), **change})
        series.hostile("key", TEXT, UNPROVEN | ALTERED | COULD_NOT | REFUSED, PROBLEM, why, World({URL: document}))
    private = {**ACADEMY.key("P-256").public.to_jwk(), "d": "c2VjcmV0"}
    jwk = edited(ACADEMY.did_document(), lambda d: d["verificationMethod"][1].update(publicKeyJwk=private))
    series.hostile("key", TOKEN, UNPROVEN | COULD_NOT, PROBLEM, "The private part was published.", World({URL: jwk}))
    for changes_of_jwk in (
        {"use": "enc"},
        {"alg": "ES384"},
        {"kty": "oct", "k": "eA"},
        {"crv": "P-521"},
        {"x": "AAAA"},
        {"y": 1},
        {"crv": "secp256k1"},
    ):
        one = {**ACADEMY.key("P-256").public.to_jwk(), **changes_of_jwk}
        document = replaced(ACADEMY.did_document(), ("verificationMethod", 1, "publicKeyJwk"), one)
        series.hostile("jwk", TOKEN, UNPROVEN | COULD_NOT, PROBLEM, "The key is none for this.", World({URL: document}))


def _unreachable(series: Series) -> None:
    for text in (TEXT, TOKEN):
        series.unknown("unreachable", text, PROBLEM, "Nothing answers at the issuer's address.", World())
    answers = {
        "An error of the server.": Answer(b"", 503),
        "It is gone.": Answer(b"", 410),
        "A loop.": Answer(b"", 301, {"Location": URL}),
        "To this machine.": Answer(b"", 302, {"Location": "https://127.0.0.1/did.json"}),
        "To plain http.": Answer(b"", 302, {"Location": "http://academy.example/did.json"}),
    }
    for why, answer in answers.items():
        series.unknown("answer", TEXT, PROBLEM, why, World(answers={URL: answer}))
    unusable = {
        "A page for people.": Answer(b"<!doctype html><title>x</title>", 200, {"Content-Type": "text/html"}),
        "Not JSON.": Answer(b"{"),
        "A list.": Answer(b"[]"),
        "A member twice.": Answer(dumps(ACADEMY.did_document()).replace(b'{"', b'{"id":"x","', 1)),
        "Three megabytes.": Answer(b'{"x":"' + b"x" * 3_000_000 + b'"}'),
        "Not UTF-8.": Answer(b"\xff\xfe{}"),
        "A foreign host's document.": Answer(b"", 302, {"Location": ATTACKER.document_url}),
    }
    for why, answer in unusable.items():
        series.hostile(
            "unusable", TEXT, UNPROVEN | COULD_NOT, PROBLEM, why, ATTACKER.world() | World(answers={URL: answer})
        )
