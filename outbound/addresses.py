"""Which network addresses belong to the public internet.

The tables follow the IANA registries of special-purpose addresses for IPv4 and IPv6 (RFC 6890 and updates, as of 2026).
Python's own ipaddress.is_global is no substitute: its tables differ between minor versions, and some of them call
translated forms of 127.0.0.1 global.
"""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

Address = IPv4Address | IPv6Address

FORBIDDEN_V4: tuple[IPv4Network, ...] = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # "this network"; Linux takes 0.0.0.0 for this machine
        "10.0.0.0/8",  # private use
        "100.64.0.0/10",  # shared by carriers; some clouds keep their metadata service here
        "127.0.0.0/8",  # this machine
        "168.63.129.16/32",  # in no registry: one cloud's platform service, in a public range, on each of its machines
        "169.254.0.0/16",  # this link; most clouds' metadata service
        "172.16.0.0/12",  # private use
        "192.0.0.0/24",  # IETF protocol assignments; another cloud's metadata service
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112, answers for private reverse names
        "192.52.193.0/24",  # multicast tunnels (AMT)
        "192.88.99.0/24",  # relays of 6to4
        "192.168.0.0/16",  # private use
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)

# All that is handed out for hosts of the internet. Everything outside is no host, or no single one: loopback, unique
# local, link-local, site-local, multicast, discard-only, segment routing, and addresses that carry an IPv4 one
# (mapped ::ffff:0:0/96, compatible ::/96, translated 64:ff9b:1::/48).
GLOBAL_V6 = IPv6Network("2000::/3")
FORBIDDEN_V6: tuple[IPv6Network, ...] = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # IETF protocol assignments: Teredo, benchmarks, ORCHID, AMT, AS112, drones, anycast
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: carries an IPv4 address of any kind, and is given up (RFC 7526)
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)
# Networks without IPv4 reach it through this prefix, which their resolver puts before a host's address (RFC 6052).
NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether a host of the public internet can have this address, judging IPv4 inside NAT64 by itself."""
    if isinstance(address, IPv4Address):
        return not _is_in(address, FORBIDDEN_V4)
    if address.scope_id is not None:
        return False
    if address in NAT64:
        return is_public(IPv4Address(int(address) & 0xFFFF_FFFF))
    return address in GLOBAL_V6 and not _is_in(address, FORBIDDEN_V6)


def _is_in(address: Address, networks: Iterable[IPv4Network | IPv6Network]) -> bool:
    return any(address in network for network in networks)
