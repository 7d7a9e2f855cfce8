"""The address for programs, POST /api/v1/verify, as an employer's program uses it on the issuing installation.

Three servers on loopback take turns on one cheap client: ours and a Django view beside it by the very command of
`dev.py run`, and a Node server around the peer. What counts is the CPU time of each server's processes, all of them.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

from django.conf import settings
from django.utils import timezone

import dev
from config.supervisor import web_command
from credentials.batches import issue_next_chunk
from credentials.models import Achievement, Award, Batch
from credentials.samples import it_academy
from credentials.samples.load import load_samples
from credentials.transitions import start_batch
from credentials.uploads import check_at_once
from issuers.models import Issuer
from issuers.publishing import did_document
from tests.bench import client, processes
from tests.bench.awards import write_people
from tests.bench.measure import Subject
from tests.bench.sample import NETWORKING, methods_in
from tests.bench.theirs import Peer
from tests.processes.installation import ROOT, Installation, until

RESULTS = {"result.grade": "87", "result.outcome": "Completed"}
_PROXY = {"TRUSTED_PROXIES": "127.0.0.1"}
"""As behind a proxy, each request comes from another client; so the rate limit is at work and refuses nobody."""
_clients = count(1)


@dataclass(frozen=True, slots=True)
class Served:
    """A server on loopback: its port, and the process whose tree is what it costs."""

    port: int
    pid: int

    def exchange(self, requests: Sequence[bytes], *, is_right: Callable[[bytes], bool]) -> float:
        """CPU seconds of the server for these requests. Raises WrongAnswer."""
        before = processes.cpu_seconds(self.pid)
        client.send_all(self.port, requests, is_right=is_right)
        return processes.cpu_seconds(self.pid) - before


@dataclass(frozen=True, slots=True)
class Endpoint:
    """The three servers at work on the same credentials, each issued here and sent once to each."""

    installation: Installation
    ours: Served
    npm: Served
    model: Served
    issuer: Issuer
    _runs: Iterator[int] = field(default_factory=lambda: count(1))

    def subject(self) -> Subject[str]:
        return Subject("endpoint", self.issue, {"ours": self.verify, "peer": self.verify_npm}, self.load_model)

    def issue(self, number: int) -> list[str]:
        """The text of new credentials, issued by the product into the database that the servers read."""
        run = next(self._runs)
        path = write_people(self.installation.folder / "endpoint.csv", run=run, people=number, results=RESULTS)
        batch = _award_here(path, Achievement.objects.get(issuer=self.issuer, slug=NETWORKING.slug))
        return list(Award.objects.filter(batch=batch).order_by("batch_row").values_list("document", flat=True))

    def verify(self, texts: Sequence[str]) -> float:
        requests = [
            _request("POST", "/api/v1/verify", json.dumps({"input": text}).encode(), Content_Type="application/json")
            for text in texts
        ]
        return self.ours.exchange(requests, is_right=lambda answer: b'"outcome":"valid"' in answer)

    def verify_npm(self, texts: Sequence[str]) -> float:
        requests = [_request("POST", "/", text.encode(), Content_Type="application/json") for text in texts]
        return self.npm.exchange(requests, is_right=lambda answer: b'"verified":true' in answer)

    def load_model(self, number: int) -> float:
        requests = [_request("GET", f"/issuer/{self.issuer.pk}") for _ in range(number)]
        slug = f'"slug": "{self.issuer.slug}"'.encode()
        return self.model.exchange(requests, is_right=lambda answer: slug in answer)


@contextmanager
def running(folder: Path, peer: Peer, *, threads: int | None = None) -> Iterator[Endpoint]:
    """A scratch installation with its servers. threads: of each web process, None as `dev.py run` starts it."""
    installation = Installation(folder)
    installation.prepare()
    [loaded] = load_samples(now=timezone.now(), issuers=[replace(it_academy.ISSUER, achievements=(NETWORKING,))])
    known = did_document(loaded.issuer)
    peer.hold({loaded.issuer.did: known, **methods_in(known)})
    npm = Served(*peer.listen())
    other = {"DJANGO_SETTINGS_MODULE": "tests.bench.model_settings"}
    with web_server(installation, threads=threads) as ours, web_server(installation, other, threads=threads) as model:
        yield Endpoint(installation, ours, npm, model, loaded.issuer)


@contextmanager
def web_server(
    installation: Installation, environment: Mapping[str, str] | None = None, *, threads: int | None = None
) -> Iterator[Served]:
    """Web processes by the command of `dev.py run`, once everything that they start has started."""
    port = dev.free_ports(1)[0]
    command = web_command("127.0.0.1", str(port))
    if threads is not None:
        command[command.index("--blocking-threads") + 1] = str(threads)
    settings_given = {**installation.environment, **_PROXY, **(environment or {})}
    with (installation.folder / f"web-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env=settings_given, stdout=log, stderr=log, start_new_session=True
        )
    try:
        until(lambda: process.poll() is None and _is_warm(process.pid), within=60, what="web processes")
        yield Served(port, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def _is_warm(pid: int) -> bool:
    """Whether each web process has the helper that it starts after five seconds (verification.limited)."""
    helpers = sum("verification.limited_worker" in command for command in processes.commands(pid))
    if helpers < settings.WEB_WORKERS:
        time.sleep(0.2)
        return False
    time.sleep(1)  # until that has started, too
    return True


def _award_here(path: Path, achievement: Achievement) -> Batch:
    """Award everyone in a file without a worker."""
    now = timezone.now()
    with path.open("rb") as source:
        batch = check_at_once(
            source,
            name=path.name,
            version=achievement.current,
            duplicates=Batch.Duplicates.ISSUE,
            meanings={},
            created_by=None,
            now=now,
        )
    start_batch(batch_id=batch.pk, now=now)
    while issue_next_chunk(batch_id=batch.pk):
        pass
    return batch


def _request(method: str, path: str, body: bytes = b"", **headers: str) -> bytes:
    """A request from a client of its own."""
    number = next(_clients)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    host = str(settings.PUBLIC_URL).partition("://")[2]
    return client.request(method, path, host=host, body=body, X_Forwarded_For=address, **headers)
