"""Long files: how fast a worker gets through one, whether it keeps its speed and its memory, how soon it is checked.

On a scratch installation with the worker that `dev.py run` starts, on SQLite or on the PostgreSQL of DATABASE_URL.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import psycopg2  # type: ignore[import-untyped]
from psycopg2 import sql

from config.supervisor import worker_command
from credentials.batches import CHUNK_ROWS
from tests.bench import processes
from tests.bench.awards import AwardingFailed, write_people
from tests.bench.measure import Rates
from tests.processes.installation import IT_SECURITY, ROOT, Installation

Clock = Literal["seconds", "cpu_seconds"]
WARM_ROWS = CHUNK_ROWS
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Look:
    """How far a batch was at a moment.

    cpu_seconds: of the worker so far. megabytes: resident memory of each process of the worker, by process id.
    """

    seconds: float
    cpu_seconds: float
    done: int
    megabytes: dict[int, int]


@dataclass(frozen=True, slots=True)
class Course:
    """How one batch went, from its start to its end."""

    rows: int
    looks: Sequence[Look] = field(repr=False)

    @property
    def per_second(self) -> float:
        first, last = self.looks[0], self.looks[-1]
        return (last.done - first.done) / (last.seconds - first.seconds)

    def rate_around(self, row: int, clock: Clock = "seconds") -> float:
        """Awards per second while the rows around `row` were awarded, from 1 to 9,999 for row 5,000 of 55,000."""
        half = self.rows / 11
        return 2 * half / (self._moment(row + half, clock) - self._moment(row - half, clock))

    def rates(self) -> Rates:
        """The rate late in the batch beside that early in it: around rows 50,000 and 5,000 of 55,000."""
        early, late = self._early_and_late("seconds")
        return {"ours": [late], "limit": [early]}

    def cpu_ratio(self) -> float:
        """The same ratio per second of the worker's CPU time: what other programs do hardly changes it."""
        early, late = self._early_and_late("cpu_seconds")
        return late / early

    def growth(self) -> float:
        """Resident memory at the end as a share of that after a tenth: of that process which grew most."""
        early = next(look for look in self.looks if look.done >= self.rows / 10)
        late = self.looks[-1]
        return max(late.megabytes[pid] / early.megabytes[pid] for pid in late.megabytes.keys() & early.megabytes.keys())

    @property
    def most_megabytes(self) -> int:
        return max(self.looks[-1].megabytes.values())

    def _early_and_late(self, clock: Clock) -> tuple[float, float]:
        early, late = (self.rate_around(self.rows * part // 11, clock) for part in (1, 10))
        return early, late

    def _moment(self, row: float, clock: Clock) -> float:
        """When so many rows were done, between two looks by proportion: counters move once per chunk."""
        moved = [later for look, later in pairwise(self.looks) if later.done > look.done]
        points = [(look.done, float(getattr(look, clock))) for look in (self.looks[0], *moved)]
        for (done, at), (more, later) in pairwise(points):
            if done <= row <= more:
                return at + (later - at) * (row - done) / (more - done)
        raise AwardingFailed(f"Row {row:,.0f} of {self.rows:,} was never reached.")


@contextmanager
def postgresql(folder: Path, url: str) -> Iterator[Installation]:
    """A scratch installation whose database is made for it on the server of `url`, and dropped afterwards."""
    folder.mkdir()
    name = f"touchstone_bench_{os.getpid()}"
    with _server(url) as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield Installation(folder, {"DATABASE_URL": urlsplit(url)._replace(path=f"/{name}").geturl()})
    finally:
        with _server(url) as cursor:
            cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def _server(url: str) -> Iterator[psycopg2.extensions.cursor]:
    connection = psycopg2.connect(url)
    connection.autocommit = True  # a database cannot be made within a transaction
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def award(installation: Installation, *, rows: int, progress: Callable[[str], None]) -> Course:
    """Award a file of so many people by a worker that is warm, and watch. Raises AwardingFailed."""
    installation.prepare()
    with installation.worker(worker_command(installation.folder)) as worker:
        _start(installation, run=0, rows=WARM_ROWS)
        _watch(installation, worker.pid, rows=WARM_ROWS, progress=progress)
        _start(installation, run=1, rows=rows)
        return _watch(installation, worker.pid, rows=rows, progress=progress)


def check_seconds(installation: Installation, *, rows: int) -> float:
    """Wall seconds from a received file of so many people to its dry run."""
    path = write_people(installation.folder / "check.csv", run=9, people=rows)
    environment = {**installation.environment, "DJANGO_SETTINGS_MODULE": "config.settings"}
    command = [sys.executable, "-m", "tests.processes.check_file", str(path)]
    result = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    facts = json.loads(result.stdout) if result.returncode == 0 else {}
    if facts.get("foreseen_new") != rows:
        raise AwardingFailed(f"{rows:,} rows were not checked as new: {facts} {result.stderr}")
    return sum(float(facts[name]) for name in ("seconds_received", "seconds_checked", "seconds_shown"))


def _start(installation: Installation, *, run: int, rows: int) -> None:
    path = write_people(installation.folder / f"batch-{run}.csv", run=100 + run, people=rows)
    result = installation.manage("award", *IT_SECURITY, "--csv", path, "--json", timeout=60 + rows // 100)
    if result.returncode:
        raise AwardingFailed(result.stderr)


def _watch(installation: Installation, worker: int, *, rows: int, progress: Callable[[str], None]) -> Course:
    batch = installation.newest_batch()
    looks: list[Look] = []
    deadline = time.monotonic() + 60 + rows / 20
    while not looks or looks[-1].done < rows:
        [(state, done, issued)] = installation.query(
            f"SELECT state, issued + skipped + failed, issued FROM credentials_batch WHERE id = {batch}"
        )
        if done != issued or state == "paused" or time.monotonic() > deadline:
            raise AwardingFailed(f"The batch is {state} with {issued:,} of {rows:,} awarded.")
        looks.append(Look(time.monotonic(), processes.cpu_seconds(worker), done, processes.megabytes(worker)))
        progress(f"awards: {done:,} of {rows:,}")
        time.sleep(_LOOK_SECONDS)
    return Course(rows, looks)
