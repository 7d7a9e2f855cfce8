"""Badges of other platforms by link, and what is looked up for them, with a mapping in place of the web."""

import json
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from credentials.models import Award
from issuers.keystore import private_key
from openbadges import baking, jose, status, strict_json
from openbadges.data_integrity import add_proof
from openbadges.did import VerificationMethod, build_did_document
from openbadges.json_types import JsonObject
from openbadges.keys import PrivateKey
from openbadges.references import Reference
from openbadges.report import Report
from outbound.deadline import Deadline
from outbound.errors import FetchFailed, FetchRefused
from outbound.fetch import Fetched, Kind
from tests.openbadges import test_endorsements as endorsements
from tests.openbadges.suite_signing import KEYS
from tests.verification.fake_web import FakeWeb
from tests.verification.foreign import BADGE, DID, DID_URL, LIST, did_document, foreign_badge, status_list
from verification import evidence, reading, web
from verification.services import Verdict, verify, verify_all
from verification.throttle import FetchThrottle
from verification.web import Web

pytestmark = pytest.mark.django_db
PAGE = "https://university.example/people/ada"
SVG = '<svg xmlns="http://www.w3.org/2000/svg"></svg>'


@pytest.fixture
def university(elsewhere: FakeWeb) -> FakeWeb:
    """A platform that serves a badge, its keys and its list."""
    elsewhere.serve(BADGE, foreign_badge(), "application/vc")
    elsewhere.serve(DID_URL, did_document(), "application/did+json")
    elsewhere.serve(LIST, status_list(), "application/vc")
    return elsewhere


def judged(given: bytes | str, **terms: Any) -> Verdict:
    return verify(given, now=timezone.now(), web=Web(**terms))


def report_on(given: bytes | str, **terms: Any) -> Report:
    return judged(given, **terms).report


def text_of(document: JsonObject) -> str:
    return strict_json.dumps(document).decode()


def codes(report: Report) -> dict[str, str]:
    return {check.id: check.code for check in report.checks}


# Links


def test_a_link_to_a_badge_is_opened_and_judged(university: FakeWeb) -> None:
    verdict = judged(BADGE)
    assert verdict.report.state == "valid", codes(verdict.report)
    assert (verdict.award, verdict.site) == (None, "university.example")
    assert university.asked[0] == ("badge", BADGE)
    assert sorted(university.asked[1:]) == [("did_document", DID_URL), ("status_list", LIST)]


def test_what_a_badge_needs_is_asked_for_at_the_same_time(university: FakeWeb) -> None:
    both = threading.Barrier(2, timeout=10)

    def when_both_are_asked(url: str) -> None:
        answer = university.answers[url]
        assert isinstance(answer, Fetched)
        university.answers[url] = lambda: (both.wait(), answer)[1]

    for url in (DID_URL, LIST):
        when_both_are_asked(url)
    assert report_on(BADGE).state == "valid"


def token_of_the_badge() -> tuple[str, JsonObject]:
    key = PrivateKey.generate("P-256")
    document = {name: value for name, value in foreign_badge().items() if name != "proof"}
    kid = f"{DID}#token-1"
    signature = jose.sign_token(document, key, kid=kid, alg="ES256")
    token = jose.assemble_token(document, kid=kid, alg="ES256", signature=signature)
    return token, with_method(did_document(), kid, key)


def with_method(keys: JsonObject, kid: str, key: PrivateKey) -> JsonObject:
    """A DID document that lists one key more."""
    method: JsonObject = {"id": kid, "type": "JsonWebKey", "controller": DID, "publicKeyJwk": key.public.to_jwk()}
    methods, allowed = keys["verificationMethod"], keys["assertionMethod"]
    assert isinstance(methods, list) and isinstance(allowed, list)
    return {**keys, "verificationMethod": [*methods, method], "assertionMethod": [*allowed, kid]}


