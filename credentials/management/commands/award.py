"""`manage.py award`: award everyone in a CSV file."""

from __future__ import annotations

import json
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from credentials.batches import start_batch
from credentials.errors import IssuingError
from credentials.imports import ImportRefused
from credentials.imports.safe_csv import write_rows
from credentials.models import Achievement, AchievementVersion, Batch
from credentials.reports import report_rows
from credentials.uploads import CheckedFile, check_file, store

POLL_SECONDS = 0.1
# A worker that runs takes up a batch within a second. We say that none does after this long, which with starting up is
# less than five seconds.
WORKER_PATIENCE_SECONDS = 2.5
MOST_ERRORS_SHOWN = 50


class Command(BaseCommand):
    help = "Award an achievement to everyone in a CSV file. Workers issue the awards; --wait shows how far they are."

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
            "--skip-errors", action="store_true", help="Award the good rows of a file with bad ones too."
        )
        parser.add_argument("--report", type=Path, help="With --wait: write a CSV with every link and code here.")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["report"] and not options["wait"]:
            raise CommandError("--report needs --wait: links and codes exist once the batch is final.")
        version = _version(options["issuer"], options["achievement"])
        checked = _check(options["csv"], version, Batch.Duplicates(options["duplicates"]))
        reading = checked.reading
        for note in reading.notes:
            self.stderr.write(note)
        for error in reading.errors[:MOST_ERRORS_SHOWN]:
            self.stderr.write(str(error))
        if reading.error_count > MOST_ERRORS_SHOWN:
            self.stderr.write(f"… and {reading.error_count - MOST_ERRORS_SHOWN} more.")
        if reading.header_errors or (reading.failed_rows and not options["skip_errors"]):
            cure = "" if reading.header_errors else " Or add --skip-errors to award the good rows only."
            raise CommandError(f"Nothing was awarded. Correct the file and run this again.{cure}")
        if not reading.rows:
            raise CommandError("Nothing was awarded: no row of this file can be.")
        try:
            batch = store(checked, created_by=None, now=timezone.now())
            batch = start_batch(batch_id=batch.pk, now=timezone.now(), accept_errors=True)
        except IssuingError as error:
            raise CommandError(str(error)) from error
        self._follow(batch, wait=options["wait"], quiet=options["json"])
        batch.refresh_from_db()
        if options["report"]:
            _write_report(batch, options["report"])
        self._say(batch, as_json=options["json"], report=options["report"])
        if options["wait"] and batch.failed and not options["skip_errors"]:
            sys.exit(1)

    def _follow(self, batch: Batch, *, wait: bool, quiet: bool) -> None:
        """Wait until the batch is final, or only until a worker has taken it up. Ctrl-C ends the waiting alone."""
        progress = Progress(self.stderr if not quiet and sys.stderr.isatty() else None, batch)
        started, warned = time.monotonic(), False
        try:
            while not (batch.finished_at or (not wait and _is_taken_up(batch))):
                if not warned and time.monotonic() - started > WORKER_PATIENCE_SECONDS and not _is_taken_up(batch):
                    warned = True
                    self.stderr.write(
                        "No worker has taken this up yet. Is one running? `python3 dev.py run` starts one."
                    )
                    if not wait:
                        return
                time.sleep(POLL_SECONDS)
                batch.refresh_from_db(fields=["state", "issued", "skipped", "failed", "finished_at"])
                progress.show(batch)
        except KeyboardInterrupt:
            self.stderr.write("\nStopped watching. The batch goes on.")
            sys.exit(130)
        finally:
            progress.end()

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
        else:
            self.stdout.write(f"{batch.total} rows are being awarded.")
        self.stdout.write(f"Progress, links and codes: {address}")
        if report:
            self.stdout.write(f"Report: {report}")


class Progress:
    """A bar on a terminal; nothing elsewhere."""

    WIDTH = 36

    def __init__(self, stream: Any, batch: Batch) -> None:
        self._stream = stream
        self._total = batch.total or 1

    def show(self, batch: Batch) -> None:
        if self._stream is None:
            return
        filled = self.WIDTH * batch.done // self._total
        bar = "█" * filled + "·" * (self.WIDTH - filled)
        self._stream.write(f"\r{bar} {batch.done} of {self._total}", ending="")
        self._stream.flush()

    def end(self) -> None:
        if self._stream is not None:
            self._stream.write("")


def _is_taken_up(batch: Batch) -> bool:
    return batch.done > 0 or batch.finished_at is not None or batch.chunks.exclude(owner="").exists()


def _version(issuer: str, achievement: str) -> AchievementVersion:
    found = Achievement.objects.filter(issuer__slug=issuer, slug=achievement).first()
    if found is None:
        slugs = Achievement.objects.filter(issuer__slug=issuer).order_by("slug").values_list("slug", flat=True)
        known = f"It has: {', '.join(slugs)}." if slugs else "There is no such issuer, or it has no achievements."
        raise CommandError(f"No achievement “{achievement}” of issuer “{issuer}”. {known}")
    return found.current


def _check(path: Path, version: AchievementVersion, duplicates: Batch.Duplicates) -> CheckedFile:
    try:
        with path.open("rb") as source:
            return check_file(source, name=path.name, version=version, duplicates=duplicates, now=timezone.now())
    except OSError as error:
        raise CommandError(f"The file cannot be read: {error}") from error
    except ImportRefused as refused:
        raise CommandError(str(refused.error)) from refused


def _write_report(batch: Batch, path: Path) -> None:
    try:
        with path.open("wb") as out:
            write_rows(out, report_rows(batch))
    except OSError as error:
        raise CommandError(f"The report cannot be written: {error}. The batch itself is done.") from error
