"""A Node process that runs npm libraries for the tests: one JSON line asked, one JSON line answered."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Self

from openbadges import contexts

SCRIPT = Path(__file__).parent / "node" / "peer.mjs"


class PeerFailed(Exception):
    """The library threw where no verdict was asked for."""


@dataclass(frozen=True, slots=True)
class Peer:
    """`ask` runs one operation of node/peer.mjs. Documents are given beforehand; the process fetches nothing."""

    requests: IO[str]
    answers: IO[str]

    @classmethod
    @contextmanager
    def start(cls) -> Iterator[Self]:
        command = ["node", "--no-warnings", str(SCRIPT)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8") as process:
            assert process.stdin is not None and process.stdout is not None
            peer = cls(process.stdin, process.stdout)
            peer.hold({url: contexts.load(url) for url in contexts.PINNED})
            yield peer
            process.stdin.close()
            process.wait(timeout=10)

    def ask(self, operation: str, **arguments: Any) -> Any:
        """The result of one operation. Raises PeerFailed with what the library said."""
        self.requests.write(json.dumps({"operation": operation, **arguments}) + "\n")
        self.requests.flush()
        answer = json.loads(self.answers.readline())
        if "failed" in answer:
            raise PeerFailed(answer["failed"])
        return answer["result"]

    def hold(self, documents: dict[str, Any]) -> None:
        """Give the documents that its loader may serve, by address or DID."""
        self.ask("hold", documents=documents)

    def verify(self, credential: Any) -> str:
        """Why @digitalbazaar/vc refuses it, or what its status list says against it; "" where all is well."""
        return str(self.ask("verify", credential=credential))

    def read_receipt(self, receipt: str) -> dict[str, Any]:
        """What a receipt says, by jose under the key that its `kid` names. Raises PeerFailed where it does not fit."""
        claims: dict[str, Any] = self.ask("readReceipt", receipt=receipt)
        return claims

    def verify_token(self, token: str) -> str:
        """Why jose refuses it under the key that its `kid` names in the issuer's document; "" where all is well."""
        return str(self.ask("verifyToken", token=token))
