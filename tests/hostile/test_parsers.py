"""Every parser under damage: it gives a value within its bounds or refuses with a listed code, and never breaks.

EXAMPLES (environment variable) is the number of inputs of each property: small by default, 100000 for a long run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import UTC
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbadges import baking, jose, status, strict_json
from openbadges.codes import CODES
from openbadges.did import did_web_url, parse_did_document, resolve_did_key
from openbadges.errors import OpenBadgesError
from openbadges.keys import PublicKey
from openbadges.multiformats import base58btc_decode, base64url_decode, multibase_decode
from openbadges.report import PRECEDENCE
from openbadges.status_entry import StatusQuestion
from openbadges.strict_json import dumps
from openbadges.times import parse_time
from tests.hostile.corpus import pictures as p
from tests.hostile.corpus import ssrf
from tests.hostile.maker import ACADEMY, NOBODY, bits_with, credential, signed, status_entry, token
from tests.openbadges.hostile import EXAMPLES
from verification import own
from verification.reading import read
from verification.services import verify

JSON = dumps(signed(credential(NOBODY), NOBODY))
TOKEN = token(credential(NOBODY), NOBODY, signing="EdDSA").encode()
PNG = p.png(p.itxt(JSON))
SVG = p.svg(p.svg_json(JSON.decode())).encode()
LIST = status.encode_list(bits_with(5)).encode()
SNIPPETS = st.sampled_from(
    [b"\0", b"\xff", b"{", b"}", b'"', b"<", b">", b"&", b"]]>", b"\\ud800", b"1e999", b"<!DOCTYPE x [", b"IEND", b".",
     b"=", b"\xef\xbb\xbf", b"://", b"@", b":", b"%2e", b"%00", b"\r\n", b"-", b"9" * 40]
) | st.binary(max_size=12)  # fmt: skip
PARSERS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)


@st.composite
def damaged(draw: st.DrawFn, sample: bytes) -> bytes:
    """A valid input with one to four places cut, repeated, overwritten or filled."""
    data = sample
    for _ in range(draw(st.integers(1, 4))):
        at, size = draw(st.integers(0, len(data))), draw(st.integers(0, 60))
        head, part, tail = data[:at], data[at : at + size], data[at + size :]
        kind = draw(st.sampled_from(["cut", "end", "repeat", "insert", "overwrite", "reverse"]))
        data = {
            "cut": head + tail,
            "end": head,
            "repeat": head + part * draw(st.integers(0, 40)) + tail,
            "insert": head + draw(SNIPPETS) + part + tail,
            "overwrite": head + draw(SNIPPETS) + tail,
            "reverse": head + part[::-1] + tail,
        }[kind]
    return data


def answered(parse: Callable[[Any], Any], given: Any) -> Any:
    """What the parser gives, None where it refuses. Anything but a refusal with a listed code fails the test."""
    try:
        return parse(given)
    except OpenBadgesError as error:
        assert error.code in CODES, error.code
        assert str(error)
        return None


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


@PARSERS
@given(data=damaged(JSON) | st.binary(max_size=200))
def test_json(data: bytes) -> None:
    value = answered(strict_json.loads, data)
    if value is not None:
        assert strict_json.loads(dumps(value)) == value


@PARSERS
@given(data=damaged(PNG) | st.binary(max_size=200).map(lambda tail: p.PNG_SIGNATURE + tail))
def test_png(data: bytes) -> None:
    baked = answered(baking.unbake_png, data)
    assert baked is None or len(baked.text) <= 5 * 2**20


@PARSERS
@given(
    text=st.text(min_size=1, max_size=500).filter(lambda text: "\0" not in text),
    flags=st.binary(min_size=2, max_size=2),
)
def test_any_chunk_of_a_png(text: str, flags: bytes) -> None:
    data = p.png(p.itxt(text.encode(errors="replace"), flags=flags))
    baked = answered(baking.unbake_png, data)
    assert baked is None or isinstance(baked.text, str)


@PARSERS
@given(data=damaged(SVG) | st.binary(max_size=200).map(lambda tail: b"<svg" + tail))
def test_svg(data: bytes) -> None:
    for form in (data, text_of(data)):
        baked = answered(baking.unbake_svg, form)
        assert baked is None or len(baked.text) <= 5 * 2**20


@PARSERS
@given(data=damaged(TOKEN) | st.binary(max_size=200))
def test_token(data: bytes) -> None:
    text = text_of(data)
    found = answered(jose.parse_token, text)
    if found is not None:
        assert text.count(".") == 2
        assert answered(jose.credential_of, found) is None or found.alg in jose.KEY_OF_ALGORITHM


@PARSERS
@given(
    payload=st.recursive(
        st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.text(max_size=8),
        lambda inner: (
            st.dictionaries(
                st.sampled_from(
                    [
                        "iss",
                        "vc",
                        "vp",
                        "exp",
                        "nbf",
                        "sub",
                        "issuer",
                        "validFrom",
                        "credentialSubject",
                        "id",
                        "@context",
                        "type",
                    ]
                ),
                inner,
                max_size=5,
            )
            | st.lists(inner, max_size=3)
        ),
    )
)
def test_any_claims(payload: Any) -> None:
    from tests.hostile.maker import header_of, jws

    found = answered(jose.parse_token, jws(header_of(NOBODY, "EdDSA"), payload, NOBODY.key().sign))
    if found is not None:
        answered(jose.credential_of, found)


@PARSERS
@given(data=damaged(LIST) | st.binary(max_size=100).map(lambda tail: b"u" + tail))
def test_status_list(data: bytes) -> None:
    bits = answered(status.decode_list, text_of(data))
    assert bits is None or 16_384 <= len(bits) <= 2 * 2**20


@PARSERS
@given(
    index=st.one_of(st.integers(), st.text(max_size=20), st.floats(), st.none(), st.booleans()),
    address=st.text(max_size=40) | st.none(),
    kind=st.sampled_from(["BitstringStatusListEntry", "StatusList2021Entry", "x", 1, []]),
)
def test_status_entry(index: Any, address: Any, kind: Any) -> None:
    entry = {**status_entry("5"), "statusListIndex": index, "statusListCredential": address, "type": kind}
    question = StatusQuestion.of(entry)
    assert question is None or (question.index >= 0 and isinstance(question.address, str))


@PARSERS
@given(
    data=damaged(b"did:web:academy.example%3A8443:issuers:one")
    | st.sampled_from([f"did:web:{host}".encode() for host in ssrf.HOSTS])
    | st.text(max_size=60).map(lambda tail: f"did:web:{tail}".encode())
)
def test_did_web(data: bytes) -> None:
    url = answered(did_web_url, text_of(data))
    if url is not None:
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        assert scheme == "https" or host.partition(":")[0].endswith("localhost")
        assert "@" not in host and ".." not in path.split("/") and url.isascii() and url.isprintable()
        assert not host.partition(":")[0].replace(".", "").isdigit()


@PARSERS
@given(data=damaged(NOBODY.did.encode()) | st.text(max_size=60).map(lambda tail: f"did:key:{tail}".encode()))
def test_did_key(data: bytes) -> None:
    document = answered(resolve_did_key, text_of(data))
    assert document is None or document.methods[0].key.to_multikey() in text_of(data)


@PARSERS
@given(data=damaged(dumps(ACADEMY.did_document())))
def test_did_document(data: bytes) -> None:
    value = answered(strict_json.loads, data)
    if isinstance(value, dict):
        document = answered(parse_did_document, value)
        assert document is None or all(method.key.data for method in document.methods)


@PARSERS
@given(data=damaged(dumps(ACADEMY.key("RSA").public.to_jwk())) | damaged(dumps(ACADEMY.key("P-256").public.to_jwk())))
def test_key(data: bytes) -> None:
    value = answered(strict_json.loads, data)
    if isinstance(value, dict):
        answered(PublicKey.from_jwk, value)


@PARSERS
@given(data=damaged(b"z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK") | st.binary(max_size=60))
def test_encodings(data: bytes) -> None:
    for parse in (PublicKey.from_multikey, base58btc_decode, base64url_decode, multibase_decode):
        answered(parse, text_of(data))


@PARSERS
@given(data=damaged(b"2026-11-22T10:00:00.5-08:00") | st.text(max_size=30).map(str.encode))
def test_time(data: bytes) -> None:
    moment = answered(parse_time, text_of(data))
    assert moment is None or moment.tzinfo is UTC


@PARSERS
@given(
    data=damaged(b"http://localhost:8000/c/0f1e2d3c-4b5a-4678-9abc-def012345678")
    | st.sampled_from([f"https://{host}/x".encode() for host in ssrf.HOSTS])
    | st.sampled_from([url.encode() for url in (*ssrf.SHAPES, *ssrf.SCHEMES)])
)
def test_address(data: bytes) -> None:
    text = text_of(data)
    link = own.link(text)
    assert link is None or text.lower().startswith(tuple(origin.lower() for origin in own.origins()))
    assert own.host_of(text) is not None
    with contextlib.suppress(UnicodeEncodeError):
        read(text)


@pytest.mark.django_db
@PARSERS
@given(data=damaged(JSON) | damaged(TOKEN) | damaged(PNG) | damaged(SVG))
def test_whatever_is_damaged_gets_a_verdict(data: bytes) -> None:
    report = verify(data, now=timezone.now()).report
    assert report.state in PRECEDENCE
    assert all(check.code in CODES for check in report.checks)
    if report.outcome == "valid":
        assert _says_the_same(data)
    assert len(data) <= django_settings.MAX_UPLOAD_MB * 2**20


def _says_the_same(data: bytes) -> bool:
    """A blank more, a hurt picture around whole data: valid because the badge inside is."""
    from openbadges.canonical import digest
    from openbadges.inputs import Badge

    found = read(data)
    assert isinstance(found, Badge)
    if found.token is not None:
        return found.token == jose.parse_token(TOKEN.decode())
    assert found.document is not None
    return digest(found.document) == digest(strict_json.load_object(JSON))
