"""Other sites, as far as one verdict needs them: opened through the guarded fetcher, all within one deadline.

What was fetched a short while ago is not asked for again (verification.documents). Several documents are asked for at
the same time; one that does not come in time is unreachable, and the verdict says so.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Hashable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TypeVar

from django.conf import settings

from openbadges.case import Document, Missing
from openbadges.errors import LinkNotFollowed, LinkUnreachable, NotRead
from openbadges.references import Reference
from outbound.deadline import Deadline
from outbound.errors import FetchError, FetchRefused
from outbound.fetch import Fetched, fetch
from verification import own
from verification.documents import SECONDS_OF_FAILURE, DocumentCache, parse, seconds_to_keep

SECONDS_FOR_ONE_VERDICT = 9.0
MOST_DOCUMENTS = 24
"""Addresses that are opened for one badge: its issuer, its lists, and those of its endorsements."""
_SECONDS_THAT_ARE_FAIR = 4.0
_TOO_SLOW = "The site behind the link did not answer in time."
_log = logging.getLogger(__name__)
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

kept = DocumentCache()


class TooManyFetches(Exception):
    """The asker has used up the connections of a minute. `wait`: seconds until the next one."""

    def __init__(self, wait: int) -> None:
        super().__init__(f"Wait {wait} seconds.")
        self.wait = wait


class Web:
    """Access to other sites for one question (or one batch of them): one deadline, one count of connections."""

    def __init__(self, *, seconds: float | None = None, admit: Callable[[], None] = lambda: None) -> None:
        """seconds: for all connections together, 9 where None.

        admit: called before each connection; raises TooManyFetches where there were enough.
        """
        self.deadline = Deadline.after(SECONDS_FOR_ONE_VERDICT if seconds is None else seconds)
        self._admit = admit
        self._pages: dict[str, Fetched | NotRead] = {}
        self._documents: dict[Reference, Document | Missing] = {}

    def open(self, url: str) -> Fetched:
        """What a link leads to. Raises LinkNotFollowed, LinkUnreachable, TooManyFetches."""
        if url not in self._pages:
            self._admit()
            self._pages[url] = self._open(url)
        found = self._pages[url]
        if isinstance(found, NotRead):
            raise found
        return found

    def open_ahead(self, urls: Iterable[str]) -> None:
        """Open several links at the same time, for `open` to find."""
        admitted = [url for url in dict.fromkeys(urls) if url not in self._pages and self._is_admitted()]
        found = self._at_once(self._open, admitted)
        self._pages |= {url: found.get(url) or LinkUnreachable(_TOO_SLOW) for url in admitted}

    def documents(self, references: Sequence[Reference]) -> dict[str, Document | Missing]:
        """What the addresses of some references serve, by address. Raises TooManyFetches."""
        found: dict[str, Document | Missing] = {}
        asked: dict[str, Reference] = {}
        for reference in _one_for_each_address(references)[:MOST_DOCUMENTS]:
            known = self._known(reference)
            if known is None:
                asked[reference.url] = reference
            else:
                found[reference.url] = known
        for _ in asked:
            self._admit()
        return found | {reference.url: document for reference, document in self._look_up(list(asked.values())).items()}

    def look_up_ahead(self, references: Iterable[Reference]) -> None:
        """Look up the documents of several badges at the same time, for `documents` to find."""
        wanted = [one for one in dict.fromkeys(references) if self._known(one) is None and self._is_admitted()]
        self._look_up(wanted)

    def _known(self, reference: Reference) -> Document | Missing | None:
        if reference in self._documents:
            return self._documents[reference]
        body = kept.get(reference)
        return None if body is None else _document(body)

    def _look_up(self, references: Sequence[Reference]) -> dict[Reference, Document | Missing]:
        found = self._at_once(self._fetch, references)
        self._documents |= {reference: found.get(reference, "unreachable") for reference in references}
        return {reference: self._documents[reference] for reference in references}

    def _is_admitted(self) -> bool:
        try:
            self._admit()
        except TooManyFetches:
            return False  # whoever asks for this one will be told
        return True

    def _at_once(self, work: Callable[[K], V], items: Sequence[K]) -> dict[K, V]:
        """Do the same for each item, at the same time where they are several; without those that are late."""
        if len(items) < 2:
            return {item: work(item) for item in items}
        jobs = {item: _threads().submit(work, item) for item in items}
        wait(jobs.values(), timeout=self.deadline.remaining())
        for job in jobs.values():
            job.cancel()
        return {item: job.result() for item, job in jobs.items() if job.done() and not job.cancelled()}

    def _open(self, url: str) -> Fetched | NotRead:
        host = own.host_of(url)
        try:
            return fetch(url, kind="badge", deadline=self.deadline)
        except FetchRefused as error:
            return LinkNotFollowed(f"The link was not opened: {_clause(error)}", code="read.refused")
        except FetchError as error:
            return LinkUnreachable(f"{host} gave no badge: {_clause(error)}")

    def _fetch(self, reference: Reference) -> Document | Missing:
        """Fetch one document and keep what came. Raises nothing."""
        is_fair = self.deadline.remaining() >= _SECONDS_THAT_ARE_FAIR
        try:
            body = fetch(reference.url, kind=reference.kind, deadline=self.deadline).body
        except FetchError as error:
            _log.info("%s of %s: %s", reference.kind, own.host_of(reference.url), error.code)
            # Whoever lets the time run out elsewhere must not make this address unreachable for others.
            if is_fair and error.code != "fetch.busy":
                kept.put(reference, "unreachable", seconds=SECONDS_OF_FAILURE)
            return "unreachable"
        document = parse(body)
        if document is None:
            kept.put(reference, "unusable", seconds=SECONDS_OF_FAILURE)
            return "unusable"
        kept.put(reference, body, seconds=seconds_to_keep(reference, document))
        return document


def _one_for_each_address(references: Sequence[Reference]) -> list[Reference]:
    """Of the references to one address the one that says whose a key is, if any.

    A list may be served by the host that a redirect leads to. Where that came in for the profile of an issuer at the
    same address, too, whoever finds an open redirect on a site could sign in its name.
    """
    chosen: dict[str, Reference] = {}
    for reference in references:
        if chosen.setdefault(reference.url, reference).kind == "status_list" != reference.kind:
            chosen[reference.url] = reference
    return list(chosen.values())


def _document(body: bytes | Missing) -> Document | Missing:
    return body if isinstance(body, str) else parse(body) or "unusable"


def _clause(error: FetchError) -> str:
    text = str(error)
    return text[:1].lower() + text[1:]


_pools: dict[int, ThreadPoolExecutor] = {}


def _threads() -> ThreadPoolExecutor:
    """As many threads as the fetcher has places, so that none waits in vain; after a fork there are none yet."""
    pid = os.getpid()
    found = _pools.get(pid)
    return found or _pools.setdefault(pid, ThreadPoolExecutor(settings.FETCH_CONCURRENCY, thread_name_prefix="fetch"))
