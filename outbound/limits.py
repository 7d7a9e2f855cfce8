"""How much is asked of others at once, and of one host in a minute. Counted in each process by itself."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

from outbound.deadline import Deadline
from outbound.errors import FetchFailed

SECONDS_FOR_A_PLACE = 0.25
MOST_HOSTS = 10_000


class Places:
    """So many fetches may run at once: slow hosts hold these places, not every thread that answers requests."""

    def __init__(self, count: int) -> None:
        self._free = BoundedSemaphore(count)

    @contextmanager
    def taken(self, deadline: Deadline) -> Iterator[None]:
        """Raises FetchFailed (fetch.busy) where no place gets free at once: whoever waits holds a thread as well."""
        if not self._free.acquire(timeout=deadline.within(SECONDS_FOR_A_PLACE).remaining()):
            raise FetchFailed("Too many other links are being followed just now.", code="fetch.busy")
        try:
            yield
        finally:
            self._free.release()


class HostRate:
    """A bucket for each host: `per_minute` questions at once, filled again evenly."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()  # host -> (questions left, as of)
        self._lock = Lock()

    def count(self, host: str) -> None:
        """Raises FetchFailed (fetch.busy) for a host that was asked too often."""
        with self._lock:
            now = self._clock()
            left, as_of = self._buckets.pop(host, (float(self._per_minute), now))
            left = min(float(self._per_minute), left + (now - as_of) * self._per_minute / 60)
            self._buckets[host] = (left - 1, now) if left >= 1 else (left, now)
            if len(self._buckets) > MOST_HOSTS:
                self._buckets.popitem(last=False)  # the one that was asked the longest ago, so the fullest of all
        if left < 1:
            raise FetchFailed(f"{host} was asked very often in the last minute.", code="fetch.busy")
