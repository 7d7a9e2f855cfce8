"""The way out: `fetch` is the one function through which a document of another site comes in."""

from __future__ import annotations

from outbound import configured
from outbound.deadline import Deadline
from outbound.exchange import Kind
from outbound.fetcher import Fetched

__all__ = ["Fetched", "Kind", "fetch"]


def fetch(url: str, *, kind: Kind, deadline: Deadline) -> Fetched:
    """Return the document at an https address of the public internet.

    kind: what it is wanted for; decides what is asked for and whether a redirect may leave the host.
    deadline: shared by all fetches of one verdict.
    Raises FetchRefused where a rule forbids it, FetchFailed where it was tried in vain; both are FetchError.
    """
    return configured.fetcher().fetch(url, kind=kind, deadline=deadline)
