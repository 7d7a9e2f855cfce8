"""Why nothing was fetched: by rule, or in vain. Codes are registered in openbadges/codes.py."""

from __future__ import annotations

from openbadges.errors import OpenBadgesError


class FetchError(OpenBadgesError):
    """Base of both kinds. str(error) is one plain sentence; it names a host at most, never a network address."""

    code = "fetch"
    title = "This link could not be followed"


class FetchRefused(FetchError):
    """A rule forbids to open this address, and it was not opened (a redirect may have led to it).

    Codes: fetch.address, fetch.scheme, fetch.userinfo, fetch.port, fetch.host (before any DNS question),
    fetch.own_host, fetch.not_public (what DNS answered).
    """

    code = "fetch.host"
    title = "This link is not opened from here"


class FetchFailed(FetchError):
    """It was tried in vain. `status` is the HTTP status where that is the reason, else None.

    Codes: fetch.unreachable, fetch.timeout, fetch.certificate, fetch.protocol, fetch.http_status, fetch.redirect,
    fetch.encoding, fetch.too_large, and fetch.busy where our own limits were reached.
    """

    code = "fetch.unreachable"
    title = "This link led to nothing"

    def __init__(self, message: str, *, code: str | None = None, status: int | None = None) -> None:
        super().__init__(message, code=code)
        self.status = status
