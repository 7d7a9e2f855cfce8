"""Published vectors and examples, which live outside this repository (TOUCHSTONE_FIXTURES, see PROVENANCE.md there)."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("TOUCHSTONE_FIXTURES", Path(__file__).resolve().parents[3] / "shared" / "fixtures"))

needs_published = pytest.mark.skipif(
    not FOLDER.is_dir(), reason=f"The published vectors (TOUCHSTONE_FIXTURES) are not at {FOLDER}"
)


def published_bytes(path: str) -> bytes:
    return (FOLDER / path).read_bytes()


def published_text(path: str) -> str:
    return published_bytes(path).decode("utf-8")


def published_json(path: str) -> Any:
    return json.loads(published_bytes(path))


def published_entries(path: str, member: str) -> list[Any]:
    """The list in a member of a published file; empty where the folder is absent, so that tests can be collected."""
    return list(published_json(path)[member]) if FOLDER.is_dir() else []