def test_a_link_to_a_token(university: FakeWeb) -> None:
    token, keys = token_of_the_badge()
    university.serve(PAGE, f"{token}\n", "text/plain")
    university.serve(DID_URL, keys)
    verdict = judged(PAGE)
    assert verdict.report.state == "valid", codes(verdict.report)
    assert verdict.report.credential is not None and verdict.report.credential.format == "ob3-jwt"


def test_a_link_to_a_picture(university: FakeWeb) -> None:
    university.serve(PAGE, baking.bake_svg(SVG, text_of(foreign_badge())), "image/svg+xml")
    assert report_on(PAGE).state == "valid"


@pytest.mark.parametrize(
    ("link", "target"),
    [
        (f'<link rel="alternate" type="application/vc" href="{BADGE}">', BADGE),
        ('<LINK type=application/ld+json href="/badges/1" rel="canonical ALTERNATE">', BADGE),
        ('<link rel=alternate type="application/json; charset=utf-8" href="../badges/1">', BADGE),
        (
            '<link rel=alternate type=application/json href="/other">'
            f'<link rel=alternate type=application/vc href="{BADGE}">',
            BADGE,
        ),
        (f'<style>{"a" * 100_000}</style><link rel="alternate" type="application/vc" href="{BADGE}">', BADGE),
    ],
)
def test_a_page_that_names_its_badge_leads_to_it(university: FakeWeb, link: str, target: str) -> None:
    university.serve(PAGE, f"<!doctype html><html><head>{link}</head><body>Ada</body></html>", "text/html")
    assert report_on(PAGE).state == "valid"
    assert university.addresses()[:2] == [PAGE, target]


@pytest.mark.parametrize(
    "page",
    [
        "<!doctype html><title>Ada</title>",
        f'<html><body><link rel="alternate" type="application/vc" href="{BADGE}">',
        f'<html><head><link rel="alternate" type="text/html" href="{BADGE}">',
        f'<html><head><link rel="alternate" type="application/vc" href="{PAGE}">',
        '<html><head><link rel="alternate" type="application/vc" href="">',
        f'<html><head><style>{"a" * 150_000}</style><link rel="alternate" type="application/vc" href="{BADGE}">',
    ],
)
def test_a_page_that_names_no_badge_is_said_to(university: FakeWeb, page: str) -> None:
    university.serve(PAGE, page, "text/html")
    report = report_on(PAGE)
    assert (report.state, codes(report)["read"]) == ("unreachable", "read.no_badge_there")
    assert len(university.asked) <= 2


@pytest.mark.parametrize("name", ["javascript:alert(1)", "file:///etc/passwd", "http://[", "//", "http://127.0.0.1/"])
def test_a_page_cannot_lead_just_anywhere(university: FakeWeb, name: str) -> None:
    university.serve(PAGE, f'<head><link rel=alternate type=application/vc href="{name}">', "text/html")
    for url in university.answers.copy():
        if url != PAGE:
            del university.answers[url]
    assert report_on(PAGE).outcome == "unknown"


def test_a_site_that_does_not_answer_is_unreachable(elsewhere: FakeWeb) -> None:
    verdict = judged(BADGE)
    assert (verdict.report.state, codes(verdict.report)["read"]) == ("unreachable", "read.unreachable")
    assert verdict.site == "university.example"


def test_an_address_that_is_not_opened_is_not_checked(elsewhere: FakeWeb) -> None:
    elsewhere.fail(BADGE, FetchRefused("The address is not public."))
    report = report_on(BADGE)
    assert (report.state, codes(report)["read"]) == ("not_checked", "read.refused")
    assert "the address is not public." in report.checks[0].message


@pytest.mark.parametrize("body", [b"", b"hello", b"\xff\xfe", b"{", b"\x89PNG\r\n\x1a\n", b"<svg/>", b"[]"])
def test_whatever_a_link_leads_to_is_judged(elsewhere: FakeWeb, body: bytes) -> None:
    elsewhere.serve(BADGE, body, "application/octet-stream")
    assert report_on(BADGE).state == "unreadable"


