"""Badges of this installation, in every form and state: the same verdict and the same facts."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from credentials.codes import shown
from credentials.models import Award, Batch
from openbadges import jose, strict_json
from openbadges.report import Report
from tests.factories import issue, make_award, make_issuer, make_version, person
from verification import evidence

Verify = Callable[..., Report]


def path_of(award: Award, ending: str = "") -> str:
    return f"/c/{award.public_id}{ending}"


def document_of(award: Award) -> dict[str, Any]:
    document = strict_json.loads(award.document)
    assert isinstance(document, dict)
    return document


def code(report: Report, check: str) -> str:
    return next(each.code for each in report.checks if each.id == check)


FORMS: dict[str, Callable[[Award, Client], bytes | str]] = {
    "stored JSON": lambda award, client: award.document,
    "JSON file": lambda award, client: client.get(path_of(award, ".json")).content,
    "JSON by Accept": lambda award, client: client.get(path_of(award), headers={"Accept": "application/vc"}).content,
    "JSON with a byte order mark": lambda award, client: "\ufeff" + award.document,
    "JWT file": lambda award, client: client.get(path_of(award, ".jwt")).content,
    "JWT by Accept": lambda award, client: client.get(
        path_of(award), headers={"Accept": "application/vc+jwt"}
    ).content.decode(),
    "JWT with line break": lambda award, client: evidence.token_text(award) + "\r\n",
    "PNG": lambda award, client: client.get(path_of(award, ".png")).content,
    "SVG": lambda award, client: client.get(path_of(award, ".svg")).content,
    "SVG as text": lambda award, client: client.get(path_of(award, ".svg")).content.decode(),
    "link": lambda award, client: award.address,
    "link of a file": lambda award, client: f"{award.address}.png",
    "link by code": lambda award, client: award.address.partition("/c/")[0] + f"/v/{award.code}",
    "code": lambda award, client: shown(award.code),
    "code in lower case with blanks": lambda award, client: f"  {shown(award.code).lower().replace('-', ' ')}\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_verifies_back_with_the_same_facts(form: str, award: Award, client: Client, report: Verify) -> None:
    found = report(FORMS[form](award, client))
    assert (found.state, found.headline) == ("valid", "Valid credential")
    assert found.credential is not None
    assert found.credential.format == ("ob3-jwt" if form.startswith("JWT") else "ob3-di")
    expected = report(award.document).credential
    assert expected is not None
    assert replace(found.credential, format="ob3-di") == expected
    assert (expected.name, expected.recipient) == ("Networks (SAMPLE)", "Ada Sample")
    assert (expected.valid_from, expected.valid_until) == (award.valid_from, award.valid_until)


def test_the_names_of_an_issuer_are_proven_by_the_operator_only(award: Award, report: Verify) -> None:
    def issuer() -> tuple[str | None, str | None, tuple[str, ...]]:
        summary = report(award.document).credential
        assert summary is not None
        return summary.issuer.name, summary.issuer.claimed_name, summary.issuer.proven_by

    name = award.issuer.name
    assert issuer() == (None, name, ("did:web",))
    award.issuer.approved_at = timezone.now()
    award.issuer.save()
    assert issuer() == (name, name, ("did:web", "operator"))


@pytest.mark.parametrize(("email", "result"), [("ADA@example.org", "passed"), ("eve@example.org", "failed")])
def test_the_holder_is_compared_when_asked(award: Award, report: Verify, email: str, result: str) -> None:
    found = report(award.document, recipient=email)
    assert [check.result for check in found.checks if check.id == "recipient"] == [result]
    assert found.state == "valid"


# The record decides


@pytest.mark.parametrize("state", ["suspended", "revoked"])
@pytest.mark.parametrize("form", ["stored JSON", "JWT file", "PNG", "SVG", "link", "code"])
def test_a_withdrawn_badge_is_withdrawn_in_every_form(
    form: str, state: str, award: Award, client: Client, report: Verify
) -> None:
    Award.objects.update(state=state, state_since=timezone.now(), public_reason="Awarded by mistake")
    found = report(FORMS[form](award, client))
    assert (found.outcome, found.state) == ("invalid", state)


def test_a_revocation_tells_its_public_reason(award: Award, report: Verify) -> None:
    Award.objects.update(state="revoked", state_since=timezone.now(), public_reason="Awarded by mistake")
    assert "Awarded by mistake" in report(award.document).explanation


def test_a_badge_whose_status_bit_is_set_is_not_valid_whatever_its_record_says(award: Award, report: Verify) -> None:
    from openbadges import status

    row = award.status_list
    row.bits = status.set_bit(bytes(row.bits), award.status_index)
    row.save()
    assert report(award.document).outcome == "invalid"


def test_a_renewed_badge_says_that_it_was_replaced_and_the_new_one_is_valid(award: Award, report: Verify) -> None:
    batch = issue(award.achievement_version, person(), duplicates=Batch.Duplicates.RENEW)
    old, new = report(award.document), report(batch.awards.get().document)
    assert (old.state, new.state) == ("superseded", "valid")
    assert batch.awards.get().address in str(old)


def test_a_badge_is_valid_from_its_first_to_its_last_moment(award: Award, report: Verify) -> None:
    start, end = award.valid_from, award.valid_until
    assert end is not None
    second = timedelta(seconds=1)
    states = [report(award.document, now=now).state for now in (start - second, start, end - second, end + second)]
    assert states == ["not_yet_valid", "valid", "valid", "expired"]


# What was changed, or never recorded


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.update(name="Rocket science (SAMPLE)"),
        lambda document: document.update(validUntil="2099-01-01T00:00:00Z"),
        lambda document: document.pop("credentialStatus"),
        lambda document: document["credentialSubject"]["identifier"][1].update(identityHash="Eve Sample"),
        lambda document: document["credentialSubject"]["achievement"]["alignment"].pop(),
        lambda document: document["credentialSubject"]["achievement"]["alignment"].reverse(),
        lambda document: document.update(narrative=None),
        lambda document: document["@context"].append("https://www.w3.org/ns/credentials/examples/v2"),
        lambda document: document["proof"].append(dict(document["proof"][0])),
        lambda document: document["proof"][0].update(created="2020-01-01T00:00:00Z"),
        lambda document: document.update(proof=document["proof"][0]),
    ],
)
def test_a_changed_badge_is_altered_and_tells_none_of_its_claims(
    award: Award, report: Verify, change: Callable[[dict[str, Any]], object]
) -> None:
    document = document_of(award)
    change(document)
    found = report(strict_json.dumps(document))
    assert found.state in {"altered", "not_accepted"}
    assert found.credential is None and found.document is None
    assert "Eve" not in str(found.to_json())


def test_our_id_on_a_badge_that_we_never_gave_proves_no_issuer(award: Award, report: Verify) -> None:
    text = award.document.replace(str(award.public_id), "00000000-0000-4000-8000-000000000000")
    found = report(text)
    assert found.outcome != "valid"
    assert found.credential is None


def test_a_badge_signed_with_our_key_but_never_recorded_is_not_ours(award: Award, report: Verify) -> None:
    from issuers.keystore import private_key
    from openbadges.data_integrity import add_proof

    document = document_of(award)
    del document["proof"]
    document["id"] = document["id"].replace(str(award.public_id), "00000000-0000-4000-8000-000000000000")
    key = award.proof_key
    assert key is not None
    method = f"{award.issuer.did}#{key.fragment}"
    forged = add_proof(document, private_key(key), verification_method=method, created=timezone.now())
    found = report(strict_json.dumps(forged))
    assert (found.state, code(found, "issuer")) == ("issuer_unproven", "issuer.no_record")


def test_the_badge_of_one_issuer_under_the_name_of_another_is_refused(award: Award, report: Verify) -> None:
    other = make_award(make_version(make_issuer("another")), person())
    document = document_of(award)
    document["issuer"] = document_of(other)["issuer"]
    assert report(strict_json.dumps(document)).outcome != "valid"


def test_a_reserved_award_does_not_exist_for_outsiders(award: Award, report: Verify) -> None:
    Award.objects.update(state="reserved")
    assert report(award.address).state == "not_found"
    assert report(award.code).state == "not_found"
    assert report(award.document).outcome != "valid"


def test_an_abandoned_award_does_not_exist_for_outsiders_even_if_somebody_signed_it(
    award: Award, report: Verify
) -> None:
    Award.objects.update(state="abandoned", document="", issued_at=None)
    assert report(award.address).state == "not_found"
    assert report(award.code).state == "not_found"
    assert (report(award.document).outcome, report(award.document).state) == ("unknown", "issuer_unproven")


# Links


LINKS: dict[str, tuple[dict[str, Any], int]] = {
    "private": ({"visibility": "private"}, 403),
    "erased": ({"erased_at": timezone.now()}, 410),
    "unclaimed": ({"delivery": "claim"}, 200),
    "not_found": ({"code": "000000000000", "public_id": "00000000-0000-4000-8000-000000000000"}, 404),
}


@pytest.mark.parametrize("state", LINKS)
def test_a_link_that_shows_no_credential_says_why(award: Award, report: Verify, client: Client, state: str) -> None:
    values, status = LINKS[state]
    Award.objects.update(**values)
    for given in (award.address, award.code):
        found = report(given)
        assert (found.outcome, found.state, found.credential) == ("unknown", state, None)
    for path in (path_of(award), f"/v/{award.code}"):
        page = client.get(path, headers={"Accept": "text/html"})
        assert page.status_code == status
        assert "Ada" not in page.content.decode()
        assert page["X-Robots-Tag"] == "noindex"
    assert client.get("/verify", {"url": award.address}).status_code == status


@pytest.mark.parametrize("state", LINKS)
@pytest.mark.parametrize("ending", ["", ".json", ".jwt", ".png", ".svg", "/qr.svg"])
def test_programs_get_no_document_behind_such_a_link(award: Award, client: Client, state: str, ending: str) -> None:
    values, status = LINKS[state]
    Award.objects.update(**values)
    response = client.get(path_of(award, ending), headers={"Accept": "application/json"})
    assert response.status_code == (404 if state == "unclaimed" else status)
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["code"] == state
    assert "Ada" not in response.content.decode()


@pytest.mark.parametrize("state", ["private", "erased", "unclaimed"])
def test_a_badge_in_hand_is_judged_on_its_own(award: Award, report: Verify, state: str) -> None:
    Award.objects.update(**LINKS[state][0])
    assert report(award.document).state == "valid"


def test_a_claimed_award_is_shown(award: Award, report: Verify) -> None:
    Award.objects.update(delivery="claim", claimed_at=timezone.now())
    assert report(award.address).state == "valid"


# A move to another address


def test_badges_of_an_earlier_address_stay_ours(award: Award, report: Verify, settings: Settings) -> None:
    token = evidence.token_text(award)
    before = settings.PUBLIC_URL
    settings.PUBLIC_URL = "https://badges.example"
    assert report(award.document).outcome == "unknown"
    settings.PREVIOUS_URLS = [before]
    for given in (award.document, token, f"{before}/c/{award.public_id}", award.address, shown(award.code)):
        assert report(given).state == "valid", given
    award.refresh_from_db()
    assert evidence.token_text(award) == token


def test_badges_from_before_and_after_a_move_verify_side_by_side(
    award: Award, report: Verify, settings: Settings
) -> None:
    settings.PREVIOUS_URLS = [settings.PUBLIC_URL]
    settings.PUBLIC_URL = "https://badges.example"
    newer = make_award(award.achievement_version, person("grace@example.org", "Grace Sample"))
    assert document_of(newer)["issuer"]["id"].startswith("did:web:badges.example:")
    assert [report(each.document).state for each in (award, newer)] == ["valid", "valid"]
    assert jose.parse_token(evidence.token_text(newer)).kid == f"{newer.issuer.did}#{token_fragment(newer)}"


def token_fragment(award: Award) -> str:
    assert award.token_key is not None
    return award.token_key.fragment
