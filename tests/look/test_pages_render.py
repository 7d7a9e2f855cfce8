"""Every page in every state: well-formed, strict about its content policy, and readable without script."""

import re
from html.parser import HTMLParser

import pytest

from tests.look.sample_pages import Page, pages

PAGES = pages()
VERDICTS = sorted(name for name, page in PAGES.items() if page.template == "verify.html" and "view" in page.context)
VOID = {"meta", "link", "img", "input", "br", "base", "path", "circle", "rect", "use"}


class Outline(HTMLParser):
    """What a test wants to know of a page: elements with attributes, headings, unbalanced tags."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.unbalanced: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.unbalanced.append(tag)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(params=PAGES, scope="module")
def page(request: pytest.FixtureRequest) -> tuple[Page, str, Outline]:
    chosen = PAGES[request.param]
    html = chosen.render()
    return chosen, html, Outline(html)


def test_tags_are_balanced_and_ids_unique(page: tuple[Page, str, Outline]) -> None:
    _, _, outline = page
    assert outline.unbalanced == [] and outline.open == []
    ids = [attributes["id"] for _, attributes in outline.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_the_content_policy_is_kept(page: tuple[Page, str, Outline]) -> None:
    """No style attribute, no handler, no inline script or style, nothing from elsewhere, no data: address."""
    _, _, outline = page
    for tag, attributes in outline.elements:
        assert "style" not in attributes and not any(name.startswith("on") for name in attributes)
        assert tag != "style" and (tag != "script" or attributes["src"].startswith("/static/"))
        for name in ("src", "data", "poster", "srcset"):
            assert attributes.get(name, "/").startswith("/")
        if tag == "link" and attributes["rel"] in ("stylesheet", "icon"):
            assert attributes["href"].startswith("/static/")
        if tag == "form":
            assert attributes.get("action", "/").startswith("/")


def test_one_heading_leads_and_the_title_says_where_one_is(page: tuple[Page, str, Outline]) -> None:
    chosen, html, outline = page
    assert len(outline.all("h1")) == 1
    title = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    assert title is not None and title[1].endswith(" · Touchstone") and len(title[1]) > len(" · Touchstone")
    assert outline.all("html")[0]["lang"] == "en"
    assert chosen.template == "embed.html" or outline.all("main")[0]["id"] == "main"


def test_every_form_that_changes_or_asks_carries_a_token(page: tuple[Page, str, Outline]) -> None:
    chosen, _, outline = page
    posting = [form for form in outline.all("form") if form.get("method") == "post"]
    tokens = [field for field in outline.all("input") if field.get("name") == "csrfmiddlewaretoken"]
    assert len(tokens) == (len(posting) if chosen.has_request else 0)


def test_every_field_has_a_label(page: tuple[Page, str, Outline]) -> None:
    _, _, outline = page
    labelled = {label["for"] for label in outline.all("label") if "for" in label}
    for tag in ("input", "textarea", "select"):
        for field in outline.all(tag):
            if field.get("type") not in ("hidden", "radio"):
                assert field.get("id") in labelled or "aria-label" in field


def test_templates_leave_nothing_behind(page: tuple[Page, str, Outline]) -> None:
    _, html, _ = page
    for leftover in ("{{", "{%", "{#", '="None"', "None,", "&amp;lt;", "&lt;bdi"):
        assert leftover not in html
    assert "!" not in re.sub(r"<!doctype html>", "", html)


@pytest.mark.parametrize("name", VERDICTS)
def test_a_verdict_page_starts_with_its_state(name: str) -> None:
    view = PAGES[name].context["view"]
    html = PAGES[name].render()
    assert html.index(f"<h1>{view.headline}</h1>") < html.index('<div class="answers">')
    assert f'data-v="{view.look.kind}" role="status"' in html


def test_names_are_isolated_and_escaped() -> None:
    html = PAGES["batch"].render()
    assert "<bdi>محمد عبد الرحمن الحسيني</bdi>" in html
    hostile = PAGES["home"].context | {"error": "<script>alert(1)</script>"}
    assert "<script>alert" not in Page("home.html", hostile, "/").render()


def test_a_foreign_address_is_fetched_only_by_a_button() -> None:
    html = PAGES["verify-foreign"].render()
    assert 'href="https://badges.example' not in html and 'src="https://badges.example' not in html
    assert 'name="input" value="https://badges.example/c/17"' in html


def test_what_may_be_false_is_not_on_the_page() -> None:
    html = PAGES["verify-altered"].render()
    assert "Wiśniewska" not in html and "Networking basics" not in html
