"""An installation that belongs to one test: a scratch folder, its own database and secrets, real commands and workers.

Nothing here touches the developer's var/, and only processes that were started here are ended, by their ids.
"""

import base64
import csv
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psycopg2  # type: ignore[import-untyped]

from config.env import declared

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "credentials" / "samples"
LEARNERS_25, LEARNERS_1000 = SAMPLES / "learners-25.csv", SAMPLES / "learners-1000.csv"
IT_SECURITY = ("--issuer", "sample-it-academy", "--achievement", "it-security")


def until(happened: Callable[[], T], *, within: float, what: str, during: "Command | None" = None) -> T:
    """Look every 10 ms until `happened` gives something true; fail after `within` seconds, or with the command."""
    deadline = time.monotonic() + within
    while not (result := happened()):
        assert during is None or during.process.poll() is None, f"Ended before {what}: {during.err.read_text()}"
        assert time.monotonic() < deadline, f"Not within {within} s: {what}"
        time.sleep(0.01)
    return result


@dataclass(frozen=True, slots=True)
class Installation:
    """folder: INSTANCE_DIR. services: DATABASE_URL, BROKER_URL and CACHE_URL, or nothing for the embedded default."""

    folder: Path
    services: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What the processes see: nothing that the developer or the test run has set for Touchstone."""
        ours = {setting.name for setting in declared()} | {"DJANGO_SETTINGS_MODULE"}
        kept = {name: value for name, value in os.environ.items() if name.removesuffix("_FILE") not in ours}
        return {
            **kept,
            "INSTANCE_DIR": str(self.folder),
            "SECRET_KEY": "of one scratch installation and worth nothing anywhere else",
            "MASTER_KEYS": base64.b64encode(b"one scratch installation, 32 by.").decode(),
            "ISSUING_WORKERS": "2",
            **self.services,
        }

    def prepare(self) -> None:
        """Tables and sample data, as `dev.py run` makes them."""
        for words in (["migrate", "--verbosity", "0"], ["demo"]):
            result = self.manage(*words)
            assert result.returncode == 0, result.stderr

    def manage(self, *words: object, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *map(str, words)]
        return subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    @contextmanager
    def begin(self, *words: object) -> Iterator["Command"]:
        """`manage.py` beside the test; killed at the end of the block if it still runs."""
        command = [sys.executable, "manage.py", *map(str, words)]
        out, err = (self.folder / f"command-{time.monotonic_ns()}.{name}" for name in ("out", "err"))
        with out.open("w") as stdout, err.open("w") as stderr:
            process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=stdout, stderr=stderr)
        with process:
            try:
                yield Command(process, out, err)
            finally:
                process.kill()

    @contextmanager
    def worker(self, command: Sequence[str], *, name: str = "worker") -> Iterator["Worker"]:
        """A Celery process in a group of its own; the whole group is killed at the end of the block."""
        worker = Worker(command, self.environment, self.folder / f"{name}.log")
        worker.start()
        try:
            yield worker
        finally:
            worker.kill_group()

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Read from the database past Django."""
        if url := self.services.get("DATABASE_URL"):
            with closing(psycopg2.connect(url)) as server, server.cursor() as cursor:
                cursor.execute(sql)
                return list(cursor.fetchall())
        path = self.folder / "touchstone.sqlite3"
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=20)) as file:
            return file.execute(sql).fetchall()

    def number(self, sql: str) -> int:
        return int(self.query(sql)[0][0])

    def newest_batch(self) -> int:
        return self.number("SELECT max(id) FROM credentials_batch")

    def verify(self, links: Sequence[str]) -> list[str]:
        """The outcome of `manage.py verify` for each link."""
        result = self.manage("verify", "--json", *links, timeout=120)
        return [json.loads(line)["outcome"] for line in result.stdout.splitlines()] or [result.stderr]

    def links(self, batch: int, *, every: int = 1) -> list[str]:
        """The addresses of a batch's awards, or of every n-th."""
        issued = f"batch_id = {batch} AND state <> 'abandoned'"
        found = self.query(f"SELECT public_id FROM credentials_award WHERE {issued} ORDER BY batch_row")
        # SQLite keeps a UUID without its hyphens.
        return [f"http://localhost:8000/c/{uuid.UUID(str(public_id))}" for (public_id,) in found[::every]]


@dataclass(frozen=True, slots=True)
class Command:
    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    def wait(self, seconds: float) -> int:
        return self.process.wait(seconds)

    def facts(self) -> dict[str, Any]:
        """What `award --json` printed."""
        facts: dict[str, Any] = json.loads(self.out.read_text())
        return facts


