"""The last gate: how long an operator waits for 1,000 awards, from typing the command to its end."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from config.supervisor import worker_command
from tests.processes.installation import IT_SECURITY, Installation

COLUMNS = ("email", "name", "licence_number", "narrative", "evidence_url", "evidence_name")


class AwardingFailed(Exception):
    """The command did not award everyone."""


@contextmanager
def running(folder: Path) -> Iterator[Installation]:
    """A scratch installation on SQLite with the sample data and the worker that `dev.py run` starts."""
    installation = Installation(folder)
    installation.prepare()
    with installation.worker(worker_command(folder)):
        yield installation


def seconds_per_run(
    installation: Installation, *, people: int, runs: int, progress: Callable[[str], None]
) -> Sequence[float]:
    """Wall seconds of `manage.py award --csv FILE --wait` for that many people, others in each run.

    Before the clock starts, the worker has awarded a few: it has started and is warm, as it is all day.
    """
    progress("awards: warming up")
    _award(installation, write_people(installation.folder / "warm.csv", run=0, people=min(people, 25)))
    seconds = []
    for run in range(1, runs + 1):
        progress(f"awards: run {run} of {runs}")
        seconds.append(
            _award(installation, write_people(installation.folder / f"run-{run}.csv", run=run, people=people))
        )
    return seconds


def _award(installation: Installation, file: Path) -> float:
    with file.open(encoding="utf-8") as lines:
        people = sum(1 for _ in lines) - 1
    started = time.perf_counter()
    result = installation.manage("award", *IT_SECURITY, "--csv", file, "--wait", "--json", timeout=600)
    seconds = time.perf_counter() - started
    issued = json.loads(result.stdout)["issued"] if result.returncode == 0 else 0
    if issued != people:
        raise AwardingFailed(f"{issued} of {people} were awarded. {result.stderr}")
    return seconds


def write_people(path: Path, *, run: int, people: int, results: Mapping[str, str] = MappingProxyType({})) -> Path:
    """A CSV file of so many people, others in each run. results: further columns with what they say of everyone."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow((*COLUMNS, *results))
        for number in range(people):
            name = f"Ada Sample {run}-{number}"
            narrative = f"Built and repaired practice network {number} without help."
            url = f"https://portfolio.example.org/{run}/{number}/plan"
            licence = f"SAMPLE-{run}-{number:06}"
            email = f"ada.{run}.{number}@example.org"
            writer.writerow((email, name, licence, narrative, url, "Network plan", *results.values()))
    return path
