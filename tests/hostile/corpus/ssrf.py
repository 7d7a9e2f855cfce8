"""Addresses that lead inside: every spelling of this machine, its network and its neighbours, in every place."""

from __future__ import annotations

from collections.abc import Iterator

from openbadges.strict_json import dumps
from tests.hostile.case import ALTERED, COULD_NOT, REFUSED, UNPROVEN, UNREADABLE, Answer, Case, Series, World
from tests.hostile.corpus import pictures as p
from tests.hostile.maker import ACADEMY, NOBODY, Forged, Maker, attempted, credential, signed, status_entry
from tests.outbound.forbidden import METADATA, addresses_v4, addresses_v6

HOSTS = (
    "127.0.0.1", "127.1", "127.0.1", "0", "0.0.0.0", "0x7f000001", "0x7f.0.0.1", "2130706433", "017700000001",
    "0177.0.0.1", "127.0.0.1.", "127.000.000.001",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:10.0.0.1]", "[64:ff9b::7f00:1]",
    "[64:ff9b:1::a00:1]", "[2002:7f00:1::]",
    "[2001:0:7f00:1::]", "[fe80::1]", "[fe80::1%25eth0]", "[fc00::1]", "[fd12:3456::1]", "[ff02::1]", "[100::1]",
    "[2001:db8::1]", "[::127.0.0.1]", "[5f00::1]",
    "10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.0.1", "169.254.169.254", "169.254.170.2",
    "100.64.0.1", "192.0.0.1", "192.0.2.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.88.99.1",
    "192.31.196.1", "100.100.100.200", "168.63.129.16",
    "localhost", "LOCALHOST", "localhost.", "localhost.localdomain", "ip6-localhost", "metadata.google.internal",
    "metadata", "router", "intranet.local",
    "127.0.0.1.nip.example", "①②⑦.⓪.⓪.①", "127。0。0。1", "１２７.0.0.1",
    "xn--", "a..b", ".", "-", "_x.example", "example",
    "kubernetes.default.svc",
)  # fmt: skip
SHAPES = (
    "https://user:pw@127.0.0.1/", "https://academy.example@127.0.0.1/", "https://127.0.0.1@academy.example/",
    "https://academy.example:22/", "https://academy.example:0/",
    "https://academy.example:65536/", "https://academy.example:8080/", "https://academy.example:443:80/",
    "https://academy.example:/x", "https://academy.example\\@127.0.0.1/",
    "https://academy.example#@127.0.0.1/", "https://academy.example?@127.0.0.1/", "https:///127.0.0.1/",
    "https:127.0.0.1/", "https:/127.0.0.1/", "http://127.0.0.1:6379/",
    "http://[::1", "http://]", "http://[v1.x]/", "https://%31%32%37.0.0.1/", "https://127.0.0.1%2f.academy.example/",
    "https://127.0.0.1%00.academy.example/",
    "https://academy.example/\r\nHost: 127.0.0.1", "https://academy.example/%0d%0aX: y", "HTTPS://127.0.0.1/",
    "https://127.0.0.1/badge.json?x=https://academy.example/",
)  # fmt: skip
SCHEMES = (
    "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:11211/",
    "ftp://127.0.0.1/", "ldap://127.0.0.1/",
    "data:application/json,{}", "javascript:alert(1)", "jar:https://127.0.0.1!/", "blob:https://127.0.0.1/x",
    "ws://127.0.0.1/", "//127.0.0.1/", "urn:uuid:1", "about:blank",
)  # fmt: skip
NOWHERE = COULD_NOT | UNREADABLE | {"not_found"}


def cases() -> Iterator[Case]:
    series = Series("ssrf")
    _controls(series)
    _links(series)
    _inside_badges(series)
    _names(series)
    yield from series.cases


def _controls(series: Series) -> None:
    """Addresses in places that nobody asks say nothing against a badge."""
    for url in ("https://127.0.0.1/x.png", "http://169.254.169.254/latest", "https://[::1]/x.png"):
        image = {"id": url, "type": "Image"}
        document = signed(credential(NOBODY, image=image), NOBODY)
        series.control("image", dumps(document).decode(), "Nobody fetches an image to verify a badge.")
        document = signed(credential(NOBODY, evidence=[{"id": url, "type": ["Evidence"]}]), NOBODY)
        series.control("evidence", dumps(document).decode(), "Nobody fetches evidence to verify a badge.")


