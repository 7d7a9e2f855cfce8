"""What one input costs and where it reaches: time, memory (our child processes too), sockets, files, commands."""

from __future__ import annotations

import ctypes
import gc
import ipaddress
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_MIB = 2**20
_FILES_OF_NO_BADGE = ("/etc/passwd", "/dev/zero")
_FORBIDDEN = frozenset(
    ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.getnameinfo", "os.system")
)


@dataclass(slots=True)
class Cost:
    """seconds of wall time; mib: resident memory above what there was before, all our processes together."""

    seconds: float = 0.0
    mib: float = 0.0


class Reach:
    """Notes every connection, question to a name server, program and foreign file of this process.

    Connections to this machine's own loopback are the scripted web's (its servers stand for the public addresses that
    the product asked for), so that they are noted only where there is no such web.
    """

    def __init__(self) -> None:
        self.found: list[str] = []
        self.web_ports: set[int] = set()
        self._is_on = False
        sys.addaudithook(self._hear)

    @contextmanager
    def noted(self) -> Iterator[None]:
        self._is_on = True
        try:
            yield
        finally:
            self._is_on = False

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self._is_on:
            return
        if event in ("socket.connect", "socket.sendto") and not self._is_of_the_web(arguments[-1]):
            self.found.append(f"{event} {arguments[-1]!r}")
        elif event in _FORBIDDEN or (event == "open" and str(arguments[0]) in _FILES_OF_NO_BADGE):
            self.found.append(f"{event} {arguments[0]!r}")

    def _is_of_the_web(self, address: object) -> bool:
        if isinstance(address, (str, bytes)):
            return True  # a socket in the file system leads nowhere
        if not isinstance(address, tuple) or not self.web_ports:
            return False
        return address[1] in self.web_ports and ipaddress.ip_address(address[0]).is_loopback


@contextmanager
def costing(cost: Cost) -> Iterator[None]:
    """Measure what happens inside. Where the system does not tell peaks (not Linux), mib stays 0."""
    before = _start_of_peaks()
    started = time.perf_counter()
    try:
        yield
    finally:
        cost.seconds = time.perf_counter() - started
        cost.mib = _peaks(before)


def give_back_memory() -> None:
    """Let the allocator return what it keeps, so that the next peak is seen in full."""
    gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def can_measure_memory() -> bool:
    return Path("/proc/self/clear_refs").exists()


def _processes() -> list[int]:
    me = os.getpid()
    try:
        return [me, *map(int, Path(f"/proc/{me}/task/{me}/children").read_text().split())]
    except OSError:
        return [me]


def _start_of_peaks() -> dict[int, int]:
    """Resident bytes by process, with the peaks set back to them."""
    if not can_measure_memory():
        return {}
    for pid in _processes():
        try:
            Path(f"/proc/{pid}/clear_refs").write_text("5")
        except OSError:
            continue
    return {pid: _status(pid, "VmRSS:") for pid in _processes()}


def _peaks(before: dict[int, int]) -> float:
    """Above what there was. A process that was started meanwhile is not counted: it is the same for every input."""
    if not before:
        return 0.0
    extra = sum(max(0, _status(pid, "VmHWM:") - before[pid]) for pid in _processes() if pid in before)
    return extra / _MIB


def _status(pid: int, name: str) -> int:
    try:
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0
