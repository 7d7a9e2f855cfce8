"""Pictures of every kind of verdict, for docs/verification.md. With TOUCHSTONE_WRITE_PICTURES=1 they are renewed."""

import re
from pathlib import Path

import pytest

from tests.journeys.site import writes_pictures
from tests.look.sample_pages import verdicts
from tests.look.test_pages_in_browser import ROOT, Open, html, open_page

__all__ = ["html", "open_page"]  # fixtures

pytestmark = pytest.mark.browser
FOLDER = ROOT / "docs" / "verdicts"
MOST_BYTES = 50_000
PICTURES: dict[str, str] = {
    **{state: f"verify-{state}" for state in verdicts()},
    "key_only": "verify-key-only",
    "elsewhere": "verify-elsewhere",
    "imitating": "verify-imitating",
    "link_elsewhere": "verify-foreign",
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_of_each_verdict_can_be_taken(open_page: Open, tmp_path: Path, name: str) -> None:
    page = open_page(PICTURES[name], 480, 800)
    page.evaluate("document.fonts.ready")
    box = page.locator("article.verdict, main .card").first.bounding_box()
    assert box is not None and page.locator("h1").inner_text()
    path = (FOLDER if writes_pictures() else tmp_path) / f"{name}.png"
    height = min(box["height"], 330)
    page.screenshot(path=path, clip={"x": 0, "y": max(0, box["y"] - 8), "width": 480, "height": height + 16})
    assert path.stat().st_size < MOST_BYTES


def test_the_document_shows_each_picture_once() -> None:
    text = (ROOT / "docs" / "verification.md").read_text("utf-8")
    assert sorted(re.findall(r"\(verdicts/([a-z_]+)\.png\)", text)) == sorted(PICTURES)
    assert {path.stem for path in FOLDER.glob("*.png")} == set(PICTURES)
