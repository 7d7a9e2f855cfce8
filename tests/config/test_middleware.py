"""What every request and response passes through."""

import json

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from config.env import as_networks
from config.middleware import BodyLimits, Probes, SecurityHeaders, TrustedProxies
from config.settings import CONTENT_SECURITY_POLICY as POLICY
from learners.models import User


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


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/openapi.json", "/sign-in", "/nothing"])
@pytest.mark.django_db
def test_pages_and_answers_to_programs_carry_the_same_policy(client: Client, address: str) -> None:
    def directives(text: str) -> set[str]:
        return {each.strip() for each in text.split(";")}

    expected = {f"{name} {' '.join(values)}" for name, values in POLICY["DIRECTIVES"].items()}
    response = client.get(address)
    assert directives(response["Content-Security-Policy"]) == expected
    assert response["X-Frame-Options"] == "DENY" and response["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_programs_have_no_session(client: Client, django_user_model: type[User]) -> None:
    """Whoever is signed in on pages is nobody here, so that no other site can ask in their name."""
    client.force_login(django_user_model.objects.create(email="ada@example.org"))
    page, answer = client.get("/sign-in"), client.get("/api/v1/openapi.json")
    assert hasattr(page.wsgi_request, "user") and not hasattr(answer.wsgi_request, "user")
    assert not hasattr(answer.wsgi_request, "session") and not answer.cookies
