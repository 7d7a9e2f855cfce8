"""No connection and no DNS question goes to a forbidden place (RELIABILITY V5)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from outbound.deadline import Deadline
from outbound.errors import FetchRefused
from outbound.fetcher import Fetcher
from outbound.rules import Rules
from tests.outbound import forbidden, watch
from tests.outbound.web import HostileWeb

ADDRESSES = [*forbidden.addresses_v4(), *forbidden.addresses_v6(), *forbidden.METADATA]
HOSTS = [*forbidden.hosts(), *(host for host in forbidden.METADATA if ":" not in host)]
SCHEMES = [
    "http://badges.example/", "HTTP://badges.example/", "ftp://badges.example/", "file:///etc/passwd", "file://badges.example/x",
    "gopher://badges.example:70/_x", "dict://badges.example:11211/", "ldap://badges.example/", "ws://badges.example/",
    "jar:https://badges.example!/", "data:application/json,{}", "javascript:alert(1)", "blob:https://badges.example/1",
    "view-source:https://badges.example/", "unix:/var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fx/", "smb://badges.example/x",
    "about:blank", "mailto:a@badges.example", "urn:uuid:00000000-0000-0000-0000-000000000000", "did:web:badges.example",
    "//badges.example/", "/etc/passwd", "badges.example/x", "", " ", "://badges.example/", "1https://badges.example/",
    " https://badges.example/", "\thttps://badges.example/", "ht\ntps://badges.example/", "\ufeffhttps://badges.example/",
]  # fmt: skip
WRITTEN = [
    ("https://badges.example:22/", "fetch.port"), ("https://badges.example:80/", "fetch.port"),
    ("https://badges.example:8443/", "fetch.port"), ("https://badges.example:0/", "fetch.port"),
    ("https://badges.example:65979/", "fetch.port"), ("https://badges.example:/", "fetch.port"),
    ("https://badges.example:443:443/", "fetch.host"), ("https://badges.example:+443/", "fetch.port"),
    ("https://badges.example:４４３/", "fetch.port"), ("https://badges.example:4_4_3/", "fetch.port"),
    ("https://user@badges.example/", "fetch.userinfo"), ("https://:@badges.example/", "fetch.userinfo"),
    ("https://@badges.example/", "fetch.userinfo"), ("https://badges.example@127.0.0.1/", "fetch.userinfo"),
    ("https://127.0.0.1@badges.example/", "fetch.userinfo"), ("https://badges.example:443@10.0.0.1/", "fetch.userinfo"),
    ("https://127.0.0.1\\@badges.example/", "fetch.address"), ("https:\\\\127.0.0.1\\x", "fetch.address"),
    ("https://badges.example\\.127.0.0.1/", "fetch.address"), ("https://badges.example /", "fetch.address"),
    ("https://badges.example/\r\nHost: 127.0.0.1", "fetch.address"), ("https://badges.example/\x00", "fetch.address"),
    ("https://badges.example\t/", "fetch.address"), ("https://badges.example/\x7f", "fetch.address"),
    ("https://badges.example/\u2028x", "fetch.address"), ("https://badges.example/\ud800", "fetch.address"),
    ("https://badges.example/" + "x" * 2048, "fetch.address"), ("https://127.0.0.1#@badges.example/", "fetch.host"),
    ("https://127.0.0.1?@badges.example/", "fetch.host"), ("https:///127.0.0.1/", "fetch.host"),
    ("https:127.0.0.1/", "fetch.host"), ("https:/127.0.0.1/", "fetch.host"), ("https:////127.0.0.1/", "fetch.host"),
    ("https:badges.example/", "fetch.host"), ("https:///badges.example/", "fetch.host"),
]  # fmt: skip


def refusal(fetcher: Fetcher, url: str) -> str:
    with pytest.raises(FetchRefused) as caught:
        fetcher.fetch(url, kind="badge", deadline=Deadline.after(9))
    return caught.value.code


@pytest.fixture(scope="module")
def product() -> Fetcher:
    """By the rules of every installation: the system's resolver, real sockets."""
    return Fetcher(Rules())


def test_there_are_hundreds_of_them() -> None:
    assert len(ADDRESSES) > 500
    assert len(HOSTS) > 300


@pytest.mark.parametrize("host", HOSTS, ids=ascii)
def test_a_forbidden_host_is_refused_before_any_dns_question(product: Fetcher, host: str) -> None:
    with watch.sockets() as heard:
        assert refusal(product, f"https://{host}/latest/meta-data/") in {"fetch.host", "fetch.address", "fetch.port"}
        assert refusal(product, f"https://{host}:443/") in {"fetch.host", "fetch.address", "fetch.port"}
    assert heard == []


@pytest.mark.parametrize("url", SCHEMES, ids=ascii)
def test_only_https_is_spoken(product: Fetcher, url: str) -> None:
    with watch.sockets() as heard:
        assert refusal(product, url) == "fetch.scheme"
    assert heard == []


@pytest.mark.parametrize(("url", "code"), WRITTEN, ids=ascii)
def test_an_address_that_could_be_read_in_two_ways_is_refused(product: Fetcher, url: str, code: str) -> None:
    with watch.sockets() as heard:
        assert refusal(product, url) == code
    assert heard == []


@pytest.mark.loopback
def test_a_name_that_leads_to_a_forbidden_address_is_refused_before_any_socket(web: HostileWeb) -> None:
    fetcher = Fetcher(web.rules())
    for number, address in enumerate(ADDRESSES):
        web.names[f"n{number}.example"] = [[address]]
        assert refusal(fetcher, f"https://n{number}.example/") == "fetch.not_public", address
    assert web.calls == []


@pytest.mark.loopback
def test_a_redirect_to_a_forbidden_place_is_not_followed(web: HostileWeb) -> None:
    fetcher = Fetcher(replace(web.rules(), per_minute=10_000))
    hosts = [host for host in HOSTS if host.isascii()]  # a header of a redirect holds no other letters
    for number, host in enumerate(hosts):
        url = f"https://badges.example/{number}"
        web.redirect(url, f"https://{host}/latest/meta-data/")
        assert refusal(fetcher, url) in {"fetch.host", "fetch.address", "fetch.port"}
    assert web.questions == ["badges.example"] * len(hosts)
