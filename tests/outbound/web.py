"""A hostile web on loopback, reached by the real fetcher under real names: `https://badges.example/...`.

    with harmless_web() as web:
        web.serve("https://badges.example/b", b"{}", media_type="application/json")
        with web.installed():            # outbound.fetch.fetch of this process now meets this web and nothing else
            fetch("https://badges.example/b", kind="badge", deadline=Deadline.after(9))
        assert web.questions == ["badges.example"]

At the end of the block it is proven that no connection and no DNS question went where none may go.

Only the ends of the wire are replaced: DNS answers come from `names`, and a connection to a public address ends at a
server here. Which names may be asked and which addresses may be called is decided by the product's code, and recorded
here as it arrives. A test that uses it needs the mark `loopback`.
"""

from __future__ import annotations

import socket
import ssl
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cache, partial
from ipaddress import IPv4Address, ip_address, ip_network
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock, Thread
from typing import Self
from unittest import mock
from urllib.parse import urlsplit

from outbound import configured, connection
from outbound.addresses import Address
from outbound.fetcher import Fetcher
from outbound.rules import Rules
from tests.outbound import watch
from tests.outbound.certificates import Authority, Slip

# Written down a second time, from the registries and not from the product.
_NEVER = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3", "::/8", "100::/8", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/9", "ff00::/8",
    )
]  # fmt: skip

Script = Callable[["Visit"], None]
LOOPBACK = IPv4Address("127.0.0.1")


