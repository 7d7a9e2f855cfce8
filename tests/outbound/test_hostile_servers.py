"""Servers that are slow, endless, lying or not who they say: each ends with its code, in time, within bounds."""

import gzip
import socket
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import replace

import pytest

from outbound import connection
from outbound.addresses import Address
from outbound.deadline import Deadline
from outbound.errors import FetchFailed, FetchRefused
from outbound.exchange import MOST_BYTES
from outbound.fetcher import Fetched, Fetcher
from tests.outbound.certificates import Slip
from tests.outbound.web import HostileWeb, Script, Visit, answer

pytestmark = pytest.mark.loopback
BADGE = "https://badges.example/b/1"
HOST = "badges.example"


def fetch(web: HostileWeb, *, seconds: float = 5) -> Fetched:
    return Fetcher(web.rules()).fetch(BADGE, kind="badge", deadline=Deadline.after(seconds))


def failure(web: HostileWeb, *, seconds: float = 5) -> str:
    with pytest.raises(FetchFailed) as caught:
        fetch(web, seconds=seconds)
    return caught.value.code


# Slow.


def drips(data: bytes, before: bytes = b"") -> Script:
    def script(visit: Visit) -> None:
        visit.send(before)
        visit.drip(data, 0.05)

    return script


def stops(visit: Visit) -> None:
    visit.send(answer(b"x", headers={"Content-Length": "2"}))
    visit.wait()


