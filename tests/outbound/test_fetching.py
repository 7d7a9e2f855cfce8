"""What a fetch gives, what it sends, and where redirects may lead."""

import gzip
import zlib

import pytest

from outbound.deadline import Deadline
from outbound.errors import FetchFailed, FetchRefused
from outbound.exchange import ACCEPT, MOST_BYTES, Kind
from outbound.fetch import Fetched
from outbound.fetcher import Fetcher
from tests.outbound.web import HostileWeb, Visit, answer

pytestmark = pytest.mark.loopback
BADGE = "https://badges.example/b/1"


def fetch(web: HostileWeb, url: str = BADGE, *, kind: Kind = "badge", seconds: float = 5) -> Fetched:
    return Fetcher(web.rules()).fetch(url, kind=kind, deadline=Deadline.after(seconds))


def failure(web: HostileWeb, url: str = BADGE, *, kind: Kind = "badge") -> str:
    with pytest.raises((FetchFailed, FetchRefused)) as caught:
        fetch(web, url, kind=kind)
    return caught.value.code


def test_a_document_comes_with_its_final_address_and_bare_media_type(web: HostileWeb) -> None:
    web.serve(BADGE, b'{"a": 1}', media_type="Application/VC; charset=utf-8")
    assert fetch(web) == Fetched(BADGE, b'{"a": 1}', "application/vc")
    assert web.questions == ["badges.example"]
    assert [(str(address), port) for address, port in web.calls] == [(web.name("badges.example"), 443)]


@pytest.mark.parametrize("media_type", ["", "json", "a/b/c", "text/plain x", "é/x"])
def test_a_media_type_that_is_none_is_left_out(web: HostileWeb, media_type: str) -> None:
    web.serve(BADGE, b"x", media_type=media_type)
    assert fetch(web).media_type == ""


@pytest.mark.parametrize("kind", ACCEPT)
def test_the_request_is_fixed_and_carries_nothing_of_ours(
    web: HostileWeb, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    web.serve(f"{BADGE}?q=1", b"{}", headers={"Set-Cookie": "a=b"})
    for _ in range(2):
        fetch(web, f"{BADGE}?q=1#part", kind=kind)
    assert [visit.head.decode().split("\r\n") for visit in web.visits] == 2 * [
        [
            "GET /b/1?q=1 HTTP/1.1",
            "Host: badges.example",
            "User-Agent: Touchstone (verifies credentials)",
            f"Accept: {ACCEPT[kind]}",
            "Accept-Encoding: identity",
            "Connection: close",
            "",
            "",
        ]
    ]


def test_the_host_is_asked_for_in_its_one_spelling(web: HostileWeb) -> None:
    web.serve("https://xn--bcher-kva.example/ä".encode("ascii", "xmlcharrefreplace").decode(), b"")
    web.serve("https://xn--bcher-kva.example/%C3%A4", b"{}")
    assert fetch(web, "HTTPS://B\u00dcCHER.Example.:443/ä").url == "https://xn--bcher-kva.example/%C3%A4"


# Redirects.


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["https://other.example/x", "//other.example/x", "https://OTHER.example:443/x#y"])
def test_a_badge_may_lie_elsewhere(web: HostileWeb, status: int, location: str) -> None:
    web.redirect(BADGE, location, status=status)
    web.serve("https://other.example/x", b"{}")
    assert fetch(web).url == "https://other.example/x"
    assert web.questions == ["badges.example", "other.example"]


@pytest.mark.parametrize("location", ["/x", "../x", "https://badges.example/x"])
@pytest.mark.parametrize("kind", ["did_document", "issuer_profile", "keys"])
def test_keys_may_move_within_their_host(web: HostileWeb, kind: Kind, location: str) -> None:
    web.redirect(BADGE, location)
    web.serve("https://badges.example/x", b"{}")
    assert fetch(web, kind=kind).url == "https://badges.example/x"


@pytest.mark.parametrize("host", ["other.example", "www.badges.example", "example"])
@pytest.mark.parametrize("kind", ["did_document", "issuer_profile", "keys"])
def test_keys_never_come_from_another_host(web: HostileWeb, kind: Kind, host: str) -> None:
    web.redirect(BADGE, f"https://{host}/x")
    web.serve(f"https://{host}/x", b"{}")
    assert failure(web, kind=kind) in {"fetch.redirect", "fetch.host"}
    assert web.questions == ["badges.example"]


def test_three_redirects_are_followed_and_a_fourth_is_not(web: HostileWeb) -> None:
    for number in range(1, 5):
        web.redirect(f"https://hop{number}.example/", f"https://hop{number + 1}.example/")
    web.serve("https://hop5.example/", b"{}")
    assert fetch(web, "https://hop2.example/").url == "https://hop5.example/"
    assert failure(web, "https://hop1.example/") == "fetch.redirect"


