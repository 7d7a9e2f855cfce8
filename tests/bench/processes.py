"""What a program and all its children cost: CPU seconds and memory, read from /proc (Linux)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_MEGABYTE = 2**20


def cpu_seconds(root: int) -> float:
    """CPU seconds of a process and its descendants so far, with those of children that have ended; 10 ms at best."""
    # Fields 14 to 17 of proc(5): user and system time of its own, and of children that it has waited for.
    return sum(sum(map(int, fields[11:15])) for fields in _tree(root).values()) / _TICKS


def megabytes(root: int) -> dict[int, int]:
    """Resident memory of a process and of each descendant, by process id."""
    page = os.sysconf("SC_PAGE_SIZE")
    return {pid: int(fields[21]) * page // _MEGABYTE for pid, fields in _tree(root).items()}


def commands(root: int) -> list[str]:
    """The command lines of a process and its descendants."""
    return [_read(Path("/proc") / str(pid) / "cmdline").replace("\0", " ") for pid in _tree(root)]


def _tree(root: int) -> dict[int, list[str]]:
    """The fields of /proc/PID/stat from the third one on, for a process and its descendants."""
    found = dict(_all())
    if not found:
        raise RuntimeError("This is measured on Linux only: there is no /proc here.")
    members = {root}
    # A child may have a lower id than its parent once ids start over, so once through the list is not enough.
    while more := {pid for pid, fields in found.items() if int(fields[1]) in members} - members:
        members |= more
    return {pid: fields for pid, fields in found.items() if pid in members}


def _all() -> Iterator[tuple[int, list[str]]]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        # The second field is a name in parentheses, and may hold anything.
        if fields := _read(path).rpartition(")")[2].split():
            yield int(path.parent.name), fields


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # it has ended meanwhile
