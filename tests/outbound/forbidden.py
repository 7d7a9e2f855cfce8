"""Forbidden places by the hundred, made from the IANA registries and from the ways to write an address down."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_network
from random import Random

# IANA IPv4 and IPv6 Special-Purpose Address Registries (2026) and the multicast blocks, in the order of the registries.
BLOCKS_V4 = (
    "0.0.0.0/8", "0.0.0.0/32", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
    "192.0.0.0/24", "192.0.0.0/29", "192.0.0.8/32", "192.0.0.9/32", "192.0.0.10/32", "192.0.0.170/31", "192.0.2.0/24",
    "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15",
    "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "255.255.255.255/32",
)  # fmt: skip
BLOCKS_V6 = (
    "::1/128", "::/128", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "100:0:0:1::/64", "2001::/23", "2001::/32",
    "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:2::/48", "2001:3::/32", "2001:4:112::/48", "2001:10::/28",
    "2001:20::/28", "2001:30::/28", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20", "5f00::/16",
    "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)  # fmt: skip
# Metadata services of clouds, and platform services beside them.
METADATA = (
    "169.254.169.254", "169.254.170.2", "169.254.169.123", "100.100.100.200", "192.0.0.192", "168.63.129.16",
    "fd00:ec2::254", "fd20:ce::254", "fe80::a9fe:a9fe",
)  # fmt: skip


def addresses_v4(each: int = 3) -> list[str]:
    """First, last and some random addresses of every block."""
    return list(dict.fromkeys(_members(BLOCKS_V4, each)))


def addresses_v6(each: int = 3) -> list[str]:
    """The same, and every IPv6 form that carries a forbidden IPv4 address."""
    carried = [form for text in addresses_v4(1) for form in carriers(IPv4Address(text))]
    return list(dict.fromkeys([*_members(BLOCKS_V6, each), *carried]))


def carriers(inner: IPv4Address) -> Iterator[str]:
    """IPv6 addresses by which a translator or a tunnel may reach `inner`."""
    number = int(inner)
    yield str(IPv6Address((0xFFFF << 32) | number))  # mapped
    yield str(IPv6Address((0xFFFF << 48) | number))  # translated, SIIT ::ffff:0:a.b.c.d
    yield str(IPv6Address((1 << 32 if number < 2 else 0) | number))  # compatible
    yield str(IPv6Address((0x0064_FF9B << 96) | number))  # NAT64, well-known prefix
    yield str(IPv6Address((0x0064_FF9B_0001 << 80) | number))  # NAT64, local prefix of 96 bits
    yield str(IPv6Address((0x0064_FF9B_0001 << 80) | (number >> 16 << 64) | (number & 0xFFFF) << 40))  # ... of 48 bits
    yield str(IPv6Address((0x2002 << 112) | (number << 80) | 1))  # 6to4
    yield str(IPv6Address((0x2001_0000 << 96) | (number << 64) | 0x1234))  # Teredo, server
    yield str(IPv6Address((0x2001_0000 << 96) | (0x0808_0808 << 64) | (number ^ 0xFFFF_FFFF)))  # Teredo, client


def hosts() -> list[str]:
    """Hosts that name a forbidden machine, in every spelling that some resolver or library takes for an address."""
    spelled = [form for text in ("127.0.0.1", "10.0.0.5", "169.254.169.254", "0.0.0.0") for form in spellings(text)]
    bracketed = [f"[{text}]" for text in addresses_v6(1)]
    return list(dict.fromkeys([*addresses_v4(1), *spelled, *bracketed, *_ODD_BRACKETS, *_NAMES]))


def spellings(address: str) -> Iterator[str]:
    number = int(IPv4Address(address))
    a, b, c, d = address.split(".")
    yield from (address, f"{address}.", f"{address}..", f".{address}", f"{a}.{b}.{c}.{d}.0")
    yield from (str(number), f"{number}.", hex(number), hex(number).upper(), f"0x{number:032x}", f"0{number:o}")
    yield from (f"{a}.{int(b) * 65536 + int(c) * 256 + int(d)}", f"{a}.{b}.{int(c) * 256 + int(d)}")
    yield ".".join(f"0{int(part):o}" for part in (a, b, c, d))
    yield ".".join(f"{int(part):#x}" for part in (a, b, c, d))
    yield ".".join(f"{int(part):03}" for part in (a, b, c, d))
    yield f"0x{int(a):x}.{b}.0{int(c):o}.{d}"
    yield from (address.replace(".", dot) for dot in "\u3002\uff0e\uff61\u2024")
    yield "".join(chr(ord(letter) + 0xFEE0) if letter.isdigit() else letter for letter in address)  # full width
    yield "".join(chr(0x1D7CE + int(letter)) if letter.isdigit() else letter for letter in address)  # mathematical
    yield "".join("⓪①②③④⑤⑥⑦⑧⑨"[int(letter)] if letter.isdigit() else letter for letter in address)
    yield "".join(f"%{ord(letter):02x}" for letter in address)
    yield address.replace(".", "%2e")
    yield from (f"{address}%00.badges.example", f"{address}\u200b", f"\u00ad{address}")


_ODD_BRACKETS = (
    "[::]", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::127.0.0.1]", "[::1%25lo]", "[fe80::1%25eth0]",
    "[fe80::1%eth0]", "[v1.fe]", "[]", "[127.0.0.1]",
    "[::1", "::1]", "::1", "[::1].badges.example", "[::1]badges.example",
)  # fmt: skip
_NAMES = (
    "localhost", "LOCALHOST", "localhost.", "foo.localhost", "localhost.localdomain", "ip6-localhost", "loopback",
    "ｌocalhost", "loc\u00adalhost", "kubernetes", "kubernetes.default.svc.cluster.local", "printer.local",
    "router.lan",
    "metadata.google.internal", "db.internal", "wiki.corp", "nas.home", "a.home.arpa", "1.0.0.127.in-addr.arpa",
    "abc.onion", "x.test", "x.invalid", "a.intranet", "b.private", "x.alt", "postgres", "redis", "com", "",
    ".", "..", "a..example", "-a.example", "a-.example", "a_b.example", "*.example", "a" * 64 + ".example",
    ".".join(["a" * 50] * 6), "xn--a.example", "xn--.example", "ab--cd.example", "exa mple.example", "a,b.example",
)  # fmt: skip


def _members(blocks: tuple[str, ...], each: int) -> Iterator[str]:
    random = Random(20261126)
    for block in blocks:
        network = ip_network(block)
        yield str(network[0])
        yield str(network[-1])
        yield from (str(network[random.randrange(network.num_addresses)]) for _ in range(each))
