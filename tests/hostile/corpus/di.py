"""Embedded proofs: changed documents, parts that no signature covers, replayed proofs, wrong purposes, sets, chains."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from openbadges.contexts import (
    CREDENTIALS_EXAMPLES_V2,
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    OPEN_BADGES_3_0_2,
    OPEN_BADGES_3_0_3,
)
from openbadges.multiformats import base64url_encode, multibase_encode
from openbadges.strict_json import dumps
from tests.hostile.case import ALTERED, BROKEN, COULD_NOT, REFUSED, UNPROVEN, UNREADABLE, Case, Series
from tests.hostile.corpus.weak_keys import weak_proof_cases
from tests.hostile.maker import (
    ACADEMY,
    ATTACKER,
    NOBODY,
    OTHER_SCHOOL,
    Forged,
    at,
    attempted,
    changed,
    credential,
    each,
    edited,
    proof,
    replaced,
    signed,
    signed_2020,
    signed_ecdsa,
    signed_jcs,
    with_key_only,
    without,
)

WORLD = ACADEMY.world() | ATTACKER.world() | OTHER_SCHOOL.world()
GOOD = signed(credential())
PLACES: tuple[tuple[str | int, ...], ...] = (
    (),
    ("issuer",),
    ("credentialSubject",),
    ("credentialSubject", "identifier", 0),
    ("credentialSubject", "achievement"),
    ("credentialSubject", "achievement", "criteria"),
    ("credentialSubject", "result", 0),
    ("evidence", 0),
)


def cases() -> Iterator[Case]:
    series = Series("di")
    for build in (
        _controls,
        _other_suites,
        _changed_leaves,
        _unsigned_terms,
        _hidden_meanings,
        _contexts,
        _proof_options,
        _changed_options,
        _proof_values,
        _sets,
        _methods,
        _replayed,
        _respelled,
        _unsupported,
        _poison,
    ):
        build(series)
    weak_proof_cases(series)
    yield from series.cases


def text(document: Forged) -> str:
    return dumps(document).decode()


def _with_proof(**members: Any) -> str:
    """The good document with members of its proof replaced after signing; None removes one."""
    [one] = at(GOOD, "proof")
    return text({**GOOD, "proof": [changed(one, **members)]})


def _controls(series: Series) -> None:
    series.control("plain", text(GOOD), "A badge as issuers make it.", WORLD)
    for maker in (NOBODY, with_key_only("somebody")):
        series.control("did-key", text(signed(credential(maker), maker)), "A bare key proves itself and nobody else.")
    bare = signed(credential(NOBODY), NOBODY, verificationMethod=NOBODY.did)
    series.control("did-key", text(bare), "1EdTech's samples name a did:key without its fragment.")
    for context in (OPEN_BADGES_3_0_2,):  # the earlier ones contradict the final context of W3C
        document = signed(credential(**{"@context": [CREDENTIALS_V2, context]}))
        series.control("context", text(document), "An earlier revision of the context.", WORLD)
    whole = text(GOOD)
    series.control("spelling", "\ufeff" + whole, "A byte order mark stands before it.", WORLD)
    series.control("spelling", whole.encode(), "The bytes of a file.", WORLD)
    series.control("spelling", f"\r\n  {whole}\n\n", "Blank lines around it.", WORLD)
    series.control("spelling", whole.replace("Networking", "\\u004eetworking"), "A letter is written as escape.", WORLD)
    series.control("spelling", text({**GOOD, "proof": at(GOOD, "proof", 0)}), "One proof without an array.", WORLD)
    backwards = dict(reversed(list(GOOD.items())))
    series.control("order", text(backwards), "The order of members means nothing.", WORLD)
    for options in ({"expires": "2027-01-01T00:00:00Z"}, {"created": None}, {"created": "2026-03-12T01:30:00-08:00"}):
        series.control("options", text(signed(credential(), **options)), "These proof options are fine.", WORLD)
    twins = [{"type": ["Alignment"], "targetName": "T", "targetUrl": "https://t.example/"}] * 3
    document = edited(credential(), lambda d: d["credentialSubject"]["achievement"].update(alignment=twins))
    series.control("alike", text(signed(document)), "Three parts look alike, which is allowed.", WORLD)
    both = {**credential(), "proof": [proof(credential()), _bogus("bbs-2023")]}
    series.control("set", text(both), "A kind of proof that is not known stands beside one that is.", WORLD)


def _other_suites(series: Series) -> None:
    """What issue C asks for beside eddsa-rdfc-2022; each with its forgeries."""
    makes: list[tuple[str, Callable[..., Forged]]] = [
        ("eddsa-jcs-2022", lambda d, m=ACADEMY, **o: signed_jcs(d, m, **o)),
        ("ecdsa-rdfc-2019", lambda d, m=ACADEMY, **o: signed_ecdsa(d, m, "P-256", **o)),
        ("ecdsa-rdfc-2019-p384", lambda d, m=ACADEMY, **o: signed_ecdsa(d, m, "P-384", **o)),
        ("ed25519-2020", lambda d, m=ACADEMY, **o: signed_2020(d, m, **o)),
    ]
    for name, make in makes:
        good = make(credential())
        series.control(name, text(good), f"A proof of the kind {name}.", WORLD)
        why = "One word was changed after signing."
        for path in (("name",), ("credentialSubject", "achievement", "name"), ("validFrom",)):
            forged = replaced(good, path, "2026-03-13T09:30:00Z")
            series.hostile(f"{name}-changed", text(forged), ALTERED, "proof.invalid", why, WORLD)
        forged = make({**credential(), "issuer": credential()["issuer"]}, ATTACKER)
        why = "Another key than the issuer's."
        series.hostile(f"{name}-key", text(forged), UNPROVEN | BROKEN, ("issuer.", "proof."), why, WORLD)
        later = make(credential(), expires="2026-06-01T00:00:00Z")
        series.hostile(f"{name}-expired", text(later), {"expired"}, "proof.expired", "The proof has ended.", WORLD)
        other = make(credential(), proofPurpose="authentication")
        series.hostile(f"{name}-purpose", text(other), REFUSED, "proof.", "Signed for another purpose.", WORLD)
        proofs = at(good, "proof")
        first = proofs[0] if isinstance(proofs, list) else proofs
        for suite in ("eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-rdfc-2019"):
            if suite != first.get("cryptosuite"):
                forged = {**good, "proof": [{**first, "type": "DataIntegrityProof", "cryptosuite": suite}]}
                states, why = ALTERED | REFUSED, "The proof is labelled as one of another kind."
                series.hostile(f"{name}-relabelled", text(forged), states, "proof.", why, WORLD)
    null = edited(signed_jcs(credential()), lambda d: d.update(colour="red"))
    series.hostile("eddsa-jcs-2022-added", text(null), BROKEN, (), "A member was added after signing.", WORLD)


def _changed_leaves(series: Series) -> None:
    why = "This part was changed, removed or added after signing."
    for path, value in _leaves(credential()):
        if path[0] == "@context":
            continue
        for forged in (replaced(GOOD, path, _other(value)), without(GOOD, path)):
            series.hostile("changed", text(forged), BROKEN | UNPROVEN | COULD_NOT, (), why, WORLD)
    additions: list[tuple[tuple[str | int, ...], str, Any]] = [
        ((), "validUntil", "2099-01-01T00:00:00Z"), ((), "description", "x"),
        ((), "awardedDate", "2020-01-01T00:00:00Z"),
        (("issuer",), "url", "https://attacker.example"), (("issuer",), "email", "a@attacker.example"),
        (("credentialSubject",), "licenseNumber", "1"), (("credentialSubject",), "creditsEarned", 60),
        (("credentialSubject", "achievement"), "creditsAvailable", 60),
        (("credentialSubject", "achievement"), "tag", ["x"]),
        (("evidence", 0), "narrative", "x"), ((), "image", {"id": "https://attacker.example/x.png", "type": "Image"}),
    ]  # fmt: skip
    for place, name, value in additions:
        forged = replaced(GOOD, (*place, name), value)
        series.hostile("added", text(forged), ALTERED, "proof.invalid", why, WORLD)


def _leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not isinstance(value, (dict, list)):
        yield path, value
    for step, inner in items:
        yield from _leaves(inner, (*path, step))


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    return value + "x" if isinstance(value, str) else value + 1


def _unsigned_terms(series: Series) -> None:
    why = "No context defines this member, so that anybody could have added it."
    for place in PLACES:
        for name, value in each(("colour", "red"), ("verified", True), ("honours", {"type": ["Honours"]})):
            forged = replaced(GOOD, (*place, name), value)
            series.hostile("undefined", text(forged), REFUSED, ("structure.", "term.", "proof."), why, WORLD)
    for value in each("eyJhbGciOiJub25lIn0.e30.x", ["eyJhbGciOiJub25lIn0.e30.x"], []):
        for place in ((), ("issuer",), ("credentialSubject", "achievement")):
            forged = replaced(GOOD, (*place, "endorsementJwt"), value)
            why = "endorsementJwt is mapped to nothing, so that no proof covers it."
            series.hostile("endorsement-jwt", text(forged), REFUSED, "structure.", why, WORLD)
    for kind in ("Honours", "honours:First", "https://attacker.example/Honours"):
        forged = replaced(GOOD, ("type",), [*at(GOOD, "type"), kind])
        series.hostile("type", text(forged), BROKEN, (), "A type was added that nothing defines or signs.", WORLD)


def _hidden_meanings(series: Series) -> None:
    why = "JSON-LD would read something else here than a person does."
    values: dict[str, Any] = {
        "@id": "https://attacker.example/", "@type": ["Profile"], "@graph": [], "@value": "x", "@list": [], "@set": [],
        "@reverse": {},
        "@included": [], "@index": "x", "@nest": {}, "@base": "https://attacker.example/",
        "@vocab": "https://attacker.example/",
        "@language": "en", "@json": {}, "@direction": "rtl", "@version": 1.1, "@import": "https://attacker.example/",
        "@none": [],
    }  # fmt: skip
    for name, value in values.items():
        for place in ((), ("credentialSubject", "achievement")):
            forged = replaced(GOOD, (*place, name), value)
            series.hostile("keyword", text(forged), REFUSED, ("structure.", "term."), why, WORLD)
    for name in (
        "https://schema.org/name",
        "schema:name",
        "rdf:type",
        "xsd:x",
        "_:x",
        ":",
        "https://www.w3.org/2018/credentials#issuer",
    ):
        for place in each((), ("issuer",)):
            forged = replaced(GOOD, (*place, name), "x")
            series.hostile("alias", text(forged), REFUSED, ("structure.", "term."), why, WORLD)
    for path in (
        ("id",),
        ("issuer", "id"),
        ("credentialSubject", "id"),
        ("credentialSubject", "achievement", "id"),
        ("evidence", 0, "id"),
    ):
        for name in ("_:b0", "_:c14n0", "_:"):
            forged = replaced(GOOD, path, name)
            series.hostile(
                "blank-node", text(forged), BROKEN | UNPROVEN | COULD_NOT, (), "A blank node from outside.", WORLD
            )
    wrapped = edited(GOOD, lambda d: d.update(name={"@value": d["name"]}))
    series.hostile("wrapped", text(wrapped), REFUSED, "structure.", "The same value in another wrapping.", WORLD)


def _contexts(series: Series) -> None:
    inline: list[Any] = [
        {"name": None}, {"name": "https://attacker.example/"}, {"@vocab": "https://attacker.example/"},
        {"@base": "https://a.example/"},
        {"colour": None}, {"@import": CREDENTIALS_V2}, {"@propagate": False}, {}, None, 1, True, [], [{"x": None}],
    ]  # fmt: skip
    both: list[Any] = [CREDENTIALS_V2, OPEN_BADGES_3_0_3]
    for value in inline:
        forged = {**GOOD, "@context": [*both, value]}
        why = "Words are defined inside the document, or wiped out."
        series.hostile("inline-context", text(forged), REFUSED | COULD_NOT, "structure.", why, WORLD)
    for value in ({"name": None}, CREDENTIALS_V2, None, [OPEN_BADGES_3_0_3], "https://attacker.example/context"):
        for place in PLACES[1:]:
            forged = replaced(GOOD, (*place, "@context"), value)
            why = "A part brings a context of its own."
            series.hostile("nested-context", text(forged), REFUSED | COULD_NOT, "structure.", why, WORLD)
    whole: list[Any] = [
        [OPEN_BADGES_3_0_3, CREDENTIALS_V2], [CREDENTIALS_V2], [OPEN_BADGES_3_0_3], CREDENTIALS_V2, "", [], {}, None, 1,
        [both],
        [CREDENTIALS_V2.replace("https", "http"), OPEN_BADGES_3_0_3], [CREDENTIALS_V2 + "/", OPEN_BADGES_3_0_3],
        [CREDENTIALS_V2 + "#", OPEN_BADGES_3_0_3], [CREDENTIALS_V2.upper(), OPEN_BADGES_3_0_3],
        [CREDENTIALS_V2 + "?", OPEN_BADGES_3_0_3],
        [*both, "https://attacker.example/context"], [*both, "http://169.254.169.254/"], [*both, "file:///etc/passwd"],
        [*both, ""],
        [*both, "data:application/json,{}"], [*both, CREDENTIALS_V1, CREDENTIALS_EXAMPLES_V2, {"x": "y"}],
    ]  # fmt: skip
    for value in whole:
        forged = {**GOOD, "@context": value} if value is not None else changed(GOOD, **{"@context": None})
        why = "The contexts decide what is signed, and these are not the ones of a badge."
        series.hostile("context", text(forged), REFUSED | COULD_NOT | UNREADABLE, (), why, WORLD)
    forged = {**GOOD, "@context": [*both, CREDENTIALS_EXAMPLES_V2], "colour": "red"}
    series.hostile("context", text(forged), BROKEN, (), "A context was added to define an added word.", WORLD)


def _proof_options(series: Series) -> None:
    for purpose in (
        "authentication",
        "keyAgreement",
        "capabilityInvocation",
        "capabilityDelegation",
        "assertionMethods",
        "",
    ):
        document = attempted(credential(), proofPurpose=purpose)
        series.hostile("purpose", text(document), REFUSED, "proof.", "Signed for another purpose.", WORLD)
    for moment in ("2026-11-26T12:00:00Z", "2026-11-26T11:59:59Z", "2026-03-12T09:30:00Z", "1999-01-01T00:00:00Z"):
        document = signed(credential(), expires=moment)
        series.hostile("expires", text(document), {"expired"}, "proof.expired", "The proof has ended.", WORLD)
    for moment in ("2026-11-26T13:00:00Z", "2027-01-01T00:00:00Z", "9999-12-31T23:59:59Z"):
        document = signed(credential(), created=moment)
        series.hostile("created", text(document), REFUSED, "proof.created_later", "Made in the future.", WORLD)
    for member in ("created", "expires"):
        for moment in ("2026-03-12", "yesterday", "", "2026-03-12T09:30:00", "2026-13-12T09:30:00Z", "1773307800"):
            document = signed(credential(), **{member: moment})
            series.hostile("proof-date", text(document), REFUSED, "proof.malformed", "No date and time.", WORLD)
    for domain in ("attacker.example", "", "https://academy.example"):
        document = signed(credential(), domain=domain)
        series.hostile("domain", text(document), REFUSED, "proof.domain", "Made for use in another place.", WORLD)
    for value in each("urn:uuid:1", ["urn:uuid:1"], "", 1, [], {}, "https://academy.example/proofs/1"):
        why = "It stands in a chain whose beginning is not here."
        series.hostile("chain", _with_proof(previousProof=value), BROKEN, "proof.", why, WORLD)
    for name, value in (
        ("colour", "red"),
        ("honours", True),
        ("type", ["DataIntegrityProof"]),
        ("id", 1),
        ("@context", {"x": None}),
    ):
        series.hostile(
            "proof-member", _with_proof(**{name: value}), BROKEN, (), "The proof has a strange member.", WORLD
        )


def _changed_options(series: Series) -> None:
    changes: dict[str, list[Any]] = {
        "created": ["2026-03-13T09:30:00Z", None, 1, ["2026-03-12T09:30:00Z"]],
        "expires": ["2099-01-01T00:00:00Z"],
        "nonce": ["x"],
        "challenge": ["x"],
        "id": ["urn:uuid:6f0e5a0e-2b6c-4f5e-8d57-6f1f4c3b2a11"],
        "proofPurpose": [None, 1, ["assertionMethod"], {"id": "assertionMethod"}, "authentication"],
        "type": [None, 1, "", "DataIntegrityProof2", ["DataIntegrityProof", "Ed25519Signature2020"]],
        "cryptosuite": [None, 1, "", ["eddsa-rdfc-2022"], "EDDSA-RDFC-2022"],
        "proofValue": [None],
        "verificationMethod": [None, 1, [], {"id": ACADEMY.method()}],
    }
    for name, values in changes.items():
        for value in values:
            why = f"The {name} of the proof was changed after signing."
            series.hostile("option", _with_proof(**{name: value}), BROKEN, "proof.", why, WORLD)


def _proof_values(series: Series) -> None:
    signature = b"\1" * 64
    good = str(at(GOOD, "proof", 0, "proofValue"))
    values: list[Any] = [
        "", "z", good[1:], "u" + base64url_encode(signature), "m" + good[1:], "f" + signature.hex(), "Z" + good[1:],
        good + " ", " " + good,
        good + "\n", good[:-1], good + "1", "z1" + good[1:], "z" + "1" * 64, "z" + "0OIl", "z" * 89, good.swapcase(),
        "z" + "1" * 1_000_000,
        multibase_encode(signature), multibase_encode(bytes(64)), multibase_encode(signature[:63]),
        multibase_encode(signature + b"x"),
        [good], {"@value": good}, 1, True, good[:10] + "\u0000" + good[11:],
        good[:20] + ("2" if good[20] != "2" else "3") + good[21:],
    ]  # fmt: skip
    for value in values:
        series.hostile(
            "proof-value",
            _with_proof(proofValue=value),
            BROKEN,
            ("proof.", "structure."),
            "This is no signature of it.",
            WORLD,
        )


def _bogus(suite: str, **changes: Any) -> Forged:
    return {**at(GOOD, "proof", 0), "cryptosuite": suite, **changes}


def _sets(series: Series) -> None:
    good = at(GOOD, "proof", 0)
    bad = proof(credential(name="Another (SAMPLE)"))
    sets: list[Any] = [
        [good, bad], [bad, good], [good, good, bad], [bad], [bad, bad], [good] * 9, [good] * 100, [good, 1],
        [good, "x"], [good, None],
        [good, [good]], [[good]], [], {}, "x", 1, True, {"proof": good}, [_bogus("none"), _bogus("x")],
        [good, {**good, "proofPurpose": "authentication"}], [good, {**good, "expires": "2020-01-01T00:00:00Z"}],
    ]  # fmt: skip
    for value in sets:
        why = "One proof of the set does not hold, or it is no set of proofs."
        series.hostile("set", text({**GOOD, "proof": value}), BROKEN | {"expired"}, "proof.", why, WORLD)
    series.hostile("unsigned", text(credential()), REFUSED, "proof.missing", "Nobody signed it.", WORLD)
    series.hostile("unsigned", text({**GOOD, "proof": None}), REFUSED, "proof.missing", "Nobody signed it.", WORLD)


def _methods(series: Series) -> None:
    why = "The key is not one that the issuer lists."
    methods = [
        ATTACKER.method(), OTHER_SCHOOL.method(), NOBODY.method(), NOBODY.did, "#key-1", "key-1", ACADEMY.did,
        f"{ACADEMY.did}#nothing", "",
        f"https://academy.example/keys#{NOBODY.key().public.to_multikey()}",
        f"{ACADEMY.did}#{ATTACKER.key().public.to_multikey()}",
        f"did:key:{ATTACKER.key().public.to_multikey()}", "did:example:1#k", "file:///etc/passwd",
        "http://127.0.0.1/#key-1", ACADEMY.method("P-256"),
        f"{ACADEMY.did}%00#key-1", f"{ACADEMY.did}/../attacker#key-1", f"{ACADEMY.method()}?service=x",
        ACADEMY.method().upper(),
    ]  # fmt: skip
    for method in methods:
        for key in (ATTACKER.key(), NOBODY.key()):
            document = attempted(credential(), key=key, verificationMethod=method)
            series.hostile("method", text(document), UNPROVEN | BROKEN, ("issuer.", "proof.", "structure."), why, WORLD)
    embedded = {"id": ACADEMY.method(), "type": "Multikey", "publicKeyMultibase": ATTACKER.key().public.to_multikey()}
    series.hostile(
        "method", _with_proof(verificationMethod=embedded), BROKEN, "proof.", "The proof brings its key.", WORLD
    )
    for issuer in (
        "did:key:zInvalid",
        "did:key:",
        "did:key:z6Mk",
        NOBODY.did + "#x",
        NOBODY.did.swapcase(),
        "did:example:123",
        "urn:x:y",
        "academy",
    ):
        document = credential(issuer={"id": issuer, "type": ["Profile"], "name": "Academy (SAMPLE)"})
        document = {**document, "proof": [{**at(GOOD, "proof", 0), "verificationMethod": f"{issuer}#k"}]}
        series.hostile(
            "issuer-id", text(document), UNPROVEN | BROKEN | COULD_NOT, (), "This issuer id has no key.", WORLD
        )


def _replayed(series: Series) -> None:
    why = "The proof was made for another document."
    academy, school = at(GOOD, "proof", 0), proof(credential(OTHER_SCHOOL), OTHER_SCHOOL)
    for document in (
        credential(name="Another (SAMPLE)"), credential(id="https://academy.example/credentials/2"),
        credential(OTHER_SCHOOL),
        credential(validFrom="2026-01-01T00:00:00Z"), credential(evidence=None), credential(issuer=OTHER_SCHOOL.did),
    ):  # fmt: skip
        for one in (academy, school):
            given = text({**document, "proof": [one]})
            if one is school and document == credential(OTHER_SCHOOL):
                continue
            series.hostile("replayed", given, ALTERED | UNPROVEN, ("proof.", "issuer."), why, WORLD)


def _respelled(series: Series) -> None:
    """Other JSON with the same statements: the proof fits, so that our own list of types has to refuse it."""
    why = "The value was written as one of another type, which no proof of this kind covers."
    result, who = ("credentialSubject", "result", 0, "value"), ("credentialSubject", "identifier", 0, "hashed")
    for path, value in each(
        (result, 87), (who, "false"), (("name",), [at(GOOD, "name")]), (("name",), [[at(GOOD, "name")]]),
        (("validFrom",), [at(GOOD, "validFrom")]), (("issuer",), [at(GOOD, "issuer")]), (("id",), [at(GOOD, "id")]),
        (("credentialSubject", "achievement", "name"), [at(GOOD, "credentialSubject", "achievement", "name")]),
        (("credentialSubject",), [[at(GOOD, "credentialSubject")]]),
    ):  # fmt: skip
        forged = text(replaced(GOOD, path, value))
        series.hostile("respelled", forged, BROKEN | UNPROVEN | COULD_NOT, (), why, WORLD)


def _unsupported(series: Series) -> None:
    why = "A proof of this kind proves nothing here."
    for suite in ("eddsa-rdfc-2099", "bbs-2023", "none", "ecdsa-xi-2023", "eddsa-2022 ", "JsonWebSignature2020"):
        series.hostile("suite", text({**GOOD, "proof": [_bogus(suite)]}), BROKEN, "proof.", why, WORLD)
    for kind in (
        "RsaSignature2018",
        "Ed25519Signature2018",
        "JsonWebSignature2020",
        "BbsBlsSignature2020",
        "MerkleProof2019",
        "Honest",
    ):
        one = changed(at(GOOD, "proof", 0), type=kind, cryptosuite=None, jws="eyJhbGciOiJub25lIn0..eA")
        series.hostile("suite", text({**GOOD, "proof": [one]}), BROKEN, "proof.", why, WORLD)


def _poison(series: Series) -> None:
    why = "Alike parts that refer to each other make the canonical order expensive to find."
    drawn = random.Random(20261126)
    for nodes in (8, 16, 40, 200):
        alike: list[Any] = [
            {"type": ["Alignment"], "targetName": "x", "targetUrl": "https://t.example/"} for _ in range(nodes)
        ]
        forged = replaced(GOOD, ("credentialSubject", "achievement", "alignment"), alike)
        series.hostile("poison", text(forged), BROKEN, (), why, WORLD)
    for depth in (3, 5, 7):
        forged = replaced(GOOD, ("issuer", "parentOrg"), _tree(depth))
        series.hostile("poison", text(forged), BROKEN, (), why, WORLD)
    many = [{"type": ["Result"], "value": str(drawn.randint(0, 2))} for _ in range(4000)]
    forged = edited(GOOD, lambda d: d["credentialSubject"].update(result=many))
    series.hostile("poison", text(forged), BROKEN, (), why, WORLD)
    wide = [{"type": ["Evidence"], "narrative": f"{number}"} for number in range(6000)]
    series.hostile("poison", text({**GOOD, "evidence": wide}), BROKEN, (), "Six thousand parts.", WORLD)


def _tree(depth: int) -> Forged:
    """Organisations without an address, each with two alike others inside."""
    below = [] if depth == 0 else [_tree(depth - 1), _tree(depth - 1)]
    return {"type": ["Profile"], "name": "x", "otherIdentifier": below}
