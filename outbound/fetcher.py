"""Fetches one document by the rules: read the address, ask DNS once, connect to what was checked; redirects alike."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from outbound.connection import Wire, open_tls, tls_context
from outbound.deadline import Deadline
from outbound.errors import FetchError, FetchFailed
from outbound.exchange import REDIRECTS, Answer, Kind, exchange
from outbound.limits import HostRate, Places
from outbound.resolver import Resolver
from outbound.rules import Rules
from outbound.targets import HTTPS_PORT, Target, follow, read_target

MOST_REDIRECTS = 3
# What says whose a key is must come from the host that was asked: a redirect to another is another's word.
_SAME_HOST: frozenset[Kind] = frozenset({"did_document", "issuer_profile", "keys"})

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fetched:
    """url: the final address, host in ASCII and lower case, without fragment; body: decoded, at most 2 MiB;
    media_type: lower case without parameters, "" where there is none."""

    url: str
    body: bytes
    media_type: str


class Fetcher:
    """The guard with its counters. Safe for several threads."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self._resolver = Resolver(rules.resolve)
        self._places = Places(rules.concurrency)
        self._rate = HostRate(rules.per_minute)
        self._tls = tls_context(rules.authorities)

    def fetch(self, url: str, *, kind: Kind, deadline: Deadline) -> Fetched:
        """Raises FetchRefused, FetchFailed (outbound/errors.py lists the codes)."""
        target = read_target(url, self.rules.own)
        try:
            with self._places.taken(deadline):
                return self._fetch(target, kind, deadline)
        except FetchError as error:
            log.info("%s from %s: %s", kind, target.host, error.code)
            raise

    def _fetch(self, target: Target, kind: Kind, deadline: Deadline) -> Fetched:
        first = target.host
        for _ in range(1 + MOST_REDIRECTS):
            answer = self._ask(target, kind, deadline)
            if answer.status not in REDIRECTS:
                return Fetched(target.url, answer.body, answer.media_type)
            if not answer.location:
                raise FetchFailed(f"{target.host} leads on without saying where.", code="fetch.redirect")
            target = follow(target, answer.location, same_host=kind in _SAME_HOST, own=self.rules.own)
        raise FetchFailed(f"{first} leads on too many times.", code="fetch.redirect")

    def _ask(self, target: Target, kind: Kind, deadline: Deadline) -> Answer:
        self._rate.count(target.host)
        addresses = self._resolver.public_addresses(target.host, deadline)
        with open_tls(
            target.host, HTTPS_PORT, addresses, dial=self.rules.dial, context=self._tls, deadline=deadline
        ) as connection:
            return exchange(Wire(connection, host=target.host, deadline=deadline), target, kind)
