"""`POST /api/v1/verify`: the contract that other programs rely on (DESIGN 5)."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from pytest_django import DjangoAssertNumQueries, Settings

from credentials.models import Award
from openbadges.report import CHECK_IDS
from openbadges.times import parse_time
from tests.factories import Answer, make_award, person
from verification import evidence
from verification.throttle import VerifyThrottle

pytestmark = pytest.mark.django_db
API = "/api/v1/verify"


def ask(client: Client, body: object = None, **terms: Any) -> Answer:
    return client.post(API, json.dumps(terms if body is None else body), content_type="application/json")


def problem(response: Answer, status: int, code: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads(response.content)
    assert (response.status_code, response["Content-Type"]) == (status, "application/problem+json")
    assert (body["status"], body["code"], body["type"]) == (status, code, "about:blank")
    assert body["title"] and body["detail"]
    return body


# What is answered


def test_the_answer_has_exactly_the_shape_of_the_contract(client: Client, award: Award) -> None:
    response = ask(client, input=award.document)
    report = json.loads(response.content)
    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert list(report) == ["outcome", "state", "headline", "checked_at", "checks", "credential", "receipt"]
    assert (report["outcome"], report["state"], report["headline"]) == ("valid", "valid", "Valid credential")
    assert report["receipt"] is None
    assert parse_time(report["checked_at"]) and report["checked_at"].endswith("Z")
    assert [check["id"] for check in report["checks"]] == list(CHECK_IDS)
    assert all(list(check) == ["id", "result", "code", "message"] for check in report["checks"])
    assert report["credential"] == {
        "name": "Networks (SAMPLE)",
        "recipient": "Ada Sample",
        "issuer": {
            "id": award.issuer.did,
            "name": None,
            "claimed_name": "Sample Academy (SAMPLE)",
            "proven_by": ["did:web"],
        },
        "valid_from": f"{award.valid_from:%Y-%m-%dT%H:%M:%SZ}",
        "valid_until": f"{award.valid_until:%Y-%m-%dT%H:%M:%SZ}",
        "format": "ob3-di",
    }


@pytest.mark.parametrize("kind", ["png", "svg", "json", "jwt"])
def test_a_file_is_judged_like_its_text(client: Client, award: Award, kind: str) -> None:
    content = client.get(f"/c/{award.public_id}.{kind}").content
    response = client.post(API, {"file": SimpleUploadedFile(f"badge.{kind}", content), "recipient": "ada@example.org"})
    report = json.loads(response.content)
    assert (report["state"], report["credential"]["recipient"]) == ("valid", "Ada Sample")
    assert [check["code"] for check in report["checks"] if check["id"] == "recipient"] == ["recipient.match"]


def test_the_page_the_api_and_the_command_line_share_one_verdict(client: Client, award: Award) -> None:
    token = evidence.token_text(award)
    report = json.loads(ask(client, input=token).content)
    page = client.post("/verify", {"input": token})
    assert report["headline"] in page.content.decode()
    assert report["credential"]["format"] == "ob3-jwt"


@pytest.mark.parametrize("text", ["", " ", "hello", "{}", "[]", '"text"', "a.b.c", "null", "123", "<svg/>"])
def test_what_is_no_badge_is_judged_too(client: Client, text: str) -> None:
    response = ask(client, input=text)
    report = json.loads(response.content)
    assert (response.status_code, report["outcome"], report["credential"]) == (200, "invalid", None)


def test_an_empty_file_is_judged_too(client: Client) -> None:
    response = client.post(API, {"file": SimpleUploadedFile("badge.png", b"")})
    assert json.loads(response.content)["state"] == "unreadable"


def test_a_half_of_a_character_in_a_form_is_judged_too(client: Client) -> None:
    """A form cannot carry one: what is no UTF-8 arrives as U+FFFD."""
    body = b'--x\r\nContent-Disposition: form-data; name="input"\r\n\r\nhalf \xed\xa0\x80\r\n--x--\r\n'
    response = client.post(API, body, content_type="multipart/form-data; boundary=x")
    assert (response.status_code, json.loads(response.content)["state"]) == (200, "unreadable")


def test_a_badge_of_ours_is_looked_up_with_one_question(
    client: Client, award: Award, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Issuer with keys, status list, and award with the documents that were recorded for it."""
    with django_assert_num_queries(1):
        response = ask(client, input=award.document)
    assert json.loads(response.content)["outcome"] == "valid"


