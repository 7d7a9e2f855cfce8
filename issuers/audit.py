"""The audit log: every change of state and every refused attempt, in one chain of hashes for the installation.

`record` adds an entry inside the caller's transaction and takes no lock, so that it delays nobody and cannot lock two
workers against each other. `seal` runs right after that transaction (and from the sweeper, should a process die in
between): it gives waiting entries their places in the chain, in short transactions of its own. One chain, not one per
issuer: a whole issuer's history cannot vanish without a gap.

The hash of an entry is the SHA-256 of the canonical JSON (RFC 8785) of its position, the hash before it and what it
says. What a chain alone cannot show, that its end was cut off, is told by checkpoints kept apart from the database
(issuers.checkpoints).
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Literal, Self

from django.db import DatabaseError, IntegrityError, transaction

from issuers import checkpoints
from issuers.checkpoints import Checkpoint, CheckpointInvalid
from issuers.models import AuditEntry, Issuer
from openbadges.canonical import jcs
from openbadges.json_types import JsonObject, JsonValue

if TYPE_CHECKING:
    from learners.models import User

log = logging.getLogger(__name__)

START = "0" * 64
"""What stands before the first entry."""
UNSEALED_AT_MOST = timedelta(minutes=10)
_AT_ONCE = 500
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts. `id` names the person or API client; `words` say it to people, and of people are never stored."""

    kind: Literal["user", "client", "command", "system"]
    id: str = ""
    words: str = ""

    @classmethod
    def user(cls, user: User) -> Self:
        return cls("user", str(user.pk), str(user))

    @classmethod
    def client(cls, client_id: object, words: str) -> Self:
        return cls("client", str(client_id), words)

    @classmethod
    def command(cls, name: str) -> Self:
        """Somebody with a shell on the server: `manage.py name`."""
        return cls("command", words=f"manage.py {name}")

    @classmethod
    def system(cls, words: str) -> Self:
        """The installation itself, such as a scheduled task."""
        return cls("system", words=words)


def record(
    action: str,
    *,
    actor: Actor,
    issuer_id: int | None,
    object_kind: str,
    object_id: object,
    now: datetime,
    refused: str = "",
    details: Mapping[str, JsonValue] | None = None,
) -> AuditEntry:
    """Add an entry to the caller's transaction. refused: the code of the error, where it was not done.

    details: ids, codes and counts; never names, addresses or what people wrote.
    """
    entry = AuditEntry.objects.create(
        at=now,
        issuer_id=issuer_id,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_words="" if actor.kind == "user" else actor.words[:100],
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        result=AuditEntry.Result.REFUSED if refused else AuditEntry.Result.DONE,
        code=refused,
        details=dict(details or {}),
    )
    transaction.on_commit(_seal_after_commit, robust=True)
    return entry


def seal() -> int:
    """Give every waiting entry its place in the chain; return how many. Safe to run in many processes at once."""
    sealed = 0
    last: Checkpoint | None = None
    more = True
    while more:
        placed = _seal_some()
        more = len(placed) == _AT_ONCE
        sealed += len(placed)
        if placed:
            last = Checkpoint(placed[-1].position or 0, placed[-1].hash, placed[-1].at)
    if last is not None and _continues_what_is_kept():
        checkpoints.keep(last)
    return sealed


def _continues_what_is_kept() -> bool:
    """Whether the chain still has the entry of this machine's checkpoint: a cut must not be covered by growing on."""
    try:
        kept = checkpoints.kept()
    except CheckpointInvalid:
        kept = None  # checkpoints.keep leaves such a file as it is
    if kept is None or AuditEntry.objects.filter(position=kept.position, hash=kept.hash).exists():
        return True
    log.error(
        "The audit log has lost entry %d or holds another in its place: run manage.py verify_audit", kept.position
    )
    return False


def _seal_after_commit() -> None:
    try:
        seal()
    except DatabaseError:
        log.warning("The audit log's newest entries wait for the sweeper", exc_info=True)


def _seal_some() -> list[AuditEntry]:
    """Place up to _AT_ONCE entries. Two who place at once meet in the unique position: one of them looks again."""
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return _place_waiting()
        except (_TakenMeanwhile, IntegrityError):
            continue
    return []


class _TakenMeanwhile(Exception):
    """Another process placed this entry first."""


