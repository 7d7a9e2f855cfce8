"""`manage.py verify_receipt`: what a saved receipt says, if its signature fits. No connection is opened."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from openbadges import strict_json
from openbadges.errors import OpenBadgesError
from openbadges.receipts import LONGEST_RECEIPT, Receipt, read_receipt
from verification import receipts


class Command(BaseCommand):
    help = "Check a receipt and print what it says as JSON. Exit status 0 when its signature fits, else 1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="The file of the receipt.")
        parser.add_argument(
            "--did-document",
            type=Path,
            metavar="FILE",
            help="The DID document of the installation that signed it, where that is another one.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = _read(options["file"], options["did_document"])
        except OpenBadgesError as error:
            raise CommandError(f"Do not rely on this receipt: {error} [{error.code}]") from None
        except OSError as error:
            raise CommandError(f"The file cannot be read: {error.strerror}.") from None
        self.stdout.write(strict_json.dumps(found.to_claims()).decode())


def _read(file: Path, document: Path | None) -> Receipt:
    with file.open("rb") as opened:
        text = opened.read(LONGEST_RECEIPT + 100).decode("utf-8", "replace").strip()
    if document is None:
        return receipts.read(text)
    return read_receipt(text, strict_json.load_object(document.read_bytes()))
