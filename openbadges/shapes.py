"""What a presented Open Badges 3.0 credential must look like: required members, types, dates.

Our own list, read from the specification; unlike its JSON Schema it accepts one value where an array is meant, and
an address where an image or criteria object is meant. `problems` finds deviations, `normalised` gives pages one shape.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from openbadges.json_types import JsonObject, JsonValue
from openbadges.parts import Part
from openbadges.times import TimeInvalid, parse_time

ABSOLUTE_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]+")
UNCHECKED_MEMBERS = frozenset(("endorsement", "endorsementJwt"))


@dataclass(frozen=True, slots=True)
class Problem:
    """One deviation: a lasting code and a plain sentence."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Member:
    """kind: "text", "iri", "instant", "number", "boolean", "object" or the name of a shape in SHAPES.

    `many`: an array is meant; `or_iri`: the address alone will do.
    """

    kind: str
    required: bool = False
    many: bool = False
    or_iri: bool = False


@dataclass(frozen=True, slots=True)
class Shape:
    """The members of one kind of object; `type_name` is the word its `type` must include, "" for none.

    `further`: texts that others check. `apart`: members that are no part of what the object says.
    """

    type_name: str
    members: Mapping[str, Member]
    further: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
    required: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        required = frozenset(name for name, member in self.members.items() if member.required)
        object.__setattr__(self, "required", required)


_TEXT, _IRI, _INSTANT = Member("text"), Member("iri"), Member("instant")
_REQUIRED_TEXT, _REQUIRED_IRI = Member("text", required=True), Member("iri", required=True)
_IMAGE = Member("Image", or_iri=True)
_ALIGNMENTS = Member("Alignment", many=True)

