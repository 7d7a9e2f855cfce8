"""Files that pages load: vendored ones unchanged, own ones strict, all of them local."""

import hashlib
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
VENDOR = STATIC / "vendor"
OWN = [path for path in STATIC.rglob("*") if path.is_file() and VENDOR not in path.parents]
SVG = "{http://www.w3.org/2000/svg}"


def test_vendored_files_are_those_that_were_published() -> None:
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()
    sums = {name: digest for digest, name in (line.split(maxsplit=1) for line in lines)}
    found = {
        f"./{path.relative_to(VENDOR)}": hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name not in ("SHA256SUMS", "README.md")
    }
    assert found == sums


@pytest.mark.parametrize("folder", ["fonts", "lucide", "modern-normalize"])
def test_vendored_folders_carry_their_licence(folder: str) -> None:
    assert any("licen" in path.name.lower() for path in (VENDOR / folder).iterdir())


def test_styles_and_scripts_load_nothing_from_elsewhere() -> None:
    for path in OWN:
        if path.suffix in (".css", ".js"):
            text = path.read_text()
            assert not re.search(r"https?://|data:|@import|//[a-z]+\.", text), path


def test_styles_name_only_files_that_are_there() -> None:
    for path in (STATIC / "css").iterdir():
        for url in re.findall(r'url\("([^"]+)"\)', path.read_text()):
            assert (path.parent / url).is_file(), url


def test_styles_use_logical_properties_only() -> None:
    physical = re.compile(r"(?<![\w.-])(?:margin|padding|border|inset)?-?(?:left|right|top|bottom)\s*:")
    for path in (STATIC / "css").iterdir():
        assert not physical.search(path.read_text()), path


def test_every_colour_of_the_light_page_that_changes_has_a_dark_twin() -> None:
    light, _, dark = (STATIC / "css" / "tokens.css").read_text().partition("@media (prefers-color-scheme: dark)")
    names = set(re.findall(r"(--[a-z0-9-]+):", dark))
    assert names <= set(re.findall(r"(--[a-z0-9-]+):", light))
    assert {"--bg", "--surface", "--ink", "--link", "--valid", "--bad", "--unknown"} <= names


def test_line_icons_are_drawn_as_lucide_draws_them() -> None:
    symbols = {node.get("id"): _shape(node) for node in ElementTree.parse(STATIC / "icons.svg").getroot()}
    icons = {path.stem: _shape(ElementTree.parse(path).getroot()) for path in (VENDOR / "lucide").glob("*.svg")}
    drawn = icons.keys() & symbols.keys()
    assert len(drawn) > 20 and all(symbols[name] == icons[name] for name in drawn)


def _shape(node: ElementTree.Element) -> list[tuple[str, dict[str, str]]]:
    return [(child.tag.removeprefix(SVG), dict(child.attrib)) for child in node]


def test_every_icon_that_a_template_or_view_names_is_in_the_sprite() -> None:
    there = {node.get("id") for node in ElementTree.parse(STATIC / "icons.svg").getroot()}
    named: set[str] = set()
    for path in (ROOT / "templates").rglob("*.html"):
        named |= set(re.findall(r'{% icon "([a-z0-9-]+)"', path.read_text()))
        named |= set(re.findall(r'{% look "[a-z]+" "([a-z0-9-]+)"', path.read_text()))
    for module in ("verification/states.py", "credentials/display.py"):
        named |= set(re.findall(r'"(v-[a-z]+)"', (ROOT / module).read_text()))
    assert named and named <= there
