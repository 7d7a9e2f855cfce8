"""From a file of people to a batch: read and checked here, for the page and the command line alike."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import IO, TYPE_CHECKING

from django.conf import settings

from credentials.batches import create_batch
from credentials.imports import FileReading, Rules, read_awards
from credentials.models import AchievementVersion, Batch

if TYPE_CHECKING:
    from learners.models import User


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file read to its end, with what it was checked for."""

    version: AchievementVersion
    duplicates: Batch.Duplicates
    name: str
    digest: str
    reading: FileReading


def check_file(
    source: IO[bytes], *, name: str, version: AchievementVersion, duplicates: Batch.Duplicates, now: datetime
) -> CheckedFile:
    """Read a CSV file and hold each row against the achievement. Nothing is stored.

    Raises imports.ImportRefused where the file as a whole is at fault.
    """
    rules = Rules.for_achievement(
        version.result_descriptions, today=now.date(), allow_repeats=duplicates == Batch.Duplicates.ISSUE
    )
    rules = replace(rules, max_bytes=settings.MAX_IMPORT_MB * 2**20)
    reading = read_awards(source, rules=rules)
    return CheckedFile(version, duplicates, name, _digest(source), reading)


def store(checked: CheckedFile, *, created_by: User | None, now: datetime) -> Batch:
    """Record a checked file as a batch that waits to be started. Raises AchievementArchived."""
    return create_batch(
        version=checked.version,
        rows=checked.reading.rows,
        errors=checked.reading.errors,
        failed_cells=checked.reading.failed_cells,
        failed_rows=checked.reading.failed_rows,
        file_name=checked.name,
        file_digest=checked.digest,
        duplicates=checked.duplicates,
        created_by=created_by,
        now=now,
    )


def _digest(source: IO[bytes]) -> str:
    source.seek(0)
    digest = hashlib.sha256()
    while block := source.read(2**20):
        digest.update(block)
    return digest.hexdigest()
