"""Which addresses are public: the registries, and Python's own opinion as a second witness."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.addresses import is_public
from tests.outbound import forbidden


def test_special_addresses_are_not_public() -> None:
    special = [
        *forbidden.addresses_v4(20),
        *forbidden.addresses_v6(20),
        *forbidden.METADATA,
        "fe80::1%eth0",
        "2606::1%a",
    ]
    assert len(special) > 1_000
    assert [text for text in special if is_public(ip_address(text))] == []


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.0",
        "169.253.255.255", "169.255.0.0", "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0",
        "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "168.63.129.15",
        "2001:200::1", "2001:db7:ffff::", "2001:db9::", "2003::1", "2606:4700:4700::1111", "2a00:1450::1",
        "3ffe:ffff::1",
        "64:ff9b::808:808", "64:ff9b::1.1.1.1",
    ],
)  # fmt: skip
def test_their_neighbours_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_what_is_public_in_ipv4_python_calls_global(address: IPv4Address) -> None:
    if is_public(address):
        assert address.is_global and not address.is_multicast and not address.is_reserved


@given(st.ip_addresses(v=6) | st.ip_addresses(network="2000::/3"))
def test_what_is_public_in_ipv6_is_one_plain_global_unicast_address(address: IPv6Address) -> None:
    if is_public(address) and address not in ip_network("64:ff9b::/96"):
        assert address in ip_network("2000::/3")
        assert address.is_global and not address.is_multicast
        assert not (address.ipv4_mapped or address.sixtofour or address.teredo)


@given(st.ip_addresses(v=4))
def test_nat64_is_as_public_as_what_it_carries(address: IPv4Address) -> None:
    assert is_public(IPv6Address((0x0064_FF9B << 96) | int(address))) == is_public(address)


@given(st.ip_addresses(v=4))
def test_every_other_carrier_is_refused_whatever_it_carries(address: IPv4Address) -> None:
    nat64 = ip_network("64:ff9b::/96")
    assert not any(is_public(each) for each in map(IPv6Address, forbidden.carriers(address)) if each not in nat64)
