"""The verify page: one box, and a verdict that needs no script."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from credentials.codes import shown
from credentials.models import Award
from verification import evidence

pytestmark = pytest.mark.django_db
INPUTS: dict[str, Callable[[Award], str]] = {
    "link": lambda award: award.address,
    "code": lambda award: shown(award.code),
    "JSON": lambda award: award.document,
    "token": evidence.token_text,
}


@pytest.mark.parametrize("path", ["/", "/verify"])
def test_the_box_needs_nothing_from_elsewhere_and_no_script(client: Client, path: str) -> None:
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 200
    assert 'name="input"' in page and 'name="file"' in page and 'method="post"' in page
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("kind", INPUTS)
def test_whatever_is_pasted_gets_its_verdict(client: Client, award: Award, kind: str) -> None:
    response = client.post("/verify", {"input": INPUTS[kind](award)})
    page = response.content.decode()
    assert response.status_code == 200
    assert "Valid credential" in page and "Ada Sample" in page
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("ending", ["png", "svg", "json", "jwt"])
def test_a_chosen_file_gets_its_verdict(client: Client, award: Award, ending: str) -> None:
    content = client.get(f"/c/{award.public_id}.{ending}").content
    response = client.post("/verify", {"input": "", "file": SimpleUploadedFile(f"badge.{ending}", content)})
    assert response.status_code == 200 and "Valid credential" in response.content.decode()


def test_a_link_of_ours_is_judged_as_soon_as_it_is_followed(client: Client, award: Award) -> None:
    response = client.get("/verify", {"url": award.address})
    assert response.status_code == 200
    assert "Valid credential" in response.content.decode()


@pytest.mark.parametrize("url", ["https://elsewhere.example/badge", "HTTP://192.0.2.1/", "http://localhost:1/c/x"])
def test_a_link_to_another_site_is_shown_behind_a_button_and_not_judged(client: Client, url: str) -> None:
    response = client.get("/verify", {"url": url})
    assert response.status_code == 200
    assert "view" not in response.context and response.context["foreign"].url == url
    assert url in response.content.decode()


@pytest.mark.parametrize("data", [{}, {"input": ""}, {"input": " \n "}])
def test_an_empty_form_is_answered_with_what_to_do(client: Client, data: dict[str, str]) -> None:
    response = client.post("/verify", data)
    assert response.status_code == 400
    assert "Paste a link" in response.content.decode()


def test_a_pdf_is_refused_with_what_is_accepted(client: Client) -> None:
    response = client.post("/verify", {"file": SimpleUploadedFile("badge.pdf", b"%PDF-1.7")})
    assert response.status_code == 415
    assert "PNG, SVG, JSON" in response.content.decode()


def test_a_file_above_the_limit_is_refused(client: Client, settings: Settings) -> None:
    settings.MAX_UPLOAD_MB = 1
    response = client.post("/verify", {"file": SimpleUploadedFile("badge.png", bytes(2**20 + 1))})
    assert response.status_code == 413


def test_a_form_of_another_site_cannot_ask_in_a_visitors_name(award: Award) -> None:
    assert Client(enforce_csrf_checks=True).post("/verify", {"input": award.code}).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_another_method_is_refused(client: Client, method: str) -> None:
    assert client.generic(method, "/verify").status_code == 405


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}",
        "https://elsewhere.example/'\"><script>alert(1)</script>",
    ],
)
def test_what_was_typed_comes_back_as_text_only(client: Client, text: str) -> None:
    for response in (client.post("/verify", {"input": text}), client.get("/verify", {"url": text})):
        page = response.content.decode()
        assert "<script>alert" not in page and "<img src=x" not in page and "49" not in page.partition("{{")[1]


def test_a_file_name_comes_back_as_text_only(client: Client) -> None:
    response = client.post("/verify", {"file": SimpleUploadedFile("<img src=x onerror=alert(1)>.json", b"{}")})
    assert "<img src=x" not in response.content.decode()


def test_who_compared_too_many_addresses_keeps_the_verdict_and_is_told_when_to_try_again(
    client: Client, award: Award
) -> None:
    given = {"input": award.code, "recipient": "eve@example.org"}
    pages = [client.post("/verify", given) for _ in range(6)]
    last = pages[-1].content.decode()
    assert [page.status_code for page in pages] == [200] * 5 + [429]
    assert "Valid credential" in last and "Not compared" in last and "Try again in 10 minutes." in last
    assert "Another address" not in last and 500 < int(pages[-1]["Retry-After"]) <= 600


def test_the_holders_address_is_compared_and_not_shown_to_be_kept(client: Client, award: Award) -> None:
    matching = client.post("/verify", {"input": award.code, "recipient": " ADA@example.org "})
    other = client.post("/verify", {"input": award.code, "recipient": "eve@example.org"})

    assert [page.context["view"].match.kind for page in (matching, other)] == ["valid", "bad"]
