"""Each test here gets a hostile web of its own, and proves at its end that nothing went where nothing may go."""

from collections.abc import Iterator
from ipaddress import IPv4Address, ip_network

import pytest

from tests.outbound import watch
from tests.outbound.web import HostileWeb, is_loopback

# Written down a second time, from the registries and not from the product.
_NEVER = [
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
        "224.0.0.0/3", "::/8", "100::/8", "2001::/23", "2001:db8::/32", "2002::/16", "fc00::/7", "fe80::/9", "ff00::/8",
    )
]  # fmt: skip


@pytest.fixture
def web() -> Iterator[HostileWeb]:
    with watch.sockets() as heard, HostileWeb() as web:
        yield web
    for address, port in web.calls:
        in_nat64 = address in ip_network("64:ff9b::/96")
        judged = IPv4Address(int(address) % 2**32) if in_nat64 else address
        assert port == 443
        assert not [network for network in _NEVER if judged.version == network.version and judged in network]
    for host in web.questions:
        assert "." in host and host.isascii() and not host.rpartition(".")[2].isdigit() and not host.endswith(".")
    assert all(event == "socket.connect" and is_loopback(what) for event, what in heard)
