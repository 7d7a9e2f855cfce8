"""Each state of a credential has its page, in the verdict and at the credential's own address."""

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.seeds import HOLDER, REASON
from tests.journeys.site import Site

pytestmark = pytest.mark.browser
NOBODY = "/c/00000000-0000-4000-8000-000000000000"
# state: (headline of the verdict, colour, what else it says)
SHOWN = {
    "revoked": ("Revoked on ", "bad", REASON),
    "suspended": ("Suspended by the issuer", "warn", "Ask the issuer."),
    "superseded": ("Replaced by a newer credential", "warn", "Open the newer one"),
    "expired": ("Expired on ", "warn", "Ask the candidate whether it was renewed."),
    "not_yet_valid": ("Not valid yet", "info", "Starts on "),
}
# state: (headline, what else it says, status)
HIDDEN = {
    "unclaimed": ("Issued, not yet claimed", "The holder has not accepted it", 200),
    "private": ("This credential is private", "The holder must share a new link.", 403),
    "erased": ("No longer available", "This says nothing about validity.", 410),
    "not_found": ("No credential with this link or code", "Check for a missing character", 404),
}


@pytest.mark.parametrize("state", SHOWN)
def test_a_record_that_may_be_shown_says_its_state_first(visit: Visit, site: Site, state: str) -> None:
    headline, kind, words = SHOWN[state]
    page = visit(f"/verify?url={site.link(state)}")
    band = page.locator("article.verdict .band")
    assert page.locator("h1").inner_text().startswith(headline)
    assert band.get_attribute("data-v") == kind and band.get_attribute("role") == "status"
    assert words in page.locator("main").inner_text() and HOLDER in page.locator("main").inner_text()

    page.get_by_role("link", name="Open the credential page").click()
    assert page.locator(".cred .band .h1").inner_text().startswith(headline)
    assert page.get_by_role("link", name="Add to LinkedIn profile").count() == 0


def test_a_replaced_credential_leads_to_the_newer_one(visit: Visit, site: Site) -> None:
    page = visit(site.given["superseded"].page)
    page.get_by_role("link", name="Open the newer one").click()
    assert page.locator(".cred .tag").first.inner_text() == "Valid now"


@pytest.mark.parametrize("state", HIDDEN)
def test_a_record_that_may_not_be_shown_says_why_and_names_nobody(visit: Visit, site: Site, state: str) -> None:
    headline, words, status = HIDDEN[state]
    path = site.given[state].page if state in site.given else NOBODY
    page = visit(path)
    for address in (site.url + path, f"{site.url}/verify?url={site.url}{path}"):
        response = page.goto(address)
        assert response is not None and response.status == status
        assert page.locator("h1").inner_text() == headline
        assert words in page.locator("main").inner_text() and HOLDER not in page.content()


def test_an_erased_credential_in_hand_is_still_judged(visit: Visit, site: Site) -> None:
    page = visit("/verify")
    page.get_by_label("Link, code or badge text").fill(site.given["erased"].json)
    page.get_by_role("button", name="Check this badge").click()
    assert page.locator("h1").inner_text() == "Valid credential"
