"""A badge of another platform over the real fetcher, against a web on loopback: names, certificates, redirects."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from openbadges import strict_json
from outbound.fetch import fetch
from tests.outbound.web import HostileWeb
from tests.verification.foreign import BADGE, DID_URL, LIST, did_document, foreign_badge, status_list
from verification import web as product

pytestmark = [pytest.mark.django_db, pytest.mark.loopback]
PAGE = "https://university.example/people/ada"


@pytest.fixture
def university(monkeypatch: pytest.MonkeyPatch) -> Iterator[HostileWeb]:
    monkeypatch.setattr(product, "fetch", fetch)
    with HostileWeb() as web, web.installed():
        web.serve(BADGE, strict_json.dumps(foreign_badge()), media_type="application/vc")
        web.serve(DID_URL, strict_json.dumps(did_document()), media_type="application/did+json")
        web.serve(LIST, strict_json.dumps(status_list()), media_type="application/vc")
        yield web


def ask(client: Client, given: str) -> dict[str, Any]:
    response = client.post("/api/v1/verify", json.dumps({"input": given}), content_type="application/json")
    assert response.status_code == 200
    report: dict[str, Any] = json.loads(response.content)
    return report


def code(report: dict[str, Any], check_id: str) -> str:
    return str(next(check["code"] for check in report["checks"] if check["id"] == check_id))


def test_a_cold_verdict_takes_two_rounds(client: Client, university: HostileWeb) -> None:
    assert ask(client, BADGE)["state"] == "valid"
    first, *then = university.paths
    assert "https://" + first == BADGE
    assert sorted("https://" + path for path in then) == sorted([DID_URL, LIST])
    assert ask(client, strict_json.dumps(foreign_badge()).decode())["state"] == "valid"
    assert len(university.paths) == 3


def test_a_page_that_names_its_badge(client: Client, university: HostileWeb) -> None:
    page = f'<!doctype html><head><link rel="alternate" type="application/vc" href="{BADGE}"></head>'
    university.serve(PAGE, page.encode(), media_type="text/html; charset=utf-8")
    assert ask(client, PAGE)["state"] == "valid"


def test_keys_whose_site_cannot_prove_its_name_are_unreachable(client: Client, university: HostileWeb) -> None:
    university.certificate("university.example", "stranger")
    report = ask(client, strict_json.dumps(foreign_badge()).decode())
    assert (report["outcome"], report["state"], code(report, "issuer")) == (
        "unknown",
        "unreachable",
        "issuer.unreachable",
    )


@pytest.mark.parametrize("target", ["https://127.0.0.1/", "http://university.example/", "https://localhost:8000/c/1"])
def test_a_link_cannot_be_led_inside(client: Client, university: HostileWeb, target: str) -> None:
    university.redirect(PAGE, target)
    report = ask(client, PAGE)
    assert (report["outcome"], code(report, "read")) == ("unknown", "read.refused")
    assert [str(address).startswith("93.184.") for address, _ in university.calls] == [True]


def test_a_site_that_says_nothing_costs_no_more_than_the_deadline(
    client: Client, university: HostileWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(product, "SECONDS_FOR_ONE_VERDICT", 1.0)
    university.script(LIST, lambda visit: visit.wait())
    report = ask(client, BADGE)
    assert (report["state"], code(report, "status")) == ("unreachable", "status.unreachable")
