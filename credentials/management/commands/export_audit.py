"""`manage.py export_audit`: give the audit log away, or a checkpoint of it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from credentials.audit_export import csv_of, json_lines_of
from issuers import audit, checkpoints
from issuers.models import Issuer

FORMATS = {"csv": csv_of, "jsonl": json_lines_of}


class Command(BaseCommand):
    help = "Write the audit log, or one issuer's part of it, to standard output or a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--issuer", help="Slug of the issuer; without it, the whole log.")
        parser.add_argument("--format", choices=sorted(FORMATS), default="csv")
        parser.add_argument("--output", type=Path, metavar="FILE", help="Where to write; else standard output.")
        parser.add_argument(
            "--checkpoint",
            type=Path,
            metavar="FILE",
            help="Write a signed checkpoint there, too. Keep it elsewhere: verify_audit holds the log against it.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = None
        if options["issuer"]:
            issuer = Issuer.objects.filter(slug=options["issuer"]).first()
            if issuer is None:
                raise CommandError(f"There is no issuer “{options['issuer']}”.")
        audit.seal()
        lines = FORMATS[options["format"]](issuer)
        try:
            if options["output"]:
                with options["output"].open("wb") as out:
                    out.writelines(lines)
            else:
                for piece in lines:
                    self.stdout.write(piece.decode(), ending="")
            if options["checkpoint"]:
                _write_checkpoint(options["checkpoint"])
        except OSError as error:
            raise CommandError(f"The log cannot be written: {error}") from error


def _write_checkpoint(path: Path) -> None:
    newest = audit.newest()
    if newest is None:
        raise CommandError("The audit log is empty, so there is no checkpoint of it.")
    path.write_text(checkpoints.sign(newest), encoding="utf-8")