def test_a_link_in_a_picture_is_opened_once_and_leads_nowhere_else(university: FakeWeb) -> None:
    picture = baking.bake_svg(SVG, BADGE).encode()
    assert report_on(picture).state == "valid"
    university.serve(BADGE, picture, "image/svg+xml")
    report = report_on(picture)
    assert (report.state, codes(report)["read"]) == ("not_checked", "read.not_followed")


# What is ours


def test_what_is_ours_is_never_asked_for_over_http(award: Award, elsewhere: FakeWeb) -> None:
    for given in (award.address, award.document, award.code, award.status_list.address, f"{award.issuer.address}"):
        judged(given)
    assert elsewhere.asked == []


def test_a_page_elsewhere_that_names_a_badge_of_ours_leads_to_our_record(award: Award, elsewhere: FakeWeb) -> None:
    page = f'<head><link rel="alternate" type="application/vc" href="{award.address}"></head>'
    elsewhere.serve(PAGE, page, "text/html")
    verdict = judged(PAGE)
    assert (verdict.report.state, verdict.award) == ("valid", award)
    assert elsewhere.addresses() == [PAGE]


def test_a_list_of_ours_says_nothing_of_badges_of_others(award: Award, university: FakeWeb) -> None:
    entry = foreign_badge()["credentialStatus"]
    assert isinstance(entry, dict)
    changed = foreign_badge(credentialStatus={**entry, "statusListCredential": award.status_list.address})
    report = report_on(text_of(changed))
    assert codes(report)["status"] == "status.list_invalid" and report.outcome == "unknown"
    assert university.addresses() == [DID_URL]


# What cannot be looked up


@pytest.mark.parametrize(
    ("missing", "check", "code"), [(DID_URL, "issuer", "issuer.unreachable"), (LIST, "status", "status.unreachable")]
)
def test_what_does_not_answer_is_unreachable_and_never_valid_or_revoked(
    university: FakeWeb, missing: str, check: str, code: str
) -> None:
    del university.answers[missing]
    report = report_on(BADGE)
    assert (report.outcome, report.state, codes(report)[check]) == ("unknown", "unreachable", code)


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{", b"\xff", b"a.b.c"])
@pytest.mark.parametrize(("url", "code"), [(DID_URL, "issuer.document_invalid"), (LIST, "status.list_invalid")])
def test_what_is_no_document_proves_nothing(university: FakeWeb, url: str, code: str, body: bytes) -> None:
    university.serve(url, body)
    report = report_on(BADGE)
    assert report.outcome == "unknown" and code in codes(report).values()


def test_what_comes_too_late_is_unreachable(university: FakeWeb) -> None:
    def late() -> Fetched:
        time.sleep(1)
        raise FetchFailed("too late")

    university.answers[LIST] = late
    started = time.monotonic()
    report = report_on(text_of(foreign_badge()), seconds=0.3)
    assert time.monotonic() - started < 0.9
    assert (report.state, codes(report)["status"]) == ("unreachable", "status.unreachable")


def test_a_set_bit_of_a_list_elsewhere_revokes(university: FakeWeb) -> None:
    university.serve(LIST, status_list(status.set_bit(status.empty(), 7)))
    assert report_on(BADGE).state == "revoked"


@pytest.mark.parametrize("is_enveloped", [False, True])
@pytest.mark.parametrize(("bit", "state"), [(6, "valid"), (7, "revoked")])
def test_a_list_may_be_a_token(university: FakeWeb, is_enveloped: bool, bit: int, state: str) -> None:
    key = PrivateKey.generate("P-256")
    kid = f"{DID}#token-1"
    unsigned = {
        name: value
        for name, value in status_list(status.set_bit(status.empty(), bit)).items()
        if name not in ("proof", "credentialSubject")
    }
    subject = status_list(status.set_bit(status.empty(), bit))["credentialSubject"]
    assert isinstance(subject, dict)
    document: JsonObject = {**unsigned, "credentialSubject": {**subject, "id": f"{LIST}#list"}}
    signature = jose.sign_token(document, key, kid=kid, alg="ES256")
    token = jose.assemble_token(document, kid=kid, alg="ES256", signature=signature)
    envelope: JsonObject = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": f"data:application/vc+jwt,{token}",
        "type": "EnvelopedVerifiableCredential",
    }
    university.serve(LIST, envelope if is_enveloped else token)
    university.serve(DID_URL, with_method(did_document(), kid, key))
    report = report_on(BADGE)
    assert report.state == state, codes(report)