def _links(series: Series) -> None:
    why = "This address leads to no public web server."
    for host in HOSTS:
        series.hostile("host", f"https://{host}/badge.json", NOWHERE, (), why)
    for host in HOSTS[:20]:
        series.hostile("plain-http", f"http://{host}/badge.json", NOWHERE, (), why)
    for url in SHAPES:
        series.hostile("shape", url, NOWHERE, (), why)
    for url in SCHEMES:
        series.hostile("scheme", url, NOWHERE, (), why)
    for url in ("https://127.0.0.1/assertion", "http://169.254.169.254/", "https://[::1]/", "file:///etc/passwd"):
        series.hostile("baked", p.png(p.text_chunk(url.encode())), NOWHERE, (), why)
        inside = f'<o:assertion xmlns:o="http://openbadges.org" verify="{url}"/>'
        series.hostile("baked", p.svg(inside), NOWHERE, (), why)


def _inside_badges(series: Series) -> None:
    why = "The address inside the badge leads to no public web server."
    for host in HOSTS:
        issuer = f"https://{host}/issuer"
        document = attempted(
            credential(issuer={"id": issuer, "type": ["Profile"]}), verificationMethod=f"{issuer}#key-1"
        )
        states = COULD_NOT | UNPROVEN | REFUSED | ALTERED
        series.hostile("issuer", dumps(document).decode(), states, (), why)
    for host in HOSTS[:40:2]:
        entry = status_entry("5", statusListCredential=f"https://{host}/status", id=None)
        document = attempted(credential(NOBODY, credentialStatus=entry), NOBODY)
        series.hostile("status-list", dumps(document).decode(), COULD_NOT | REFUSED | ALTERED, (), why)
    for url in (
        "https://127.0.0.1/context",
        "http://localhost/context",
        "file:///etc/passwd",
        "http://169.254.169.254/",
    ):
        context = [*signed(credential())["@context"], url]
        document = {**signed(credential()), "@context": context}
        series.hostile("context", dumps(document).decode(), COULD_NOT | REFUSED, "structure.", why, ACADEMY.world())
    for url in ("https://127.0.0.1/schema.json", "file:///etc/passwd"):
        document = attempted(credential(credentialSchema={"id": url, "type": "JsonSchema"}))
        series.control("schema", dumps(document).decode(), "A schema is never fetched.", ACADEMY.world())
    endless = World()
    legacy: Forged = {
        "@context": "https://w3id.org/openbadges/v2",
        "type": "Assertion",
        "id": "https://127.0.0.1/assertion",
        "badge": "http://169.254.169.254/badge",
        "verification": {"type": "hosted"},
    }
    series.hostile("legacy", dumps(legacy).decode(), COULD_NOT | REFUSED | UNREADABLE | UNPROVEN, (), why, endless)


def _names(series: Series) -> None:
    """A name of the public internet whose owner lets it lead inside."""
    why = "The name leads to an address that is not of the public internet."
    host, url = "inside.example", "https://inside.example/badge.json"
    for address in (*addresses_v4(1), *addresses_v6(1)[::3], *METADATA):
        series.hostile("name", url, NOWHERE, (), why, World(names={host: [address]}))
    for answers in (
        ["93.184.216.34", "127.0.0.1"],
        ["127.0.0.1", "93.184.216.34"],
        ["::1", "93.184.216.34"],
        ["10.0.0.1", "fd00::1"],
        [],
    ):
        series.hostile("names", url, NOWHERE, (), why, World(names={host: answers}))
    inside = World(names={host: ["127.0.0.1"], "academy.example": ["10.0.0.1"]})
    for issuer in ("did:web:inside.example", "did:web:inside.example:x", "https://inside.example/issuer"):
        maker = Maker("inside", issuer)
        text = dumps(signed(credential(maker), maker)).decode()
        series.unknown("issuer-name", text, ("issuer.", "proof."), why, inside)
    entry = status_entry("5", statusListCredential="https://inside.example/status", id=None)
    text = dumps(signed(credential(NOBODY, credentialStatus=entry), NOBODY)).decode()
    series.unknown("list-name", text, "status.", why, inside)
    moved = World(
        answers={"https://academy.example/moved": Answer(b"", 302, {"Location": url})}, names={host: ["127.0.0.1"]}
    )
    series.hostile("moved", "https://academy.example/moved", NOWHERE, (), "Sent on to a name that leads inside.", moved)
