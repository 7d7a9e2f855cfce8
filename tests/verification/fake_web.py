"""Other sites as a mapping: what each address serves, and a list of what was asked for, in place of the fetcher."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from openbadges.json_types import JsonObject
from outbound.deadline import Deadline
from outbound.errors import FetchError, FetchFailed
from outbound.fetch import Fetched, Kind

Answer = Fetched | FetchError | Callable[[], Fetched]


@dataclass
class FakeWeb:
    """`asked`: (kind, address) of every fetch, in order."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[Kind, str]] = field(default_factory=list)

    def serve(
        self, url: str, body: bytes | str | JsonObject, media_type: str = "application/json", *, final: str = ""
    ) -> None:
        data = json.dumps(body) if isinstance(body, dict) else body
        self.answers[url] = Fetched(final or url, data.encode() if isinstance(data, str) else data, media_type)

    def fail(self, url: str, error: FetchError) -> None:
        self.answers[url] = error

    def fetch(self, url: str, *, kind: Kind, deadline: Deadline) -> Fetched:
        self.asked.append((kind, url))
        answer = self.answers.get(url, FetchFailed("The site did not answer."))
        if isinstance(answer, FetchError):
            raise answer
        return answer if isinstance(answer, Fetched) else answer()

    def addresses(self) -> list[str]:
        return [url for _, url in self.asked]
