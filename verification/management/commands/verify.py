"""`manage.py verify`: the verdict on the command line, from the same function as the page and the API."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from openbadges import strict_json
from openbadges.names import visible
from openbadges.report import Report
from verification import limited
from verification.evidence import NOTHING_HELD, Held
from verification.held_folder import FolderInvalid, read_folder
from verification.reading import MAX_INPUT_BYTES
from verification.services import verify
from verification.web import Web

_MARKS = {"passed": "✓", "failed": "✗", "unknown": "?", "warning": "!", "skipped": "-"}


class Command(BaseCommand):
    help = "Verify badges: links, codes, tokens, JSON text, or files. Exit status 0 when all are valid, else 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("inputs", nargs="+", metavar="INPUT", help="A link, code, token, JSON text or file name.")
        parser.add_argument("--json", action="store_true", help="Print one JSON line per input.")
        parser.add_argument("--offline", action="store_true", help="Open no connection; implies --json.")
        parser.add_argument(
            "--evidence",
            type=Path,
            metavar="DIR",
            help="Folder of DID documents, profiles, status lists and contexts of others, by `id` or address.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        held = _held(options["evidence"]) if options["evidence"] else NOTHING_HELD
        all_valid = True
        for given in options["inputs"]:
            web = None if options["offline"] else Web()
            report = verify(_data(given), held=held, web=web, now=timezone.now()).report
            all_valid = all_valid and report.outcome == "valid"
            if options["json"] or options["offline"]:
                line = strict_json.dumps({"input": _printable(given), **report.to_json()})
                self.stdout.write(line.decode())
            else:
                self._print(given, report)
        if not all_valid:
            sys.exit(1)

    def _print(self, given: str, report: Report) -> None:
        self.stdout.write(f"{report.headline}  ({visible(_printable(given)[:100])})")
        for check in report.checks:
            self.stdout.write(f"  {_MARKS[check.result]} {check.id}: {check.message} [{check.code}]")


def _data(given: str) -> bytes | str:
    """The bytes of the file of this name, else the text itself."""
    try:
        path = Path(given)
        if len(given) < 4096 and path.is_file():
            with path.open("rb") as file:
                return file.read(MAX_INPUT_BYTES + 1)  # one byte too many reads as too large
    except (OSError, ValueError):
        pass  # not a file name: then it is text
    return given


def _held(path: Path) -> Held:
    try:
        folder = read_folder(path)
    except FolderInvalid as error:
        raise CommandError(str(error)) from error
    if folder.contexts:
        limited.supply_contexts(folder.contexts)
    return Held(folder.documents)


def _printable(given: str) -> str:
    """Arguments may hold bytes that are no text; they come as surrogates, which JSON must not carry."""
    return given.encode("utf-8", "replace").decode()
