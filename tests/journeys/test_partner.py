"""A program on somebody else's page: read what is published here, and ask for verdicts, from another origin."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.site import Site, site_elsewhere

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
FETCH = """async ([address, accept]) => {
  const answer = await fetch(address, {headers: {Accept: accept}});
  return [answer.status, answer.headers.get("content-type"), await answer.text()];
}"""
POST = """async ([address, body]) => {
  const headers = {"Content-Type": "application/json"};
  const answer = await fetch(address, {method: "POST", headers, body: JSON.stringify(body)});
  return [answer.status, await answer.json()];
}"""


@pytest.fixture
def partner(visit: Visit) -> Iterator["Page"]:
    with site_elsewhere("<!doctype html><title>A partner</title><link rel=icon href=data:,>") as origin:
        yield visit(origin, also=(origin,))


def fetched(page: "Page", address: str, accept: str) -> Any:
    status, kind, text = page.evaluate(FETCH, [address, accept])
    assert status == 200 and kind.startswith(accept), address
    return text if accept.endswith("jwt") else json.loads(text)


def test_every_document_behind_a_credential_can_be_read(partner: "Page", site: Site) -> None:
    document = fetched(partner, site.link("valid"), "application/vc")
    assert document == json.loads(site.given["valid"].json)
    assert fetched(partner, site.link("valid"), "application/vc+jwt") == site.given["valid"].token

    issuer = document["issuer"]
    profile = fetched(
        partner, issuer["url"] if issuer["url"].startswith(site.url) else _address(issuer["id"]), "application/json"
    )
    assert profile["id"] == issuer["id"]
    assert fetched(partner, f"{_address(issuer['id'])}/did.json", "application/did+json")["id"] == issuer["id"]

    status = document["credentialStatus"]
    listed = fetched(partner, status["statusListCredential"], "application/vc")
    assert "BitstringStatusListCredential" in listed["type"]

    achievement = document["credentialSubject"]["achievement"]
    assert fetched(partner, achievement["id"], "application/json")["name"] == "IT Security"


@pytest.mark.parametrize("form", ["link", "code", "json", "token"])
def test_the_verdict_can_be_asked_for(partner: "Page", site: Site, form: str) -> None:
    given = site.given["valid"]
    asked = {"link": site.link("valid"), "code": given.code, "json": given.json, "token": given.token}[form]
    status, report = partner.evaluate(POST, [f"{site.url}/api/v1/verify", {"input": asked}])
    assert status == 200
    assert (report["outcome"], report["state"]) == ("valid", "valid")


def test_a_malformed_question_is_a_problem_that_the_page_can_read(partner: "Page", site: Site) -> None:
    # Chromium tells the console of every answer of 4xx, so this one is asked past it.
    response = partner.request.post(f"{site.url}/api/v1/verify", data={}, headers={"Origin": "http://127.0.0.1:1"})
    assert response.status == 400
    assert response.headers["content-type"].startswith("application/problem+json")
    assert response.headers["access-control-allow-origin"] == "*"


def _address(did: str) -> str:
    host, *path = did.removeprefix("did:web:").split(":")
    return f"http://{'/'.join([host.replace('%3A', ':'), *path])}"