SHAPES: Mapping[str, Shape] = {
    "Credential": Shape(
        "",  # the words of its type decide what it is: `structure` has looked
        {
            "id": _REQUIRED_IRI,
            "issuer": Member("Profile", required=True, or_iri=True),
            "validFrom": Member("instant", required=True),
            "validUntil": _INSTANT,
            "awardedDate": _INSTANT,
            "name": _TEXT,
            "description": _TEXT,
            "image": _IMAGE,
            "credentialSubject": Member("AchievementSubject", required=True),
            "evidence": Member("Evidence", many=True),
            "credentialStatus": Member("Status", many=True),
            "credentialSchema": Member("Schema", many=True),
        },
        apart=frozenset(("@context", "proof")),
    ),
    "AchievementSubject": Shape(
        "AchievementSubject",
        {
            "id": _IRI,
            "identifier": Member("IdentityObject", many=True),
            "achievement": Member("Achievement", required=True),
            "activityStartDate": _TEXT,
            "activityEndDate": _TEXT,
            "creditsEarned": Member("number"),
            "image": _IMAGE,
            "licenseNumber": _TEXT,
            "narrative": _TEXT,
            "result": Member("Result", many=True),
            "role": _TEXT,
            "source": Member("Profile", or_iri=True),
            "term": _TEXT,
        },
    ),
    "Achievement": Shape(
        "Achievement",
        {
            "id": _REQUIRED_IRI,
            "name": _REQUIRED_TEXT,
            "description": _REQUIRED_TEXT,
            "criteria": Member("Criteria", required=True, or_iri=True),
            "achievementType": _TEXT,
            "creator": Member("Profile", or_iri=True),
            "image": _IMAGE,
            "alignment": _ALIGNMENTS,
            "resultDescription": Member("ResultDescription", many=True),
            "creditsAvailable": Member("number"),
            "fieldOfStudy": _TEXT,
            "specialization": _TEXT,
            "humanCode": _TEXT,
            "inLanguage": _TEXT,
            "tag": Member("text", many=True),
            "otherIdentifier": Member("IdentifierEntry", many=True),
            "related": Member("Related", many=True),
            "version": _TEXT,
        },
    ),
    "Profile": Shape(
        "Profile",
        {
            "id": _REQUIRED_IRI,
            "name": _TEXT,
            "url": _TEXT,
            "email": _TEXT,
            "phone": _TEXT,
            "description": _TEXT,
            "image": _IMAGE,
            "address": Member("Address"),
            "otherIdentifier": Member("IdentifierEntry", many=True),
            "official": _TEXT,
            "parentOrg": Member("Profile", or_iri=True),
        },
    ),
    "Address": Shape(
        "Address",
        {"addressCountry": _TEXT, "addressCountryCode": _TEXT, "addressRegion": _TEXT, "addressLocality": _TEXT},
    ),
    "Alignment": Shape(
        "Alignment",
        {
            "targetName": _REQUIRED_TEXT,
            "targetUrl": _REQUIRED_TEXT,
            "targetCode": _TEXT,
            "targetDescription": _TEXT,
            "targetFramework": _TEXT,
            "targetType": _TEXT,
        },
    ),
    "Criteria": Shape("", {"id": _IRI, "narrative": _TEXT}),
    "Evidence": Shape(
        "Evidence",
        {
            "id": _IRI,
            "name": _TEXT,
            "narrative": _TEXT,
            "description": _TEXT,
            "genre": _TEXT,
            "audience": _TEXT,
            "digestSRI": _TEXT,
        },
    ),
    "IdentityObject": Shape(
        "IdentityObject",
        {
            "hashed": Member("boolean", required=True),
            "identityHash": _REQUIRED_TEXT,
            "identityType": _REQUIRED_TEXT,
            "salt": _TEXT,
        },
    ),
    "IdentifierEntry": Shape("IdentifierEntry", {"identifier": _REQUIRED_TEXT, "identifierType": _REQUIRED_TEXT}),
    "Image": Shape("Image", {"id": _REQUIRED_IRI, "caption": _TEXT}),
    "Proof": Shape(
        "",
        {
            "cryptosuite": _TEXT,
            "created": _TEXT,
            "expires": _TEXT,
            "verificationMethod": _TEXT,
            "proofPurpose": _TEXT,
            "proofValue": _TEXT,
        },
    ),
    "Related": Shape("Related", {"id": _REQUIRED_IRI, "inLanguage": _TEXT, "version": _TEXT}),
    "Result": Shape(
        "Result",
        {
            "resultDescription": _TEXT,
            "status": _TEXT,
            "value": _TEXT,
            "achievedLevel": _TEXT,
            "alignment": _ALIGNMENTS,
        },
    ),
    "ResultDescription": Shape(
        "ResultDescription",
        {
            "id": _REQUIRED_IRI,
            "name": _REQUIRED_TEXT,
            "resultType": _REQUIRED_TEXT,
            "allowedValue": Member("text", many=True),
            "requiredValue": _TEXT,
            "requiredLevel": _TEXT,
            "valueMin": _TEXT,
            "valueMax": _TEXT,
            "alignment": _ALIGNMENTS,
        },
    ),
    "Schema": Shape("", {"id": _REQUIRED_IRI, "type": Member("text", required=True, many=True)}),
    "Status": Shape(
        "",
        {"id": _IRI, "type": Member("text", required=True, many=True)},
        further=frozenset(("statusListCredential", "statusListIndex", "statusPurpose")),
    ),
}
_LEAVES: Mapping[str, tuple[type, ...]] = {
    "text": (str,),
    "iri": (str,),
    "instant": (str,),
    "number": (int, float),
    "boolean": (bool,),
    "object": (dict,),
}
# Arrays of one are accepted where VC Data Model 2.0 allows several and Open Badges one.
SINGLE_IN_ARRAY = frozenset(("credentialSubject", "achievement"))


def words(value: JsonValue) -> frozenset[str]:
    """The words of a `type`, written as a string or an array."""
    if isinstance(value, str):
        return frozenset((value,))
    return frozenset(item for item in as_list(value) if isinstance(item, str))


