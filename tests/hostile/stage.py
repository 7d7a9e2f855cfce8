"""The real product around one case: the service, the page, the API and the command, in the case's world at its time."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from unittest import mock

from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client

from openbadges.report import Report
from tests.hostile.case import Case
from tests.hostile.maker import NOW
from verification import services
from verification.evidence import Held


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

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        cache.clear()

    @contextmanager
    def within(self, case: Case) -> Iterator[None]:
        """The world of a case, and its time, for whatever is asked inside."""
        cache.clear()
        held = partial(services.verify, held=Held(case.world.documents))
        with (
            mock.patch("django.utils.timezone.now", return_value=NOW),
            mock.patch("verification.pages.verify", held),
            mock.patch("verification.api.verify", held),
        ):
            yield

    def judge(self, case: Case) -> Report:
        return services.verify(case.given, now=NOW, held=Held(case.world.documents)).report

    def page(self, case: Case) -> Answered:
        return self._answered(self._client.post("/verify", _form(case.given)))

    def api(self, case: Case) -> Answered:
        if isinstance(case.given, bytes):
            return self._answered(
                self._client.post("/api/v1/verify", {"file": SimpleUploadedFile("badge", case.given)})
            )
        body = json.dumps({"input": case.given})
        return self._answered(self._client.post("/api/v1/verify", body, content_type="application/json"))

    def command(self, case: Case) -> dict[str, Any]:
        """What `manage.py verify --json` prints, with the world in a folder of evidence."""
        with TemporaryDirectory(prefix="touchstone-hostile-") as name:
            folder = Path(name)
            given = str(case.given)
            if isinstance(case.given, bytes) or not _is_word(given):
                given = str(folder / "input")
                data = case.given if isinstance(case.given, bytes) else case.given.encode()
                Path(given).write_bytes(data)
            evidence = folder / "evidence"
            evidence.mkdir()
            for number, document in enumerate(case.world.documents.values()):
                if isinstance(document.get("id"), str):
                    (evidence / f"{number}.json").write_text(json.dumps(document))
            output = io.StringIO()
            try:
                with redirect_stdout(io.StringIO()):
                    call_command("verify", given, "--json", "--offline", "--evidence", str(evidence), stdout=output)
            except SystemExit:
                pass  # 1: not valid
            said: dict[str, Any] = json.loads(output.getvalue())
            return said

    @staticmethod
    def _answered(response: Any) -> Answered:
        return Answered(response.status_code, response["Content-Type"], response.content.decode("utf-8", "replace"))


def _form(given: bytes | str) -> dict[str, Any]:
    if isinstance(given, bytes):
        return {"input": "", "file": SimpleUploadedFile("badge", given)}
    return {"input": given}


def _is_word(given: str) -> bool:
    """Whether an argument of a command can be this: no NUL, no file's name, not empty, not like an option."""
    return 0 < len(given) < 100_000 and "\0" not in given and not given.startswith("-") and "/" not in given[:1]
