"""`python3 dev.py bench`: every gate in one run. One JSON object on stdout, progress and a table on stderr."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.bench.standards import POSTGRESQL, STANDARDS, Standard, chosen
from tests.bench.theirs import PACKAGES

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
"""Of the environment; the rest could be settings of Touchstone, of Python or of Node."""


LEAST_ROWS = 5_500
"""Fewer are over before a rate can be told from the turns of two processes, which take 500 rows each."""


@dataclass(frozen=True, slots=True)
class Words:
    """What was asked for. postgresql: address of a server, "" where there is none."""

    standards: tuple[Standard, ...]
    rounds: int
    rows: int
    as_json: bool
    postgresql: str


def main() -> int:
    """Return 0 where every gate that was asked for holds, else 1."""
    words = _read_words()
    if shutil.which("node") is None or not PACKAGES.is_dir():
        sys.exit("The benchmark needs Node.js with npm. Debian, Ubuntu: apt-get install nodejs npm")
    with tempfile.TemporaryDirectory(prefix="touchstone-bench-") as folder:
        _set_up_django(Path(folder))
        from tests.bench.run import Plan, run  # Django has to be ready

        plan = Plan(words.standards, rounds=words.rounds, rows=words.rows, postgresql=words.postgresql)
        outcome = run(plan, Path(folder), progress=_say_nothing if words.as_json else _say)
    print(json.dumps(outcome.to_json(), indent=2))
    if not words.as_json:
        _say("")
        print(outcome.table(), file=sys.stderr)
    return 0 if outcome.holds else 1


def _read_words() -> Words:
    names = ", ".join(f"{standard.name}{'*' if standard.heavy else ''}" for standard in STANDARDS)
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument(
        "gates",
        nargs="*",
        metavar="GATE",
        help=f"Only gates that begin like this; those with * by their whole name only. There are: {names}",
    )
    parser.add_argument("--rounds", type=int, default=7, help="How often the sides take turns (7).")
    parser.add_argument("--rows", type=int, default=55_000, help="Rows of the long files (55000).")
    parser.add_argument("--json", action="store_true", help="Only the JSON object, no progress and no table.")
    given = parser.parse_args()
    if given.rounds < 1:
        parser.error("--rounds must be 1 or more.")
    if given.rows < LEAST_ROWS:
        parser.error(f"--rows must be {LEAST_ROWS} or more.")
    url = os.environ.get("DATABASE_URL", "")
    postgresql = url if url.startswith(("postgres://", "postgresql://")) else ""
    try:
        standards = chosen(given.gates)
    except ValueError as error:
        parser.error(str(error))
    if not postgresql and any(standard.name == POSTGRESQL for standard in standards):
        parser.error(f"{POSTGRESQL} needs a server: python3 dev.py services python3 dev.py bench {POSTGRESQL}")
    return Words(standards, given.rounds, given.rows, given.json, postgresql)


def _set_up_django(folder: Path) -> None:
    """Nothing that a developer has set for Touchstone counts; the database is that of the scratch installation."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, INSTANCE_DIR=str(folder), DJANGO_SETTINGS_MODULE="config.settings")

    import django  # the folder is read when `config` is imported, so that none of this may stand further up

    from tests.processes.installation import Installation

    os.environ.update(Installation(folder).environment)
    django.setup()


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text:60}", end="" if text else "\r", file=sys.stderr, flush=True)


def _say_nothing(text: str) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main())
