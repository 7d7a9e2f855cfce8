"""Documents of others in a folder, for `manage.py verify --evidence DIR`: by address, so that nothing is opened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

from openbadges import jose, strict_json
from openbadges.case import Document
from openbadges.errors import OpenBadgesError
from openbadges.json_types import JsonObject

INDEX = "index.json"


class FolderInvalid(Exception):
    """The folder cannot be used; str(error) says which file and why."""


@dataclass(frozen=True, slots=True)
class Folder:
    """DID documents, profiles, keys and lists by address (or DID), and JSON-LD contexts by address."""

    documents: dict[str, Document] = field(default_factory=dict)
    contexts: dict[str, JsonObject] = field(default_factory=dict)


def read_folder(path: Path) -> Folder:
    """Read every `.json` and `.jwt` file of a folder.

    A document stands for its `id`. One without, such as a context, stands for the address that `index.json` gives
    its file ({"https://…": "file.json"}), or that the file's name is in percent-encoding. Raises FolderInvalid.
    """
    if not path.is_dir():
        raise FolderInvalid(f"{path} is not a folder.")
    folder = Folder()
    addresses = _index(path / INDEX)
    for file in sorted(path.iterdir()):
        if file.suffix not in (".json", ".jwt") or file.name == INDEX:
            continue
        document = _read(file)
        for address in _names(file, document, addresses):
            if isinstance(document, dict) and document.keys() == {"@context"}:
                folder.contexts[address] = document
            else:
                folder.documents[address] = document
    return folder


def _index(path: Path) -> dict[str, str]:
    """Addresses by file name."""
    if not path.is_file():
        return {}
    index = _read(path)
    if not isinstance(index, dict) or not all(isinstance(name, str) for name in index.values()):
        raise FolderInvalid(f"{path} cannot be used: it is no object of addresses and file names.")
    return {str(name): address for address, name in index.items()}


def _read(file: Path) -> Document:
    try:
        data = file.read_bytes()
        if file.suffix == ".json":
            return strict_json.load_object(data)
        token = data.decode("ascii").strip()
        jose.parse_token(token)
        return token
    except (OSError, UnicodeDecodeError, OpenBadgesError) as error:
        raise FolderInvalid(f"{file} cannot be used as evidence: {error}") from error


def _names(file: Path, document: Document, addresses: dict[str, str]) -> Iterator[str]:
    content = document if isinstance(document, dict) else jose.parse_token(document).payload
    named = content.get("id", content.get("jti"))
    spelled = unquote(file.stem)
    found = {name for name in (addresses.get(file.name), named) if isinstance(name, str)}
    found |= {spelled} if spelled.startswith(("https://", "http://", "did:")) else set()
    if not found:
        raise FolderInvalid(f"{file} cannot be used as evidence: it has no `id`, and its name is no address.")
    yield from sorted(found)
