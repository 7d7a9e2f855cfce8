"""`python3 dev.py bench`: every gate in one run. One JSON object on stdout, progress and a table on stderr."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench.standards import STANDARDS, Standard, chosen
from tests.bench.theirs import PACKAGES

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
"""Of the environment; the rest could be settings of Touchstone, of Python or of Node."""


def main() -> int:
    """Return 0 where every gate that was asked for holds, else 1."""
    standards, rounds, as_json = _read_words()
    if shutil.which("node") is None or not PACKAGES.is_dir():
        sys.exit("The benchmark needs Node.js with npm. Debian, Ubuntu: apt-get install nodejs npm")
    with tempfile.TemporaryDirectory(prefix="touchstone-bench-") as folder:
        _set_up_django(Path(folder))
        from tests.bench.run import Plan, run  # Django has to be ready

        plan = Plan(standards, rounds=rounds)
        outcome = run(plan, Path(folder), progress=_say_nothing if as_json else _say)
    print(json.dumps(outcome.to_json(), indent=2))
    if not as_json:
        _say("")
        print(outcome.table(), file=sys.stderr)
    return 0 if outcome.holds else 1


def _read_words() -> tuple[tuple[Standard, ...], int, bool]:
    names = ", ".join(standard.name for standard in STANDARDS)
    parser = argparse.ArgumentParser(prog="dev.py bench", description=__doc__)
    parser.add_argument("gates", nargs="*", metavar="GATE", help=f"Only gates that begin like this. There are: {names}")
    parser.add_argument("--rounds", type=int, default=7, help="How often the sides take turns (7).")
    parser.add_argument("--json", action="store_true", help="Only the JSON object, no progress and no table.")
    words = parser.parse_args()
    if words.rounds < 1:
        parser.error("--rounds must be 1 or more.")
    try:
        return chosen(words.gates), words.rounds, words.json
    except ValueError as error:
        parser.error(str(error))


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
