"""Credentials with hostile texts and odd shapes, for property tests of the ways to canonical form.

EXAMPLES (environment variable) is the number of documents of each property: small by default, 100000 for a thorough
run. jsonld.js sorts by UTF-16 code units, RDFC-1.0 wants code points; both agree as long as one document does not
hold characters above U+FFFF beside some of U+E000 to U+FFFF, so that each document keeps to one of two alphabets.
"""

import os
from copy import deepcopy
from typing import Any

from hypothesis import strategies as st

from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3

EXAMPLES = int(os.environ.get("EXAMPLES", "60"))
ODD = ["_:c14n0", "_:a", '"', '\\"', "\\", "\\u0041", "\n", "\r\n", "\t", "%", "%s", "%(a)s", "%%", "\0", "\x7f", "@id",
       "urn:mark:", "<urn:x>", '"^^<urn:x>', " .\n", "\u0085", "\u2028", "{}", "'"]  # fmt: skip
ONE_PLANE = st.characters(max_codepoint=0xFFFF, exclude_categories=["Cs"])
ALL_PLANES = st.characters(exclude_categories=["Cs"]).filter(lambda letter: not "\ue000" <= letter <= "\uffff")
ALPHABETS = st.sampled_from([ONE_PLANE, ALL_PLANES])
NUMBERS = (
    st.integers(-(2**53), 2**53) | st.floats(1e-6, 1e20) | st.floats(-1e20, -1e-6) | st.sampled_from([0, -0.0, 2.50])
)
IRIS = st.builds(
    "{}{}".format,
    st.sampled_from(["https://a.example/", "http://localhost:8000/", "urn:uuid:", "did:web:a.example:", "urn:x:"]),
    st.text(st.sampled_from("abZ019-._~%:@/#?&=éß漢😀"), max_size=6),
)


def texts(alphabet: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return (
        st.text(alphabet, max_size=8)
        | st.sampled_from(ODD)
        | st.builds("{}{}".format, st.sampled_from(ODD), st.text(alphabet, max_size=3))
    )


def few(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One value as it is, or an array of up to three."""
    return values | st.lists(values, max_size=3)


def badges(text: st.SearchStrategy[str]) -> st.SearchStrategy[Any]:
    """A badge in which anything optional may be missing, repeated, or equal to its neighbour."""

    def thing(type_name: str, required: dict[str, Any], **optional: Any) -> st.SearchStrategy[Any]:
        either = st.sampled_from([type_name, [type_name]])
        return st.fixed_dictionaries({"type": either, **required}, optional=optional)

    image = thing("Image", {"id": IRIS}, caption=text)
    identifier = thing("IdentifierEntry", {"identifier": text, "identifierType": text})
    profile = thing(
        "Profile", {"id": IRIS}, name=few(text), url=text, image=image | IRIS, otherIdentifier=few(identifier),
        address=thing("Address", {}, addressCountryCode=text), parentOrg=thing("Profile", {}, id=IRIS, name=text),
        endorsement=st.lists(st.deferred(lambda: endorsement), max_size=2),
    )  # fmt: skip
    alignment = thing("Alignment", {"targetName": text}, targetUrl=IRIS | text, targetType=text)
    description = thing("ResultDescription", {"name": text}, id=IRIS, allowedValue=few(text), valueMax=text)
    criteria = st.fixed_dictionaries({}, optional={"id": IRIS, "narrative": text})
    achievement = thing(
        "Achievement", {"id": IRIS, "name": text}, criteria=criteria,
        tag=st.lists(text, max_size=3), creditsAvailable=NUMBERS, alignment=few(alignment), creator=profile,
        resultDescription=st.lists(description, max_size=2), inLanguage=text | st.booleans() | NUMBERS,
    )  # fmt: skip
    who = thing("IdentityObject", {"identityHash": text}, hashed=st.booleans(), salt=text)
    result = thing("Result", {}, value=text | NUMBERS, resultDescription=IRIS, alignment=few(alignment))
    subject = thing(
        "AchievementSubject", {"achievement": achievement}, id=IRIS, identifier=st.lists(who, max_size=3),
        result=st.lists(result, max_size=3), narrative=text, image=image,
    )  # fmt: skip
    status = thing("BitstringStatusListEntry", {"statusListCredential": IRIS, "statusListIndex": text})
    proof = thing(
        "DataIntegrityProof", {"proofPurpose": st.just("assertionMethod")}, proofValue=text, created=text, id=IRIS
    )
    endorsement = st.fixed_dictionaries(
        {
            "@context": st.just([CREDENTIALS_V2, OPEN_BADGES_3_0_3]),
            "type": st.just(["VerifiableCredential", "EndorsementCredential"]),
            "issuer": IRIS | thing("Profile", {"id": IRIS, "name": text}),
            "credentialSubject": thing("EndorsementSubject", {"endorsementComment": text}, id=IRIS),
        },
        optional={"id": IRIS, "proof": few(proof)},
    )
    return st.fixed_dictionaries(
        {
            "@context": st.just([CREDENTIALS_V2, OPEN_BADGES_3_0_3]),
            "type": st.just(["VerifiableCredential", "OpenBadgeCredential"]),
            "issuer": IRIS | profile,
            "credentialSubject": few(subject),
        },
        optional={
            "id": IRIS, "name": text, "validFrom": text, "awardedDate": text,
            "evidence": few(thing("Evidence", {"name": text}, id=IRIS)), "credentialStatus": status,
            "endorsement": few(endorsement), "proof": few(proof), "aud": IRIS,
        },
    )  # fmt: skip


HOSTILE_BADGES = ALPHABETS.flatmap(lambda alphabet: badges(texts(alphabet)))


def places_of(value: Any) -> list[Any]:
    """Every object and array inside a document, itself first."""
    inner = value.values() if isinstance(value, dict) else value
    return [value, *(place for item in inner if isinstance(item, (dict, list)) for place in places_of(item))]


SPOILERS = st.sampled_from(
    [("colour", "red"), ("type", "Invented"), ("id", "relative"), ("id", "_:b0"), ("name", None),
     ("id", "https://a.example/ b"),
     ("xsd:x", "y"), ("type", ["Image", "Profile"]), ("type", []), ("@type", "Image"), ("name", {"@value": "x"}),
     ("image", {}), ("tag", [["x"]]), ("@context", [CREDENTIALS_V2]), ("name", {"name": "x"}), ("proof", "urn:x:y"),
     ("verifiableCredential", {"type": "VerifiableCredential"}), ("issuer", "xsd:x"), ("proofPurpose", "Image")]
)  # fmt: skip


@st.composite
def spoiled_badges(draw: st.DrawFn) -> Any:
    """A badge with something in it that is undefined, malformed or at least out of place."""
    badge = draw(badges(st.sampled_from(["a", "b"])))
    for _ in range(draw(st.integers(1, 2))):
        places = [place for place in places_of(badge) if isinstance(place, dict)]
        member, value = draw(SPOILERS)
        draw(st.sampled_from(places))[member] = deepcopy(value)  # the next spoiler may go into this one
    return badge
