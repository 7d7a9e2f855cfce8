"""Reading addresses: laws that hold for every text."""

import re
from urllib.parse import urlsplit

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from outbound.errors import FetchFailed, FetchRefused
from outbound.targets import HTTPS_PORT, Target, follow, own_places, read_target

OWN = own_places("https://badges.own.example", "https://old.example:8443", "http://localhost:8000")
PIECES = st.sampled_from(
    ["https://", "HTTPS:", "http://", "//", "/", "\\", "@", ":", ":443", ":80", "[", "]", "[::1]", "::ffff:", "%",
     "%31", "%00", ".", "..", "。", "127.0.0.1", "0x7f", "017700000001", "2130706433", "localhost",
     "badges.example", "own", "xn--", "xn--bcher-kva", "bücher", "ß", "#", "?", "&", ";", " ", "\t", "\r\n",
     "\0", "\u00ad", "\u200d", "\ud800",
     "\u202e", "é", "１", "①", "a", "-", "_", "*", "😀"]
)  # fmt: skip
URLS = st.lists(PIECES | st.text(max_size=3), max_size=12).map("".join) | st.text(max_size=40)


def read(url: str) -> Target | None:
    try:
        return read_target(url, OWN)
    except FetchRefused as error:
        assert error.code.startswith("fetch.")
        assert len(str(error)) < 120
        return None


@given(URLS | URLS.map("https://".__add__))
@example("https://badges.example/\ud800")
def test_any_text_is_read_or_refused_and_what_is_read_is_harmless(url: str) -> None:
    target = read(url)
    if target is not None:
        assert re.fullmatch(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)+", target.host)
        assert not target.host.rpartition(".")[2].isdigit()
        assert re.fullmatch(r"/[\x21-\x7e]*", target.path) and "#" not in target.path and "\\" not in target.path
        assert read(target.url) == target


HOSTS = st.from_regex(r"[a-z][a-z0-9]{0,20}(\.[a-z][a-z0-9]{0,20}){1,4}", fullmatch=True)


@given(HOSTS | st.just("badges.example"), st.sampled_from(["", ".", ":443", ".:443"]), URLS)
def test_what_is_read_is_what_the_standard_library_reads(host: str, port: str, tail: str) -> None:
    """Two readers that disagree about the host are how guards are passed."""
    url = f"https://{host}{port}{tail}"
    target = read(url)
    if target is not None and url.isascii():
        parts = urlsplit(target.url)
        assert (parts.scheme, parts.netloc, parts.hostname, parts.port) == ("https", target.host, target.host, None)
        assert (urlsplit(url).hostname or "").removesuffix(".") == target.host


@given(HOSTS, st.from_regex(r"/[A-Za-z0-9/._~?=-]*", fullmatch=True).filter(lambda path: len(path) < 1_000))
def test_every_plain_address_is_read(host: str, path: str) -> None:
    assume(read(f"https://{host}") is not None)
    assert read_target(f"https://{host.upper()}.:443{path}#x", OWN) == Target(host, path)


@given(URLS, st.booleans())
def test_any_location_leads_to_a_harmless_target_or_nowhere(location: str, same_host: bool) -> None:
    start = Target("badges.example", "/a/b?c")
    try:
        target = follow(start, location, same_host=same_host, own=OWN)
    except (FetchRefused, FetchFailed):
        return
    assert read(target.url) == target
    assert target.host == start.host or not same_host


@pytest.mark.parametrize(
    "url",
    [
        "https://badges.own.example/c/1", "HTTPS://BADGES.OWN.EXAMPLE./c/1", "https://badges.own.example:443",
        "https://old.example:8443/", "https://old.example/", "http://localhost:8000/c/1", "http://127.0.0.1:8000/",
        "http://[::1]:8000/", "https://localhost:8000/", "https://localhost/",
    ],
)  # fmt: skip
def test_our_own_places_are_never_fetched(url: str) -> None:
    with pytest.raises(FetchRefused) as caught:
        read_target(url, OWN)
    assert caught.value.code == "fetch.own_host"


@pytest.mark.parametrize(
    "url", ["https://www.badges.own.example/", "https://own.example/", "https://xbadges.own.example/"]
)
def test_other_names_of_our_domain_are_others(url: str) -> None:
    assert read(url) is not None


def test_an_own_host_is_known_in_both_spellings() -> None:
    own = own_places("https://bücher.example")
    for host in ("bücher.example", "xn--bcher-kva.example", "BÜCHER.example."):
        with pytest.raises(FetchRefused, match="looked up here"):
            read_target(f"https://{host}/", own)
    assert ("xn--bcher-kva.example", HTTPS_PORT) in own
