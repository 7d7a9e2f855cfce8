"""An independent RDFC-1.0: npm jsonld and rdf-canonize in safe mode, in one Node process. See canonize.mjs."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Self

from openbadges import contexts
from openbadges.json_types import JsonObject

SCRIPT = Path(__file__).parent / "canonize.mjs"


class NpmGaveUp(Exception):
    """The libraries end the search among objects that look alike earlier than others do; that is no refusal."""


@dataclass(frozen=True, slots=True)
class NpmCanonize:
    requests: IO[str]
    answers: IO[str]

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[Self]:
        command = ["node", "--no-warnings", str(SCRIPT)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:
            assert process.stdin is not None and process.stdout is not None
            process.stdin.write(json.dumps({url: contexts.load(url) for url in contexts.PINNED}) + "\n")
            yield cls(process.stdin, process.stdout)
            process.stdin.close()
            process.wait(timeout=10)

    def canonical(self, document: JsonObject) -> str | None:
        """The canonical N-Quads of a document, or None where the libraries refuse it. Raises NpmGaveUp."""
        self.requests.write(json.dumps(document) + "\n")
        self.requests.flush()
        answer: dict[str, str] = json.loads(self.answers.readline())
        if "deep iterations" in answer.get("refused", ""):
            raise NpmGaveUp
        return answer.get("canonical")
