"""Asks the DNS once for each connection, in bounded time and by a bounded number of threads."""

from __future__ import annotations

import socket  # noqa: TID251  # one of the two modules that may
from collections.abc import Callable, Sequence
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from threading import BoundedSemaphore, Thread

from outbound.addresses import Address, is_public
from outbound.deadline import Deadline
from outbound.errors import FetchFailed, FetchRefused

Resolve = Callable[[str], Sequence[str]]  # host -> addresses as text; raises OSError where there are none
MOST_SECONDS = 5.0
MOST_QUESTIONS = 16  # at once; one that nobody waits for any more counts until the system gives it up
MOST_ADDRESSES = 64


def ask_system(host: str) -> list[str]:
    """The addresses that the system's resolver knows, in the order in which it would try them."""
    # The final dot says that the name is complete: no search domain of the machine's own network is put behind it.
    found = socket.getaddrinfo(f"{host}.", 443, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class Resolver:
    """Asks in threads of its own, because the system's resolver cannot be told to stop."""

    def __init__(self, resolve: Resolve) -> None:
        self._resolve = resolve
        self._free = BoundedSemaphore(MOST_QUESTIONS)

    def public_addresses(self, host: str, deadline: Deadline) -> list[Address]:
        """Return the addresses of a host, at least one, all of them public. One question is asked.

        Raises FetchRefused (fetch.not_public), FetchFailed (fetch.unreachable, fetch.timeout, fetch.busy).
        """
        found = [ip_address(text) for text in self._ask(host, deadline)[:MOST_ADDRESSES]]
        # One forbidden address condemns the name: honest names do not mix, and to pick the public ones would let an
        # attacker learn by our behaviour which of his answers we took.
        if not all(is_public(address) for address in found):
            raise FetchRefused(f"{host} is not on the public internet, so it is not opened.", code="fetch.not_public")
        if not found:
            raise FetchFailed(f"{host} could not be found on the internet.")
        return found

    def _ask(self, host: str, deadline: Deadline) -> Sequence[str]:
        if not self._free.acquire(blocking=False):
            raise FetchFailed("Too many other links are being looked up just now.", code="fetch.busy")
        answers: SimpleQueue[Sequence[str] | None] = SimpleQueue()
        try:
            Thread(target=self._answer, args=(host, answers), name="outbound-dns", daemon=True).start()
        except RuntimeError:  # the system gives no more threads
            self._free.release()
            raise FetchFailed("Too many other links are being looked up just now.", code="fetch.busy") from None
        try:
            answer = answers.get(timeout=deadline.within(MOST_SECONDS).remaining())
        except Empty:
            raise FetchFailed(f"The address of {host} could not be found in time.", code="fetch.timeout") from None
        if answer is None:
            raise FetchFailed(f"{host} could not be found on the internet.")
        return answer

    def _answer(self, host: str, answers: SimpleQueue[Sequence[str] | None]) -> None:
        answer = None
        try:
            answer = self._resolve(host)
        except (OSError, UnicodeError):
            pass  # said by None
        finally:
            self._free.release()
            answers.put(answer)
