"""`python3 dev.py hostile`: the whole corpus through the product; V1 to V11, status 1 where a floor fails."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "DATABASE_URL", "CACHE_URL", "BROKER_URL")
"""Of the environment; the rest could be settings of Touchstone, of Python or of Node."""


def main() -> int:
    words = _read_words()
    with tempfile.TemporaryDirectory(prefix="touchstone-hostile-") as folder:
        _set_up_django(Path(folder))
        from tests.hostile.whole import Whole  # Django has to be ready

        whole = Whole.of(tuple(words.only), ask_every=words.ask_every, progress=_say_nothing if words.json else _say)
    if words.json:
        print(json.dumps(whole.to_json(), indent=2))
    else:
        _say("")
        print(whole.explain() if words.explain else whole.table())
    return 0 if whole.holds else 1


def _read_words() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="dev.py hostile", description=__doc__)
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="NAME", help="Cases that begin like this: jwt/alg-none"
    )
    parser.add_argument(
        "--ask-every", type=int, default=5, metavar="N", help="Ask page, API, command for each Nth (5)."
    )
    parser.add_argument("--explain", action="store_true", help="Also print each case that came out wrong.")
    parser.add_argument("--json", action="store_true", help="One JSON object, no progress and no table.")
    words = parser.parse_args()
    if words.ask_every < 1:
        parser.error("--ask-every must be 1 or more.")
    return words


def _set_up_django(folder: Path) -> None:
    """Nothing that a developer has set for Touchstone counts; the database is empty and belongs to this run."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    os.environ.clear()
    os.environ.update(kept, INSTANCE_DIR=str(folder), DJANGO_SETTINGS_MODULE="tests.settings")

    import logging

    import django
    from django.core.management import call_command

    django.setup()
    logging.disable(logging.ERROR)  # every second input is refused, which is not worth a line
    call_command("migrate", verbosity=0)


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{text[:78]:78}", end="" if text else "\r", file=sys.stderr, flush=True)


def _say_nothing(text: str) -> None:
    pass


if __name__ == "__main__":
    sys.exit(main())
