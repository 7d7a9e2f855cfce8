"""A learner, or somebody who was given a link: look at the credential, take it away, show it elsewhere."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.seeds import HOLDER
from tests.journeys.site import Site, site_elsewhere

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False])
def test_a_credential_says_what_it_is_and_can_be_taken_away(visit: Visit, site: Site, script: bool) -> None:
    page = visit(site.given["valid"].page, script=script)
    assert page.locator("h1").inner_text() == "IT Security"
    assert HOLDER in page.locator(".cred-head").inner_text()
    facts = page.locator("main").inner_text()
    for words in ("91\u00a0%", "Online, own pace", "English", "75 hours"):
        assert words in facts
    for ending in ("PNG", "SVG", "JSON", "JWT"):
        with page.expect_download() as download:
            page.get_by_role("link", name=ending, exact=True).click()
        assert download.value.suggested_filename.endswith(f".{ending.lower()}")
    page.get_by_role("link", name="Check now").click()
    assert page.locator("h1").inner_text() == "Valid credential"


def test_its_pictures_are_there(visit: Visit, site: Site) -> None:
    page = visit(site.given["valid"].page)
    for alt in ("QR code: link to this page", "Badge: IT Security, Sample IT Academy"):
        assert page.get_by_alt_text(alt).evaluate("picture => picture.complete && picture.naturalWidth > 0")


def test_linkedin_gets_a_form_that_is_filled_in(visit: Visit, site: Site) -> None:
    page = visit(site.given["valid"].page)
    address = page.get_by_role("link", name="Add to LinkedIn profile").get_attribute("href") or ""
    parts = urlsplit(address)
    values = parse_qs(parts.query)
    assert (parts.scheme, parts.hostname, parts.path) == ("https", "www.linkedin.com", "/profile/add")
    assert values["name"] == ["IT Security"] and values["certUrl"] == [site.link("valid")]


def test_the_card_shows_on_another_site_and_the_page_does_not(visit: Visit, site: Site) -> None:
    own = visit(site.given["valid"].page)
    own.get_by_text("Embed on a web page").click()
    card = own.get_by_label("HTML to copy").input_value()
    with site_elsewhere(f"<!doctype html><title>A portfolio</title>{card}") as origin:
        page = visit(origin, also=(origin,))
        frame = page.frame_locator("iframe")
        assert frame.locator("h1").inner_text() == "IT Security"
        assert HOLDER in frame.locator("article").inner_text()
        assert frame.locator("main").evaluate("main => main.scrollWidth <= main.clientWidth")
        assert "Sample IT Academy" in frame.locator("article").inner_text()
        assert frame.locator("article").evaluate("card => card.getBoundingClientRect().bottom") <= 260
        frame.get_by_role("link", name="Check now").click()
        page.wait_for_url(f"{site.url}/verify?**")
        assert page.locator("h1").inner_text() == "Valid credential"


@pytest.mark.parametrize("path", ["/", "/verify", "the credential's page"])
def test_no_other_page_can_be_framed(visit: Visit, site: Site, path: str) -> None:
    own = visit(site.given["valid"].page)
    address = site.url + (path if path.startswith("/") else site.given["valid"].page)
    response = own.request.get(address, headers={"Accept": "text/html"})
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


def test_copying_the_link_says_that_it_was_copied(visit: Visit, site: Site) -> None:
    page = visit(site.given["valid"].page)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-copy=link]").click()
    assert page.locator("[data-copy=link]").inner_text() == "Copied"
    assert page.evaluate("navigator.clipboard.readText()") == site.link("valid")


def test_the_catalogue_leads_from_the_start_page_to_issuer_and_achievement(visit: Visit) -> None:
    page = visit("/")
    page.locator(".badges a").first.click()
    assert page.get_by_role("heading", name="European elements for microcredentials").is_visible()
    issuer = page.locator(".cred-head a")
    name = issuer.inner_text()
    issuer.click()
    assert page.locator("h1").inner_text() == name


def test_everything_in_the_catalogue_is_two_clicks_from_the_start_page(visit: Visit) -> None:
    page = visit("/")
    count = int(page.locator("#catalogue .soft").first.inner_text().split()[0])
    issuers = [link.get_attribute("href") for link in page.locator("#catalogue ul.row a").all()]
    seen: set[str | None] = set()
    for issuer in issuers:
        page.goto(page.url.split("/issuers/")[0].rstrip("/") + str(issuer))
        seen |= {link.get_attribute("href") for link in page.locator(".badges a").all()}
    assert len(seen) == count


def test_a_sample_on_the_start_page_is_one_click_from_its_verdict(visit: Visit) -> None:
    page = visit("/")
    page.locator(".try a").first.click()
    assert page.locator("h1").inner_text() == "Valid credential"


@pytest.mark.parametrize("name", ["rtl", "cjk", "long"])
def test_names_in_any_script_and_length_stay_whole(visit: Visit, site: Site, name: str) -> None:
    def shown(page: "Page", place: str) -> str:
        return page.locator(place).first.inner_text()

    page = visit(site.given[name].page, width=320)
    holder = shown(page, ".cred-head .lead-p bdi")
    page.goto(f"{site.url}/verify?url={site.link(name)}")
    assert shown(page, ".who h2 bdi") == holder
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
