"""`manage.py award`: award everyone in a CSV or XLSX file."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from credentials.errors import IssuingError
from credentials.imports import ImportRefused
from credentials.imports.safe_csv import write_rows
from credentials.management.following import follow
from credentials.models import Achievement, AchievementVersion, Batch, BatchRow
from credentials.reports import report_rows
from credentials.transitions import start_batch
from credentials.uploads import HeaderRefused, check_at_once
from issuers.audit import Actor

MOST_ERRORS_SHOWN = 50
ACTOR = Actor.command("award")
_HOW = '--column "E-Mail=email" --column "Remarks="'


class Command(BaseCommand):
    help = "Award an achievement to everyone in a CSV or XLSX file. Workers issue the awards; --wait shows progress."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--issuer", required=True, help="Slug of the issuer.")
        parser.add_argument("--achievement", required=True, help="Slug of the achievement.")
        parser.add_argument(
            "--csv", required=True, type=Path, help="The file: columns email and name, and optional ones."
        )
        parser.add_argument("--wait", action="store_true", help="Show progress and end when the batch is final.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object instead of sentences.")
        parser.add_argument(
            "--duplicates",
            choices=Batch.Duplicates.values,
            default=Batch.Duplicates.SKIP.value,
            help="What to do with people who hold the achievement already.",
        )
        parser.add_argument(
            "--column",
            action="append",
            default=[],
            metavar="HEADER=COLUMN",
            help="What a header of the file means that is not one of our names; nothing after = leaves it out.",
        )
        parser.add_argument(
            "--skip-errors", action="store_true", help="Award the good rows of a file with bad ones too."
        )
        parser.add_argument("--report", type=Path, help="With --wait: write a CSV with every link and code here.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["report"] and not options["wait"]:
            raise CommandError("--report needs --wait: links and codes exist once the batch is final.")
        version = _version(options["issuer"], options["achievement"])
        batch = self._check(options, version)
        try:
            batch = start_batch(batch_id=batch.pk, now=timezone.now(), accept_errors=True, actor=ACTOR)
        except IssuingError as error:
            batch.delete()
            raise CommandError(str(error)) from error
        follow(batch, self.stderr, wait=options["wait"], quiet=options["json"])
        batch.refresh_from_db()
        if options["report"]:
            _write_report(batch, options["report"])
        self._say(batch, as_json=options["json"], report=options["report"])
        if batch.pause_reason or (options["wait"] and batch.failed and not options["skip_errors"]):
            sys.exit(1)

    def _check(self, options: dict[str, Any], version: AchievementVersion) -> Batch:
        """The checked file as a batch; what is wrong with it is said, and nothing is left of a file that is refused."""
        meanings = _meanings(options["column"])
        try:
            batch = _store(options["csv"], version, Batch.Duplicates(options["duplicates"]), meanings)
        except HeaderRefused as refused:
            for error in refused.errors:
                self.stderr.write(str(error))
            self.stderr.write(f"Or say what a header means: {_HOW}")
            raise CommandError("Nothing was awarded. Correct the file and run this again.") from refused
        for note in batch.notes:
            self.stderr.write(note)
        failed = batch.rows.filter(state=BatchRow.State.FAILED).order_by("number")
        for row in failed[:MOST_ERRORS_SHOWN]:
            self.stderr.write(f"Row {row.number}{f', column {row.column}' if row.column else ''}: {row.message}")
        if batch.failed > MOST_ERRORS_SHOWN:
            self.stderr.write(f"… and {batch.failed - MOST_ERRORS_SHOWN} more.")
        if batch.failed and not options["skip_errors"]:
            batch.delete()
            cure = "Or add --skip-errors to award the good rows only."
            raise CommandError(f"Nothing was awarded. Correct the file and run this again. {cure}")
        if batch.failed == batch.total:
            batch.delete()
            raise CommandError("Nothing was awarded: no row of this file can be.")
        return batch

    def _say(self, batch: Batch, *, as_json: bool, report: Path | None) -> None:
        address = f"{settings.PUBLIC_URL}/dashboard/batches/{batch.public_id}"
        if as_json:
            facts = {
                "batch": str(batch.public_id),
                "state": batch.state,
                "total": batch.total,
                "issued": batch.issued,
                "skipped": batch.skipped,
                "failed": batch.failed,
                "converted": batch.converted,
                "url": address,
            }
            self.stdout.write(json.dumps(facts))
            return
        if batch.finished_at:
            self.stdout.write(f"{batch.issued} awarded, {batch.skipped} skipped, {batch.failed} failed.")
            if batch.converted:
                self.stdout.write(f"{batch.converted} of them had to be converted one by one, which takes longer.")
        elif batch.pause_reason:
            self.stdout.write(f"Paused after {batch.done} of {batch.total}. {batch.get_pause_reason_display()}")
        else:
            self.stdout.write(f"{batch.total} rows are being awarded.")
        self.stdout.write(f"Progress, links and codes: {address}")
        if report:
            self.stdout.write(f"Report: {report}")


def _version(issuer: str, achievement: str) -> AchievementVersion:
    found = Achievement.objects.filter(issuer__slug=issuer, slug=achievement).first()
    if found is None:
        slugs = Achievement.objects.filter(issuer__slug=issuer).order_by("slug").values_list("slug", flat=True)
        known = f"It has: {', '.join(slugs)}." if slugs else "There is no such issuer, or it has no achievements."
        raise CommandError(f"No achievement “{achievement}” of issuer “{issuer}”. {known}")
    return found.current


def _store(path: Path, version: AchievementVersion, duplicates: Batch.Duplicates, meanings: dict[str, str]) -> Batch:
    try:
        with path.open("rb") as source:
            return check_at_once(
                source,
                name=path.name,
                version=version,
                duplicates=duplicates,
                meanings=meanings,
                created_by=None,
                now=timezone.now(),
            )
    except OSError as error:
        raise CommandError(f"The file cannot be read: {error}") from error
    except ImportRefused as refused:
        raise CommandError(str(refused.error)) from refused
    except IssuingError as error:
        raise CommandError(str(error)) from error


def _meanings(options: list[str]) -> dict[str, str]:
    """--column "E-Mail=email" as {"E-Mail": "email"}."""
    split = [option.rpartition("=") for option in options]
    if any(not equals or not header for header, equals, _ in split):
        raise CommandError(f"--column takes a header and its meaning: {_HOW}")
    return {header: column.strip() for header, _, column in split}


def _write_report(batch: Batch, path: Path) -> None:
    try:
        with path.open("wb") as out:
            write_rows(out, report_rows(batch))
    except OSError as error:
        raise CommandError(f"The report cannot be written: {error}. The batch itself is done.") from error
