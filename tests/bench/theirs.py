"""The peers: npm libraries in one Node process. One JSON line asked, one JSON line answered."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from openbadges import contexts
from openbadges.json_types import JsonObject

SCRIPT = Path(__file__).parent / "node" / "peer.mjs"
PACKAGES = Path(__file__).parents[1] / "node" / "node_modules"
COMPARED = (
    "@digitalbazaar/vc",
    "@digitalbazaar/data-integrity",
    "@digitalbazaar/eddsa-rdfc-2022-cryptosuite",
    "@digitalbazaar/ed25519-multikey",
    "jsonld",
    "rdf-canonize",
    "jose",
)


class PeerFailed(Exception):
    """A library threw. What it was given is wrong, or it is not the library that this benchmark knows."""


@dataclass(frozen=True, slots=True)
class Peer:
    """Every method that takes a list returns the CPU seconds that the Node process needed for the whole list."""

    requests: IO[str]
    answers: IO[str]

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[Self]:
        """Start it with the contexts at hand; it fetches nothing."""
        command = ["node", "--no-warnings", "--expose-gc", str(SCRIPT)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:
            assert process.stdin is not None and process.stdout is not None
            peer = cls(process.stdin, process.stdout)
            try:
                peer.hold({url: contexts.load(url) for url in contexts.PINNED})
                yield peer
                process.stdin.close()
                process.wait(timeout=10)
            finally:
                process.kill()

    def hold(self, documents: Mapping[str, JsonObject]) -> None:
        """Give the documents that its loader may serve, by address or DID."""
        self._ask("hold", documents=dict(documents))

    def issue(self, credentials: Sequence[JsonObject], *, method: str) -> tuple[float, str]:
        """Sign with an embedded proof; also the text of the last signed credential."""
        answer = self._ask("issue", inputs=credentials, method=method)
        return float(answer["seconds"]), str(answer["last"])

    def verify(self, texts: Sequence[str]) -> float:
        """Verify credentials with embedded proofs. Raises PeerFailed at the first that does not hold."""
        return float(self._ask("verify", inputs=texts)["seconds"])

    def sign_tokens(self, payloads: Sequence[JsonObject], *, kid: str) -> tuple[float, str]:
        """Sign ES256 tokens; also the last token."""
        answer = self._ask("signToken", inputs=payloads, kid=kid)
        return float(answer["seconds"]), str(answer["last"])

    def verify_tokens(self, tokens: Sequence[str], *, jwk: JsonObject, issuer: str) -> float:
        """Verify ES256 tokens and their claims. Raises PeerFailed at the first that does not hold."""
        return float(self._ask("verifyToken", inputs=tokens, jwk=jwk, issuer=issuer)["seconds"])

    def public_keys(self) -> tuple[str, JsonObject]:
        """The key of its embedded proofs as Multikey, and that of its tokens as JWK."""
        keys = self._ask("publicKeys")
        return str(keys["proof"]), keys["token"]

    def listen(self) -> tuple[int, int]:
        """Also answer HTTP: POST a credential, get {"verified"}. Returns its port on loopback and its process id."""
        answer = self._ask("listen")
        return int(answer["port"]), int(answer["pid"])

    def _ask(self, operation: str, **arguments: Any) -> Any:
        self.requests.write(json.dumps({"operation": operation, **arguments}) + "\n")
        self.requests.flush()
        line = self.answers.readline()
        answer = json.loads(line or '{"failed": "The Node process ended."}')
        if "failed" in answer:
            raise PeerFailed(answer["failed"])
        return answer["result"]


def versions() -> dict[str, str]:
    """The version of each compared package, as installed; empty where they are not installed."""
    found = {}
    for name in COMPARED:
        path = PACKAGES / name / "package.json"
        if path.exists():
            found[name] = str(json.loads(path.read_text(encoding="utf-8"))["version"])
    return found
