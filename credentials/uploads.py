"""From a file of people to a batch: received, its columns matched, checked. For the page and the command line alike.

receive -> (preview, and somebody matches the columns) -> check
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import IO, TYPE_CHECKING

from django.conf import settings
from django.db import transaction

from credentials import leases
from credentials.checked_rows import clear_rows, let_go, mark_validated, new_draft, store_rows
from credentials.errors import BatchIsBusy, BatchStateRefuses
from credentials.imports import AwardFile, CellError, ImportRefused, Rules, open_awards, open_table
from credentials.imports.columns import header_key, known_columns, read_header
from credentials.imports.guesses import guess_columns
from credentials.models import AchievementVersion, Batch, BatchFilePiece, ColumnNames
from issuers import audit
from issuers.audit import Actor
from openbadges.json_types import JsonValue

if TYPE_CHECKING:
    from learners.models import User

PIECE_BYTES = 2**20
ROWS_PREVIEWED = 3
ABANDONED_AFTER = timedelta(days=7)
"""How long a file is kept whose batch nobody starts."""


class HeaderRefused(Exception):
    """The header of a file names columns that are not ours; `errors` has a sentence for each."""

    def __init__(self, errors: Sequence[CellError]) -> None:
        super().__init__(" ".join(map(str, errors)))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class ColumnPreview:
    """One column of a file: its header, what its first rows say, and what it probably means ("": left out)."""

    header: str
    samples: tuple[str, ...]
    guess: str


def receive(
    source: IO[bytes],
    *,
    name: str,
    version: AchievementVersion,
    duplicates: Batch.Duplicates,
    created_by: User | None,
    actor: Actor,
    now: datetime,
) -> Batch:
    """Keep a file as a draft whose columns are still to be matched. Raises AchievementArchived."""
    source.seek(0)
    digest = hashlib.sha256()
    with transaction.atomic():
        batch = new_draft(
            version=version, file_name=name, file_digest="", duplicates=duplicates, created_by=created_by, now=now
        )
        number = 0
        while (piece := source.read(PIECE_BYTES)) or not number:
            digest.update(piece)
            BatchFilePiece.objects.create(batch=batch, number=number, content=piece)
            number += 1
        batch.file_digest = digest.hexdigest()
        batch.save(update_fields=["file_digest"])
        record("batch.uploaded", batch, actor=actor, now=now, digest=batch.file_digest)
    return batch


def preview(batch: Batch, *, now: datetime) -> tuple[ColumnPreview, ...]:
    """The columns of a kept file with a guess for each. Raises ImportRefused, BatchStateRefuses."""
    rules = _rules(batch, now=now)
    table = open_table(_kept(batch), rules=rules)
    header, *samples = [cells for _, cells in islice(table.rows, 1 + ROWS_PREVIEWED)] or [[]]
    while header and not header[-1].strip():
        header = header[:-1]
    if not header:
        raise ImportRefused("file.empty", "The file is empty.", "Upload a file with a header and one row per person.")
    guesses = guess_columns(header, replace(rules, meanings={**_saved(batch), **batch.columns}))
    return tuple(
        ColumnPreview(text, tuple(row[position] for row in samples if position < len(row)), guess)
        for position, (text, guess) in enumerate(zip(header, guesses, strict=True))
    )


def has_own_headers(batch: Batch, *, now: datetime) -> bool:
    """Whether a kept file says what its columns are in our own words. Raises ImportRefused."""
    table = open_table(_kept(batch), rules=_rules(batch, now=now))
    number, cells = next(table.rows, (0, []))
    if not number:
        raise ImportRefused("file.empty", "The file is empty.", "Upload a file with a header and one row per person.")
    return not read_header(number, cells, _rules(batch, now=now))[1]


def has_more_rows_than(count: int, batch: Batch, *, columns: Mapping[str, str], now: datetime) -> bool:
    """Whether a kept file has a header that fits and more rows than this; it takes to read so many of them.

    columns: what its headers mean. Raises ImportRefused, BatchStateRefuses.
    """
    rules = replace(_rules(batch, now=now), meanings=columns)
    rows = open_table(_kept(batch), rules=rules).rows
    number, header = next(rows, (0, []))
    is_fit = bool(number) and not read_header(number, header, rules)[1]
    return is_fit and next(islice(rows, count, None), None) is not None


def columns_for(version: AchievementVersion, *, now: datetime) -> tuple[str, ...]:
    """Every column that a file may have for this achievement."""
    return known_columns(Rules.for_achievement(version.result_descriptions, today=now.date()))


def check(batch_id: int, *, meanings: Mapping[str, str] | None, actor: Actor, now: datetime) -> Batch:
    """Hold each row of a kept file against the achievement, and store what would come of it.

    meanings: what each header means, by its text, "" for one that is left out; kept for the issuer's next file. None:
    only our own names count. Raises HeaderRefused, ImportRefused, BatchIsBusy, BatchStateRefuses; then the batch stays
    a draft without rows.
    """
    with leases.hold() as owner:
        batch = _take(batch_id, owner=owner)
        batch.columns = {header_key(header): column for header, column in (meanings or {}).items()}
        check_taken(batch, actor=actor, now=now)
    return batch


def check_taken(batch: Batch, *, actor: Actor, now: datetime) -> None:
    """Check the file of a batch that this process holds. Raises HeaderRefused, ImportRefused, FileTakenAway."""
    owner = batch.checker
    try:
        rules = replace(_rules(batch, now=now), meanings=batch.columns)
        _store(batch, open_awards(_kept(batch), rules=rules), now=now)
        with transaction.atomic():
            mark_validated(batch)
            if batch.columns:
                _remember(batch)
            record("batch.checked", batch, actor=actor, now=now, rows=batch.total, errors=batch.failed)
    except BaseException:
        batch.checker = owner  # it is still so where the transaction above was taken back
        let_go(batch)
        raise


def check_at_once(
    source: IO[bytes],
    *,
    name: str,
    version: AchievementVersion,
    duplicates: Batch.Duplicates,
    meanings: Mapping[str, str],
    created_by: User | None,
    now: datetime,
) -> Batch:
    """Check a file that is at hand, without keeping it. meanings: as for `check`; other headers must be ours.

    Raises AchievementArchived, HeaderRefused, ImportRefused; then nothing is left of it.
    """
    batch = new_draft(
        version=version,
        file_name=name,
        file_digest=_digest(source),
        duplicates=duplicates,
        created_by=created_by,
        now=now,
    )
    batch.columns = {header_key(header): column for header, column in meanings.items()}
    rules = replace(_rules(batch, now=now), meanings=batch.columns)
    try:
        _store(batch, open_awards(source, rules=rules), now=now)
        mark_validated(batch)
    except BaseException:
        batch.delete()
        raise
    return batch


def forget_abandoned(*, now: datetime) -> int:
    """Delete kept files, and drafts, that nobody went on with; return how many batches they belonged to."""
    old = Batch.objects.filter(created_at__lt=now - ABANDONED_AFTER)
    drafts = old.filter(state=Batch.State.DRAFT)
    kept = BatchFilePiece.objects.filter(batch__in=old.filter(state=Batch.State.VALIDATED))
    count = drafts.count() + kept.values("batch").distinct().count()
    if count:
        kept.delete()
        drafts.delete()
    return count


def record(action: str, batch: Batch, *, actor: Actor, now: datetime, **details: JsonValue) -> None:
    audit.record(
        action,
        actor=actor,
        issuer_id=batch.issuer_id,
        object_kind="batch",
        object_id=batch.public_id,
        now=now,
        details=details,
    )


def _store(batch: Batch, opened: AwardFile, *, now: datetime) -> None:
    if opened.header_errors:
        raise HeaderRefused(opened.header_errors)
    store_rows(batch, opened.outcomes, now=now)
    batch.notes = list(opened.notes)


@transaction.atomic
def _take(batch_id: int, *, owner: str) -> Batch:
    """The batch, marked as being checked by this lease."""
    batch = lock_checkable(batch_id)
    batch.checker = owner
    batch.save(update_fields=["checker"])
    clear_rows(batch)  # and so it cannot be started meanwhile
    return batch


def lock_checkable(batch_id: int) -> Batch:
    """A batch whose file can be checked now, locked. Raises BatchStateRefuses, BatchIsBusy."""
    batch = Batch.objects.select_for_update().get(pk=batch_id)
    if batch.state not in (Batch.State.DRAFT, Batch.State.VALIDATED):
        raise BatchStateRefuses(batch.get_state_display(), "Its columns can be matched before it is started only.")
    if batch.check_asked_at is not None or (batch.checker and leases.is_alive(batch.checker)):
        raise BatchIsBusy
    return batch


def _rules(batch: Batch, *, now: datetime) -> Rules:
    rules = Rules.for_achievement(
        batch.achievement_version.result_descriptions,
        today=now.date(),
        allow_repeats=batch.duplicates == Batch.Duplicates.ISSUE,
    )
    return replace(rules, max_bytes=settings.MAX_IMPORT_MB * 2**20)


def _saved(batch: Batch) -> Mapping[str, str]:
    found = ColumnNames.objects.filter(issuer=batch.issuer).first()
    return found.meanings if found else {}


@transaction.atomic
def _remember(batch: Batch) -> None:
    names, _ = ColumnNames.objects.select_for_update().get_or_create(issuer=batch.issuer)
    # The newest choices, at most so many: a file has 200 columns at most.
    names.meanings = dict([*(names.meanings | batch.columns).items()][-1_000:])
    names.save(update_fields=["meanings"])


def _kept(batch: Batch) -> IO[bytes]:
    """The file as it was received. Raises BatchStateRefuses where it is not kept any more."""
    if not batch.file_pieces.exists():
        raise BatchStateRefuses(batch.get_state_display(), "Its file is not kept any more. Upload it again.")
    return io.BufferedReader(_PieceReader(batch), PIECE_BYTES)


class _PieceReader(io.RawIOBase):
    """Reads the kept pieces of a file, one in memory at a time."""

    def __init__(self, batch: Batch) -> None:
        self._pieces = batch.file_pieces
        last = self._pieces.order_by("number").last()
        self.size = last.number * PIECE_BYTES + len(last.content) if last else 0
        self._position = 0
        self._number, self._content = -1, b""

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        self._position = max(0, start + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        if self._position >= self.size:
            return 0
        number, offset = divmod(self._position, PIECE_BYTES)
        if number != self._number:
            self._number, self._content = number, bytes(self._pieces.get(number=number).content)
        data = self._content[offset : offset + len(buffer)]
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)


def _digest(source: IO[bytes]) -> str:
    source.seek(0)
    digest = hashlib.sha256()
    while block := source.read(PIECE_BYTES):
        digest.update(block)
    return digest.hexdigest()
