"""One installation and one browser for all journeys; each walk has pages of its own and must leave no trouble."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING

import pytest

from tests.journeys.site import DEMO_EMAIL, PASSWORD, Site, running_site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

Visit = Callable[..., "Page"]


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("journeys")) as running:
        yield running


@pytest.fixture(scope="session")
def browsers(chromium: "Browser", site: Site) -> Iterator[Callable[[bool, bool], "BrowserContext"]]:
    """A browser of somebody (with script or not, signed in or not); one of each kind lasts for the run."""

    @cache
    def browser(script: bool, signed_in: bool) -> "BrowserContext":
        context = chromium.new_context(java_script_enabled=script, reduced_motion="reduce")
        if signed_in:
            _sign_in(context.new_page(), site)
        return context

    yield browser
    for context in chromium.contexts:
        context.close()


def _sign_in(page: "Page", site: Site) -> None:
    page.goto(f"{site.url}/sign-in")
    page.get_by_label("E-mail address").fill(DEMO_EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.locator("main button").click()
    assert page.url == f"{site.url}/dashboard/"
    close(page)


def close(page: "Page") -> None:
    """Chromium sometimes never answers when it is to close a page that is about to show another."""
    page.wait_for_load_state()
    page.close()


@pytest.fixture
def visit(browsers: Callable[[bool, bool], "BrowserContext"], site: Site) -> Iterator[Visit]:
    """Open a page of the site. Whatever the console says, a failing script, and every request to another origin (but
    those in `also`) ends the test."""
    pages: list[Page] = []
    trouble: list[str] = []

    def visited(
        path: str = "/",
        *,
        width: int = 1280,
        height: int = 900,
        script: bool = True,
        signed_in: bool = False,
        also: tuple[str, ...] = (),
    ) -> "Page":
        page = browsers(script, signed_in).new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        origins = tuple(f"{origin}/" for origin in (site.url, *also))
        page.on("request", lambda request: None if request.url.startswith(origins) else trouble.append(request.url))
        page.on("console", lambda message: None if _tells_the_status(message) else trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(path if path.startswith("http") else site.url + path)
        return page

    yield visited
    for page in pages:
        close(page)
    assert trouble == []


def _tells_the_status(message: "ConsoleMessage") -> bool:
    """Chromium repeats the status of a page that was answered with 4xx."""
    page = message.page
    about_page = page is not None and message.location.get("url", "").partition("#")[0] == page.url.partition("#")[0]
    return about_page and message.text.startswith("Failed to load resource: the server responded with a status of 4")