def as_list(value: JsonValue) -> list[JsonValue]:
    """An array as it is, None as nothing, one value as an array of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def issuer_id(document: JsonObject) -> str | None:
    """The id of the issuer that a document names, whichever way it is written."""
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    return named if isinstance(named, str) else None


def first_object(value: JsonValue) -> JsonObject:
    """The object, or the first one in an array; an empty one where there is none."""
    if isinstance(value, dict):
        return value
    return next((item for item in as_list(value) if isinstance(item, dict)), {})


def problems(document: JsonObject, shape_name: str = "Credential", path: str = "") -> Iterator[Problem]:
    """Yield each deviation of `document` from a shape, in the shape's order. A null member counts as absent."""
    shape = SHAPES[shape_name]
    if shape.type_name and shape.type_name not in words(document.get("type")):
        yield Problem("structure.node_type", f"{path or 'The credential'} is not of type {shape.type_name}.")
    for name, member in shape.members.items():
        here = f"{path}.{name}" if path else name
        value = document.get(name)
        if value is None or (member.many and value == []):
            if member.required:
                yield Problem("structure.missing_member", f"The required member {here} is missing.")
            continue
        if name in SINGLE_IN_ARRAY and isinstance(value, list) and len(value) == 1:
            value = value[0]
        for item in value if member.many and isinstance(value, list) else [value]:
            yield from _member_problems(member, item, here)


def _object_problems(value: JsonObject, kind: str, path: str) -> Iterator[Problem]:
    yield from _part_problems(value, kind, path) if isinstance(value, Part) else problems(value, kind, path)


def _part_problems(part: Part, kind: str, path: str) -> tuple[Problem, ...]:
    return part.know(("shape", kind, path), lambda: tuple(problems(part, kind, path)))


def _member_problems(member: Member, value: JsonValue, path: str) -> Iterator[Problem]:
    if member.kind in SHAPES:
        if member.or_iri and isinstance(value, str):
            yield from _member_problems(_IRI, value, path)
        elif isinstance(value, dict):
            yield from _object_problems(value, member.kind, path)
        else:
            yield Problem("structure.member_type", f"The member {path} is not an object.")
        return
    expected = _LEAVES[member.kind]
    if not isinstance(value, expected) or (isinstance(value, bool) and bool not in expected):
        wanted = "text" if str in expected else f"a {member.kind}"
        yield Problem("structure.member_type", f"The member {path} is not {wanted}.")
    elif member.kind == "iri" and not ABSOLUTE_IRI.fullmatch(str(value)):
        yield Problem("structure.address_invalid", f"The member {path} is not an absolute address.")
    elif member.kind == "instant" and not is_instant(value):
        yield Problem("structure.date_invalid", f"The member {path} is not a date and time with a time zone.")


def is_instant(value: JsonValue) -> bool:
    try:
        parse_time(value)
    except TimeInvalid:
        return False
    return True


def normalised(document: JsonObject, shape_name: str = "Credential") -> JsonObject:
    """A copy in one shape for pages: arrays where arrays are meant, objects where addresses stood, no null members.

    Endorsements are left out: their own signatures are not covered by the credential's. `document` must have no
    `problems`.
    """
    copy: JsonObject = {}
    for name, value in document.items():
        member = SHAPES[shape_name].members.get(name)
        if value is None or name in UNCHECKED_MEMBERS:
            continue
        if member is None:
            copy[name] = value
        elif member.many:
            copy[name] = [_normalised_item(member, item) for item in as_list(value)]
        else:
            single = value[0] if name in SINGLE_IN_ARRAY and isinstance(value, list) else value
            copy[name] = _normalised_item(member, single)
    return copy


def _normalised_item(member: Member, value: JsonValue) -> JsonValue:
    if member.kind not in SHAPES:
        return value
    if isinstance(value, dict):
        return normalised(value, member.kind)
    return {"id": value}
