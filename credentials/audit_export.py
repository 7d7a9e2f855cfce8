"""The audit log as a file: CSV for people with spreadsheets, JSON lines for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from credentials.imports.safe_csv import encode_rows
from issuers import audit
from issuers.models import AuditEntry, Issuer
from openbadges import strict_json
from openbadges.json_types import JsonObject

HEADER = (
    "position",
    "at",
    "issuer",
    "actor_kind",
    "actor_id",
    "actor",
    "action",
    "object_kind",
    "object_id",
    "result",
    "code",
    "details",
    "hash",
)


def csv_of(issuer: Issuer | None) -> Iterator[bytes]:
    """The log, or one issuer's part of it, as CSV; no cell is a formula."""
    return encode_rows(_rows(issuer))


def json_lines_of(issuer: Issuer | None) -> Iterator[bytes]:
    """The same, one JSON object per line: position, hash, and `entry` as it enters the hash (issuers.audit)."""
    for entry in audit.entries_of(issuer):
        line: JsonObject = {"position": entry.position, "hash": entry.hash, "entry": audit.content(entry)}
        yield strict_json.dumps(line) + b"\n"


def _rows(issuer: Issuer | None) -> Iterator[Sequence[object]]:
    yield HEADER
    slugs = dict(Issuer.objects.values_list("pk", "slug"))
    for entry in audit.entries_of(issuer):
        yield _row(entry, slugs)


def _row(entry: AuditEntry, slugs: dict[int, str]) -> Sequence[object]:
    return (
        entry.position,
        f"{entry.at:%Y-%m-%dT%H:%M:%S.%fZ}",
        slugs.get(entry.issuer_id or 0, ""),
        entry.actor_kind,
        entry.actor_id,
        entry.actor_words,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.result,
        entry.code,
        strict_json.dumps(entry.details).decode() if entry.details else "",
        entry.hash,
    )
