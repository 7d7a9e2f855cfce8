"""A cheap HTTP client: whole requests as bytes over connections that stay open. It shares the machine with servers."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

CONNECTIONS = 8
_LENGTH = re.compile(rb"\r\ncontent-length: *([0-9]+)", re.IGNORECASE)


class WrongAnswer(Exception):
    """A server did not answer as it should, so that its speed says nothing."""


def request(method: str, path: str, *, host: str, body: bytes = b"", **headers: str) -> bytes:
    """One request of HTTP/1.1. headers: further ones, with _ for -."""
    lines = {"Host": host, **({"Content-Length": str(len(body))} if body else {}), **headers}
    head = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in lines.items())
    return f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body


def send_all(port: int, requests: Sequence[bytes], *, is_right: Callable[[bytes], bool]) -> None:
    """Send every request over several connections at once, one after the other on each. Raises WrongAnswer."""
    shares = [share for number in range(CONNECTIONS) if (share := requests[number::CONNECTIONS])]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        for job in [pool.submit(_converse, port, share, is_right) for share in shares]:
            job.result()


def _converse(port: int, requests: Sequence[bytes], is_right: Callable[[bytes], bool]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for one in requests:
            connection.sendall(one)
            answer = _answer(connection)
            if not answer.startswith(b"HTTP/1.1 200 ") or not is_right(answer):
                raise WrongAnswer(answer[:2_000].decode(errors="replace"))


def _answer(connection: socket.socket) -> bytes:
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _some(connection)
    found = _LENGTH.search(data, 0, end + 2)
    if found is None:
        raise WrongAnswer("An answer without a length.")
    whole = end + 4 + int(found[1])
    while len(data) < whole:
        data += _some(connection)
    return data


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(2**16)
    if not data:
        raise WrongAnswer("The server closed the connection.")
    return data
