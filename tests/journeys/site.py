"""The installation of the journeys as tests see it, and a page of somebody else's site beside it."""

import base64
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from config.env import declared

ROOT = Path(__file__).resolve().parents[2]
DEMO_EMAIL = "demo@touchstone.example"
PASSWORD = "of the journeys only and worth nothing anywhere else"
SECONDS_TO_START = 90


@dataclass(frozen=True, slots=True)
class Given:
    """One credential: its path, its code, and both signed forms as text."""

    page: str
    code: str
    json: str
    token: str


@dataclass(frozen=True, slots=True)
class Site:
    """url: origin of the installation. given: its credentials by the names of seeds.plant."""

    url: str
    given: Mapping[str, Given]
    work: Callable[[], None]
    """Do what the worker does, until no batch is left."""

    def link(self, name: str) -> str:
        return self.url + self.given[name].page

    def get(self, path: str) -> bytes:
        """Read from the site past the browser."""
        connection = HTTPConnection(self.url.removeprefix("http://"), timeout=20)
        try:
            connection.request("GET", path)
            return connection.getresponse().read()
        finally:
            connection.close()


@contextmanager
def running_site(folder: Path) -> Iterator[Site]:
    """Start tests.journeys.serve in a folder of its own, and end it."""
    port = 8000 if writes_pictures() else free_port()  # the picture in README shows the address that README names
    url = f"http://localhost:{port}"
    (folder / "password").write_text(PASSWORD, encoding="utf-8")
    with (folder / "log").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.journeys.serve"],
            cwd=ROOT,
            env=_environment(folder, port=port, url=url),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdin is not None and process.stdout is not None
    try:
        facts: dict[str, Any] = json.loads(process.stdout.readline() or "{}")
        assert facts, (folder / "log").read_text(encoding="utf-8")
        _wait_for(port)
        given = {name: Given(**values) for name, values in facts.items()}
        yield Site(url, given, lambda: _ask(process))
    finally:
        process.stdin.close()  # the end of its input tells it to stop its web server and end
        try:
            process.wait(10)
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


def _environment(folder: Path, *, port: int, url: str) -> dict[str, str]:
    """Nothing that the developer or the test run has set for Touchstone."""
    ours = {setting.name for setting in declared()}
    kept = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in ours}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": str(ROOT),
        "INSTANCE_DIR": str(folder),
        "PORT": str(port),
        "PUBLIC_URL": url,
        "DEBUG": "true",
        "SECRET_KEY": "of the journeys only and worth nothing anywhere else, " * 2,
        "MASTER_KEYS": base64.b64encode(b"the journeys' own master key, 32").decode(),
        "VERIFY_RATE": "100000/min",
        "WEB_WORKERS": "1",
    }


def _ask(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write("work\n")
    process.stdin.flush()
    assert process.stdout.readline() == "done\n"


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("The web server does not answer")


def writes_pictures() -> bool:
    """Whether this run is to renew the pictures of the repository."""
    return os.environ.get("TOUCHSTONE_WRITE_PICTURES") == "1"


def free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        return int(asked.getsockname()[1])


class _Elsewhere(BaseHTTPRequestHandler):
    """A site that is not ours: every address is the same small page."""

    page = b""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/" else 204)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        if self.path == "/":
            self.wfile.write(self.page)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def site_elsewhere(page: str) -> Iterator[str]:
    """Serve one page on an origin of its own; give that origin."""
    handler = type("Elsewhere", (_Elsewhere,), {"page": page.encode()})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
