"""Hears of every DNS question and connection of this process, whoever makes it: Python's own audit events."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_EVENTS = {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr", "socket.sendto"}
_listeners: list[list[tuple[str, Any]]] = []


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if _listeners and event in _EVENTS:
        what = arguments[1] if event in {"socket.connect", "socket.sendto"} else arguments[0]
        for heard in _listeners:
            heard.append((event, what))


sys.addaudithook(_hear)


@contextmanager
def sockets() -> Iterator[list[tuple[str, Any]]]:
    """A list that grows while the block runs: ("socket.connect", (host, port)), ("socket.getaddrinfo", host), ..."""
    heard: list[tuple[str, Any]] = []
    _listeners.append(heard)
    try:
        yield heard
    finally:
        _listeners.remove(heard)
