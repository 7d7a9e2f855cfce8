"""Who is working on a chunk, told by locks that end with their holder.

A lease must be free the moment its owner dies, not after a time-out: on PostgreSQL it is a session's advisory lock,
which the server drops with the connection; on SQLite, where every process shares one machine, it is an flock'ed file,
which the kernel drops with the process.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connection

_held: list[int] = []  # descriptors of the lease files that this process holds


@contextmanager
def hold() -> Iterator[str]:
    """Hold a new lease for the length of the block; yields the owner's name to record beside the work."""
    holder = _hold_advisory_lock() if connection.vendor == "postgresql" else _hold_file()
    with holder as owner:
        yield owner


def is_alive(owner: str) -> bool:
    """Whether the holder of this lease still lives."""
    kind, _, name = owner.partition(":")
    return _advisory_lock_is_held(int(name)) if kind == "pg" else _file_is_locked(_folder() / f"{name}.lease")


def forget() -> None:
    """In a forked process: keep no lease of the other side alive beyond its own end."""
    while _held:
        os.close(_held.pop())


@contextmanager
def _hold_advisory_lock() -> Iterator[str]:
    key = secrets.randbits(62)
    with connection.cursor() as cursor:
        # A machine that lost its power sends no goodbye: the server asks after 15 silent seconds instead of two hours.
        cursor.execute(
            "SELECT set_config('tcp_keepalives_idle', '15', false), set_config('tcp_keepalives_interval', '5', false),"
            " set_config('tcp_keepalives_count', '3', false), pg_advisory_lock(%s)",
            [key],
        )
    try:
        yield f"pg:{key}"
    finally:
        # After a lost connection there is nothing to unlock: the server has done it.
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def _advisory_lock_is_held(key: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            " AND ((classid::bigint << 32) | objid::bigint) = %s)",
            [key],
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def _hold_file() -> Iterator[str]:
    name = uuid.uuid4().hex
    path = _folder() / f"{name}.lease"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Locked before it gets its final name: a peer that sees an unlocked lease takes its owner for dead.
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        draft.rename(path)
        _held.append(descriptor)
        yield f"file:{name}"
    finally:
        path.unlink(missing_ok=True)
        if descriptor in _held:
            _held.remove(descriptor)
        os.close(descriptor)


def _file_is_locked(path: Path) -> bool:
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        path.unlink(missing_ok=True)
        return False
    finally:
        os.close(descriptor)


def _folder() -> Path:
    return settings.LEASE_FOLDER
