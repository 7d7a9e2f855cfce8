"""What every request and response passes through, before any app sees it."""

from collections.abc import Callable
from ipaddress import ip_address
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from config import health, problems

Handler = Callable[[HttpRequest], HttpResponseBase]
PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class Probes:
    """Answers /healthz and /readyz before host names are checked: a load balancer asks by address."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        probe = health.PROBES.get(request.path_info)
        return probe() if probe else self.get_response(request)


class TrustedProxies:
    """Takes the client's address and scheme from X-Forwarded headers of TRUSTED_PROXIES, and of nobody else.

    Afterwards no X-Forwarded header is left in the request, so later code cannot believe a forged one.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        meta = request.META
        addresses = [part.strip() for part in meta.pop("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        scheme = meta.pop("HTTP_X_FORWARDED_PROTO", "").rpartition(",")[2].strip()
        meta.pop("HTTP_X_FORWARDED_HOST", None)
        if _is_trusted(meta.get("REMOTE_ADDR", "")):
            if scheme in {"http", "https"}:
                meta["wsgi.url_scheme"] = scheme
            while addresses and _is_trusted(meta["REMOTE_ADDR"]):
                meta["REMOTE_ADDR"] = addresses.pop()
        return self.get_response(request)


class SecurityHeaders:
    """The headers that neither Django's own middleware nor django-csp sets; a view may set its own instead."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        # What other origins may read they may also embed, such as a badge image.
        is_public = response.headers.get("Access-Control-Allow-Origin") == "*"
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_public else "same-origin")
        return response


class NotFoundPages:
    """Answers what a view does not find with our own page, with DEBUG on, too: visitors meet that page the most."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return problems.not_found(request) if isinstance(exception, Http404) else None


class BodyLimits:
    """Refuses a body above the limit of its address (settings.BODY_LIMITS) with 413, before reading it.

    A body without a length is read as empty by Django, so the announced length is enough.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = next(limit for prefix, limit in settings.BODY_LIMITS if request.path_info.startswith(prefix))
        if length.isascii() and length.isdigit() and int(length[:20]) <= limit:
            return self.get_response(request)
        return problems.reply(
            request,
            status=413,
            code="too_large",
            title="Request too large",
            detail=f"At most {limit // 2**20} MB can be sent to this address.",
        )


class _ForPeople(MiddlewareMixin):
    """Lets requests of programs by: those have no session, and say in each request who they are where it matters."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.path_info.startswith(problems.API_PREFIXES):
            return self.get_response(request)
        return super().__call__(request)


class Sessions(_ForPeople, SessionMiddleware):
    """Sessions, on pages."""


class Authentication(_ForPeople, AuthenticationMiddleware):
    """Who is signed in, on pages."""


class Messages(_ForPeople, MessageMiddleware):
    """What a form says on the next page."""


class ContentSecurity(CSPMiddleware):
    """The Content-Security-Policy: composed for each page, which may ask for another; programs get the usual one."""

    def __init__(self, get_response: Any) -> None:
        super().__init__(get_response)
        self._usual = build_policy()

    def __call__(self, request: HttpRequest) -> Any:
        if settings.DEBUG or not request.path_info.startswith(problems.API_PREFIXES):
            return super().__call__(request)
        response: Any = self.get_response(request)
        response.headers.setdefault(HEADER, self._usual)
        return response


def _is_trusted(address: str) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in settings.TRUSTED_PROXIES)
