"""Links that carry a credential elsewhere."""

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from verification.sharing import embed_code, linkedin_add_url

PAGE = "https://touchstone.example/c/0f1e2d3c-4b5a-4678-9abc-def012345678"
AWARDED = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)


def _url(**changes: object) -> str:
    values: dict[str, object] = {
        "name": "IT Support",
        "issuer_name": "Sample IT Academy",
        "page_url": PAGE,
        "public_id": "0f1e2d3c",
        "awarded_at": AWARDED,
    }
    return linkedin_add_url(**{**values, **changes})  # type: ignore[arg-type]


def _sent(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query, strict_parsing=True).items()}


def test_a_badge_without_an_end_sends_no_expiration() -> None:
    assert _sent(_url()) == {
        "startTask": "CERTIFICATION_NAME",
        "name": "IT Support",
        "organizationName": "Sample IT Academy",
        "issueYear": "2026",
        "issueMonth": "3",
        "certUrl": PAGE,
        "certId": "0f1e2d3c",
    }


def test_months_carry_no_leading_zero_and_are_those_of_utc() -> None:
    sent = _sent(_url(valid_until=datetime(2029, 1, 31, 23, 59, tzinfo=UTC)))
    assert (sent["expirationYear"], sent["expirationMonth"]) == ("2029", "1")


def test_the_number_of_an_organisation_wins_over_its_name() -> None:
    sent = _sent(_url(organization_id="1035"))
    assert sent["organizationId"] == "1035" and "organizationName" not in sent


@pytest.mark.parametrize("wrong", ["", "12a", "١٢", "1&x=2"])
def test_anything_but_digits_is_no_number_of_an_organisation(wrong: str) -> None:
    assert _sent(_url(organization_id=wrong))["organizationName"] == "Sample IT Academy"


@pytest.mark.parametrize("name", ["C++ & C# at 100 %", "ソーラー設計の基礎", "a=b?c/d", "Größe"])
def test_every_value_arrives_as_it_was(name: str) -> None:
    url = _url(name=name, issuer_name=name)
    assert _sent(url)["name"] == _sent(url)["organizationName"] == name
    assert url.isascii() and " " not in url and "+" not in url


def test_a_title_cannot_leave_the_attribute_of_the_embedded_frame() -> None:
    code = embed_code(page_url=PAGE, title='A "quoted" <b>title</b> & more')
    assert 'title="A &quot;quoted&quot; &lt;b&gt;title&lt;/b&gt; &amp; more"' in code
    assert f'src="{PAGE}/embed"' in code
