"""Does a given e-mail address belong to the holder that the credential names."""

import hashlib
import hmac
from collections.abc import Iterator

from openbadges.checks.finding import Finding, finding
from openbadges.json_types import JsonObject
from openbadges.shapes import as_list

_HASHES = {"sha256": hashlib.sha256, "md5": hashlib.md5}


def weigh_recipient(document: JsonObject, recipient: str | None) -> Finding:
    """Compare an address with each e-mail identifier, plain or hashed. The outcome never changes the state."""
    if recipient is None or not recipient.strip():
        return finding("recipient", "skipped", "recipient.not_asked", "No e-mail address was given to compare.")
    identifiers = list(_email_identifiers(document))
    if not identifiers:
        message = "The credential names no e-mail address that could be compared."
        return finding("recipient", "unknown", "recipient.nothing_to_compare", message)
    if any(_matches(identifier, recipient) for identifier in identifiers):
        return finding("recipient", "passed", "recipient.match", "The e-mail address belongs to the holder.")
    return finding("recipient", "failed", "recipient.no_match", "The e-mail address is not the one in the credential.")


def _email_identifiers(document: JsonObject) -> Iterator[JsonObject]:
    for subject in as_list(document.get("credentialSubject")):
        for identifier in as_list(subject.get("identifier")) if isinstance(subject, dict) else []:
            if isinstance(identifier, dict) and identifier.get("identityType") == "emailAddress":
                yield identifier


def _matches(identifier: JsonObject, recipient: str) -> bool:
    """The address as typed and in lower case, since issuers differ; hash of address + salt as the standard says."""
    expected, salt = identifier.get("identityHash"), identifier.get("salt")
    if not isinstance(expected, str):
        return False
    typed = recipient.strip()
    spellings = {typed, typed.lower()}
    if identifier.get("hashed") is not True:
        return expected.strip().lower() == typed.lower()
    name, _, hexdigest = expected.partition("$")
    hash_of = _HASHES.get(name)
    if hash_of is None:
        return False
    given = [
        hash_of((spelling + (salt if isinstance(salt, str) else "")).encode()).hexdigest() for spelling in spellings
    ]
    return any(hmac.compare_digest(digest.encode(), hexdigest.lower().encode()) for digest in given)
