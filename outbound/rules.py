"""What differs between installations and tests. What is forbidden is no part of it: no value here opens the guard."""

from __future__ import annotations

from dataclasses import dataclass

from outbound.connection import Dial, dial
from outbound.resolver import Resolve, ask_system
from outbound.targets import OwnPlaces


@dataclass(frozen=True, slots=True)
class Rules:
    """own: places of this installation, never fetched; concurrency: fetches at once; per_minute: questions to one host.

    resolve, dial and authorities stand for the world outside. A test gives its own; whatever they say, only names that
    may be asked reach `resolve`, and only public addresses reach `dial`, at port 443. authorities: PEM of the only
    certificate authorities to trust, None for those of the system.
    """

    own: OwnPlaces = frozenset()
    concurrency: int = 4
    per_minute: int = 60
    resolve: Resolve = ask_system
    dial: Dial = dial
    authorities: str | None = None