SLOW: dict[str, Script] = {
    "silent": Visit.wait,
    "dripping status line": drips(b"HTTP/1.1 200 " + b"O" * 500),
    "dripping headers": drips(b"X-A: b\r\n" * 100, b"HTTP/1.1 200 OK\r\n"),
    "dripping body": drips(b"x" * 500, b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
    "dripping chunks": drips(b"1\r\nx\r\n" * 100, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "dripping chunk size": drips(b"0" * 500, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
    "dripping body without length": drips(b"x" * 500, b"HTTP/1.1 200 OK\r\n\r\n"),
    "dripping interim answers": drips(b"HTTP/1.1 100 Continue\r\n\r\n" * 20),
    "body that stops": stops,
}


@pytest.mark.parametrize("way", SLOW)
def test_the_deadline_ends_whatever_comes_slowly(web: HostileWeb, way: str) -> None:
    web.script(BADGE, SLOW[way])
    began = time.monotonic()
    assert failure(web, seconds=0.5) == "fetch.timeout"
    assert 0.4 < time.monotonic() - began < 1.5


def silent(plain: socket.socket) -> None:
    plain.recv(1)
    plain.recv(100_000)
    plain.recv(1)


def drips_a_handshake(plain: socket.socket) -> None:
    plain.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB
    for _ in range(100):
        plain.sendall(b"\x02")
        time.sleep(0.05)


@pytest.mark.parametrize("handler", [silent, drips_a_handshake])
def test_the_deadline_ends_a_handshake_that_does_not(web: HostileWeb, handler: Callable[[socket.socket], None]) -> None:
    web.plain(HOST, handler)
    began = time.monotonic()
    assert failure(web, seconds=0.5) == "fetch.timeout"
    assert 0.4 < time.monotonic() - began < 1.5


def test_the_handshake_has_its_time_whatever_connecting_was_given(web: HostileWeb) -> None:
    web.plain(HOST, silent)
    dial = web.rules().dial

    def endless(address: Address, port: int, seconds: float) -> socket.socket:
        connected = dial(address, port, seconds)
        connected.settimeout(None)
        return connected

    began = time.monotonic()
    with pytest.raises(FetchFailed) as caught:
        Fetcher(replace(web.rules(), dial=endless)).fetch(BADGE, kind="badge", deadline=Deadline.after(0.5))
    assert caught.value.code == "fetch.timeout"
    assert time.monotonic() - began < 1.5


def test_connecting_has_a_shorter_time_than_the_deadline(web: HostileWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.3)
    web.overflow("full.example")
    web.plain("mute.example", silent)
    for host in ("full.example", "mute.example"):
        began = time.monotonic()
        with pytest.raises(FetchFailed) as caught:
            Fetcher(web.rules()).fetch(f"https://{host}/", kind="badge", deadline=Deadline.after(9))
        assert caught.value.code == "fetch.timeout"
        assert 0.2 < time.monotonic() - began < 1.5


def test_one_deadline_is_shared_by_all_redirects(web: HostileWeb) -> None:
    def script(visit: Visit) -> None:
        visit.over.wait(0.2)
        visit.send(answer(status=302, headers={"Location": "/b/1"}))

    web.script(BADGE, script)
    began = time.monotonic()
    assert failure(web, seconds=0.5) == "fetch.timeout"
    assert time.monotonic() - began < 1.5
    assert 1 < len(web.visits) < 4


def test_nothing_is_opened_when_no_time_is_left(web: HostileWeb) -> None:
    web.serve(BADGE, b"{}")
    assert failure(web, seconds=0) == "fetch.timeout"
    assert web.calls == []


def test_a_slow_first_address_leaves_time_for_the_next(web: HostileWeb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 1.0)
    web.overflow("full.example")
    web.refuse("closed.example")
    web.serve(BADGE, b"{}")
    web.names[HOST] = [[web.name("full.example"), web.name("closed.example"), web.name(HOST)]]
    assert fetch(web).body == b"{}"
    assert len(web.calls) == 3


def test_at_most_four_addresses_are_tried(web: HostileWeb) -> None:
    web.refuse(HOST)
    web.names[HOST] = [[web.name(HOST)] * 30]
    assert failure(web) == "fetch.unreachable"
    assert len(web.calls) == 4


# Endless and lying.

ENDLESS: dict[str, tuple[bytes, bytes]] = {
    "headers": (b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"),
    "header line": (b"HTTP/1.1 200 OK\r\nX: ", b"y" * 1000),
    "status line": (b"HTTP/1.1 200 ", b"y" * 1000),
    "interim answers": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "headers of an interim answer": (b"HTTP/1.1 100 Continue\r\n", b"X: y\r\n"),
    "body": (b"HTTP/1.1 200 OK\r\n\r\n", b"y" * 1000),
    "chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"3e8\r\n" + b"y" * 1000 + b"\r\n"),
    "tiny chunks": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\ny\r\n" * 100),
    "one chunk": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\n", b"y" * 1000),
    "a chunk of minus one": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", b"y" * 1000),
    "chunk extension": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", b"y" * 1000),
    "trailers": (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ny\r\n0\r\n", b"X: y\r\n"),
    "promised length": (b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", b"y" * 1000),
    "negative length": (b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", b"y" * 1000),
    "gzip": (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n", gzip.compress(b"y" * 10**7)),
}


@pytest.mark.parametrize("way", ENDLESS)
def test_what_never_ends_is_cut_off_within_bounds(web: HostileWeb, way: str) -> None:
    start, part = ENDLESS[way]
    sent = []

    def script(visit: Visit) -> None:
        visit.send(start)
        while not visit.over.is_set():
            visit.send(part * 100)
            sent.append(len(part) * 100)

    web.script(BADGE, script)
    assert failure(web, seconds=30) in {"fetch.too_large", "fetch.protocol"}
    assert sum(sent) < 16 * 2**20  # what was read, and what the system held ready


def test_a_bomb_of_a_quarter_gigabyte_is_never_written_out(web: HostileWeb) -> None:
    import zlib

    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 2**20) for _ in range(256)) + packer.flush()
    assert len(bomb) < MOST_BYTES
    web.serve(BADGE, bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    assert failure(web) == "fetch.too_large"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * 2**20


BROKEN: dict[str, bytes] = {
    "HTTP/0.9": b"<html>hello</html>",
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "a status that is no number": b"HTTP/1.1 OK\r\n\r\n",
    "ten thousand headers": b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
    "a header of 70 KB": b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
    "less than promised": answer(b"{}", headers={"Content-Length": "3"}),
    "nothing of what was promised": answer(b"", headers={"Content-Length": "3"}),
    "a chunk that ends early": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc",
    "chunks without end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n",
    "a chunk of no size": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "nothing": b"",
    "zeros": bytes(1000),
}


@pytest.mark.parametrize("way", BROKEN)
def test_what_is_no_whole_answer_is_told(web: HostileWeb, way: str) -> None:
    web.script(BADGE, lambda visit: visit.send(BROKEN[way]))
    assert failure(web) in {"fetch.protocol", "fetch.too_large"}


def test_a_length_that_promises_too_little_gives_what_was_promised(web: HostileWeb) -> None:
    web.script(BADGE, lambda visit: visit.send(answer(b"{}{}", headers={"Content-Length": "2"})))
    assert fetch(web).body == b"{}"


# Not there, or not who they say.


def resets(plain: socket.socket) -> None:
    import struct

    plain.recv(1)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def speaks_plainly(plain: socket.socket) -> None:
    plain.recv(10)
    plain.sendall(answer(b"{}"))


@pytest.mark.parametrize("handler", [resets, speaks_plainly, socket.socket.close])
def test_a_host_without_tls_is_not_reached(web: HostileWeb, handler: Callable[[socket.socket], None]) -> None:
    web.plain(HOST, handler)
    assert failure(web) == "fetch.unreachable"


def test_a_connection_that_is_reset_while_it_answers_is_told(web: HostileWeb) -> None:
    def script(visit: Visit) -> None:
        visit.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx")
        visit.reset()

    web.script(BADGE, script)
    assert failure(web) in {"fetch.unreachable", "fetch.protocol"}


def test_a_closed_port_and_a_name_without_address_are_not_reached(web: HostileWeb) -> None:
    web.refuse(HOST)
    assert failure(web) == "fetch.unreachable"
    web.names[HOST] = [[]]
    assert failure(web) == "fetch.unreachable"
    del web.names[HOST]
    assert failure(web) == "fetch.unreachable"


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        ("expired", "has expired"),
        ("not_yet", "is not valid yet"),
        ("self_signed", "is signed by nobody else"),
        ("stranger", "cannot be trusted"),
        ("other_name", "is for another host"),
        ("only_common_name", "is for another host"),
    ],
)
def test_a_wrong_certificate_ends_it_before_anything_is_asked(web: HostileWeb, slip: Slip, words: str) -> None:
    web.serve(BADGE, b"{}")
    web.certificate(HOST, slip)
    with pytest.raises(FetchFailed, match=f"^The certificate of {HOST} {words}.$") as caught:
        fetch(web)
    assert caught.value.code == "fetch.certificate"
    assert web.visits == []


def test_an_authority_that_is_not_trusted_proves_nothing(web: HostileWeb) -> None:
    web.serve(BADGE, b"{}")
    fetcher = Fetcher(replace(web.rules(), authorities=None))  # those of the system do not know the test's
    with pytest.raises(FetchFailed, match="not trusted") as caught:
        fetcher.fetch(BADGE, kind="badge", deadline=Deadline.after(5))
    assert caught.value.code == "fetch.certificate"


def test_old_tls_is_not_spoken(web: HostileWeb) -> None:
    import ssl

    context = connection.tls_context(None)
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)


# DNS that changes its mind.


def test_a_name_is_asked_once_and_what_was_checked_is_what_is_called(web: HostileWeb) -> None:
    public = web.name(HOST)
    web.serve(BADGE, b"{}")
    web.names[HOST] = [[public], ["127.0.0.1"], ["169.254.169.254"]]
    assert fetch(web).body == b"{}"
    assert web.questions == [HOST]
    assert [str(address) for address, _ in web.calls] == [public]


def test_a_name_that_turns_inward_between_redirects_is_refused(web: HostileWeb) -> None:
    web.redirect(BADGE, "/b/2")
    web.serve("https://badges.example/b/2", b"{}")
    web.names[HOST] = [[web.name(HOST)], ["127.0.0.1"]]
    with pytest.raises(FetchRefused) as caught:
        fetch(web)
    assert caught.value.code == "fetch.not_public"
    assert len(web.calls) == 1


@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_forbidden_address_among_public_ones_condemns_the_name(web: HostileWeb, place: int) -> None:
    web.serve(BADGE, b"{}")
    answers = [web.name(HOST), "2606:4700::1111"]
    answers.insert(place, "10.0.0.1")
    web.names[HOST] = [answers]
    with pytest.raises(FetchRefused) as caught:
        fetch(web)
    assert caught.value.code == "fetch.not_public"
    assert "10.0.0.1" not in str(caught.value)
    assert web.calls == []


@pytest.mark.parametrize("error", [UnicodeError("label too long"), TimeoutError(), socket.gaierror(-3, "again")])
def test_a_resolver_that_fails_is_a_host_not_reached(web: HostileWeb, error: Exception) -> None:
    def resolve(host: str) -> list[str]:
        raise error

    with pytest.raises(FetchFailed) as caught:
        Fetcher(replace(web.rules(), resolve=resolve)).fetch(BADGE, kind="badge", deadline=Deadline.after(5))
    assert caught.value.code == "fetch.unreachable"
