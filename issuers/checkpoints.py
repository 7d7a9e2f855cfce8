"""Checkpoints of the audit log: how long it is and the hash of its end, signed and kept apart from the database.

Whoever can write to the database can cut the log off, or write it anew with fitting hashes. So each process that adds
to the chain keeps the newest checkpoint as a file in AUDIT_FOLDER, and a task writes one to the server's log every
hour; `manage.py export_audit --checkpoint FILE` gives one away. The key is made from the first of MASTER_KEYS, which
the database does not hold.

Form: a signed note (C2SP signed-note, Ed25519). Its text has the name of the log, the position, the hash in base64 and
the time of the entry there.
"""

from __future__ import annotations

import fcntl
import logging
import os
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from openbadges.keys import PrivateKey, PublicKey

log = logging.getLogger(__name__)

NAME = "touchstone-audit"
_ED25519_NOTE = b"\x01"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The chain up to and with entry `position`, whose hash (hex) is `hash`, and which was made `at` this time."""

    position: int
    hash: str
    at: datetime


class CheckpointInvalid(Exception):
    """A checkpoint that cannot be read, or that this installation did not sign."""

    code = "checkpoint_invalid"


def sign(checkpoint: Checkpoint) -> str:
    """The checkpoint as a signed note."""
    text = _text(checkpoint)
    key = _key(settings.MASTER_KEYS[0])
    signature = b64encode(_key_id(key.public) + key.sign(text.encode())).decode()
    return f"{text}\n— {NAME} {signature}\n"


def read(note: str) -> Checkpoint:
    """Read a signed note of ours. Raises CheckpointInvalid."""
    text, separator, signatures = note.partition("\n\n")
    text += "\n"
    lines = text.splitlines()
    if not separator or len(lines) != 4 or lines[0] != NAME or not lines[1].isascii() or not lines[1].isdigit():
        raise CheckpointInvalid("This is no checkpoint of an audit log.")
    if not any(_is_signed(text, line) for line in signatures.splitlines()):
        raise CheckpointInvalid("None of MASTER_KEYS signed this checkpoint, or it was changed.")
    return Checkpoint(int(lines[1]), b64decode(lines[2]).hex(), datetime.fromisoformat(lines[3]))


def public_key() -> str:
    """The key that verifies checkpoints, as others' tools for signed notes take it."""
    public = _key(settings.MASTER_KEYS[0]).public
    encoded = b64encode(_ED25519_NOTE + public.data).decode()
    return f"{NAME}+{_key_id(public).hex()}+{encoded}"


def keep(checkpoint: Checkpoint) -> None:
    """Keep the checkpoint as this machine's newest, unless a later one is there. A full disk is told, not raised."""
    try:
        _path().parent.mkdir(parents=True, exist_ok=True)
        with _path().with_suffix(".lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            before = _kept_position()
            if before is not None and before >= checkpoint.position:
                return
            draft = _path().with_suffix(".new")
            draft.write_text(sign(checkpoint), encoding="utf-8")
            os.replace(draft, _path())  # noqa: PTH105  # pathlib's replace says nothing of being atomic
    except OSError as error:
        log.error("The audit log's checkpoint cannot be kept (%s): %s", _path(), error)


def tell(checkpoint: Checkpoint | None) -> None:
    """Write the checkpoint to the server's log, on one line."""
    if checkpoint is not None:
        log.info("Checkpoint of the audit log: %s", sign(checkpoint).replace("\n", "|"))


def kept() -> Checkpoint | None:
    """The newest checkpoint that this machine keeps. Raises CheckpointInvalid."""
    try:
        return read(_path().read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointInvalid(f"{_path()} cannot be read: {error}") from error


def _kept_position() -> int | None:
    with suppress(CheckpointInvalid):
        found = kept()
        return None if found is None else found.position
    # A file that was tampered with stays as it is, for verify_audit to find.
    return 2**63


def _path() -> Path:
    folder: Path = settings.AUDIT_FOLDER
    return folder / "newest.checkpoint"


def _text(checkpoint: Checkpoint) -> str:
    encoded = b64encode(bytes.fromhex(checkpoint.hash)).decode()
    moment = checkpoint.at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{NAME}\n{checkpoint.position}\n{encoded}\n{moment}\n"


def _is_signed(text: str, line: str) -> bool:
    start = f"— {NAME} "
    if not line.startswith(start):
        return False
    try:
        signature = b64decode(line.removeprefix(start), validate=True)
    except Base64Error:
        return False
    publics = [_key(master).public for master in settings.MASTER_KEYS]
    return any(signature[:4] == _key_id(public) and public.verify(signature[4:], text.encode()) for public in publics)


def _key(master: bytes) -> PrivateKey:
    seed = HKDF(hashes.SHA256(), 32, salt=None, info=b"touchstone audit checkpoint").derive(master)
    return PrivateKey.from_bytes("Ed25519", seed)


def _key_id(public: PublicKey) -> bytes:
    return sha256(NAME.encode() + b"\n" + _ED25519_NOTE + public.data).digest()[:4]
