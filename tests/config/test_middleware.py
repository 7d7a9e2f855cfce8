"""What every request and response passes through."""

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from config.env import as_networks
from config.middleware import BodyLimits, Probes, SecurityHeaders, TrustedProxies


class Seen:
    """The application behind the middleware: keeps the request it got."""

    def __init__(self, response: HttpResponse | None = None) -> None:
        self.response = response or HttpResponse("reached")
        self.request: HttpRequest | None = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        self.request = request
        return self.response


def forwarded(settings: Settings, *, remote: str, chain: str, proxies: str) -> HttpRequest:
    settings.TRUSTED_PROXIES = as_networks(proxies)
    seen = Seen()
    TrustedProxies(seen)(
        RequestFactory().get("/", REMOTE_ADDR=remote, headers={"x-forwarded-for": chain, "x-forwarded-proto": "https"})
    )
    assert seen.request is not None
    return seen.request


def test_a_proxy_that_is_not_trusted_changes_nothing(settings: Settings) -> None:
    request = forwarded(settings, remote="203.0.113.9", chain="198.51.100.1", proxies="10.0.0.0/8")
    assert (request.META["REMOTE_ADDR"], request.scheme) == ("203.0.113.9", "http")
    assert "HTTP_X_FORWARDED_FOR" not in request.META


def test_behind_trusted_proxies_the_nearest_other_address_is_the_client(settings: Settings) -> None:
    chain = "1.1.1.1, 198.51.100.1, 10.0.0.7"  # the first was written by the client itself
    request = forwarded(settings, remote="10.0.0.8", chain=chain, proxies="10.0.0.0/8")
    assert (request.META["REMOTE_ADDR"], request.scheme) == ("198.51.100.1", "https")


@pytest.mark.parametrize(("path", "limit_mb"), [("/api/v1/verify", 6), ("/dashboard/batches/new", 101)])
def test_a_body_above_the_limit_is_refused_before_it_is_read(path: str, limit_mb: int) -> None:
    seen = Seen()
    small = RequestFactory().post(path, CONTENT_LENGTH=str(limit_mb * 2**20))
    large = RequestFactory().post(path, CONTENT_LENGTH=str(limit_mb * 2**20 + 1))
    assert BodyLimits(seen)(small).status_code == 200
    assert BodyLimits(seen)(large).status_code == 413


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "many"])
def test_a_length_that_is_no_number_is_refused(length: str) -> None:
    response = BodyLimits(Seen())(RequestFactory().post("/api/v1/verify", CONTENT_LENGTH=length))
    assert isinstance(response, HttpResponse)
    assert json.loads(response.content)["code"] == "too_large"


def test_every_response_carries_the_security_headers() -> None:
    response = SecurityHeaders(Seen())(RequestFactory().get("/"))
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in response["Permissions-Policy"]


def test_what_other_origins_may_read_they_may_embed() -> None:
    public = HttpResponse(headers={"Access-Control-Allow-Origin": "*"})
    response = SecurityHeaders(Seen(public))(RequestFactory().get("/c/x.png"))
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


def test_the_liveness_probe_answers_whatever_host_is_named() -> None:
    response = Probes(Seen())(RequestFactory().get("/healthz", headers={"host": "10.1.2.3"}))
    assert isinstance(response, HttpResponse)
    assert (response.status_code, response.content) == (200, b"ok\n")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/nothing", "/issuers/nobody", "/achievements/00000000-0000-4000-8000-000000000000"])
def test_what_is_not_there_has_our_own_page_with_debug_on_too(client: Client, settings: Settings, path: str) -> None:
    settings.DEBUG = True
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "Traceback" not in response.content.decode() and "Touchstone" in response.content.decode()
