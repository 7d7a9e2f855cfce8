"""The house's one-way imports hold (contracts in pyproject.toml)."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WAYS_OUT = """
import aiohttp
import ftplib
import http.client
import httpx
import requests
import socket
import urllib.request
import urllib3
from asyncio import open_connection
from http.client import HTTPSConnection
from socket import create_connection
from urllib.request import urlopen
""".strip()


def test_imports_run_one_way() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint, "--no-cache"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "folder", ["config", "learners", "verification", "credentials", "issuers", "outbound", "openbadges"]
)
def test_no_module_opens_a_way_out_without_saying_so(folder: str) -> None:
    command = [
        str(Path(sys.executable).with_name("ruff")),
        "check",
        "--no-cache",
        "--select=TID251",
        "--output-format=concise",
    ]
    result = subprocess.run(
        [*command, f"--stdin-filename={folder}/new.py", "-"],
        input=WAYS_OUT,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    refused = re.findall(r"new\.py:(\d+):\d+: TID251", result.stdout)
    assert [int(line) for line in refused] == [*range(1, 13)]


def test_those_that_say_so_are_few() -> None:
    sources = [
        path for path in ROOT.glob("*/**/*.py") if path.relative_to(ROOT).parts[0] not in {".venv", "tests", "var"}
    ]
    excepted = {
        f"{path.relative_to(ROOT)}: {line.split('  # noqa')[0]}"
        for path in sources
        for line in path.read_text("utf-8").splitlines()
        if re.search(r"noqa:.*TID251", line)
    }
    assert excepted == {
        "config/supervisor.py: from http.client import HTTPConnection, HTTPException",
        "outbound/connection.py: import socket",
        "outbound/exchange.py: from http.client import HTTPException, HTTPResponse",
        "outbound/resolver.py: import socket",
    }