def _place_waiting() -> list[AuditEntry]:
    waiting = list(AuditEntry.objects.filter(position=None).order_by("id")[:_AT_ONCE])
    if not waiting:
        return []
    end = newest()
    position, previous = (end.position, end.hash) if end else (0, START)
    for entry in waiting:
        position += 1
        previous = entry_hash(entry, position=position, previous=previous)
        placed = AuditEntry.objects.filter(pk=entry.pk, position=None).update(position=position, hash=previous)
        if not placed:
            raise _TakenMeanwhile
        entry.position, entry.hash = position, previous
    return waiting


def newest() -> Checkpoint | None:
    """The end of the chain; None while it is empty."""
    last = AuditEntry.objects.exclude(position=None).order_by("-position").first()
    return None if last is None else Checkpoint(last.position or 0, last.hash, last.at)


def content(entry: AuditEntry) -> JsonObject:
    """What an entry says, as it enters the hash and the export."""
    return {
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "issuer": entry.issuer_id,
        "actor": {"kind": entry.actor_kind, "id": entry.actor_id, "words": entry.actor_words},
        "action": entry.action,
        "object": {"kind": entry.object_kind, "id": entry.object_id},
        "result": entry.result,
        "code": entry.code,
        "details": entry.details,
    }


def entry_hash(entry: AuditEntry, *, position: int, previous: str) -> str:
    """The hash of an entry at its place, in hex."""
    return sha256(jcs({"position": position, "previous": previous, "entry": content(entry)})).hexdigest()


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found. `problem` names the first bad entry in a sentence; "" where there is none."""

    entries: int
    head: str
    problem: str = ""
    notes: tuple[str, ...] = ()

    @property
    def is_whole(self) -> bool:
        return not self.problem


def verify(known: Iterable[Checkpoint], *, now: datetime) -> Verification:
    """Go through the whole chain and hold it against checkpoints that were kept elsewhere. Changes nothing."""
    expected = _by_position(known)
    position, previous = 0, START
    for entry in _chain():
        problem = _problem(entry, position=position, previous=previous)
        if problem:
            return Verification(position, previous, problem)
        position, previous = position + 1, entry.hash
        if any(checkpoint.hash != previous for checkpoint in expected.pop(position, ())):
            problem = (
                f"Entry {position}, or one before it, is not what it was when a checkpoint saw it: "
                "the log was written anew."
            )
            return Verification(position, previous, problem)
    if expected:
        problem = (
            f"Entry {position + 1} is missing: the log ends at entry {position}, but a checkpoint saw entry "
            f"{max(expected)}. Its end was cut off."
        )
        return Verification(position, previous, problem)
    return _with_waiting(Verification(position, previous), now=now)


def _problem(entry: AuditEntry, *, position: int, previous: str) -> str:
    """What is wrong with the entry that comes after `position`; "" where nothing is."""
    if entry.position != position + 1:
        after = f"after entry {position} comes entry {entry.position}" if position else f"it starts at {entry.position}"
        return f"Entry {position + 1} is missing: {after}. It was deleted or moved."
    if entry.hash != entry_hash(entry, position=entry.position, previous=previous):
        when = f"{entry.at:%Y-%m-%d %H:%M:%S} UTC"
        return (
            f"Entry {entry.position} ({entry.action}, {when}) is not what was recorded: it, or its place, was changed."
        )
    return ""


def _chain() -> Iterator[AuditEntry]:
    return AuditEntry.objects.exclude(position=None).order_by("position").iterator(chunk_size=2000)


def _by_position(known: Iterable[Checkpoint]) -> dict[int, list[Checkpoint]]:
    found: dict[int, list[Checkpoint]] = {}
    for checkpoint in known:
        found.setdefault(checkpoint.position, []).append(checkpoint)
    return found


def _with_waiting(found: Verification, *, now: datetime) -> Verification:
    """Entries without a place are normal for a moment, and a fault when they stay so."""
    waiting = AuditEntry.objects.filter(position=None)
    oldest = waiting.order_by("at").first()
    if oldest is None:
        return found
    if oldest.at < now - UNSEALED_AT_MOST:
        problem = (
            f"An entry ({oldest.action} of {oldest.at:%Y-%m-%d %H:%M:%S} UTC) never took its place in the chain. "
            "Is a worker running?"
        )
        return Verification(found.entries, found.head, problem)
    return Verification(found.entries, found.head, notes=(f"{waiting.count()} entries are just being added.",))


def entries_of(issuer: Issuer | None) -> Iterator[AuditEntry]:
    """The chain, or what of it concerns one issuer, oldest first."""
    chain = AuditEntry.objects.exclude(position=None)
    if issuer is not None:
        chain = chain.filter(issuer=issuer)
    return chain.order_by("position").iterator(chunk_size=2000)
