"""An employer was shown a badge: paste or drop whatever there is, and read the answer."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.seeds import EMAIL, HOLDER
from tests.journeys.site import Given, Site
from tests.openbadges import cases

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
TYPES = {"png": "image/png", "svg": "image/svg+xml", "json": "application/json", "jwt": "text/plain"}
CHANGED = "Could not be confirmed: content was changed"
TEXTS: dict[str, Callable[[Site, Given], str]] = {
    "link": lambda site, given: site.url + given.page,
    "link to the picture": lambda site, given: f"{site.url}{given.page}.png",
    "code": lambda site, given: given.code,
    "code as it was read out": lambda site, given: given.code.lower().replace("-", " "),
    "JSON": lambda site, given: given.json,
    "token": lambda site, given: given.token,
}


def paste(page: "Page", text: str) -> None:
    page.get_by_label("Link, code or badge text").first.fill(text)
    page.get_by_role("button", name="Check this badge").click()


def choose(page: "Page", name: str, content: bytes, kind: str = "application/octet-stream") -> None:
    page.get_by_label("Or choose a file").set_input_files({"name": name, "mimeType": kind, "buffer": content})
    page.get_by_role("button", name="Check this badge").click()


def headline(page: "Page") -> str:
    return page.locator("h1").inner_text()


@pytest.mark.parametrize(("kind", "script"), [*((kind, True) for kind in TEXTS), ("link", False), ("JSON", False)])
def test_whatever_is_pasted_gets_its_verdict(visit: Visit, site: Site, kind: str, script: bool) -> None:
    page = visit("/" if kind == "link" else "/verify", script=script)
    paste(page, TEXTS[kind](site, site.given["valid"]))
    assert headline(page) == "Valid credential"
    assert page.title().startswith("Valid: IT Security")
    assert page.locator(".who h2").inner_text().endswith(HOLDER)


@pytest.mark.parametrize(("ending", "script"), [*((ending, True) for ending in TYPES), ("png", False)])
def test_a_downloaded_file_gets_its_verdict(visit: Visit, site: Site, ending: str, script: bool) -> None:
    page = visit("/verify", script=script)
    choose(page, f"badge.{ending}", site.get(f"{site.given['valid'].page}.{ending}"), TYPES[ending])
    assert headline(page) == "Valid credential"
    assert page.get_by_label("The same file again").is_visible()


def test_the_five_answers_stand_on_the_first_screen_of_a_phone(visit: Visit, site: Site) -> None:
    page = visit(f"/verify?url={site.link('valid')}", width=360, height=640)
    answers = (".band h1", ".who h2", ".who p b", ".can li:last-child", ".proven li:last-child", ".span p")
    for answer in answers:
        box = page.locator(f"article.verdict {answer}").first.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 640, answer


@pytest.mark.parametrize("form", ["JSON", "token", "SVG"])
def test_a_copy_that_was_tampered_with_shows_nothing_of_its_claims(visit: Visit, site: Site, form: str) -> None:
    given = site.given["valid"]
    page = visit("/verify")
    if form == "JSON":
        paste(page, given.json.replace(HOLDER, "Alex Impostor"))
    elif form == "token":
        header, payload, signature = given.token.split(".")
        paste(page, ".".join((header, payload, ("A" if signature[0] != "A" else "B") + signature[1:])))
    else:
        picture = site.get(f"{given.page}.svg").replace(HOLDER.encode(), b"Alex Impostor")
        choose(page, "badge.svg", picture, "image/svg+xml")
    assert headline(page) == CHANGED
    assert page.locator(".who").count() == 0
    assert page.get_by_text("Ask the candidate for the original link, not a saved picture.").is_visible()


@pytest.mark.parametrize(
    ("text", "title", "help"),
    [
        ("hello there", "No badge found in this", "Ask for the link or the code"),
        ("{}", "No badge found in this", "Ask for the link or the code"),
        ("7K4M-9QXD-2HPF", "No credential with this link or code", "Compare the link or code letter by letter."),
        ("", "Check a badge", "Paste a link, a code or the badge's text, or choose a file."),
        ("https://192.0.2.17/badges/1", "Could not be checked here", "Open the link yourself."),
    ],
)
def test_what_cannot_be_judged_is_answered_with_help(visit: Visit, text: str, title: str, help: str) -> None:
    page = visit("/verify")
    paste(page, text)
    assert headline(page) == title
    assert page.locator("main").get_by_text(help).first.is_visible()
    assert page.get_by_role("button", name="Check once more").count() == 0


@pytest.mark.parametrize(
    ("name", "content", "help"),
    [
        ("badge.pdf", b"%PDF-1.7", "PDF files are not read here."),
        ("badge.png", bytes(5 * 2**20 + 1), "This file is larger than 5 MB."),
        ("photo.png", b"\x89PNG\r\n\x1a\n and nothing more", "phones and messengers often remove badge data"),
    ],
)
def test_a_file_that_is_no_badge_is_answered_with_help(visit: Visit, name: str, content: bytes, help: str) -> None:
    page = visit("/verify")
    choose(page, name, content)
    assert page.locator("main").get_by_text(help).first.is_visible()


@pytest.mark.parametrize("script", [True, False])
def test_a_link_to_another_site_is_opened_at_the_press_of_a_button_only(visit: Visit, script: bool) -> None:
    """The address is one that is never opened, so that this walk asks nobody."""
    page = visit("/verify?url=https://192.0.2.17/badges/1", script=script)
    assert headline(page) == "This address is on 192.0.2.17"
    assert "Nothing was opened yet" in page.locator("main").inner_text()
    page.get_by_role("button", name="Fetch it and check it").click()
    assert headline(page) == "Could not be checked here"
    assert "This link goes to 192.0.2.17, which we do not run." not in page.locator("main").inner_text()


@pytest.mark.parametrize(
    ("address", "kind", "title"),
    [(EMAIL, "valid", "Belongs to this address"), ("eve@example.org", "bad", "Another address")],
)
def test_the_holder_is_compared(visit: Visit, site: Site, address: str, kind: str, title: str) -> None:
    page = visit(f"/verify?url={site.link('valid')}")
    page.get_by_label("E-mail the candidate gave you").fill(address)
    page.get_by_role("button", name="Compare").click()
    answer = page.locator("#holder .note")
    assert answer.get_attribute("data-v") == kind and title in answer.inner_text()
    assert headline(page) == "Valid credential"


def test_a_badge_known_by_its_key_only_names_nobody(visit: Visit) -> None:
    page = visit("/verify")
    paste(page, json.dumps(badge_of_a_key()))
    assert headline(page) == "Valid signature; issuer not identified"
    assert "Calls itself “Sample Nobody (SAMPLE)”, name not proven" in page.locator(".pair").inner_text()
    assert page.locator(".band").get_attribute("data-v") == "none"


def test_a_name_that_nobody_approved_is_shown_as_a_claim(visit: Visit, site: Site) -> None:
    page = visit(f"/verify?url={site.link('bare')}")
    assert "Calls itself “Unproven School (SAMPLE)”, name not proven" in page.locator(".pair").inner_text()
    page.get_by_role("link", name="Open the credential page").click()
    assert "by an issuer that calls itself “Unproven School (SAMPLE)”" in page.locator(".cred-head").inner_text()


def badge_of_a_key() -> object:
    """A badge of an issuer that is a did:key, without a status list."""
    document = cases.did_key_evidence().document
    assert document is not None and isinstance(document["issuer"], dict)
    did = document["issuer"]["id"]
    assert isinstance(did, str)
    unsigned = {name: value for name, value in document.items() if name not in ("proof", "credentialStatus")}
    return cases.sign(unsigned, cases.OTHER, f"{did}#{did.removeprefix('did:key:')}")


@pytest.mark.parametrize("script", [True, False])
def test_the_result_is_kept_as_a_receipt_and_read_again_later(visit: Visit, site: Site, script: bool) -> None:
    page = visit(f"/verify?url={site.link('valid')}", script=script, width=320)
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save a receipt").click()
    assert saving.value.suggested_filename.startswith("receipt-")
    text = saving.value.path().read_text()
    assert text.count(".") == 2 and headline(page) == "Valid credential"
    page.get_by_role("button", name="Read or print it").click()
    assert page.title() == "Receipt: Valid credential · Touchstone"
    page = visit("/verify/receipt", script=script, width=320)
    page.get_by_label("Or choose its file").set_input_files(
        {"name": "receipt.jwt", "mimeType": "application/jwt", "buffer": text.encode()}
    )
    page.get_by_role("button", name="Check this receipt").click()
    assert headline(page) == "Receipt: Valid credential"
    assert page.get_by_text("Found by localhost").is_visible() and page.locator("pre").inner_text() == text
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
