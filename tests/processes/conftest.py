"""Scratch installations, prepared once for the run and copied for each test."""

import shutil
from pathlib import Path

import pytest

from tests.processes.installation import Installation


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("prepared")
    Installation(folder).prepare()
    return folder


@pytest.fixture
def embedded(_prepared: Path, tmp_path: Path) -> Installation:
    """The default: SQLite, and messages as files."""
    shutil.copytree(_prepared, tmp_path / "var")
    return Installation(tmp_path / "var")
