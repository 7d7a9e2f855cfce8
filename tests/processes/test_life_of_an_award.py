"""An award's life with a real worker and web server: what others see within five seconds, and never half of it."""

import json
import subprocess
import sys
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from gzip import decompress
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest

import dev
from config.supervisor import web_command, worker_command
from openbadges import strict_json
from openbadges.data_integrity import proofs_of, verify_proof
from openbadges.did import parse_did_document
from openbadges.json_types import JsonObject
from tests.processes.installation import IT_SECURITY, LEARNERS_25, LEARNERS_1000, ROOT, Installation, until

pytestmark = [pytest.mark.processes, pytest.mark.timeout(240)]
SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Outside:
    """What somebody elsewhere sees: documents by address over HTTP, and no database."""

    port: int

    def get(self, path: str, **headers: str) -> tuple[int, str, bytes]:
        """Status, ETag and body."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": "localhost:8000", **headers})
            response = connection.getresponse()
            return response.status, response.headers.get("ETag", ""), response.read()
        finally:
            connection.close()

    def document(self, address: str) -> JsonObject:
        status, _, body = self.get(urlsplit(address).path, Accept="application/vc")
        assert status == 200, (address, status)
        return strict_json.load_object(body)

    def verdict(self, text: str) -> str:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            body = json.dumps({"input": text})
            headers = {"Host": "localhost:8000", "Content-Type": "application/json"}
            connection.request("POST", "/api/v1/verify", body, headers)
            return str(json.loads(connection.getresponse().read())["state"])
        finally:
            connection.close()

    def is_refused_by_its_list(self, document: JsonObject) -> bool:
        """What any verifier reads, without our code or database: the bit of this document in the published list."""
        entry = document["credentialStatus"]
        assert isinstance(entry, dict)
        bits = bits_of(self.document(str(entry["statusListCredential"])))
        index = int(str(entry["statusListIndex"]))
        return bool(bits[index >> 3] >> (7 - (index & 7)) & 1)


def bits_of(status_list: JsonObject) -> bytes:
    subject = status_list["credentialSubject"]
    assert isinstance(subject, dict)
    text = str(subject["encodedList"])[1:]
    return decompress(urlsafe_b64decode(text + "=" * (-len(text) % 4)))


@contextmanager
def served(installation: Installation) -> Iterator[Outside]:
    port = dev.free_ports(1)[0]
    with installation.worker(web_command("127.0.0.1", str(port)), name="web"):
        outside = Outside(port)

        def answers() -> bool:
            try:
                return outside.get("/healthz")[0] == 200
            except OSError:
                return False

        until(answers, within=60, what="the web server")
        yield outside


def award(installation: Installation, file: object) -> list[str]:
    result = installation.manage(
        "award", *IT_SECURITY, "--csv", file, "--duplicates", "issue", "--wait", "--json", timeout=120
    )
    assert result.returncode == 0, result.stderr
    return installation.links(installation.newest_batch())


def change(installation: Installation, verb: str, *links: str) -> None:
    reason = () if verb == "reinstate" else ("--reason", "other")
    result = installation.manage(verb, *links, *reason, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


def test_each_change_is_seen_here_and_elsewhere_within_five_seconds(embedded: Installation) -> None:
    with served(embedded) as outside, embedded.worker(worker_command(embedded.folder)):
        link = award(embedded, LEARNERS_25)[0]
        first = outside.document(link)
        assert not outside.is_refused_by_its_list(first)
        time.sleep(1.1)  # a reinstated award starts a second after the old one at least

        change(embedded, "suspend", link)
        assert outside.verdict(link) == "suspended"
        until(lambda: outside.is_refused_by_its_list(first), within=SECONDS, what="the list shows the suspension")

        change(embedded, "reinstate", link)
        until(lambda: outside.verdict(link) == "valid", within=SECONDS, what="the award is reinstated")
        second = outside.document(link)
        assert second["id"] == first["id"] and second["validFrom"] != first["validFrom"]
        assert not outside.is_refused_by_its_list(second)
        assert outside.is_refused_by_its_list(first), "a set bit is never cleared"
        assert outside.verdict(strict_json.dumps(first).decode()) == "superseded"

        change(embedded, "revoke", link)
        assert outside.verdict(link) == outside.verdict(strict_json.dumps(second).decode()) == "revoked"
        until(lambda: outside.is_refused_by_its_list(second), within=SECONDS, what="the list shows the revocation")

        sent = "SELECT count(*) FROM credentials_notice WHERE state = 'sent'"
        until(lambda: embedded.number(sent) == 3, within=30, what="three mails are written to files")
    # Two processes that send in the same second may write to one file.
    mails = "".join(path.read_text(encoding="utf-8") for path in (embedded.folder / "mail").iterdir())
    assert mails.count("\nSubject: ") == mails.count("\nTo: ") == 3
    result = embedded.manage("verify_audit")
    assert result.returncode == 0 and "is whole" in result.stdout, result.stdout


def test_a_change_whose_message_is_lost_is_found_by_the_sweeper(embedded: Installation) -> None:
    """No worker runs while it is asked for, and the messages are thrown away."""
    with embedded.worker(worker_command(embedded.folder)):
        link = award(embedded, LEARNERS_25)[0]
    change(embedded, "suspend", link)
    change(embedded, "reinstate", link)
    for path in (embedded.folder / "broker").rglob("*"):
        if path.is_file() and "issuing" in str(path):
            path.unlink()
    with embedded.worker(worker_command(embedded.folder)):
        states = "SELECT count(*) FROM credentials_award WHERE state = 'suspended'"
        until(lambda: embedded.number(states) == 0, within=60, what="the award is reinstated")
        changed = "SELECT count(*) FROM credentials_statuslist WHERE is_changed"
        until(lambda: embedded.number(changed) == 0, within=30, what="the list is signed")
    assert embedded.verify([link]) == ["valid"]


def test_rows_cut_off_by_sql_are_found(embedded: Installation) -> None:
    import sqlite3
    from contextlib import closing

    assert embedded.manage("verify_audit").returncode == 0
    with closing(sqlite3.connect(embedded.folder / "touchstone.sqlite3")) as file:
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            file.execute("DELETE FROM issuers_auditentry WHERE position > 3")
        file.execute("DROP TRIGGER audit_keeps_every_entry")
        file.execute("DELETE FROM issuers_auditentry WHERE position > 3")
        file.commit()
    result = embedded.manage("verify_audit")
    assert result.returncode == 1
    assert "not whole. Entry 4 is missing: the log ends at entry 3" in result.stdout


@dataclass(slots=True)
class Reader:
    """Reads one status list again and again, and holds each version to everything that a verifier asks of it."""

    outside: Outside
    path: str
    methods: JsonObject
    stop: threading.Event
    reads: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    trouble: list[str] = field(default_factory=list)

    def run(self) -> None:
        connection = HTTPConnection("127.0.0.1", self.outside.port, timeout=20)
        while not self.stop.is_set() and not self.trouble:
            started = time.monotonic()
            connection.request("GET", self.path, headers={"Host": "localhost:8000", "Accept": "application/vc"})
            response = connection.getresponse()
            body, tag = response.read(), response.headers.get("ETag", "")
            self.reads += 1
            if response.status != 200:
                self.trouble.append(f"HTTP {response.status}")
            elif tag not in self.versions:
                self._examine(tag, body)
            time.sleep(max(0, 0.02 - (time.monotonic() - started)))
        connection.close()

    def _examine(self, tag: str, body: bytes) -> None:
        try:
            document = strict_json.load_object(body)
            [proof] = proofs_of(document)
            keys = {item.id: item.key for item in parse_did_document(self.methods).methods}
            verify_proof(document, proof, keys[str(proof["verificationMethod"])])
            count = sum(byte.bit_count() for byte in bits_of(document))
        except Exception as error:
            self.trouble.append(f"{type(error).__name__}: {error}")
            return
        if count < max(self.versions.values(), default=0):
            self.trouble.append(f"a set bit was cleared: {count} after {self.versions}")
        self.versions[tag] = count


def test_a_thousand_are_revoked_while_their_list_is_read_two_hundred_times_a_second(embedded: Installation) -> None:
    """R14: no half write, every version signed, few signatures, all bits there soon after the last commit."""
    with served(embedded) as outside, embedded.worker(worker_command(embedded.folder)):
        links = award(embedded, LEARNERS_1000)
        document = outside.document(links[0])
        entry, issuer = document["credentialStatus"], document["issuer"]
        assert isinstance(entry, dict) and isinstance(issuer, dict)
        path = urlsplit(str(entry["statusListCredential"])).path
        methods = outside.document(f"/issuers/{str(issuer['id']).rpartition(':')[2]}/did.json")
        stop = threading.Event()
        readers = [Reader(outside, path, methods, stop) for _ in range(4)]
        threads = [threading.Thread(target=reader.run) for reader in readers]
        started = time.monotonic()
        for thread in threads:
            thread.start()
        try:
            change(embedded, "revoke", *links)
            committed = time.monotonic()
            until(
                lambda: sum(byte.bit_count() for byte in bits_of(outside.document(path))) == 1000,
                within=SECONDS,
                what="the list shows a thousand",
            )
            seconds = time.monotonic() - committed
        finally:
            stop.set()
            for thread in threads:
                thread.join(30)
        rate = sum(reader.reads for reader in readers) / (time.monotonic() - started)
    assert [reader.trouble for reader in readers] == [[]] * 4
    versions = max(len(reader.versions) for reader in readers)
    spent = committed - started
    print(f"1,000 revoked in {spent:.1f} s, read {rate:.0f} times a second: {versions} versions, {seconds:.1f} s")
    assert 2 <= versions <= spent + seconds + 4, "about one signature a second"
    assert embedded.number("SELECT count(*) FROM credentials_award WHERE state = 'revoked'") == 1000
    assert embedded.verify(links[::100]) == ["invalid"] * 10
    assert embedded.manage("verify_audit").returncode == 0


def test_fifty_batches_draw_from_one_list_that_runs_full(embedded: Installation) -> None:
    """R10 on SQLite: no index twice, no list overfull, one open list at any time, nobody is told of a locked table."""
    environment = {**embedded.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.processes.draw"]
    result = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=200, check=False
    )
    assert result.returncode == 0, result.stderr
    facts = json.loads(result.stdout)
    assert facts["errors"] == []
    assert (facts["places"], facts["distinct"], facts["issued"]) == (200, 200, 200)
    assert facts["lists"] == [[64, False], [64, False], [64, False], [8, True]]
