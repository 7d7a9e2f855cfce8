"""`manage.py verify_audit`: find any change of the audit log."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from issuers import audit, checkpoints
from issuers.checkpoints import Checkpoint, CheckpointInvalid


class Command(BaseCommand):
    help = (
        "Go through the whole audit log and find any entry that was changed, deleted or moved, and an end that was cut "
        "off. Exit status 0: it is whole; 1: it is not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--checkpoint",
            type=Path,
            action="append",
            default=[],
            metavar="FILE",
            help="A checkpoint that `export_audit --checkpoint` wrote earlier; several times if you wish.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit.verify(self._known(options["checkpoint"]), now=timezone.now())
        for note in found.notes:
            self.stdout.write(note)
        if not found.is_whole:
            self.stdout.write(f"The audit log is not whole. {found.problem}")
            sys.exit(1)
        self.stdout.write(f"The audit log is whole: {found.entries} entries. The last hash is {found.head}.")

    def _known(self, files: list[Path]) -> list[Checkpoint]:
        try:
            kept = checkpoints.kept()
        except CheckpointInvalid as error:
            self.stdout.write(f"The audit log is not whole. The checkpoint of this machine was changed: {error}")
            sys.exit(1)
        if kept is None:
            self.stdout.write("This machine keeps no checkpoint, so an end that was cut off may not show.")
        return [*([kept] if kept else []), *map(_read, files)]


def _read(path: Path) -> Checkpoint:
    try:
        return checkpoints.read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, CheckpointInvalid) as error:
        raise CommandError(f"{path}: {error}") from error
