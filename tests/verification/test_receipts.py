"""Receipts as people and programs get them: every state has one, nothing in it is about a person, ours alone counts."""

import base64
import io
import json
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from credentials.models import Award
from issuers import installation, keystore
from issuers.models import InstallationKey
from openbadges import strict_json
from openbadges.errors import OpenBadgesError
from openbadges.keys import PrivateKey
from openbadges.receipts import Receipt, read_receipt, sign_receipt
from openbadges.report import PRECEDENCE
from tests.factories import make_award, make_issuer, make_version, person
from tests.verification.fake_web import FakeWeb
from tests.verification.foreign import BADGE, DID_URL, LIST, did_document, foreign_badge, status_list
from verification import evidence, receipts
from verification.services import verify

pytestmark = pytest.mark.django_db
API, PAGE = "/api/v1/verify", "/verify/receipt"


def asked(client: Client, given: str, **terms: Any) -> dict[str, Any]:
    body = json.dumps({"input": given, "receipt": True, **terms})
    answer: dict[str, Any] = client.post(API, body, content_type="application/json").json()
    return answer


def of(client: Client, given: str, **terms: Any) -> Receipt:
    """The receipt as anybody would read it: under the document that our address serves."""
    text = asked(client, given, **terms)["receipt"]
    return read_receipt(text, client.get("/.well-known/did.json").json())


def digest(text: str | bytes) -> str:
    return sha256(text.encode() if isinstance(text, str) else text).hexdigest()


# What it says


def test_a_receipt_says_what_the_report_says(client: Client, award: Award) -> None:
    report = asked(client, award.document)
    found = read_receipt(report["receipt"], client.get("/.well-known/did.json").json())
    assert (found.issuer, found.outcome, found.state) == ("did:web:localhost%3A8000", "valid", "valid")
    assert f"{found.issued_at:%Y-%m-%dT%H:%M:%SZ}" == report["checked_at"]
    assert [(line.id, line.result, line.code) for line in found.checks] == [
        (check["id"], check["result"], check["code"]) for check in report["checks"]
    ]
    assert found.status_list_ages == (0,)


def test_none_is_signed_unless_asked_for(client: Client, award: Award) -> None:
    for terms in ({}, {"receipt": False}):
        body = json.dumps({"input": award.document, **terms})
        assert client.post(API, body, content_type="application/json").json()["receipt"] is None
    assert not InstallationKey.objects.exists()


def test_the_digests_are_of_what_was_sent_and_of_the_credential_in_it(client: Client, award: Award) -> None:
    token = evidence.token_text(award)
    served = client.get(f"/c/{award.public_id}.json").content
    for given, credential in (
        (award.document, award.document),
        (f"\n {award.document} ", award.document),
        (token, token),
        (award.address, award.document),
        (award.code, award.document),
    ):
        found = of(client, given)
        assert (found.input_sha256, found.credential_sha256) == (digest(given), digest(credential))
    assert digest(served) == digest(award.document)


@pytest.mark.parametrize("kind", ["png", "svg", "json", "jwt"])
def test_the_digests_of_a_file(client: Client, award: Award, kind: str) -> None:
    content = client.get(f"/c/{award.public_id}.{kind}").content
    upload = SimpleUploadedFile(f"badge.{kind}", content)
    found = receipts.read(client.post(API, {"file": upload, "receipt": "true"}).json()["receipt"])
    credential = evidence.token_text(award) if kind == "jwt" else award.document
    assert (found.input_sha256, found.credential_sha256) == (digest(content), digest(credential))


def test_the_digest_of_a_badge_elsewhere_and_the_age_of_its_list(client: Client, elsewhere: FakeWeb) -> None:
    elsewhere.serve(BADGE, strict_json.dumps(foreign_badge()))
    elsewhere.serve(DID_URL, strict_json.dumps(did_document()))
    elsewhere.serve(LIST, strict_json.dumps(status_list(age=timedelta(hours=1))))
    found = of(client, BADGE)
    assert (found.state, found.input_sha256) == ("valid", digest(BADGE))
    assert found.credential_sha256 == digest(strict_json.dumps(foreign_badge()))
    (age,) = found.status_list_ages
    assert age is not None and 3600 <= age < 3700


