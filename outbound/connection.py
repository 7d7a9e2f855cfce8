"""Opens a verified TLS connection to an address that was checked, and waits for nothing beyond the deadline."""

from __future__ import annotations

import io
import socket  # noqa: TID251  # one of the two modules that may
import ssl
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from outbound.addresses import Address
from outbound.deadline import Deadline
from outbound.errors import FetchFailed

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

Dial = Callable[[Address, int, float], socket.socket]  # (address, port, seconds) -> connected; raises OSError
CONNECT_SECONDS = 5.0  # to find an address that answers, and to agree on encryption with it
MOST_TRIED = 4
_CERTIFICATE_FAULTS = {
    9: "is not valid yet",
    10: "has expired",
    18: "is signed by nobody else",
    19: "is signed by an authority that is not trusted",
    20: "is signed by an authority that is not trusted",
    21: "is signed by an authority that is not trusted",
    62: "is for another host",
}  # by X509_V_ERR number of OpenSSL


def dial(address: Address, port: int, seconds: float) -> socket.socket:
    """Connect to exactly this address: nothing is looked up, no proxy is asked."""
    family = socket.AF_INET6 if address.version == 6 else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.settimeout(seconds)
        connection.connect((str(address), port))
    except BaseException:
        connection.close()
        raise
    return connection


def tls_context(authorities: str | None) -> ssl.SSLContext:
    """TLS 1.2 or later with verified names. authorities: PEM of the only ones to trust; None: those of the system."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # verifies certificates and names
    context.hostname_checks_common_name = False  # a name counts where RFC 6125 wants it, not in free text
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if authorities is None:
        context.load_default_certs(ssl.Purpose.SERVER_AUTH)
    else:
        context.load_verify_locations(cadata=authorities)
    return context


def open_tls(
    host: str, port: int, addresses: Sequence[Address], *, dial: Dial, context: ssl.SSLContext, deadline: Deadline
) -> ssl.SSLSocket:
    """Connect to the first address that answers and prove that `host` is there.

    Raises FetchFailed: fetch.unreachable, fetch.timeout, fetch.certificate.
    """
    until = deadline.within(CONNECT_SECONDS)
    plain = _connected(host, port, addresses[:MOST_TRIED], dial, until)
    try:
        plain.settimeout(_seconds_left(until, host))
        return context.wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        fault = _CERTIFICATE_FAULTS.get(error.verify_code, "cannot be trusted")
        raise FetchFailed(f"The certificate of {host} {fault}.", code="fetch.certificate") from None
    except TimeoutError:
        raise FetchFailed(f"{host} did not answer in time.", code="fetch.timeout") from None
    except OSError:  # with ssl.SSLError
        raise FetchFailed(f"No secure connection to {host} could be made.") from None
    finally:
        plain.close()  # wrap_socket has taken it over, or failed


def _connected(host: str, port: int, addresses: Sequence[Address], dial: Dial, until: Deadline) -> socket.socket:
    was_late = False
    for index, address in enumerate(addresses):
        try:
            # Each has its share of what is left, so that a silent first address leaves time for the others.
            return dial(address, port, _seconds_left(until, host) / (len(addresses) - index))
        except TimeoutError:
            was_late = True
        except OSError:
            continue
    if was_late:
        raise FetchFailed(f"{host} did not answer in time.", code="fetch.timeout")
    raise FetchFailed(f"{host} could not be reached.")


def _seconds_left(deadline: Deadline, host: str) -> float:
    """What is left, above 0 (which would mean "do not wait" to a socket). Raises FetchFailed (fetch.timeout)."""
    left = deadline.remaining()
    if left <= 0:
        raise FetchFailed(f"{host} did not answer in time.", code="fetch.timeout")
    return left


class Wire(io.RawIOBase):
    """The bytes of one connection. Every wait ends at the deadline, every answer within `allowed` further bytes.

    It has the two methods that http.client.HTTPResponse wants of a socket: makefile and close.
    """

    def __init__(self, connection: ssl.SSLSocket, *, host: str, deadline: Deadline) -> None:
        self._connection = connection
        self._host = host
        self._deadline = deadline
        self.allowed = 0

    def send(self, message: bytes) -> None:
        """Raises FetchFailed: fetch.timeout, fetch.unreachable."""
        rest = memoryview(message)
        while rest:
            rest = rest[self._wait(partial(self._connection.send, rest)) :]

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Raises FetchFailed: fetch.timeout, fetch.unreachable, fetch.too_large."""
        count = self._wait(partial(self._connection.recv_into, buffer))
        self.allowed -= count
        if self.allowed < 0:
            raise FetchFailed(f"{self._host} answers with more than is read here.", code="fetch.too_large")
        return count

    def readable(self) -> bool:
        return True

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def _wait(self, act: Callable[[], int]) -> int:
        # The time-out is that of the whole call: Python's ssl takes it for all records that one read needs.
        self._connection.settimeout(_seconds_left(self._deadline, self._host))
        try:
            return act()
        except TimeoutError:
            raise FetchFailed(f"{self._host} did not answer in time.", code="fetch.timeout") from None
        except OSError:  # with ssl.SSLError
            raise FetchFailed(f"The connection to {self._host} broke.") from None