# Endorsements


def test_endorsements_are_looked_up_with_the_rest_and_shown(client: Client, university: FakeWeb) -> None:
    about: JsonObject = {"id": BADGE, "type": ["EndorsementSubject"], "endorsementComment": "We rely on it."}
    university.serve(BADGE, foreign_badge(endorsement=[endorsements.endorsement(credentialSubject=about)]))
    keys = build_did_document(
        endorsements.ENDORSER,
        [
            VerificationMethod(method, endorsements.ENDORSER, KEYS[name].public)
            for name, method in endorsements.METHODS.items()
        ],
    )
    report = report_on(BADGE)
    assert (report.state, codes(report)["endorsements"]) == ("valid", "endorsements.not_checked")
    assert report.endorsements == ()

    web.kept.clear()
    university.serve("https://endorser.example/.well-known/did.json", keys)
    report = report_on(BADGE)
    assert codes(report)["endorsements"] == "endorsements.ok"
    assert [one.comment for one in report.endorsements] == ["We rely on it."]
    page = client.post("/verify", {"input": BADGE}).content.decode()
    assert "Who else stands behind it" in page and "Key listed at endorser.example" in page


def test_an_endorser_that_is_ours_is_read_in_process(award: Award, university: FakeWeb) -> None:
    assert award.proof_key is not None
    unsigned = endorsements.unsigned(
        issuer={"id": award.issuer.did, "type": ["Profile"], "name": award.issuer.name},
        credentialSubject={"id": BADGE, "type": ["EndorsementSubject"]},
    )
    method = f"{award.issuer.did}#{award.proof_key.fragment}"
    signed = add_proof(unsigned, private_key(award.proof_key), verification_method=method, created=timezone.now())
    university.serve(BADGE, foreign_badge(endorsement=[signed]))
    report = report_on(BADGE)
    assert (report.state, codes(report)["endorsements"]) == ("valid", "endorsements.ok")
    assert not [url for url in university.addresses() if "localhost" in url]


# What is kept


def test_what_was_looked_up_is_not_asked_for_again(university: FakeWeb) -> None:
    badge = text_of(foreign_badge())
    assert [report_on(badge).state for _ in range(3)] == ["valid"] * 3
    assert sorted(university.addresses()) == sorted([DID_URL, LIST])


def test_a_failure_is_kept_for_a_minute(university: FakeWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    badge = text_of(foreign_badge())
    answer = university.answers.pop(DID_URL)
    assert report_on(badge).state == "unreachable"
    university.answers[DID_URL] = answer
    assert report_on(badge).state == "unreachable"
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now + 61)
    assert report_on(badge).state == "valid"


def test_who_lets_the_time_run_out_does_not_make_others_unreachable(university: FakeWeb) -> None:
    badge = text_of(foreign_badge())
    answer = university.answers.pop(DID_URL)
    assert report_on(badge, seconds=1).state == "unreachable"
    university.answers[DID_URL] = answer
    assert report_on(badge).state == "valid"


def test_a_busy_fetcher_makes_nobody_unreachable_afterwards(university: FakeWeb) -> None:
    badge = text_of(foreign_badge())
    answer = university.answers[DID_URL]
    university.fail(DID_URL, FetchFailed("Too much is asked at once.", code="fetch.busy"))
    assert report_on(badge).state == "unreachable"
    university.answers[DID_URL] = answer
    assert report_on(badge).state == "valid"