WRITTEN: dict[str, Callable[[str], str]] = {
    "alone": lambda text: json.dumps({"input": text}),
    "compact": lambda text: json.dumps({"input": text}, separators=(",", ":"), ensure_ascii=False),
    "spread out": lambda text: "\n" + json.dumps({"input": text}, indent=2).replace(":", " :", 1) + "\r\n",
    "with an escaped name": lambda text: json.dumps({"input": text}).replace("input", "\\u0069nput", 1),
    "with a flag": lambda text: json.dumps({"input": text, "receipt": False}),
    "with no recipient": lambda text: json.dumps({"recipient": "", "input": text}),
}


@pytest.mark.parametrize("way", WRITTEN)
@pytest.mark.parametrize("headers", [{}, {"Accept": "application/json"}, {"Accept": "text/html, */*;q=0.1"}])
def test_a_request_is_answered_alike_however_it_is_written(
    client: Client, award: Award, way: str, headers: dict[str, str]
) -> None:
    for text in (award.document, f"  {award.code} é\u2028", ""):
        answers = [
            client.post(API, WRITTEN[each](text), content_type="application/json", headers=headers)
            for each in ("alone", way)
        ]
        first, second = (json.loads(answer.content) | {"checked_at": ""} for answer in answers)
        assert first == second
        assert [(each.status_code, each["Content-Type"]) for each in answers] == [(200, "application/json")] * 2


def test_a_link_to_another_site_that_does_not_answer_is_unreachable(client: Client) -> None:
    report = json.loads(ask(client, input="https://elsewhere.example/badges/1").content)
    assert (report["outcome"], report["state"]) == ("unknown", "unreachable")
    assert report["checks"][0]["code"] == "read.unreachable"
    assert "elsewhere.example" in report["checks"][0]["message"]


# What is refused


HALF = r'{"input": "half a character: \ud800"}'
TWICE = '{"input": "x", "input": "y"}'

BODIES = {
    "no input": ({}, "#/input"),
    "no input but a recipient": ({"recipient": "ada@example.org"}, "#/input"),
    "both": ({"input": "x", "file": "y"}, "#/file"),
    "an unknown member": ({"input": "x", "badge": "y"}, "#/badge"),
    "a badge that is not in a string": ({"input": {"type": []}}, "#/input"),
    "several badges": ({"input": ["x"]}, "#/input"),
    "nothing": ({"input": None}, "#/input"),
    "a truth": ({"input": True}, "#/input"),
    "a NUL": ({"input": "a\x00b"}, "#/input"),
    "a number": ({"input": 1}, "#/input"),
    "a misspelt name": ({"Input": "x"}, "#/Input"),
    "a long recipient": ({"input": "x", "recipient": "a" * 255}, "#/recipient"),
    "a strange receipt": ({"input": "x", "receipt": "perhaps"}, "#/receipt"),
    "a list": (["x"], "#"),
    "a string": ("x", "#"),
}


@pytest.mark.parametrize("name", BODIES)
def test_a_request_that_asks_nothing_clear_is_refused_with_the_place(client: Client, name: str) -> None:
    body, pointer = BODIES[name]
    refused = problem(ask(client, body), 400, "invalid")
    assert refused["errors"][0]["pointer"] == pointer


def test_input_and_file_together_are_refused(client: Client) -> None:
    response = client.post(API, {"input": "x", "file": SimpleUploadedFile("badge.json", b"{}")})
    problem(response, 400, "invalid")


@pytest.mark.parametrize(
    "body", ["", "{", "null", '{"input": "x"', b"\xff\xfe", '{"input": NaN}', "[" * 100_000, HALF, TWICE]
)
def test_broken_json_is_refused(client: Client, body: str | bytes) -> None:
    response = client.post(API, body, content_type="application/json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", "application/xml", ""])
def test_another_media_type_is_refused(client: Client, media_type: str) -> None:
    response = client.generic("POST", API, b"input=x", content_type=media_type)
    problem(response, 415, "unsupported_media_type")


def test_a_pdf_is_refused_with_what_is_accepted(client: Client) -> None:
    response = client.post(API, {"file": SimpleUploadedFile("badge.pdf", b"%PDF-1.7 ...")})
    assert "PNG" in problem(response, 415, "unsupported_media_type")["detail"]


def test_a_file_above_the_limit_is_refused(client: Client, settings: Settings) -> None:
    settings.MAX_UPLOAD_MB = 1
    response = client.post(API, {"file": SimpleUploadedFile("badge.png", bytes(2**20 + 1))})
    problem(response, 413, "too_large")


