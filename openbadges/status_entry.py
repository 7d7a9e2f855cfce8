"""What a credential's `credentialStatus` asks: which list to look at, and what stands there for this credential.

Source: W3C Bitstring Status List v1.0, section 2.1; VC Status List 2021; Open Badges 3.0 (1EdTech Revocation List).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal, Self

from openbadges.facts import StatusFact
from openbadges.json_types import JsonObject, JsonValue
from openbadges.shapes import as_list, words

ListKind = Literal["bitstring", "2021", "1edtech"]

MOST_STATUS_ENTRIES = 4  # each costs a look-up; where a document has more, the verdict says that not all were looked up
KNOWN_PURPOSES = frozenset(("revocation", "suspension", "message", "refresh"))
MAX_STATUS_SIZE = 8
"""Bits of one entry that are read; no register of messages needs more than 256 values."""

_KINDS: Mapping[str, ListKind] = {
    "BitstringStatusListEntry": "bitstring",
    "StatusList2021Entry": "2021",
    "1EdTechRevocationList": "1edtech",
}
_INDEX = re.compile(r"0|[1-9][0-9]{0,15}")
_HEXADECIMAL = re.compile(r"0x[0-9A-Fa-f]{1,8}", re.ASCII)
_NO_INDEX = -1  # outside of every list
_NO_MESSAGES: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class StatusQuestion:
    """One status entry: the address of its list and which bits of it, or whose id, stand for the credential.

    `index` counts entries of `size` bits; `messages`: what each value of such an entry means. `credential`: the id to
    look for in a list of revoked credentials ("1edtech"), which has no indexes.
    """

    address: str
    index: int
    purpose: str
    kind: ListKind = "bitstring"
    size: int = 1
    messages: Mapping[int, str] = field(default_factory=lambda: _NO_MESSAGES, hash=False)
    credential: str = ""

    @classmethod
    def of(cls, entry: JsonValue, credential_id: JsonValue = None) -> Self | None:
        """Read an entry of the credential with this id; None for a type or shape that is not known here."""
        if not isinstance(entry, dict):
            return None
        kinds = [_KINDS[word] for word in words(entry.get("type")) if word in _KINDS]
        if len(kinds) != 1:
            return None
        if kinds[0] == "1edtech":
            return cls._in_revocation_list(entry, credential_id)
        return cls._in_bitstring(entry, kinds[0])

    @classmethod
    def _in_revocation_list(cls, entry: JsonObject, credential_id: JsonValue) -> Self | None:
        address = entry.get("id")
        if not isinstance(address, str) or not isinstance(credential_id, str):
            return None
        return cls(address, _NO_INDEX, "revocation", "1edtech", credential=credential_id)

    @classmethod
    def _in_bitstring(cls, entry: JsonObject, kind: ListKind) -> Self | None:
        address, purpose = entry.get("statusListCredential"), entry.get("statusPurpose")
        index = entry.get("statusListIndex")
        # The standard wants text; the 1EdTech samples carry a number.
        index = str(index) if isinstance(index, int) and not isinstance(index, bool) else index
        if not isinstance(address, str) or not isinstance(purpose, str):
            return None
        if not isinstance(index, str) or not _INDEX.fullmatch(index):
            return None
        size = entry.get("statusSize", 1)
        messages = _messages(entry["statusMessage"]) if "statusMessage" in entry else _NO_MESSAGES
        if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= MAX_STATUS_SIZE or messages is None:
            return None
        if size > 1 and messages.keys() != set(range(1 << size)):
            return None  # every value of the entry must have its meaning
        return cls(address, int(index), purpose, kind, size, messages)


def questions(document: JsonObject) -> tuple[StatusQuestion | None, ...]:
    """Return what the first `MOST_STATUS_ENTRIES` status entries of a credential ask; None for an unknown one."""
    entries = as_list(document.get("credentialStatus"))[:MOST_STATUS_ENTRIES]
    return tuple(StatusQuestion.of(entry, document.get("id")) for entry in entries)


def worst_of(facts: Sequence[StatusFact]) -> StatusFact | None:
    """Return the worst of the facts about a credential's entries, which then stands for all of them.

    Revoked is worse than suspended, then come what nobody could tell, a note, and nothing at all.
    """
    if len(facts) < 2:
        return facts[0] if facts else None
    ages = tuple(fact.list_age_seconds for fact in facts)
    return replace(min(facts, key=_severity), entries=sum(fact.entries for fact in facts), list_ages=ages)


def _severity(fact: StatusFact) -> int:
    if fact.value is None:
        return 2
    if not fact.value:
        return 4
    return {"revocation": 0, "suspension": 1}.get(fact.purpose, 3)


def _messages(value: JsonValue) -> Mapping[int, str] | None:
    """The meanings by value, as in [{"status": "0x0", "message": "…"}]; None where they cannot be read."""
    found: dict[int, str] = {}
    for item in as_list(value):
        status, message = (item.get("status"), item.get("message")) if isinstance(item, dict) else (None, None)
        if not isinstance(status, str) or not isinstance(message, str) or not _HEXADECIMAL.fullmatch(status):
            return None
        if int(status, 16) in found:
            return None
        found[int(status, 16)] = message
    return MappingProxyType(found)
