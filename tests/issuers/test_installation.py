"""The installation's own key: one, made when first needed, sealed, rotated, and published in its DID document."""

import json

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django import Settings

from issuers import installation, keystore
from issuers.installation import did_document, rotate_installation_key, signing_key
from issuers.keystore import KeyUnavailable, installation_private_key
from issuers.models import AuditEntry, InstallationKey, SigningKey
from openbadges.did import did_web_url, parse_did_document
from openbadges.keys import PublicKey
from tests.factories import NOW, make_issuer

pytestmark = pytest.mark.django_db
DID = "did:web:localhost%3A8000"
State = InstallationKey.State


@pytest.fixture(autouse=True)
def _no_key_stays_open() -> None:
    keystore._opened.cache_clear()


def listed() -> list[str]:
    return [method.id for method in parse_did_document(did_document()).methods]


def test_the_identity_is_the_host_and_no_ip_address(settings: Settings) -> None:
    assert installation.did() == DID
    assert did_web_url(DID) == "http://localhost:8000/.well-known/did.json"
    settings.PUBLIC_URL = "https://badges.example.org"
    assert installation.did() == "did:web:badges.example.org"


def test_one_key_is_made_and_then_kept() -> None:
    first = signing_key(now=NOW)
    assert signing_key(now=NOW) == first
    assert (first.state, first.fragment[:13]) == ("active", "receipt-2026-")
    assert [entry.action for entry in AuditEntry.objects.all()] == ["installation_key.made"]


def test_who_comes_second_takes_the_key_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both looked and found none; the database lets one of them make it."""
    first = signing_key(now=NOW)
    monkeypatch.setattr(installation, "_active_key", lambda: None)
    assert signing_key(now=NOW) == first
    assert InstallationKey.objects.count() == 1
    assert AuditEntry.objects.filter(action="installation_key.made").count() == 1


def test_the_private_half_is_sealed_to_its_row() -> None:
    first = signing_key(now=NOW)
    private = installation_private_key(first)
    assert PublicKey.from_jwk(first.public_key).verify(private.sign(b"x"), b"x")
    assert private.to_bytes() not in bytes(first.sealed_private_key)
    second = rotate_installation_key(now=NOW)
    second.sealed_private_key = first.sealed_private_key
    with pytest.raises(KeyUnavailable, match="changed or belongs to another"):
        installation_private_key(second)


def test_a_sealed_key_of_an_issuer_is_none_of_the_installation() -> None:
    of_issuer = make_issuer().keys.get(purpose=SigningKey.Purpose.TOKEN)
    moved = InstallationKey(pk=of_issuer.pk, sealed_private_key=of_issuer.sealed_private_key)
    with pytest.raises(KeyUnavailable, match="changed or belongs to another"):
        installation_private_key(moved)


def test_rotation_keeps_the_old_key_listed_after_the_new_one() -> None:
    old = signing_key(now=NOW)
    new = rotate_installation_key(now=NOW)
    old.refresh_from_db()
    assert (old.state, old.replaced_at, signing_key(now=NOW)) == ("retired", NOW, new)
    assert listed() == [f"{DID}#{new.fragment}", f"{DID}#{old.fragment}"]
    entry = AuditEntry.objects.get(action="installation_key.rotated")
    assert (entry.object_id, entry.details) == (new.fragment, {"replaced": [old.fragment], "compromised": False})


def test_a_compromised_key_leaves_the_document() -> None:
    old = signing_key(now=NOW)
    new = rotate_installation_key(now=NOW, compromised=True)
    old.refresh_from_db()
    assert (old.state, listed()) == ("compromised", [f"{DID}#{new.fragment}"])


def test_the_command_rotates_and_names_the_new_key(capsys: pytest.CaptureFixture[str]) -> None:
    old = signing_key(now=NOW)
    call_command("rotate_installation_key")
    assert capsys.readouterr().out.split()[-1] == installation.method_id(signing_key(now=NOW))
    call_command("rotate_installation_key", "--compromised")
    states = InstallationKey.objects.order_by("created_at").values_list("state", flat=True)
    assert list(states) == ["retired", "compromised", "active"]
    assert old.fragment in "".join(listed())


def test_the_document_is_served_to_any_origin_with_a_key_before_the_first_receipt(client: Client) -> None:
    response = client.get("/.well-known/did.json")
    assert (response.status_code, response["Content-Type"]) == (200, "application/did+json")
    assert response["Access-Control-Allow-Origin"] == "*"
    body = json.loads(response.content)
    method = f"{DID}#{InstallationKey.objects.get().fragment}"
    assert (body["id"], body["assertionMethod"], body["alsoKnownAs"]) == (DID, [method], ["http://localhost:8000"])
    assert [sorted(entry["publicKeyJwk"]) for entry in body["verificationMethod"]] == [["crv", "kty", "x", "y"]]
    assert client.get("/.well-known/did.json", headers={"If-None-Match": response["ETag"]}).status_code == 304
    assert client.post("/.well-known/did.json").status_code == 405


def test_after_a_move_the_earlier_identity_is_named(settings: Settings) -> None:
    signing_key(now=NOW)
    settings.PUBLIC_URL, settings.PREVIOUS_URLS = "https://new.example.org", ["http://localhost:8000"]
    assert did_document()["alsoKnownAs"] == ["https://new.example.org", DID]
    assert did_document(DID)["id"] == DID
    assert did_document(DID)["alsoKnownAs"] == ["https://new.example.org", "did:web:new.example.org"]