def test_another_address_cannot_speak_for_an_issuer(university: FakeWeb) -> None:
    """An attacker serves the university's DID document with his own key, at his address and by a redirect."""
    attacker = PrivateKey.from_bytes("Ed25519", bytes(32))
    forged = "https://attacker.example/did.json"
    university.serve(forged, did_document(attacker), final=DID_URL)
    web.Web().documents([Reference("did_document", forged, DID), Reference("issuer_profile", DID_URL, DID)])
    assert report_on(BADGE).state == "valid"


def test_a_redirect_that_may_lead_to_a_list_does_not_lead_to_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind an open redirect of the university an attacker serves a profile; his badge names its address twice."""
    address = "https://university.example/go?to=https://attacker.example/profile"
    attacker = PrivateKey.from_bytes("Ed25519", bytes(32))
    method = VerificationMethod(f"{address}#key-1", address, attacker.public)
    profile = build_did_document(address, (method,))

    def fetch(url: str, *, kind: Kind, deadline: Deadline) -> Fetched:
        if kind != "status_list":
            raise FetchFailed("The site passes the question on to another.", code="fetch.redirect")
        return Fetched("https://attacker.example/profile", strict_json.dumps(profile), "application/json")

    monkeypatch.setattr(web, "fetch", fetch)
    unsigned = {name: value for name, value in foreign_badge().items() if name != "proof"}
    text = text_of(unsigned).replace(DID, address).replace(LIST, address)
    created = datetime(2026, 3, 12, tzinfo=UTC)
    forged = add_proof(strict_json.load_object(text), attacker, verification_method=method.id, created=created)
    for _ in range(2):  # the second time both answers are known
        [verdict] = verify_all([text_of(forged)], now=timezone.now(), web=Web())
        assert codes(verdict.report)["issuer"] == "issuer.unreachable"
        assert report_on(text_of(forged)).state != "valid"


def test_a_document_that_calls_itself_otherwise_is_kept_no_longer_than_a_failure(university: FakeWeb) -> None:
    badge = text_of(foreign_badge())
    university.serve(DID_URL, {**did_document(), "id": "did:web:elsewhere.example"})
    assert codes(report_on(badge))["issuer"] == "issuer.document_invalid"
    reference = Reference("did_document", DID_URL, DID)
    kept = web.kept._kept[reference]
    assert kept.until - time.monotonic() <= 60


# The entry points


def ask(client: Client, **terms: Any) -> dict[str, Any]:
    response = client.post("/api/v1/verify", json.dumps(terms), content_type="application/json")
    assert response.status_code == 200
    answer: dict[str, Any] = json.loads(response.content)
    return answer


def test_api_page_and_command_line_open_a_link(client: Client, university: FakeWeb, capsys: Any) -> None:
    assert ask(client, input=BADGE)["state"] == "valid"
    page = client.post("/verify", {"input": BADGE}).content.decode()
    assert "Valid credential" in page
    assert "This link goes to <b>university.example</b>, which we do not run." in page
    call_command("verify", BADGE)
    assert "Valid credential" in capsys.readouterr().out


def test_nothing_is_opened_by_following_a_link_of_others(client: Client, university: FakeWeb) -> None:
    page = client.get("/verify", {"url": BADGE}).content.decode()
    assert "Fetch it and check it" in page and 'method="post"' in page
    client.get("/verify", {"url": text_of(foreign_badge())})
    assert university.asked == []


def test_offline_opens_nothing(university: FakeWeb, capsys: Any) -> None:
    with pytest.raises(SystemExit):
        call_command("verify", BADGE, text_of(foreign_badge()), offline=True)
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["state"] for line in lines] == ["not_checked", "not_checked"]
    assert university.asked == []


def test_a_file_of_another_platform_is_looked_up_too(client: Client, university: FakeWeb) -> None:
    upload = SimpleUploadedFile("badge.svg", baking.bake_svg(SVG, text_of(foreign_badge())).encode())
    assert json.loads(client.post("/api/v1/verify", {"file": upload}).content)["state"] == "valid"


def test_connections_are_counted_for_the_asker_and_own_look_ups_are_not(
    client: Client, award: Award, university: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FetchThrottle, "rate", "3/min", raising=False)
    assert ask(client, input=BADGE)["state"] == "valid"
    for _ in range(3):
        assert ask(client, input=award.code)["state"] == "valid"
    refused = client.post("/api/v1/verify", json.dumps({"input": BADGE}), content_type="application/json")
    assert refused.status_code == 429 and 1 <= int(refused["Retry-After"]) <= 60
    assert client.post("/verify", {"input": BADGE}).status_code == 429
    assert client.post("/verify", {"input": BADGE}, REMOTE_ADDR="192.0.2.9").status_code == 200


# Many at once


def batch(client: Client, inputs: object) -> Any:
    return client.post("/api/v1/verify/batch", json.dumps({"inputs": inputs}), content_type="application/json")


def test_many_inputs_are_judged_in_their_order(client: Client, award: Award, university: FakeWeb) -> None:
    inputs = [award.code, BADGE, "hello", "https://nobody.example/", text_of(foreign_badge()), award.address]
    response = batch(client, inputs)
    results = json.loads(response.content)["results"]
    assert [line["input"] for line in results] == inputs
    assert [line["state"] for line in results] == ["valid", "valid", "unreadable", "unreachable", "valid", "valid"]
    assert response["Cache-Control"] == "no-store"
    assert sorted(university.addresses()) == sorted([BADGE, "https://nobody.example/", DID_URL, LIST])


def test_what_is_late_is_unreachable_and_what_is_ours_is_not(
    client: Client, award: Award, university: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("verification.services.SECONDS_FOR_ALL", 0.0)
    results = json.loads(batch(client, [award.code, "hello"]).content)["results"]
    assert [(line["state"], line["checks"][0]["code"]) for line in results] == [("unreachable", "read.too_late")] * 2


def test_what_is_behind_a_link_of_a_batch_is_read_once(
    client: Client, university: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[bytes] = []

    def noting(body: bytes) -> reading.Presented:
        read.append(body)
        return reading.read_fetched(body)

    monkeypatch.setattr(evidence, "read_fetched", noting)
    picture = baking.bake_svg(SVG, text_of(foreign_badge()))
    university.serve(PAGE, picture, "image/svg+xml")
    results = json.loads(batch(client, [PAGE, BADGE, PAGE]).content)["results"]
    assert [line["state"] for line in results] == ["valid"] * 3
    assert [body == picture.encode() for body in read] == [True, False]


def test_no_link_is_read_after_the_time_for_all_is_over(university: FakeWeb) -> None:
    links = [reading.Link(BADGE)]
    assert evidence.look_ahead(links, web=Web(), end=time.monotonic()) == {}
    assert [*evidence.look_ahead(links, web=Web(), end=time.monotonic() + 20)] == [BADGE]


def test_a_batch_over_the_rate_of_connections_says_so_line_by_line(
    client: Client, award: Award, university: FakeWeb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FetchThrottle, "rate", "1/min", raising=False)
    results = json.loads(batch(client, ["https://nobody.example/", BADGE, award.code]).content)["results"]
    assert [line["state"] for line in results] == ["unreachable", "unreachable", "valid"]
    assert results[1]["checks"][0]["code"] == "read.too_many_fetches"


@pytest.mark.parametrize("inputs", [[], ["x"] * 101, "x", [["x"]], None, [None]])
def test_a_batch_that_is_none_is_refused(client: Client, inputs: object) -> None:
    response = batch(client, inputs)
    assert (response.status_code, json.loads(response.content)["code"]) == (400, "invalid")


def test_a_hundred_inputs_are_taken(client: Client) -> None:
    assert len(json.loads(batch(client, ["x"] * 100).content)["results"]) == 100


def test_an_old_list_is_not_relied_on(university: FakeWeb) -> None:
    university.serve(LIST, status_list(age=timedelta(days=8)))
    assert codes(report_on(BADGE))["status"] == "status.list_invalid"
