"""What other sites served a short while ago, kept by this process: bounded in number, in bytes and in time.

An entry belongs to one kind, one address and one id, and is what that address itself served: nobody can put anything
in for another's address. Nothing is kept longer than an hour; a status list no longer than it says it holds.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock

from openbadges import jose, strict_json
from openbadges.case import Document, Missing
from openbadges.errors import OpenBadgesError
from openbadges.references import Reference
from openbadges.status_credential import parse_list, time_to_keep

MOST_ENTRIES = 2_000
MOST_BYTES = 32 * 2**20
SECONDS_KEPT = {"did_document": 900.0, "issuer_profile": 900.0, "keys": 900.0, "status_list": 300.0}
SECONDS_OF_FAILURE = 60.0


@dataclass(frozen=True, slots=True)
class Kept:
    """What an address answered: the bytes of a document, or why there is none. `until`: monotonic seconds."""

    found: bytes | Missing
    until: float

    @property
    def size(self) -> int:
        return len(self.found) + 500  # with what an entry costs beside its text


class DocumentCache:
    """Keeps what was used last, within both bounds. Safe for several threads."""

    def __init__(self, *, entries: int = MOST_ENTRIES, size: int = MOST_BYTES) -> None:
        self._most, self._room = entries, size
        self._kept: OrderedDict[Reference, Kept] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def get(self, reference: Reference) -> bytes | Missing | None:
        """What is known of a reference, None where nothing is (any more)."""
        with self._lock:
            kept = self._kept.get(reference)
            if kept is None:
                return None
            if kept.until <= time.monotonic():
                self._drop(reference)
                return None
            self._kept.move_to_end(reference)
            return kept.found

    def put(self, reference: Reference, found: bytes | Missing, *, seconds: float) -> None:
        """Keep an answer for so many seconds; nothing where that is none."""
        with self._lock:
            self._drop(reference)
            if seconds <= 0:
                return
            kept = Kept(found, time.monotonic() + seconds)
            self._kept[reference] = kept
            self._size += kept.size
            while len(self._kept) > self._most or self._size > self._room:
                self._drop(next(iter(self._kept)))

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._size = 0

    def __len__(self) -> int:
        return len(self._kept)

    def _drop(self, reference: Reference) -> None:
        kept = self._kept.pop(reference, None)
        self._size -= 0 if kept is None else kept.size


def parse(body: bytes) -> Document | None:
    """The JSON object or the token that a body is; None where it is neither."""
    text = body.strip()
    try:
        if text.startswith((b"{", b"\xef\xbb\xbf")):
            return strict_json.load_object(text)
        token = text.decode("ascii")
        jose.parse_token(token)
        return token
    except (OpenBadgesError, UnicodeDecodeError):
        return None


def seconds_to_keep(reference: Reference, document: Document) -> float:
    """How long an answer may be used again: a wrong id as long as a failure, a list no longer than it says itself."""
    if reference.kind == "status_list":
        try:
            found = parse_list(strict_json.dumps(document) if isinstance(document, dict) else document)
        except OpenBadgesError:
            return SECONDS_OF_FAILURE
        return min(SECONDS_KEPT["status_list"], time_to_keep(found, datetime.now(UTC)).total_seconds())
    is_right = isinstance(document, dict) and (reference.kind == "keys" or document.get("id") == reference.id)
    return SECONDS_KEPT[reference.kind] if is_right else SECONDS_OF_FAILURE