def expired() -> str:
    past = timezone.now() - timedelta(days=900)
    return make_award(make_version(), person(valid_from=past, valid_until=past + timedelta(days=1))).document


def with_state(state: Award.State) -> str:
    award = make_award()
    Award.objects.filter(pk=award.pk).update(state=state)
    return award.document


def link_with(**facts: Any) -> str:
    award = make_award()
    Award.objects.filter(pk=award.pk).update(**facts)
    return award.address


def tampered() -> str:
    return make_award().document.replace("Ada Sample", "Eve Sample")


def under_a_stolen_key() -> str:
    award = make_award()
    award.issuer.keys.update(state="compromised", compromised_at=timezone.now() - timedelta(days=9))
    return award.document


OLD_FORM = {"@context": ["https://www.w3.org/2018/credentials/v1"], "type": ["VerifiableCredential"]}
UNSIGNED_TOKEN = "eyJhbGciOiJub25lIn0.e30.AA"


INPUTS: dict[str, Callable[[], str]] = {
    "valid": lambda: make_award().document,
    "unreadable": lambda: "hello",
    "altered": tampered,
    "expired": expired,
    "not_yet_valid": lambda: make_award(make_version(), person(valid_from=timezone.now() + timedelta(days=9))).document,
    "revoked": lambda: with_state(Award.State.REVOKED),
    "suspended": lambda: with_state(Award.State.SUSPENDED),
    "superseded": lambda: with_state(Award.State.SUPERSEDED),
    "not_found": lambda: "0000-0000-0000",
    "private": lambda: link_with(visibility=Award.Visibility.PRIVATE),
    "unclaimed": lambda: link_with(delivery=Award.Delivery.CLAIM),
    "erased": lambda: link_with(erased_at=timezone.now()),
    "unreachable": lambda: "https://elsewhere.example/badge",
    "not_accepted": lambda: UNSIGNED_TOKEN,
    "issuer_unproven": under_a_stolen_key,
    "not_checked": lambda: json.dumps(OLD_FORM),
}


@pytest.mark.parametrize("state", PRECEDENCE)
def test_every_state_gives_a_receipt(client: Client, state: str) -> None:
    given = INPUTS[state]()
    found = of(client, given)
    assert (found.state, found.input_sha256) == (state, digest(given))


def test_each_of_many_inputs_has_its_receipt(client: Client, award: Award) -> None:
    inputs = [award.document, "hello", award.address]
    body = json.dumps({"inputs": inputs, "receipt": True})
    results = client.post(f"{API}/batch", body, content_type="application/json").json()["results"]
    found = [receipts.read(result["receipt"]) for result in results]
    assert [one.input_sha256 for one in found] == [digest(given) for given in inputs]
    assert [one.state for one in found] == ["valid", "unreadable", "valid"]
    body = json.dumps({"inputs": inputs})
    results = client.post(f"{API}/batch", body, content_type="application/json").json()["results"]
    assert [result["receipt"] for result in results] == [None] * 3


# What it does not say


def test_nothing_in_a_receipt_is_about_a_person_or_tells_the_badge(client: Client) -> None:
    canary = "Kanarienvogel"
    issuer = make_issuer(f"{canary.lower()}-academy", name=f"{canary} Academy (SAMPLE)", email="canary@example.org")
    version = make_version(issuer, slug=f"{canary.lower()}-badge", name=f"{canary} badge (SAMPLE)")
    holder = person(f"{canary.lower()}@example.org", f"{canary} Sample", narrative=f"{canary} did well")
    award = make_award(version, holder)
    tried = [award.document, evidence.token_text(award), award.address, award.code, award.document[:-9]]
    tried += [award.document.replace(canary, f"{canary}s"), f"https://{canary.lower()}.example/badge", canary]
    for given in tried:
        text = asked(client, given, recipient=f"{canary.lower()}@example.org")["receipt"]
        said = b"".join(base64.urlsafe_b64decode(part + "===") for part in text.split(".")[:2]).decode()
        assert "receipt+jwt" in said and receipts.read(text).input_sha256 in said
        for secret in (canary, award.code, str(award.public_id), "@", "http", "/c/", "urn:uuid"):
            assert secret.lower() not in said.lower(), secret
        assert said.count("did:") == 2 == said.count("did:web:localhost%3A8000")


