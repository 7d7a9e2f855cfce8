"""Whether a presented document is an Open Badges 3.0 credential whose every part its signature can cover.

`examine` looks at contexts, at names that JSON-LD would read as something else, at required members, types and dates,
and at a token's claims. It never raises; documents are the values that `strict_json.loads` gives (bounded depth).
Source: Open Badges 3.0 (data model, certification), VC Data Model 2.0, VC Data Integrity 1.0.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from openbadges.contexts import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    OPEN_BADGES_3_0_0,
    OPEN_BADGES_3_0_1,
    OPEN_BADGES_3_0_2,
    OPEN_BADGES_3_0_3,
    is_held,
)
from openbadges.jose import Token
from openbadges.json_types import JsonObject, JsonValue
from openbadges.kinds import Kindred
from openbadges.parts import Part
from openbadges.plain import is_plain
from openbadges.shapes import (
    SHAPES,
    UNCHECKED_MEMBERS,
    Problem,
    as_list,
    is_instant,
    issuer_id,
    problems,
    words,
)
from openbadges.times import parse_time

OPEN_BADGES_CONTEXTS = frozenset((OPEN_BADGES_3_0_0, OPEN_BADGES_3_0_1, OPEN_BADGES_3_0_2, OPEN_BADGES_3_0_3))
OPEN_BADGE_TYPES = frozenset(("OpenBadgeCredential", "AchievementCredential"))
OLDER_BADGE_CONTEXTS = frozenset(("https://w3id.org/openbadges/v1", "https://w3id.org/openbadges/v2"))

# Recognised, but not something that can be judged here: "could not be checked", not "wrong".
UNJUDGED_CODES = frozenset(("structure.older_badge", "structure.vcdm_1_1", "structure.context_not_pinned"))
# With these the signature cannot be checked at all, or would cover something else than what is read.
BLOCKING_CODES = UNJUDGED_CODES | {
    "structure.context",
    "structure.inline_context",
    "structure.nested_context",
    "structure.keyword",
    "structure.term_alias",
    "structure.blank_node",
    "structure.unsigned_term",
    "structure.two_credentials",
    "structure.vc_claim",
}
WARNING_CODES = frozenset(("structure.claim_missing",))

_CONTAINED_CREDENTIALS = frozenset(("endorsement", "verifiableCredential"))
# Members whose text values JSON-LD reads as addresses; "_:…" in them would name a node of the graph.
_ADDRESS_MEMBERS = frozenset(
    (
        "id",
        "type",
        "achievement",
        "address",
        "credentialSchema",
        "credentialStatus",
        "credentialSubject",
        "criteria",
        "evidence",
        "image",
        "issuer",
        "parentOrg",
        "previousProof",
        "refreshService",
        "relatedResource",
        "renderMethod",
        "source",
        "statusListCredential",
        "statusReference",
        "termsOfUse",
        "verificationMethod",
    )
)


_ORDINARY = {name for shape in SHAPES.values() for name in shape.members} - UNCHECKED_MEMBERS | {"type"}
"""Names of members that need no second look; all others do."""


@dataclass(frozen=True, slots=True)
class Examination:
    """What `examine` found. `problems` in the order of importance; empty where all is well."""

    problems: tuple[Problem, ...]

    @property
    def blocks_proof(self) -> bool:
        return any(problem.code in BLOCKING_CODES for problem in self.problems)

    @property
    def sound(self) -> bool:
        return all(problem.code in WARNING_CODES for problem in self.problems)


def is_credential(document: JsonObject) -> bool:
    """Whether a JSON object claims to be some credential at all, so that it is worth an examination."""
    return "@context" in document and "type" in document


def examine(document: JsonObject, token: Token | None = None) -> Examination:
    """Find what is wrong with a credential; `token`: the token that it was read from, None for an embedded proof."""
    of_kind = _problems_of_kind(document, token)
    if of_kind:
        return Examination(of_kind)
    if is_plain(document):  # as nearly all badges are
        found = list(_context_problems(document["@context"], "structure.inline_context"))
    else:
        found = [*_covered_problems(document, embedded=token is None), *problems(document)]
    found += [*_subject_problems(document), *_date_problems(document), *_status_problems(document)]
    if token is not None:
        found += _claim_problems(document, token)
    return Examination(tuple(found))


def examine_endorsement(document: JsonObject, token: Token | None = None) -> Examination:
    """Find what keeps a contained EndorsementCredential from being one whose every part its own signature covers."""
    contexts, types = as_list(document.get("@context")), words(document.get("type"))
    if token is not None:
        enveloped = list(_enveloped_problems(token))
        if enveloped:
            return Examination(tuple(enveloped))
    if not {"VerifiableCredential", "EndorsementCredential"} <= types:
        return Examination((Problem("structure.not_endorsement", "The credential is no endorsement."),))
    if contexts[:1] != [CREDENTIALS_V2] or not any(context in OPEN_BADGES_CONTEXTS for context in words(contexts)):
        return Examination((Problem("structure.context", "The contexts are not those of an endorsement."),))
    found = [
        *_covered_problems(document, embedded=token is None),
        *_date_problems(document),
        *_status_problems(document),
    ]
    if token is not None:
        found += _claim_problems(document, token)
    return Examination(tuple(found))


def _problems_of_kind(document: JsonObject, token: Token | None) -> tuple[Problem, ...]:
    if isinstance(document, Kindred) and token is None:  # what is asked for are types and contexts
        return document.kind.know("what it is", lambda: tuple(_kind_problems(document, None)))
    return tuple(_kind_problems(document, token))


def _kind_problems(document: JsonObject, token: Token | None) -> Iterator[Problem]:
    """Is it an Open Badges 3.0 credential under VC Data Model 2.0, and one only?"""
    if token is not None:
        yield from _enveloped_problems(token)
    contexts = as_list(document.get("@context"))
    first = contexts[0] if contexts else None
    types = words(document.get("type"))
    if isinstance(first, str) and first in OLDER_BADGE_CONTEXTS:
        yield Problem("structure.older_badge", "This is an Open Badge of version 1 or 2, which cannot be checked here.")
    elif first == CREDENTIALS_V1:
        yield Problem("structure.vcdm_1_1", "This credential has the older form 1.1, which cannot be checked here.")
    elif "VerifiableCredential" not in types or not types & OPEN_BADGE_TYPES:
        yield Problem("structure.not_open_badge", "This is signed data, but not an Open Badge.")
    elif first != CREDENTIALS_V2 or not any(isinstance(c, str) and c in OPEN_BADGES_CONTEXTS for c in contexts[1:]):
        yield Problem("structure.context", "The contexts are not those of an Open Badges 3.0 credential.")


def _enveloped_problems(token: Token) -> Iterator[Problem]:
    enveloped = [name for name in ("vc", "vp") if name in token.payload]
    beside = {"@context", "type", "credentialSubject"} & token.payload.keys()
    if len(enveloped) > 1 or (enveloped and beside):
        yield Problem("structure.two_credentials", "The token carries more than one credential.")
    elif "vp" in enveloped:
        yield Problem("structure.not_open_badge", "The token carries a presentation, not a badge.")
    elif enveloped and not _is_older_form(token.payload["vc"]):
        yield Problem("structure.vc_claim", "The token carries its credential inside a vc claim, which 2.0 forbids.")


def _is_older_form(credential: JsonValue) -> bool:
    return isinstance(credential, dict) and as_list(credential.get("@context"))[:1] == [CREDENTIALS_V1]


def _covered_problems(document: JsonObject, *, embedded: bool) -> Iterator[Problem]:
    """Walk every object for what a signature would not cover or JSON-LD would read differently."""
    yield from _context_problems(document["@context"], "structure.inline_context")
    yield from _walk(document, "", embedded=embedded)


def _walked(part: Part, name: str, embedded: bool) -> tuple[Problem, ...]:
    return tuple(_walk(part, name, embedded=embedded))


def _walk(part: JsonObject, part_name: str, *, embedded: bool) -> Iterator[Problem]:
    pending: list[tuple[str, JsonObject]] = [(part_name, part)]
    while pending:
        holder, members = pending.pop()
        if isinstance(members, Part) and members is not part:
            yield from members.know(("walk", holder, embedded), partial(_walked, members, holder, embedded))
            continue
        for name, value in members.items():
            if name == "@context":
                yield from _nested_context_problems(value, holder)
                continue
            if name not in _ORDINARY:
                yield from _name_problems(name, embedded=embedded)
            if value.__class__ is str:  # nearly all are, and nothing more is asked of them
                if value[:2] == "_:" and name in _ADDRESS_MEMBERS:
                    yield _blank_node_problem(name)
                continue
            for item in _flat(value) if value.__class__ is list else (value,):
                if isinstance(item, dict):
                    pending.append((name, item))
                elif isinstance(item, str) and item[:2] == "_:" and name in _ADDRESS_MEMBERS:
                    yield _blank_node_problem(name)


def _flat(value: JsonValue) -> Iterator[JsonValue]:
    """The values in an array, in the arrays in it and so on; any other value itself."""
    if isinstance(value, list):
        for item in value:
            yield from _flat(item)
    else:
        yield value


def _blank_node_problem(name: str) -> Problem:
    return Problem("structure.blank_node", f"The member {_short(name)} refers to a node without an address.")


def _nested_context_problems(value: JsonValue, holder: str) -> Iterator[Problem]:
    if holder in _CONTAINED_CREDENTIALS:
        yield from _context_problems(value, "structure.nested_context")
    elif holder not in ("", "proof"):
        yield Problem("structure.nested_context", "A part of the document brings a context of its own.")


def _context_problems(value: JsonValue, inline_code: str) -> Iterator[Problem]:
    for context in as_list(value):
        if not isinstance(context, str):
            yield Problem(inline_code, "The document defines words of its own in place of a published context.")
        elif not is_held(context):
            yield Problem("structure.context_not_pinned", f"The context {_short(context)} is not known here.")


def _name_problems(name: str, *, embedded: bool) -> Iterator[Problem]:
    if name.startswith("@"):
        yield Problem(
            "structure.keyword", f"The member {_short(name)} is a JSON-LD keyword, which hides what is meant."
        )
    elif embedded and ":" in name:
        yield Problem("structure.term_alias", f"The member {_short(name)} is a second spelling of another member.")
    elif embedded and name == "endorsementJwt":
        yield Problem("structure.unsigned_term", "The member endorsementJwt is not covered by the signature.")


def _short(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:79]}…"


def _subject_problems(document: JsonObject) -> Iterator[Problem]:
    subjects = as_list(document.get("credentialSubject"))
    if len(subjects) > 1:
        yield Problem("structure.subject_count", "The credential names more than one holder.")
    elif subjects and isinstance(subjects[0], dict):
        subject = subjects[0]
        if subject.get("id") is None and not as_list(subject.get("identifier")):
            yield Problem("structure.missing_member", "The holder has neither an id nor an identifier.")


def _date_problems(document: JsonObject) -> Iterator[Problem]:
    start, end = document.get("validFrom"), document.get("validUntil")
    if is_instant(start) and is_instant(end) and parse_time(end) < parse_time(start):
        yield Problem("structure.date_order", "The credential ends before it starts.")


def _status_problems(document: JsonObject) -> Iterator[Problem]:
    for entry in as_list(document.get("credentialStatus")):
        if not isinstance(entry, dict) or "BitstringStatusListEntry" not in words(entry.get("type")):
            continue
        index, purpose, address = (
            entry.get(name) for name in ("statusListIndex", "statusPurpose", "statusListCredential")
        )
        if not (_is_index(index) and isinstance(purpose, str) and isinstance(address, str)):
            yield Problem("structure.status_entry", "The status entry lacks its list, index or purpose.")


def _is_index(value: JsonValue) -> bool:
    if isinstance(value, str):  # the standard's form; some issuers write a number
        return value.isascii() and value.isdecimal() and len(value) <= 10
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _claim_problems(document: JsonObject, token: Token) -> Iterator[Problem]:
    """The registered claims repeat members of the credential; a different value makes it two statements."""
    subject = next((s for s in as_list(document.get("credentialSubject")) if isinstance(s, dict)), {})
    expected: dict[str, JsonValue] = {
        "iss": issuer_id(document),
        "sub": subject.get("id"),
        "jti": document.get("id"),
        "nbf": document.get("validFrom"),
        "exp": document.get("validUntil"),
    }
    for claim, member in expected.items():
        value = token.payload.get(claim)
        if value is None:
            if member is not None:
                yield Problem("structure.claim_missing", f"The token lacks the claim {claim}, which it should repeat.")
        elif claim in ("nbf", "exp"):
            if not _is_same_second(value, member):
                yield Problem("structure.claims_differ", f"The claim {claim} of the token differs from the credential.")
        elif value != member and not (claim == "sub" and member is None):
            yield Problem("structure.claims_differ", f"The claim {claim} of the token differs from the credential.")


def _is_same_second(claim: JsonValue, member: JsonValue) -> bool:
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return False
    if member is None:  # an end that only the token names is honoured by the dates check
        return True
    return is_instant(member) and abs(parse_time(member).timestamp() - claim) < 1
