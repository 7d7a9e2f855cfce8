import json
from hashlib import sha256
from pathlib import Path

import pytest

from openbadges import contexts
from openbadges.errors import ContextNotPinned
from tests.openbadges.published import FOLDER, needs_published

HELD = Path(contexts.__file__).parent


def test_every_file_has_its_pinned_digest_and_no_other_file_is_held() -> None:
    for context in contexts.PINNED.values():
        assert sha256((HELD / context.file).read_bytes()).hexdigest() == context.sha256
        assert "@context" in contexts.load(context.url)
    names = {context.file for context in contexts.PINNED.values()} | {"manifest.json"}
    assert {path.name for path in HELD.glob("*.json*")} == names


def test_every_constant_names_a_pinned_context() -> None:
    constants = {value for name, value in vars(contexts).items() if name.isupper() and isinstance(value, str)}
    assert constants == set(contexts.PINNED)


def test_every_package_comes_with_its_licence() -> None:
    for entry in json.loads((HELD / "manifest.json").read_text()):
        assert entry["licence"] is None or (HELD / entry["licence"]).is_file()


@pytest.mark.parametrize("url", ["https://example.com/context", "", contexts.CREDENTIALS_V2 + "#", "manifest.json"])
def test_another_address_is_refused(url: str) -> None:
    with pytest.raises(ContextNotPinned):
        contexts.load(url)


@needs_published
def test_every_context_says_what_its_publisher_says() -> None:
    published = {sha256(path.read_bytes()).hexdigest(): path for path in FOLDER.rglob("*") if path.is_file()}
    for context in contexts.PINNED.values():
        assert contexts.load(context.url) == json.loads(published[context.published_sha256].read_bytes())