# Keys


def test_receipts_from_before_a_rotation_verify_and_from_before_a_theft_do_not(client: Client) -> None:
    before = asked(client, "hello")["receipt"]
    installation.rotate_installation_key(now=timezone.now())
    after = asked(client, "hello")["receipt"]
    document = client.get("/.well-known/did.json").json()
    assert read_receipt(before, document).state == read_receipt(after, document).state == "unreadable"
    installation.rotate_installation_key(now=timezone.now(), compromised=True)
    assert receipts.read(before).state == "unreadable"
    with pytest.raises(OpenBadgesError) as refusal:
        receipts.read(after)
    assert refusal.value.code == "receipt.key"


def test_receipts_from_before_a_move_are_still_ours(client: Client, settings: Settings) -> None:
    text = asked(client, "hello")["receipt"]
    settings.PUBLIC_URL = "https://new.example.org"
    with pytest.raises(OpenBadgesError) as refusal:
        receipts.read(text)
    assert refusal.value.code == "receipt.issuer"
    settings.PREVIOUS_URLS = ["http://localhost:8000"]
    assert receipts.read(text).issuer == "did:web:localhost%3A8000"


def test_without_its_master_key_a_verdict_comes_without_a_receipt(
    client: Client, award: Award, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    assert asked(client, award.document)["receipt"]
    settings.MASTER_KEYS = [b"another master key, of 32 bytes."]
    keystore._opened.cache_clear()
    with caplog.at_level(logging.ERROR):
        report = asked(client, award.document)
    assert (report["state"], report["receipt"]) == ("valid", None)
    assert "MASTER_KEYS" in caplog.text
    page = client.post("/verify", {"input": award.document}).content.decode()
    assert "Valid credential" in page and "Save a receipt" not in page


def test_the_command_line_signs_none(award: Award) -> None:
    assert verify(award.document, now=timezone.now()).report.receipt is None
    call_command("verify", award.document, offline=True, stdout=io.StringIO())
    assert not InstallationKey.objects.exists()


# Pages


def saved(client: Client, page: str) -> Any:
    """Press "Save a receipt" on a verdict page."""
    form = re.search(rf'<form[^>]*action="{PAGE}"[^>]*>.*?</form>', page, re.DOTALL)
    assert form is not None
    text = re.search(r'name="receipt" value="([^"]+)"', form[0])
    assert text is not None and 'name="as" value="file"' in form[0] and 'method="post"' in form[0]
    return client.post(PAGE, {"receipt": text[1], "as": "file"})


@pytest.mark.parametrize("by", ["POST", "GET", "file", "nothing readable"])
def test_the_receipt_of_a_verdict_page_is_saved_as_a_file(client: Client, award: Award, by: str) -> None:
    if by == "GET":
        page = client.get("/verify", {"url": award.address})
    elif by == "file":
        page = client.post("/verify", {"file": SimpleUploadedFile("a.json", award.document.encode())})
    else:
        page = client.post("/verify", {"input": award.document if by == "POST" else "hello"})
    response = saved(client, page.content.decode())
    assert (response.status_code, response["Content-Type"]) == (200, "application/jwt")
    name = re.fullmatch(r'attachment; filename="(receipt-\d{8}-[0-9a-f]{8}\.jwt)"', response["Content-Disposition"])
    assert name is not None and "no-store" in response["Cache-Control"]
    found = receipts.read(response.content.decode())
    assert found.state == ("unreadable" if by == "nothing readable" else "valid")
    read = client.post(PAGE, {"file": SimpleUploadedFile(name[1], response.content + b"\n")})
    assert read.status_code == 200 and found.input_sha256 in read.content.decode()


def test_a_receipt_is_read_in_words(client: Client, award: Award) -> None:
    text = asked(client, award.document)["receipt"]
    response = client.post(PAGE, {"receipt": f" {text}\r\n"})
    page = response.content.decode()
    assert response.status_code == 200 and "no-store" in response["Cache-Control"]
    assert "<title>Receipt: Valid credential · Touchstone</title>" in page
    assert digest(award.document) in page and text in page and "Signature fits" in page
    assert "Found by localhost:8000 on" in page and "the receipt was checked, not the badge" in page
    assert "0 seconds" in page
    assert "Ada" not in page


def test_a_receipt_of_nothing_is_read_in_words_too(client: Client) -> None:
    page = client.post(PAGE, {"receipt": asked(client, "hello")["receipt"]}).content.decode()
    assert "No badge found in this" in page and "None was found." in page


def other_installation() -> str:
    report = verify("hello", now=timezone.now()).report
    found = Receipt.of(report, issuer="did:web:other.example", presented="hello", credential="")
    return sign_receipt(found, PrivateKey.generate("P-256"), kid="did:web:other.example#receipt-1")


REFUSED: dict[str, tuple[Callable[[], str], str]] = {
    "nothing": (lambda: " ", "Paste a receipt, or choose its file."),
    "a sentence": (lambda: "Valid credential", "Do not rely on this: It is no receipt, or only a part of one."),
    "two dots": (lambda: "nonsense.a.b", "Do not rely on this: It is no receipt, or only a part of one."),
    "a credential": (
        lambda: evidence.token_text(make_award()),
        "Do not rely on this: The token is something other than a receipt.",
    ),
    "another installation's": (
        other_installation,
        "Do not rely on this: The receipt was signed by another installation.",
    ),
    "too much": (lambda: "a" * 100_000, "Do not rely on this: No receipt is as long as this."),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("way", ["page", "file"])
def test_what_is_no_receipt_of_ours_is_neither_shown_nor_served(client: Client, name: str, way: str) -> None:
    make, words = REFUSED[name]
    response = client.post(PAGE, {"receipt": make(), "as": way})
    page = response.content.decode()
    assert response.status_code == 400 and words in page and 'name="receipt"' in page
    assert "Content-Disposition" not in response


def test_bytes_that_are_no_text_are_refused(client: Client) -> None:
    response = client.post(PAGE, {"file": SimpleUploadedFile("receipt.jwt", b"\xff\xfe\x00" * 9000)})
    assert response.status_code == 400


def test_the_box_for_a_receipt_is_linked_from_the_verify_page(client: Client) -> None:
    assert f'href="{PAGE}"' in client.get("/verify").content.decode()
    assert "Check a receipt" in client.get(PAGE).content.decode()
    assert client.delete(PAGE).status_code == 405


# The command


def test_the_command_prints_what_a_receipt_says(
    client: Client, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, document = tmp_path / "receipt.jwt", tmp_path / "did.json"
    file.write_text(asked(client, "hello")["receipt"] + "\n")
    document.write_bytes(client.get("/.well-known/did.json").content)
    call_command("verify_receipt", str(file))
    said = json.loads(capsys.readouterr().out)
    assert (said["state"], said["input_sha256"]) == ("unreadable", digest("hello"))
    InstallationKey.objects.all().delete()
    call_command("verify_receipt", str(file), did_document=document)
    assert json.loads(capsys.readouterr().out) == said
    with pytest.raises(CommandError, match=r"does not list the key of the receipt. \[receipt.key\]"):
        call_command("verify_receipt", str(file))
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("verify_receipt", str(tmp_path / "none.jwt"))
