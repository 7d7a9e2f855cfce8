"""Pages in a real browser, without a server: layout, accessibility, and the work of the small scripts.

Requests are answered from the rendered pages and static/ under the content policy of the settings, so anything that a
page asks of another host, or the policy forbids, fails.
"""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings

from tests.look.sample_pages import BATCH, PAGES_TO_LOOK_AT, pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
ORIGIN = "http://localhost:8000"
TYPES = {".css": "text/css", ".svg": "image/svg+xml", ".js": "text/javascript", ".woff2": "font/woff2"}
POLICY = "; ".join(
    f"{name} {' '.join(values)}" for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items()
)
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = ROOT / "tests" / "node" / "node_modules" / "axe-core" / "axe.min.js"
Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def html() -> dict[str, str]:
    return {name: page.render() for name, page in pages().items()}


@pytest.fixture
def open_page(chromium: "Browser", html: dict[str, str]) -> Iterator[Open]:
    """Open a sample page at a size; everything it loads is counted in `page.loaded`, trouble ends the test."""
    contexts, trouble = [], []

    def serve(route: "Route") -> None:
        path = route.request.url.removeprefix(ORIGIN)
        file = ROOT / path.split("?")[0].lstrip("/")
        if path.startswith("/static/") and file.is_file():
            route.fulfill(body=file.read_bytes(), headers={"content-type": TYPES[file.suffix]})
        elif path.startswith("/page/"):
            headers = {"content-type": "text/html; charset=utf-8", "content-security-policy": POLICY}
            route.fulfill(body=html[path.removeprefix("/page/")], headers=headers)
        elif path.endswith("/qr.svg"):
            route.fulfill(path=ROOT / "static" / "img" / "mark.svg")
        else:
            trouble.append(f"unexpected request: {route.request.url}")
            route.fulfill(status=404)

    def opened(name: str, width: int = 1280, height: int = 900, *, dark: bool = False, script: bool = True) -> "Page":
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        contexts.append(context)
        context.route("**/*", serve)
        page = context.new_page()
        page.on("console", lambda message: trouble.append(message.text))
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.goto(f"{ORIGIN}/page/{name}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert trouble == []


@pytest.mark.parametrize("name", ["verify-valid", "verify-holder-match"])
def test_the_five_answers_stand_on_the_first_screen_of_a_phone(open_page: Open, name: str) -> None:
    page = open_page(name, 360, 640)
    for answer in (".band h1", ".who h2", ".who p b", ".can li:last-child", ".proven li:last-child", ".span"):
        box = page.locator(f"article.verdict {answer}").first.bounding_box()
        assert box is not None and box["y"] + box["height"] <= 640, answer


@pytest.mark.parametrize("width", [320, 360, 1280])
def test_no_page_scrolls_sideways(open_page: Open, html: dict[str, str], width: int) -> None:
    page = open_page("home", width)
    for name in html:
        page.goto(f"{ORIGIN}/page/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


@pytest.mark.parametrize(("width", "dark"), [(1280, False), (360, False), (360, True)])
def test_axe_finds_nothing(open_page: Open, width: int, dark: bool) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is missing (python3 dev.py test installs it where npm is)")
    page = open_page("home", width, dark=dark)
    found: list[str] = []
    for name in PAGES_TO_LOOK_AT:
        page.goto(f"{ORIGIN}/page/{name}")
        page.evaluate(AXE.read_text())
        result: dict[str, Any] = page.evaluate("(rules) => axe.run(document, {runOnly: rules})", RULES)
        found += [f"{name}: {fault['id']} {fault['nodes'][0]['html']}" for fault in result["violations"]]
    assert found == []


def test_a_verdict_page_loads_at_most_150_kb(open_page: Open) -> None:
    sizes: list[int] = []
    page = open_page("home")
    page.on("response", lambda response: sizes.append(len(response.body())))
    page.goto(f"{ORIGIN}/page/verify-valid", wait_until="networkidle")
    assert 0 < sum(sizes) <= 150_000


def test_a_verdict_reads_the_same_without_script(open_page: Open) -> None:
    page = open_page("verify-valid", script=False)
    assert page.locator("h1").inner_text() == "Valid credential"
    page.get_by_text("Signature fits").click()
    assert page.get_by_text("One changed letter would break the signature.").is_visible()
    assert not page.locator("[data-copy]").first.is_visible()


def test_progress_is_followed_until_the_batch_is_final(open_page: Open) -> None:
    page = open_page("batch")
    answer = {"total": 1000, "done": 900, "issued": 895, "skipped": 3, "failed": 2, "waiting": 100}
    words = {"state": "running", "word": "Running", "time_left": "About 5 seconds left", "updated": "10:00:02 UTC"}
    body = json.dumps({**answer, **words, "final": False})
    page.route(f"**/dashboard/batches/{BATCH}/progress", lambda route: route.fulfill(body=body))
    page.get_by_text("About 5 seconds left").wait_for(timeout=8000)
    assert page.locator("progress").evaluate("bar => bar.value") == 900
    assert page.locator("[data-count=issued]").inner_text() == "895"


def test_the_check_of_a_long_file_is_followed_to_its_end(open_page: Open) -> None:
    page = open_page("checking")
    said = {"total": 60_000, "state": "draft", "word": "Being checked", "updated": "10:00:02 UTC", "final": False}
    page.route(f"**/dashboard/batches/{BATCH}/progress", lambda route: route.fulfill(body=json.dumps(said)))
    page.get_by_text("10:00:02 UTC").wait_for(timeout=8000)
    assert page.locator("[data-count=total]").inner_text() == "60\u202f000"
    said |= {"state": "validated", "final": True}
    with page.expect_navigation():
        pass


def test_a_dropped_file_lands_in_the_file_field(open_page: Open) -> None:
    page = open_page("home")
    page.evaluate(
        """() => {
          const files = new DataTransfer();
          files.items.add(new File(["{}"], "badge.json"));
          const event = new DragEvent("drop", {dataTransfer: files, bubbles: true, cancelable: true});
          document.querySelector(".drop").dispatchEvent(event);
        }"""
    )
    assert page.locator("#file").evaluate("field => field.files[0].name") == "badge.json"


def test_pages_mirror_for_right_to_left_languages(open_page: Open) -> None:
    page = open_page("verify-valid")
    page.evaluate("document.documentElement.dir = 'rtl'")
    icon, heading = page.locator(".band > .v").bounding_box(), page.locator(".band h1").bounding_box()
    assert icon is not None and heading is not None and icon["x"] > heading["x"]
