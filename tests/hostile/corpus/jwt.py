"""Tokens: algorithm and key confusion, injected keys, other spellings, second credentials, claims that differ."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import Any

from openbadges.jose import claims_for
from openbadges.keys import Algorithm
from openbadges.multiformats import base64url_encode
from openbadges.strict_json import dumps
from tests.hostile.case import ALTERED, BROKEN, REFUSED, UNPROVEN, UNREADABLE, Case, Series
from tests.hostile.corpus.weak_keys import weak_key_cases
from tests.hostile.maker import (
    ACADEMY,
    ALGORITHMS,
    ATTACKER,
    NOBODY,
    OTHER_SCHOOL,
    Forged,
    b64,
    changed,
    credential,
    edited,
    header_of,
    hmac_of,
    jws,
    public_forms,
    replaced,
    token,
    with_key_only,
)

DOCUMENT = credential()
WORLD = ACADEMY.world() | ATTACKER.world() | OTHER_SCHOOL.world()
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
NOT_OURS = UNPROVEN | BROKEN


def cases() -> Iterator[Case]:
    series = Series("jwt")
    for build in (
        _controls,
        _no_algorithm,
        _hmac,
        _swapped_algorithm,
        _injected_headers,
        _foreign_keys,
        _key_names,
        _spellings,
        _signatures,
        _json,
        _two_credentials,
        _claims,
        _types,
        _tampered,
    ):
        build(series)
    weak_key_cases(series)
    yield from series.cases


def _controls(series: Series) -> None:
    for alg in ALGORITHMS:
        series.control("plain", token(DOCUMENT, signing=alg), f"A token in {alg} as issuers make it.", WORLD)
        jwk = ACADEMY.key(ALGORITHMS[alg]).public.to_jwk()
        text = token(DOCUMENT, signing=alg, jwk=jwk)
        series.control("kid-and-own-jwk", text, "The header repeats the issuer's own key.", WORLD)
        text = token(DOCUMENT, signing=alg, kid=None, jwk=jwk)
        series.control("own-jwk", text, "Named by its value in place of its address: the issuer lists it.", WORLD)
    for kind in (None, "vc+jwt", "JWT"):
        series.control("typ", token(DOCUMENT, typ=kind), f"The type is {kind}.", WORLD)
    series.control("cty", token(DOCUMENT, cty="vc"), "A content type may stand there.", WORLD)
    series.control("line-end", token(DOCUMENT) + "\r\n", "A file often ends with a line break.", WORLD)
    series.control("high-s", _high_s(token(DOCUMENT)), "Others do not write the lower of both forms.", WORLD)
    without_sub = changed(claims_for(DOCUMENT), sub=None)
    text = jws(header_of(ACADEMY), without_sub, ACADEMY.key("P-256").sign)
    series.control("no-sub", text, "1EdTech's own sample has no sub.", WORLD)
    text = jws(header_of(ACADEMY), {**claims_for(DOCUMENT), "aud": "https://x.example"}, ACADEMY.key("P-256").sign)
    series.control("aud", text, "1EdTech's own sample has an aud.", WORLD)
    for alg in ("EdDSA", "ES256", "ES384"):
        bare = with_key_only(f"bare-{alg}", ALGORITHMS[alg])
        text = token(credential(bare), bare, signing=alg)
        series.control("did-key", text, "A bare key proves itself and nobody else.")


def _high_s(text: str) -> str:
    head, body, _ = text.split(".")
    signature = ACADEMY.key("P-256").sign(f"{head}.{body}".encode())
    other = P256_ORDER - int.from_bytes(signature[32:])
    return f"{head}.{body}.{base64url_encode(signature[:32] + other.to_bytes(32))}"


def _no_algorithm(series: Series) -> None:
    claims = claims_for(DOCUMENT)
    for alg in ("none", "None", "NONE", "nOnE", "", " none", None, 0, False, ["none"], ["ES256"], {"alg": "ES256"}):
        header: Forged = {"alg": alg, "kid": ACADEMY.method("P-256"), "typ": "JWT"}
        for signature in (b"", b"x", ACADEMY.key("P-256").sign(f"{b64(header)}.{b64(claims)}".encode())):
            text = f"{b64(header)}.{b64(claims)}.{base64url_encode(signature)}"
            series.hostile(
                "alg-none", text, BROKEN, "token.", "A token without an algorithm is signed by nobody.", WORLD
            )
    text = jws({"kid": ACADEMY.method("P-256")}, claims, ACADEMY.key("P-256").sign)
    series.hostile("alg-none", text, BROKEN, "token.", "The header names no algorithm.", WORLD)


def _hmac(series: Series) -> None:
    why = "Everybody knows a public key, so that it is no secret to sign with."
    kinds: tuple[Algorithm, ...] = ("Ed25519", "P-256", "RSA")
    for (alg, digest), algorithm in product((("HS256", "sha256"), ("HS512", "sha512")), kinds):
        for secret in public_forms(ACADEMY, algorithm):
            header: Forged = {"alg": alg, "kid": ACADEMY.method(algorithm), "typ": "JWT"}
            text = jws(header, claims_for(DOCUMENT), hmac_of(secret, digest))
            series.hostile("alg-hmac", text, REFUSED, "token.algorithm", why, WORLD)
    for alg in ("ES256", "RS256", "EdDSA"):
        secret = public_forms(ACADEMY, ALGORITHMS[alg])[0]
        text = jws(header_of(ACADEMY, alg), claims_for(DOCUMENT), hmac_of(secret, "sha256"))
        series.hostile("hmac-as-signature", text, ALTERED, "token.signature", "An HMAC is no signature.", WORLD)


def _swapped_algorithm(series: Series) -> None:
    for says, real in product(("EdDSA", "ES256", "ES384", "RS256"), repeat=2):
        if says != real:
            text = token(DOCUMENT, signing=real, alg=says)
            why = f"The header says {says}, but the key is for {real}."
            series.hostile("alg-swap", text, BROKEN, "token.", why, WORLD)
    for says in ("PS256", "RS384", "RS512", "ES512", "ES256K", "Ed448", "es256", "ES256 ", "RSA1_5", "dir", "RS1"):
        text = token(DOCUMENT, alg=says)
        series.hostile("alg-unknown", text, REFUSED, "token.algorithm", f"{says} is not among the accepted.", WORLD)


def _injected_headers(series: Series) -> None:
    jwk = ATTACKER.key("P-256").public.to_jwk()
    extras: list[tuple[str, Any]] = [
        ("jku", "https://attacker.example/jwks.json"), ("x5u", "https://attacker.example/cert.pem"),
        ("x5c", ["MIIB"]), ("x5t", "dGh1bWI"), ("x5t#S256", "dGh1bWI"), ("crit", ["b64"]), ("crit", ["exp"]),
        ("b64", False), ("zip", "DEF"), ("epk", jwk), ("enc", "A256GCM"), ("apu", "x"), ("p2c", 2**30),
        ("nonce", "x"), ("iss", ACADEMY.did), ("url", "https://attacker.example"), ("", "x"), ("Alg", "none"),
    ]  # fmt: skip
    for name, value in extras:
        why = f"The header member {name} could make a verifier take another key or read other bytes."
        for maker in (ACADEMY, ATTACKER):
            header = {**header_of(ACADEMY), name: value}
            text = jws(header, claims_for(DOCUMENT), maker.key("P-256").sign)
            series.hostile("header", text, BROKEN, "token.", why, WORLD)
    for value in (True, 1, "x", [], None, {}, {"kty": "EC"}, {"kty": "oct", "k": "eA"}, [jwk]):
        text = jws({**header_of(ACADEMY, kid=None), "jwk": value}, claims_for(DOCUMENT), ATTACKER.key("P-256").sign)
        series.hostile("jwk-malformed", text, NOT_OURS, (), "The key in the header is none.", WORLD)
    private = {**jwk, "d": base64url_encode(b"1" * 32)}
    text = jws({**header_of(ACADEMY), "jwk": private}, claims_for(DOCUMENT), ATTACKER.key("P-256").sign)
    series.hostile("jwk-malformed", text, NOT_OURS, (), "The header publishes a private key.", WORLD)


def _foreign_keys(series: Series) -> None:
    why = "The key belongs to somebody else than the issuer that the badge names."
    for alg in ALGORITHMS:
        key, jwk = ATTACKER.key(ALGORITHMS[alg]), ATTACKER.key(ALGORITHMS[alg]).public.to_jwk()
        headers: list[Forged] = [
            header_of(ACADEMY, alg),
            header_of(ACADEMY, alg, jwk=jwk),
            header_of(ACADEMY, alg, kid=None, jwk=jwk),
            header_of(ATTACKER, alg),
            header_of(ATTACKER, alg, jwk=jwk),
            header_of(ACADEMY, alg, kid=None),
        ]
        for header in headers:
            text = jws(header, claims_for(DOCUMENT), key.sign)
            series.hostile("key-of-another", text, NOT_OURS, ("token.", "issuer.", "proof."), why, WORLD)
    lists = [
        ATTACKER.did_document(alsoKnownAs=[ACADEMY.did]),
        edited(ATTACKER.did_document(), _claim_methods_of_academy),
        edited(ATTACKER.did_document(), lambda d: [m.update(controller=ACADEMY.did) for m in d["verificationMethod"]]),
    ]
    for document in lists:
        world = ACADEMY.world() | ATTACKER.world(**document)
        for kid in (ACADEMY.method("P-256"), ATTACKER.method("P-256")):
            text = jws(header_of(ACADEMY, kid=kid), claims_for(DOCUMENT), ATTACKER.key("P-256").sign)
            series.hostile("claimed-key", text, NOT_OURS, (), "A document may not speak for another domain.", world)
    withdrawn = replaced(ACADEMY.did_document(), ("verificationMethod", 1, "revoked"), "2026-01-01T00:00:00Z")
    for document in (ACADEMY.did_document(assertionMethod=[f"{ACADEMY.did}#key-1"]), withdrawn):
        for text in (token(DOCUMENT), token(DOCUMENT, jwk=ACADEMY.key("P-256").public.to_jwk(), kid=None)):
            why, world = (
                "The key is the issuer's, but not listed for assertions, or withdrawn.",
                ACADEMY.world(**document),
            )
            series.hostile("key-not-for-this", text, NOT_OURS, ("issuer.", "proof."), why, world)
    nobody = jws({"alg": "EdDSA", "kid": NOBODY.method(), "typ": "JWT"}, claims_for(DOCUMENT), NOBODY.key().sign)
    series.hostile("key-of-another", nobody, NOT_OURS, (), "A bare key is no key of the academy.", WORLD)


def _claim_methods_of_academy(document: Any) -> None:
    for method in document["verificationMethod"]:
        method["id"] = method["id"].replace(ATTACKER.did, ACADEMY.did)
    document["assertionMethod"] = [method["id"] for method in document["verificationMethod"]]


def _key_names(series: Series) -> None:
    names: list[Any] = [
        "", "#key-2", "key-2", ACADEMY.did, ACADEMY.method("P-256") + "#", ACADEMY.method("P-256") + "/",
        ACADEMY.method("P-256") + "?versionTime=2020-01-01T00:00:00Z", "file:///etc/passwd", "../../etc/passwd",
        "http://127.0.0.1/key", "http://169.254.169.254/latest/meta-data", "did:web:127.0.0.1#key-2",
        "' OR 1=1 --", "key\u0000", "/dev/null", "x" * 5000, "did:web:academy.example#ｋey-2", "did:example:1#key-2",
        "https://attacker.example/key", "did:web:academy.example%2F..%2Fattacker.example#key-2",
    ]  # fmt: skip
    for kid in names:
        text = jws(header_of(ACADEMY, kid=kid), claims_for(DOCUMENT), ATTACKER.key("P-256").sign)
        series.hostile("kid", text, NOT_OURS, (), "The key's name leads to no key of the issuer.", WORLD)
    for kid in (1, True, [ACADEMY.method("P-256")], {"id": ACADEMY.method("P-256")}):
        text = jws(header_of(ACADEMY, kid=kid), claims_for(DOCUMENT), ACADEMY.key("P-256").sign)
        series.hostile("kid-type", text, BROKEN, "token.", "The key's name is no text.", WORLD)


def _spellings(series: Series) -> None:
    good = token(DOCUMENT)
    head, body, signature = good.split(".")
    last = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    twin = signature[:-1] + last[last.index(signature[-1]) ^ 1]
    texts = [
        f"{head}.{body}.{signature}=", f"{head}.{body}.{signature}==", f"{head}.{body}.{twin}",
        f"{head}=.{body}.{signature}",
        f"{head}.{body}=.{signature}", f"{head}.{body}", f"{head}.{body}.{signature}.", f"{head}.{body}.{signature}.x",
        f".{head}.{body}.{signature}", f"{head}..{body}.{signature}", f"{head}.{body}.", f"..{signature}", "..", ".",
        f"{head}.{body}.{signature[:-4]}", f"{head}.{body}.{signature}AAAA", f"{head}. {body}.{signature}",
        f"{head}.{body[:40]}\n{body[40:]}.{signature}", f"{head}.{body}.{signature}\u200b", good.replace(".", "。"),
        good.replace(".", "%2E"), f"Bearer {good}", f"{good}~", f"{good}~WyJ4Il0~", f"{good} {good}", good + good,
        f"{head}.{body}.{signature}\x00", good.translate({ord(c): ord(c) + 0xFEE0 for c in "ABCDEFG"}),
        f"{head}.{body}.{signature.replace('-', '+').replace('_', '/')}!", "{" + good + "}", f'"{good}"', f"[{good}]",
    ]  # fmt: skip
    for text in texts:
        series.hostile("spelling", text, BROKEN, (), "A token has one spelling only.", WORLD)
    general: Forged = {"payload": body, "signatures": [{"protected": head, "signature": signature}]}
    for value in (general, {"protected": head, "payload": body, "signature": signature}):
        text = b64_text(value)
        series.hostile("spelling", text, UNREADABLE, "read.", "The JSON form of a signature is no badge.", WORLD)


def _signatures(series: Series) -> None:
    head, body, _ = token(DOCUMENT).split(".")
    signature = ACADEMY.key("P-256").sign(f"{head}.{body}".encode())
    r, s = signature[:32], signature[32:]
    order = P256_ORDER.to_bytes(32)
    forged = [
        bytes(64), r + bytes(32), bytes(32) + s, order + s, r + order, s + r, signature[:63], signature + b"\0",
        b"\0" + signature,
        bytes(31) + b"\1" + bytes(31) + b"\1", b"\xff" * 64, r, bytes(128), b"0E\x02!" + signature,
        b"\x30\x44\x02\x20" + r + b"\x02\x20" + s, bytes([signature[0] ^ 1]) + signature[1:],
        signature[:-1] + bytes([signature[-1] ^ 1]),
    ]  # fmt: skip
    for value in forged:
        text = f"{head}.{body}.{base64url_encode(value)}"
        series.hostile("signature", text, ALTERED, "token.signature", "These bytes are no signature of it.", WORLD)
    for alg in ("RS256", "EdDSA", "ES384"):
        head, body, _ = token(DOCUMENT, signing=alg).split(".")
        real = ACADEMY.key(ALGORITHMS[alg]).sign(f"{head}.{body}".encode())
        for value in (bytes(len(real)), real[::-1], real[:-1], real + b"\0", bytes([real[0] ^ 128]) + real[1:]):
            text = f"{head}.{body}.{base64url_encode(value)}"
            series.hostile("signature", text, ALTERED, "token.signature", "These bytes are no signature of it.", WORLD)


def _json(series: Series) -> None:
    payload = b64_text(claims_for(DOCUMENT))
    member = '"name":"Networking basics (SAMPLE)"'
    broken = [
        payload.replace("{", '{"issuer":"did:web:attacker.example",', 1), payload.replace("{", '{"iss":"x",', 1),
        payload.replace(member, member + "," + member, 1), payload.replace(member, '"name":"\\ud800"', 1),
        payload.replace('"nbf":1', '"nbf":NaN,"x":1', 1), payload.replace('"nbf":1', '"x":1e400,"nbf":1', 1),
        payload.replace('"nbf":1', '"x":Infinity,"nbf":1', 1),
        payload.replace('"nbf":1', f'"x":{"9" * 5000},"nbf":1', 1),
        payload.replace('"nbf":1', f'"x":{"[" * 100}{"]" * 100},"nbf":1', 1), payload[:-1], payload + "}",
        payload + "x",
        f"[{payload}]", '"text"', "null", "1", "true", "", "{}", payload.replace(":", "=", 1), "\ufeff\ufeff" + payload,
        payload.replace("{", "{/**/", 1), payload.replace("{", "{,", 1), payload.replace('"', "'"),
    ]  # fmt: skip
    for text in broken:
        given = jws(header_of(ACADEMY), text.encode("utf-8", "surrogatepass"), ACADEMY.key("P-256").sign)
        why = "Two readers would read this JSON in two ways, or not at all."
        series.hostile("payload-json", given, UNREADABLE, ("json.", "token.", "read."), why, WORLD)
    header = b64_text(header_of(ACADEMY))
    for text in (
        header.replace("{", '{"alg":"none",', 1), header[:-1] + ',"alg":"none"}', header[:-1] + ',"kid":"x"}',
        "[]", "null", header[:-1], header.replace('"JWT"', "NaN"), "{" * 100, header + " " * 20_000,
    ):  # fmt: skip
        given = jws(text.encode(), claims_for(DOCUMENT), ACADEMY.key("P-256").sign)
        series.hostile("header-json", given, BROKEN, ("json.", "token."), "The header can be read in two ways.", WORLD)
    for data in (payload.encode("utf-16"), b"\xff\xfe", payload.encode()[:200] + b"\xff" + payload.encode()[200:]):
        given = jws(header_of(ACADEMY), data, ACADEMY.key("P-256").sign)
        series.hostile("payload-json", given, UNREADABLE, "json.", "The payload is not UTF-8.", WORLD)


def b64_text(value: Forged) -> str:
    return dumps(value).decode()


def _two_credentials(series: Series) -> None:
    claims, other = claims_for(DOCUMENT), credential(name="Another (SAMPLE)")
    older = {"@context": ["https://www.w3.org/2018/credentials/v1"], "type": ["VerifiableCredential"]}
    payloads: list[Any] = [
        {**claims, "vc": other}, {**claims, "vc": DOCUMENT}, {**claims, "vc": {}}, {**claims, "vc": None},
        {**claims, "vc": "x"},
        {**claims, "vc": [other]}, {**claims, "vp": {}}, {**claims, "vc": older}, {"iss": ACADEMY.did, "vc": other},
        {"iss": ACADEMY.did, "vc": other, "credentialSubject": {}},
        {"iss": ACADEMY.did, "vp": {"type": ["VerifiablePresentation"]}},
        {**claims, "vc": other, "vp": other}, {"vc": other, "type": ["VerifiableCredential"]},
    ]  # fmt: skip
    for payload in payloads:
        text = jws(header_of(ACADEMY), payload, ACADEMY.key("P-256").sign)
        why = "Which of several credentials is meant is for no verifier to guess."
        series.hostile("two-credentials", text, REFUSED | UNREADABLE, ("structure.", "token.", "read."), why, WORLD)
    for payload in ([claims], [claims, claims], {}, {"iss": ACADEMY.did}, {"sub": "x", "exp": 9_999_999_999}):
        text = jws(header_of(ACADEMY), payload, ACADEMY.key("P-256").sign)
        series.hostile("no-credential", text, UNREADABLE | REFUSED, (), "It carries no credential.", WORLD)


def _claims(series: Series) -> None:
    document = credential(validUntil="2027-03-12T09:30:00Z")
    claims = claims_for(document)
    wrong: dict[str, list[Any]] = {
        "iss": ["did:web:attacker.example", "", 1, [ACADEMY.did], {"id": ACADEMY.did}, ACADEMY.did + "/",
        "did:web:ACADEMY.example"],
        "sub": ["urn:uuid:00000000-0000-4000-8000-000000000000", "", 1, []],
        "jti": ["https://academy.example/credentials/2", "", 1, {}],
        "nbf": [0, 1, "1773307800", True, [], {}, 9_999_999_999, -1, 1e300],
        "exp": [0, 1, "1804757400", True, [], {}, 1e300, 99_999_999_999, -1, 1_804_757_399],
    }  # fmt: skip
    for name, values in wrong.items():
        for value in values:
            text = jws(header_of(ACADEMY), {**claims, name: value}, ACADEMY.key("P-256").sign)
            why = f"The claim {name} says something else than the credential."
            codes = ("structure.claims_differ", "token.claims", "dates.")
            series.hostile("claim", text, REFUSED | {"expired"}, codes, why, WORLD)
    alone = claims_for(DOCUMENT)
    for seconds in (1, 1_700_000_000, -5):
        text = jws(header_of(ACADEMY), {**alone, "exp": seconds}, ACADEMY.key("P-256").sign)
        why = "The end that only the token names counts."
        series.hostile("exp-alone", text, {"expired", "not_accepted"}, ("dates.", "structure.", "token."), why, WORLD)


def _types(series: Series) -> None:
    for value in (
        "receipt+jwt",
        "at+jwt",
        "vp+jwt",
        "dpop+jwt",
        "JWT ",
        "",
        "vc+sd-jwt",
        "application/json",
        1,
        None,
        ["JWT"],
    ):
        text = jws({**header_of(ACADEMY), "typ": value}, claims_for(DOCUMENT), ACADEMY.key("P-256").sign)
        why = "A token that was signed as something else is no credential."
        series.hostile("typ", text, BROKEN, ("token.type", "token.header"), why, WORLD)


def _tampered(series: Series) -> None:
    for alg in ALGORITHMS:
        head, _, signature = token(DOCUMENT, signing=alg).split(".")
        for edit in (_rename, _other_subject, _other_grade, _other_issuer, _longer):
            body = b64(claims_for(edited(DOCUMENT, edit)))
            why = "One word was changed after signing."
            states, codes = ALTERED | UNPROVEN, ("token.signature", "proof.", "issuer.")
            series.hostile("tampered", f"{head}.{body}.{signature}", states, codes, why, WORLD)
        body = b64(b64_text(claims_for(DOCUMENT)).replace(",", ", ", 1).encode())
        text = f"{head}.{body}.{signature}"
        series.hostile("tampered", text, ALTERED, "token.signature", "Even one blank is not what was signed.", WORLD)
    ours, theirs = token(DOCUMENT).split("."), token(credential(OTHER_SCHOOL), OTHER_SCHOOL).split(".")
    for parts in ((ours[0], ours[1], theirs[2]), (theirs[0], ours[1], theirs[2]), (ours[0], theirs[1], ours[2])):
        states, why = ALTERED | UNPROVEN, "The parts are from two tokens."
        series.hostile("mixed", ".".join(parts), states, (), why, WORLD)


def _rename(document: Any) -> None:
    document["name"] = document["credentialSubject"]["achievement"]["name"] = "Brain surgery (SAMPLE)"


def _other_subject(document: Any) -> None:
    document["credentialSubject"]["identifier"][0]["identityHash"] = "Mallory Sample"


def _other_grade(document: Any) -> None:
    document["credentialSubject"]["result"][0]["value"] = "100"


def _other_issuer(document: Any) -> None:
    document["issuer"]["id"] = OTHER_SCHOOL.did


def _longer(document: Any) -> None:
    document["validUntil"] = "2099-01-01T00:00:00Z"