def test_a_loop_ends(web: HostileWeb) -> None:
    web.redirect(BADGE, BADGE)
    assert failure(web) == "fetch.redirect"
    assert len(web.visits) == 4


@pytest.mark.parametrize(
    ("location", "code"),
    [
        ("http://other.example/", "fetch.scheme"),
        ("ftp://other.example/", "fetch.scheme"),
        ("file:///etc/passwd", "fetch.scheme"),
        ("data:application/json,1", "fetch.scheme"),
        ("https://127.0.0.1/", "fetch.host"),
        ("https://[::1]/", "fetch.host"),
        ("//[::1", "fetch.address"),
        ("https://localhost/", "fetch.host"),
        ("https://metadata.internal/", "fetch.host"),
        ("https://user:word@other.example/", "fetch.userinfo"),
        ("https://other.example:22/", "fetch.port"),
        ("https://inside.example/", "fetch.not_public"),
        ("\\\\other.example\\x", "fetch.address"),
        ("https://other.example/a b", "fetch.address"),
        ("\t", "fetch.redirect"),
        ("https://other.example/\xff", "fetch.protocol"),
    ],
)
def test_every_redirect_is_checked_like_the_first_address(web: HostileWeb, location: str, code: str) -> None:
    web.redirect(BADGE, location)
    web.serve("https://other.example/", b"{}")
    web.names["inside.example"] = [["10.1.2.3"]]
    assert failure(web) == code
    assert len(web.calls) == 1
    assert set(web.questions) <= {"badges.example", "inside.example"}


def test_a_redirect_without_location_says_so(web: HostileWeb) -> None:
    web.script(BADGE, lambda visit: visit.send(answer(status=302)))
    assert failure(web) == "fetch.redirect"


def test_the_body_of_a_redirect_is_not_read(web: HostileWeb) -> None:
    def script(visit: Visit) -> None:
        visit.send(answer(status=302, headers={"Location": "/x", "Content-Length": str(10**9)}))
        visit.wait()

    web.script(BADGE, script)
    web.serve("https://badges.example/x", b"{}")
    assert fetch(web, seconds=2).body == b"{}"


# Answers.


@pytest.mark.parametrize("status", [201, 204, 206, 300, 304, 400, 401, 403, 404, 410, 429, 500, 503, 599, 999])
def test_any_status_but_200_is_told(web: HostileWeb, status: int) -> None:
    web.serve(BADGE, b"{}", status=status)
    with pytest.raises(FetchFailed) as caught:
        fetch(web)
    assert (caught.value.code, caught.value.status) == ("fetch.http_status", status)


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(b"{}" * 5000)),
        ("GZIP", gzip.compress(b"{}" * 5000)),
        ("x-gzip", gzip.compress(b"{}" * 5000)),
        ("deflate", zlib.compress(b"{}" * 5000)),
        ("identity", b"{}" * 5000),
    ],
)
def test_compression_that_nobody_asked_for_is_undone(web: HostileWeb, encoding: str, packed: bytes) -> None:
    web.serve(BADGE, packed, headers={"Content-Encoding": encoding})
    assert fetch(web).body == b"{}" * 5000


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("br", b"x"),
        ("gzip, gzip", gzip.compress(gzip.compress(b"{}"))),
        ("gzip", b"no gzip"),
        ("gzip", gzip.compress(b"{}")[:-4]),
        ("gzip", gzip.compress(b"{}") + b"more"),
        ("gzip", b""),
        ("deflate", b"\x78"),
    ],
)
def test_compression_that_cannot_be_undone_is_told(web: HostileWeb, encoding: str, packed: bytes) -> None:
    web.serve(BADGE, packed, headers={"Content-Encoding": encoding})
    assert failure(web) == "fetch.encoding"


def test_two_mebibytes_are_read_and_not_a_byte_more(web: HostileWeb) -> None:
    web.serve(BADGE, b"x" * MOST_BYTES)
    web.serve(f"{BADGE}/more", b"x" * (MOST_BYTES + 1))
    web.serve(f"{BADGE}/gzip", gzip.compress(b"x" * MOST_BYTES), headers={"Content-Encoding": "gzip"})
    web.serve(f"{BADGE}/bomb", gzip.compress(b"x" * (MOST_BYTES + 1)), headers={"Content-Encoding": "gzip"})
    assert len(fetch(web).body) == len(fetch(web, f"{BADGE}/gzip").body) == MOST_BYTES
    assert failure(web, f"{BADGE}/more") == failure(web, f"{BADGE}/bomb") == "fetch.too_large"


def test_chunks_are_put_together(web: HostileWeb) -> None:
    chunks = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\nTrailer: x\r\n\r\n"
    web.script(BADGE, lambda visit: visit.send(chunks))
    assert fetch(web).body == b"{}"
