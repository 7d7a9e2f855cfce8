"""One moment that everything which waits for others shares."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Self

VERDICT_SECONDS = 9.0  # all fetches of one verdict together


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment after which nothing is waited for any more; `at` is in seconds of time.monotonic()."""

    at: float

    @classmethod
    def after(cls, seconds: float) -> Self:
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds that are left, never below 0."""
        return max(0.0, self.at - time.monotonic())

    def within(self, seconds: float) -> Deadline:
        """This deadline, or one in so many seconds where that is sooner."""
        return min(self, Deadline.after(seconds), key=lambda deadline: deadline.at)
