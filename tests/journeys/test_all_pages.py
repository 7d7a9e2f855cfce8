"""Every kind of page as the product serves it: no barrier, no sideways scroll, in light and dark. And its picture."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.conftest import Visit
from tests.journeys.site import ROOT, Site, writes_pictures
from tests.journeys.test_states import NOBODY

pytestmark = pytest.mark.browser
AXE = ROOT / "tests" / "node" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PICTURE = ROOT / "docs" / "verify.png"
MOST_BYTES = 200_000


def _at(path: str) -> Callable[[Site], str]:
    return lambda site: path


def _page(name: str) -> Callable[[Site], str]:
    return lambda site: site.given[name].page


def _verdict(name: str) -> Callable[[Site], str]:
    return lambda site: f"/verify?url={site.link(name)}"


PUBLIC: dict[str, Callable[[Site], str]] = {
    "home": _at("/"),
    "verify": _at("/verify"),
    "foreign": _at("/verify?url=https://badges.elsewhere.example/17"),
    "receipt": _at("/verify/receipt"),
    "issuer": _at("/issuers/sample-it-academy"),
    "issuer long": _at("/issuers/long"),
    "sign-in": _at("/sign-in"),
    "not found": _at(NOBODY),
    "embed": lambda site: f"{site.given['valid'].page}/embed",
    **{f"verdict {name}": _verdict(name) for name in ("valid", "revoked", "long", "bare")},
    **{f"credential {name}": _page(name) for name in ("valid", "expired", "long", "bare")},
}
DASHBOARD = {"overview": _at("/dashboard/"), "award": _at("/dashboard/award")}


@pytest.mark.parametrize("name", [*PUBLIC, *DASHBOARD])
def test_a_page_has_no_barrier_and_never_scrolls_sideways(visit: Visit, site: Site, name: str) -> None:
    if not AXE.is_file():
        pytest.skip("axe-core is missing (python3 dev.py test installs it where npm is)")
    address = (PUBLIC | DASHBOARD)[name](site)
    page = visit(address, signed_in=name in DASHBOARD)
    page.evaluate(AXE.read_text())
    found: list[str] = []
    for width, scheme in ((1280, "light"), (360, "dark"), (320, "light")):
        page.set_viewport_size({"width": width, "height": 640})
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        if width != 320:
            result: dict[str, Any] = page.evaluate(
                "(rules) => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
            )
            found += [f"{width}: {fault['id']} {fault['nodes'][0]['html']}" for fault in result["violations"]]
    assert found == []


def test_a_picture_of_the_verdict_can_be_taken(visit: Visit, site: Site, tmp_path: Path) -> None:
    """With TOUCHSTONE_WRITE_PICTURES=1 it becomes the one in README."""
    page = visit(_verdict("valid")(site), height=800)
    page.evaluate("document.fonts.ready")
    path = PICTURE if writes_pictures() else tmp_path / "verify.png"
    box = page.locator("article.verdict").bounding_box()
    assert box is not None
    page.screenshot(path=path, clip={"x": 0, "y": 0, "width": 1280, "height": box["y"] + box["height"] + 24})
    assert path.stat().st_size < MOST_BYTES
