"""The real product around one case: the service, the page, the API and the command, in the case's world at its time.

The world is a web on loopback (tests/outbound/web.py) under real names: what the product asks of DNS and which
addresses it calls is its own decision, and is noted.
"""

from __future__ import annotations

import io
import ipaddress
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from unittest import mock

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from openbadges.report import Report
from openbadges.strict_json import dumps
from tests.hostile.case import Case, World
from tests.hostile.maker import NOW
from tests.outbound.web import HostileWeb, answer
from verification import services, web

_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
_NAMES_OF_NO_PUBLIC_PLACE = frozenset({"localhost", "local", "internal", "onion", "arpa", "localdomain"})


@dataclass(frozen=True, slots=True)
class Answered:
    """What a page or the API said: status, content type and text."""

    status: int
    media_type: str
    text: str

    @property
    def has_verdict(self) -> bool:
        return self.status in (200, 403, 404, 410)


class Stage:
    """Asks the product about cases. One after the other: the world is the process's."""

    def __init__(self) -> None:
        self._client = Client(SERVER_NAME="localhost", SERVER_PORT="8000")
        self._web = HostileWeb()

    def __enter__(self) -> Self:
        self._web.__enter__()
        return self

    def __exit__(self, *exception: object) -> None:
        self._web.__exit__(*exception)
        _forget()

    @property
    def port(self) -> int:
        """Where the web of the cases listens."""
        return self._web.port

    @contextmanager
    def within(self, case: Case) -> Iterator[None]:
        """The world of a case, and its time, for whatever is asked inside."""
        _forget()
        self._web.clear()
        _build(case.world, self._web)
        with mock.patch("django.utils.timezone.now", return_value=NOW), self._web.installed():
            yield

    def forbidden(self) -> list[str]:
        """Addresses called since the world was built that are not of the public internet, and names that are none."""
        calls = [f"call to {address}:{port}" for address, port in self._web.calls if not _is_public(str(address), port)]
        return calls + [f"question for {host!r}" for host in self._web.questions if not _is_public_name(host)]

    def judge(self, case: Case) -> Report:
        return services.verify(case.given, now=NOW, web=web.Web()).report

    def page(self, case: Case) -> Answered:
        return self._answered(self._client.post("/verify", _form(case.given)))

    def api(self, case: Case) -> Answered:
        if isinstance(case.given, bytes):
            file = SimpleUploadedFile("badge", case.given)
            return self._answered(self._client.post("/api/v1/verify", {"file": file}))
        body = json.dumps({"input": case.given})
        return self._answered(self._client.post("/api/v1/verify", body, content_type="application/json"))

    def batch(self, case: Case) -> dict[str, Any] | None:
        """What the API says of the case as one of several; None where it is a file or refused."""
        body = json.dumps({"inputs": [case.given]}) if isinstance(case.given, str) else "{}"
        response = self._client.post("/api/v1/verify/batch", body, content_type="application/json")
        result: dict[str, Any] | None = response.json()["results"][0] if response.status_code == 200 else None
        return result

    def command(self, case: Case) -> dict[str, Any]:
        """What `manage.py verify --json` prints."""
        with TemporaryDirectory(prefix="touchstone-hostile-") as folder:
            given = str(case.given)
            if isinstance(case.given, bytes) or not _is_word(given):
                given = str(Path(folder) / "input")
                Path(given).write_bytes(case.given if isinstance(case.given, bytes) else case.given.encode())
            output = io.StringIO()
            try:
                with redirect_stdout(io.StringIO()):
                    call_command("verify", given, "--json", stdout=output)
            except SystemExit:
                pass  # 1: not valid
            said: dict[str, Any] = json.loads(output.getvalue())
            return said

    @staticmethod
    def _answered(response: Any) -> Answered:
        return Answered(response.status_code, response["Content-Type"], response.content.decode("utf-8", "replace"))


def _forget() -> None:
    """What the process keeps of the case before: counters of questions, and documents of other sites."""
    cache.clear()
    web.kept.clear()


def _build(world: World, hostile: HostileWeb) -> None:
    for host, addresses in world.names.items():
        hostile.names[host] = [addresses]
    for url, document in world.documents.items():
        hostile.serve(url, dumps(document))
    for url, said in world.answers.items():
        whole = answer(said.body, status=said.status, headers=said.headers)
        hostile.script(url, lambda visit, whole=whole: visit.send(whole))  # type: ignore[misc]


def _is_public(address: str, port: int) -> bool:
    """By the standard library's own list, which is not the product's."""
    return ipaddress.ip_address(address).is_global and port in (80, 443)


def _is_public_name(host: str) -> bool:
    return _NAME.fullmatch(host) is not None and host.rpartition(".")[2] not in _NAMES_OF_NO_PUBLIC_PLACE


def _form(given: bytes | str) -> dict[str, Any]:
    if isinstance(given, bytes):
        return {"input": "", "file": SimpleUploadedFile("badge", given)}
    return {"input": given}


def _is_word(given: str) -> bool:
    """Whether an argument of a command can be this: no NUL, no file's name, not empty, not like an option."""
    return 0 < len(given) < 100_000 and "\0" not in given and not given.startswith(("-", "/"))