class Worker:
    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        self._command, self._environment, self.log = list(command), dict(environment), log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill_group(self) -> None:
        """KILL to the worker and every child at once, as when the machine is out of memory or power."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(10)
            self._process = None

    def keep_running(self) -> None:
        """Start it again where it ended, as the supervisor does: Celery ends where a process dies while it starts."""
        if self._process is not None and self._process.poll() is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # what it left behind
            self._process = None
        if self._process is None:
            self.start()

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def children(self) -> list[int]:
        assert self._process is not None
        return list(children_of(self._process.pid))


def children_of(parent: int) -> dict[int, str]:
    """The command of each child of a process, by its id."""
    listed = subprocess.run(
        ["ps", "-A", "-ww", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    ).stdout
    lines = [line.split(None, 2) for line in listed.splitlines()]
    return {int(pid): words for pid, ppid, words in lines if int(ppid) == parent}


def assert_issued_once(installation: Installation, batch: int, *, count: int) -> None:
    """Every row issued, one award and one place in a status list each, nothing left half done."""
    [facts] = installation.query(
        f"SELECT state, total, issued, skipped, failed FROM credentials_batch WHERE id = {batch}"
    )
    assert facts == ("finished", count, count, 0, 0)
    rows = installation.query(f"SELECT state, count(*) FROM credentials_batchrow WHERE batch_id = {batch} GROUP BY 1")
    assert rows == [("issued", count)]
    awards = installation.query(
        "SELECT state, count(*), count(DISTINCT batch_row), count(DISTINCT recipient_email), count(DISTINCT code)"
        f" FROM credentials_award WHERE batch_id = {batch} AND state <> 'abandoned' GROUP BY 1"
    )
    assert awards == [("issued", count, count, count, count)]
    places = installation.query(
        'SELECT DISTINCT entry.status_list_id, entry."index" FROM credentials_statusentry AS entry'
        f" JOIN credentials_award AS award ON award.id = entry.award_id WHERE award.batch_id = {batch}"
        ' AND entry.status_list_id = award.status_list_id AND entry."index" = award.status_index'
        " AND award.state <> 'abandoned'"
    )
    assert len(places) == count
    given_out = installation.number("SELECT sum(used) FROM credentials_statuslist")
    assert given_out == installation.number("SELECT count(*) FROM credentials_statusentry")
    assert not installation.query(
        f"SELECT id FROM credentials_batchchunk WHERE batch_id = {batch} AND (finished_at IS NULL OR owner <> '')"
    )


def read_report(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


# Every failpoint of an issuance, in its order (credentials/batches.py, issuing.py, signing.py).
FAILPOINTS = (
    "after_claim",
    "after_indexes",
    "reserve_row",
    "after_awards_stored",
    "after_digests_stored",
    "before_reserve_commit",
    "after_reserve",
    "sign_row",
    "after_sign",
    "after_documents_stored",
    "after_awards_issued",
    "after_rows_issued",
    "after_chunk_closed",
    "before_complete_commit",
    "after_complete",
)
# Where a row fails for which an award was reserved, it takes such a row to get there.
WHERE_A_ROW_FAILS = {"before_fail_commit": "sign_row:3:raise,before_fail_commit"}


def assert_nothing_or_complete_after_each_crash(installation: Installation) -> None:
    """One process after the other dies at a failpoint; the next one finds nothing, or what it completes."""
    names = [*FAILPOINTS, *WHERE_A_ROW_FAILS.values()]
    command = [sys.executable, "-m", "tests.processes.crash_points", *names]
    result = subprocess.run(
        command, cwd=ROOT, env={**installation.environment, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    outcomes = [json.loads(line) for line in result.stdout.splitlines()]
    assert [outcome["name"] for outcome in outcomes] == names
    for outcome in outcomes:
        assert outcome["signal"] == signal.SIGKILL, f"nothing died at {outcome['name']}"
        assert outcome["kept_places"], f"a recorded place in a list was given up at {outcome['name']}"
        facts = [outcome[name] for name in ("state", "issued", "awards", "places", "open_chunks")]
        assert facts == ["finished", 3, 3, 3, 0], outcome
    batches = [outcome["batch"] for outcome in outcomes]
    links = [link for batch in batches for link in installation.links(batch)]
    assert installation.verify(links) == ["valid"] * len(links)


def people_file(folder: Path, count: int, *, name: str = "people") -> Path:
    path = folder / f"{name}.csv"
    rows = "".join(f"{name}-{number}@example.org,Learner {number} (SAMPLE)\n" for number in range(count))
    path.write_text(f"email,name\n{rows}", encoding="utf-8")
    return path


def assert_issued_once_although_workers_are_killed(
    installation: Installation, worker: Worker, *, folder: Path, rows: int, kills: int
) -> None:
    """Award file after file while a worker or one of its children is killed now and then, until enough were."""
    killed = 0
    killing = _kill_now_and_then(worker, kills=kills)
    while killed < kills:
        path = people_file(folder, rows, name=f"people-{time.monotonic_ns()}")
        started = time.monotonic()
        with installation.begin("award", *IT_SECURITY, "--csv", path, "--wait", "--json") as award:
            while award.process.poll() is None and (killed := next(killing, kills)) < kills:
                pass
            until(lambda: _has_ended(award, worker), within=60 + rows // 20, what="the command has ended")
            assert award.wait(1) == 0, award.err.read_text()
        assert award.facts()["issued"] == rows
        assert_issued_once(installation, installation.newest_batch(), count=rows)
        print(f"{rows:,} rows after {killed} kills: {time.monotonic() - started:.1f} s")
    links = installation.links(installation.newest_batch())
    assert len(links) == rows
    assert installation.verify(links) == ["valid"] * len(links)


def _has_ended(award: Command, worker: Worker) -> bool:
    worker.keep_running()
    return award.process.poll() is not None


def _kill_now_and_then(worker: Worker, *, kills: int) -> Iterator[int]:
    """Kill the group, or one child of it, after 0.5 to 2 seconds, as often as asked; yields how often so far."""
    chance = random.Random(7)
    for number in range(1, kills + 1):
        time.sleep(chance.uniform(0.5, 2))
        worker.keep_running()
        children = worker.children()
        if children and chance.random() < 0.5:
            os.kill(chance.choice(children), signal.SIGKILL)
        else:
            worker.kill_group()
            worker.start()
        yield number
