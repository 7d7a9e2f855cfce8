"""Which addresses and identities are ours."""

import uuid

import pytest
from pytest_django import Settings

from tests.factories import make_issuer
from verification import own
from verification.own import OwnLink

ID = "0f1e2d3c-4b5a-4678-9abc-def012345678"


@pytest.fixture(autouse=True)
def _address(settings: Settings) -> None:
    settings.PUBLIC_URL = "http://localhost:8000"
    settings.PREVIOUS_URLS = ["https://old.example"]


@pytest.mark.parametrize("origin", ["http://localhost:8000", "http://127.0.0.1:8000", "http://[::1]:8000"])
def test_a_loopback_installation_knows_each_of_its_names(origin: str) -> None:
    assert own.link(f"{origin}/c/{ID}") == OwnLink("id", ID)


def test_an_installation_with_a_domain_takes_no_loopback_name(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://badges.example"
    assert own.origins() == ("https://badges.example", "https://old.example")
    assert own.link(f"http://localhost:8000/c/{ID}") is None


@pytest.mark.parametrize(
    ("path", "link"),
    [
        (f"/c/{ID}", OwnLink("id", ID)),
        (f"/c/{ID}/", OwnLink("id", ID)),
        (f"/c/{ID}?utm_source=mail#top", OwnLink("id", ID)),
        (f"/c/{ID}.png", OwnLink("id", ID)),
        (f"/c/{ID}/embed", OwnLink("id", ID)),
        (f"/c/{ID}/qr.svg", OwnLink("id", ID)),
        ("/v/7K4M-9QXD-2B3C", OwnLink("code", "7K4M-9QXD-2B3C")),
        (f"/c/{ID}.exe", None),
        (f"/c/{ID[:-1]}", None),
        (f"/c//{ID}", None),
        (f"/c/{ID}/../{ID}", None),
        ("/v/", None),
        ("/v/a/b", None),
        ("/issuers/sample-academy", None),
        ("", None),
    ],
)
def test_a_path_of_ours_names_a_credential_or_none(path: str, link: OwnLink | None) -> None:
    assert own.link(f"http://localhost:8000{path}") == link
    assert own.link(f"https://old.example{path}") == link


@pytest.mark.parametrize(
    "address",
    [
        f"http://localhost:8001/c/{ID}",
        f"https://localhost:8000/c/{ID}",
        f"http://localhost/c/{ID}",
        f"http://localhost:8000@evil.example/c/{ID}",
        f"http://evil.example/http://localhost:8000/c/{ID}",
        f"http://user@localhost:8000/c/{ID}",
        f"http://localhost:8000.evil.example/c/{ID}",
        f"http://old.example/c/{ID}",
        f"//localhost:8000/c/{ID}",
        "http://[::1/c/",
        "http://localhost:port/c/",
        "",
    ],
)
def test_another_origin_is_not_ours(address: str) -> None:
    assert own.link(address) is None
    assert not own.is_own(address)
    assert own.status_list_id(address) is None


def test_host_names_are_compared_without_case() -> None:
    assert own.link(f"HTTP://LOCALHOST:8000/c/{ID}") == OwnLink("id", ID)


def test_only_the_exact_id_of_a_credential_names_its_award() -> None:
    assert own.award_id(f"http://localhost:8000/c/{ID}") == uuid.UUID(ID)
    for other in (f"/c/{ID}/", f"/c/{ID}.json", f"/c/{ID}#1", f"/c/{ID}?a", "/v/7K4M-9QXD-2B3C"):
        assert own.award_id(f"http://localhost:8000{other}") is None


def test_a_status_list_is_found_by_its_address() -> None:
    assert own.status_list_id(f"http://localhost:8000/status/{ID}") == uuid.UUID(ID)
    assert own.status_list_id(f"http://localhost:8000/status/{ID}/") is None


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["localhost%3A8000", "old.example"])
def test_an_issuer_is_found_by_its_did_under_each_origin(host: str) -> None:
    issuer = make_issuer()
    assert own.issuer(f"did:web:{host}:issuers:sample-academy") == issuer


@pytest.mark.django_db
@pytest.mark.parametrize(
    "did",
    [
        "",
        "did:web:localhost%3A8000",
        "did:web:localhost%3A8000:issuers",
        "did:web:localhost%3A8000:issuers:",
        "did:web:localhost%3a8000:issuers:sample-academy",
        "did:web:localhost:8000:issuers:sample-academy",
        "did:web:localhost%3A8000:issuers:SAMPLE-ACADEMY",
        "did:web:localhost%3A8000:issuers:sample-academy:more",
        "did:web:localhost%3A8000:issuers:sample-academy#key",
        "did:web:localhost%3A8000:issuers:sample-academy\x00",
        "did:web:elsewhere.example:issuers:sample-academy",
        "did:web:127.0.0.1%3A8000:issuers:sample-academy",
        "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "https://university.example/issuer",
    ],
)
def test_any_other_identity_is_nobody_here(did: str) -> None:
    make_issuer()
    assert own.issuer(did) is None


def test_the_host_of_an_address_is_told_or_nothing() -> None:
    assert own.host_of("https://university.example:8443/badge") == "university.example"
    assert own.host_of("http://[::1/") == ""