def test_a_body_above_the_limit_is_refused_unread(client: Client) -> None:
    response = client.generic("POST", API, b"{}", content_type="application/json", CONTENT_LENGTH=str(200 * 2**20))
    problem(response, 413, "too_large")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(client: Client, method: str) -> None:
    problem(client.generic(method, API), 405, "method_not_allowed")


def test_an_unknown_address_of_the_api_answers_with_a_problem(client: Client) -> None:
    problem(client.get("/api/v1/nothing"), 404, "not_found")


def test_who_asks_too_often_is_told_when_to_come_back(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VerifyThrottle, "rate", "2/min", raising=False)
    assert [ask(client, input="x").status_code for _ in range(2)] == [200, 200]
    response = ask(client, input="x")
    problem(response, 429, "throttled")
    assert 1 <= int(response["Retry-After"]) <= 60
    assert ask(Client(REMOTE_ADDR="192.0.2.7"), input="x").status_code == 200


def test_many_other_addresses_do_not_make_the_limit_forget_one(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VerifyThrottle, "rate", "1/min", raising=False)
    assert ask(client, input="hello").status_code == 200
    for number in range(1_000):
        throttle = VerifyThrottle()
        throttle.allow_request(RequestFactory().get("/", REMOTE_ADDR=f"10.0.{number // 250}.{number % 250}"), None)
    assert ask(client, input="hello").status_code == 429


def test_page_and_api_count_together(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(VerifyThrottle, "rate", "1/min", raising=False)
    assert ask(client, input="x").status_code == 200
    page = client.post("/verify", {"input": "x"})
    assert page.status_code == 429
    assert 1 <= int(page["Retry-After"]) <= 60


def test_the_holder_of_a_badge_is_matched_five_times_in_ten_minutes(client: Client, award: Award) -> None:
    tries = [ask(client, input=award.code, recipient=f"{number}@example.org").status_code for number in range(6)]
    assert tries == [200] * 5 + [429]
    cache.clear()  # as another web process has it, which knows nothing of these
    page = client.post("/verify", {"input": f" {award.code}\n", "recipient": "ada@example.org"})
    assert page.status_code == 429 and 500 < int(page["Retry-After"]) <= 600
    assert ask(client, input=award.code).status_code == 200
    assert ask(Client(REMOTE_ADDR="192.0.2.7"), input=award.code, recipient="ada@example.org").status_code == 200
    other = make_award(award.achievement_version, person("grace@example.org", "Grace Sample"))
    assert ask(client, input=other.code, recipient="ada@example.org").status_code == 200


def test_a_badge_in_another_form_gives_no_further_try(client: Client, award: Award) -> None:
    document = json.loads(award.document)
    forms = [
        award.code,
        award.address,
        award.document,
        json.dumps(document, indent=1),
        json.dumps(dict(reversed(document.items()))),
        evidence.token_text(award),
        f"{award.address}.json?again",
    ]
    answers = [ask(client, input=form, recipient=f"{number}@example.org") for number, form in enumerate(forms)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
    told = [json.loads(answer.content)["checks"] for answer in answers[:5]]
    assert {check["code"] for checks in told for check in checks if check["id"] == "recipient"} == {
        "recipient.no_match"
    }


def test_what_holds_no_badge_uses_up_no_try(client: Client) -> None:
    tries = [ask(client, input="no badge", recipient="ada@example.org").status_code for _ in range(7)]
    assert tries == [200] * 7


# For pages of other sites


def test_a_page_of_another_site_may_ask_and_read(client: Client) -> None:
    preflight = client.options(
        API,
        headers={
            "Origin": "https://wallet.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type",
        },
    )
    assert preflight.status_code == 204 and not preflight.content
    assert preflight["Access-Control-Allow-Origin"] == "*"
    assert "POST" in preflight["Access-Control-Allow-Methods"]
    assert "Content-Type" in preflight["Access-Control-Allow-Headers"]
    for response in (ask(client, input="x"), ask(client)):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert "Access-Control-Allow-Credentials" not in response


def test_a_verdict_is_kept_by_no_cache(client: Client) -> None:
    assert ask(client, input="x")["Cache-Control"] == "no-store"


def test_no_login_and_no_cookie_is_involved(award: Award) -> None:
    client = Client(enforce_csrf_checks=True)
    assert ask(client, input=award.code).status_code == 200
    assert not client.cookies