@dataclass(slots=True)
class Visit:
    """One request as a script meets it. `over` is set when the web closes, so that slow scripts end."""

    socket: socket.socket
    host: str
    path: str
    head: bytes
    over: Event

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def drip(self, data: bytes, seconds: float) -> None:
        """Send byte by byte with a pause after each."""
        for value in data:
            self.send(bytes([value]))
            if self.over.wait(seconds):
                return

    def wait(self) -> None:
        """Say nothing more until the web closes."""
        self.over.wait(30)

    def reset(self) -> None:
        """End the connection with RST instead of FIN."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


def answer(body: bytes = b"", *, status: int = 200, headers: Mapping[str, str] | None = None) -> bytes:
    """A whole HTTP answer. Content-Length is right unless `headers` say otherwise."""
    lines = {"Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} SAMPLE\r\n{head}\r\n".encode("latin-1") + body


@dataclass(slots=True)
class HostileWeb:
    """names: host -> what DNS answers in turn, the last one for ever. questions, calls, visits: what came, in order."""

    names: dict[str, list[list[str]]] = field(default_factory=dict)
    questions: list[str] = field(default_factory=list)
    calls: list[tuple[Address, int]] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    _scripts: dict[tuple[str, str], Script] = field(default_factory=dict)
    _slips: dict[str, Slip] = field(default_factory=dict)
    _contexts: dict[str, ssl.SSLContext] = field(default_factory=dict)
    _ports: dict[str, int] = field(default_factory=dict)
    _over: Event = field(default_factory=Event)
    _folder: TemporaryDirectory[str] = field(default_factory=TemporaryDirectory)
    _closing: list[Callable[[], None]] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)
    _port: int = 0

    def __enter__(self) -> Self:
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.load_cert_chain(self._certificate("nobody.example", "none"))
        server.sni_callback = self._choose_certificate
        self._port = self._listen(lambda plain: self._serve_tls(plain, server))
        return self

    def __exit__(self, *exception: object) -> None:
        self._over.set()
        for close in self._closing:
            close()
        self._folder.cleanup()

    # What a test writes.

    def serve(
        self,
        url: str,
        body: bytes,
        *,
        media_type: str = "application/json",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        whole = answer(body, status=status, headers={"Content-Type": media_type, **(headers or {})})
        self.script(url, lambda visit: visit.send(whole))

    def redirect(self, url: str, location: str, *, status: int = 302) -> None:
        self.script(url, lambda visit: visit.send(answer(status=status, headers={"Location": location})))

    def script(self, url: str, script: Script) -> None:
        """Let `script` answer at this address, and give its host a public address."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        self.name(host)
        self._scripts[host, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")] = script

    def name(self, host: str) -> str:
        """Give a host a public address of its own, unless it has one; return its first address."""
        number = len(self.names) + 1
        answers = self.names.setdefault(host, [[f"93.184.{number // 250}.{number % 250 + 1}"]])
        return answers[0][0]

    def certificate(self, host: str, slip: Slip) -> None:
        self._slips[host] = slip

    def plain(self, host: str, handler: Callable[[socket.socket], None]) -> None:
        """Let `handler` answer on TCP in place of TLS."""
        self._ports[self.name(host)] = self._listen(handler)

    def refuse(self, host: str) -> None:
        """Let nothing listen where the host's address leads."""
        with socket.socket() as unused:
            unused.bind((str(LOOPBACK), 0))
            self._ports[self.name(host)] = unused.getsockname()[1]

    def overflow(self, host: str) -> None:
        """Let a connection to the host never come about: its queue is full and nobody accepts."""
        listener = socket.socket()
        listener.bind((str(LOOPBACK), 0))
        listener.listen(0)
        waiting = []
        for _ in range(8):
            one = socket.socket()
            one.setblocking(False)
            with suppress(BlockingIOError):
                one.connect(listener.getsockname())
            waiting.append(one)
        self._ports[self.name(host)] = listener.getsockname()[1]
        self._closing += [listener.close, *(each.close for each in waiting)]

    # What a test uses.

    @property
    def port(self) -> int:
        """Where TLS is answered on loopback."""
        return self._port

    def clear(self) -> None:
        """Forget every host and script, and what came; for many small worlds one after the other."""
        for kept in (self.names, self._scripts, self._slips, self._ports):
            kept.clear()
        for came in (self.questions, self.calls, self.visits):
            came.clear()

    def rules(self) -> Rules:
        """Rules that meet this web; change the rest with dataclasses.replace."""
        return Rules(resolve=self._resolve, dial=self._dial, authorities=_authority().pem)

    @contextmanager
    def installed(self, rules: Rules | None = None) -> Iterator[Fetcher]:
        """Let outbound.fetch.fetch use a fetcher by these rules; without rules, own places are as the settings say."""
        own = configured.fetcher().rules.own
        fetcher = Fetcher(rules or replace(self.rules(), own=own))
        with mock.patch.object(configured, "fetcher", return_value=fetcher):
            yield fetcher

    @property
    def paths(self) -> list[str]:
        """Host and path of every request, in order."""
        return [visit.host + visit.path for visit in self.visits]

    # The ends of the wire.

    def _resolve(self, host: str) -> list[str]:
        self.questions.append(host)
        answers = self.names.get(host)
        if not answers:
            raise socket.gaierror(socket.EAI_NONAME, "no such name in this web")
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _dial(self, address: Address, port: int, seconds: float) -> socket.socket:
        self.calls.append((address, port))
        return connection.dial(LOOPBACK, self._ports.get(str(address), self._port), seconds)

    # The server.

    def _listen(self, handler: Callable[[socket.socket], None]) -> int:
        listener = socket.socket()
        listener.bind((str(LOOPBACK), 0))
        listener.listen(64)
        listener.settimeout(0.1)
        port: int = listener.getsockname()[1]
        accepting = Thread(target=self._accept, args=(listener, handler), daemon=True)
        accepting.start()
        self._closing += [partial(_wake, listener), accepting.join, listener.close]
        return port

    def _accept(self, listener: socket.socket, handler: Callable[[socket.socket], None]) -> None:
        serving: list[Thread] = []
        while not self._over.is_set():
            with suppress(OSError):  # also the time-out, after which `_over` is looked at again
                plain, _ = listener.accept()
                serving.append(Thread(target=self._handle, args=(plain, handler), daemon=True))
                serving[-1].start()
        for thread in serving:
            thread.join(5)

    def _handle(self, plain: socket.socket, handler: Callable[[socket.socket], None]) -> None:
        plain.settimeout(5)
        with plain, suppress(OSError):
            handler(plain)

    def _serve_tls(self, plain: socket.socket, context: ssl.SSLContext) -> None:
        with context.wrap_socket(plain, server_side=True) as secure:
            head = b""
            while b"\r\n\r\n" not in head:
                if not (part := secure.recv(4096)):
                    return
                head += part
            path = head.split(b" ", 2)[1].decode("ascii")
            host = next(line[6:].decode() for line in head.split(b"\r\n") if line.startswith(b"Host: "))
            visit = Visit(secure, host, path, head, self._over)
            self.visits.append(visit)
            self._scripts.get((host, path), _not_found)(visit)

    def _choose_certificate(self, secure: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
        host = name or "nobody.example"
        with self._lock:
            if host not in self._contexts:
                self._contexts[host] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self._contexts[host].load_cert_chain(self._certificate(host, self._slips.get(host, "none")))
            secure.context = self._contexts[host]

    def _certificate(self, host: str, slip: Slip) -> Path:
        return _authority().issue(host, slip, Path(self._folder.name))


@cache
def _authority() -> Authority:
    return Authority()


def _not_found(visit: Visit) -> None:
    visit.send(answer(status=404))


def _wake(listener: socket.socket) -> None:
    """End a pending accept at once, where the system does so."""
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)


@contextmanager
def harmless_web() -> Iterator[HostileWeb]:
    """A hostile web that fails the test at its end if anything went to a forbidden place, or off this machine."""
    with watch.sockets() as heard, HostileWeb() as web:
        yield web
    for address, port in web.calls:
        in_nat64 = address in ip_network("64:ff9b::/96")
        judged = IPv4Address(int(address) % 2**32) if in_nat64 else address
        assert port == 443
        assert not [network for network in _NEVER if judged.version == network.version and judged in network]
    for host in web.questions:
        assert "." in host and host.isascii() and not host.rpartition(".")[2].isdigit() and not host.endswith(".")
    for event, what in heard:
        assert event == "socket.connect"
        assert isinstance(what, str) or ip_address(what[0]).is_loopback  # a text is the path of a UNIX socket
