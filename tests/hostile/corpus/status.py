"""Status lists: revoked, substituted, stale, unsigned, truncated, of another purpose or issuer, odd indexes."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from typing import Any

from openbadges.contexts import CREDENTIALS_V1, DATA_INTEGRITY_V2, STATUS_LIST_2021_V1
from openbadges.multiformats import base64url_encode
from openbadges.status import encode_list
from openbadges.strict_json import dumps
from tests.hostile.case import COULD_NOT, Answer, Case, Series, World
from tests.hostile.maker import (
    ACADEMY,
    ATTACKER,
    LIST_URL,
    OTHER_SCHOOL,
    Forged,
    at,
    attempted,
    bits_with,
    credential,
    each,
    edited,
    proof,
    replaced,
    status_entry,
    status_list,
    token,
)

ISSUER = ACADEMY.world() | ATTACKER.world() | OTHER_SCHOOL.world()
INDEX = 94_567
BADGE = attempted(credential(credentialStatus=status_entry(str(INDEX))))
TEXT = dumps(BADGE).decode()
UNSURE = "status."
SHORT = 16_384


def cases() -> Iterator[Case]:
    series = Series("status")
    for build in (
        _controls,
        _withdrawn,
        _not_the_list,
        _dates,
        _encodings,
        _indexes,
        _entries,
        _older_kinds,
        _unreachable,
    ):
        build(series)
    yield from series.cases


def beside(document: Forged, url: str = LIST_URL) -> World:
    return ISSUER | World({url: document})


def _controls(series: Series) -> None:
    clear = beside(attempted(status_list()))
    series.control("clear", TEXT, "The bit is clear.", clear)
    series.control(
        "clear", token(credential(credentialStatus=status_entry(str(INDEX)))), "A token; the bit is clear.", clear
    )
    around = bits_with(INDEX - 1, INDEX + 1, INDEX ^ 7, 0, 131_071)
    series.control(
        "neighbours", TEXT, "Bits all around are set, this one is not.", beside(attempted(status_list(bits=around)))
    )
    for index in (0, 7, 8, 131_071):
        text = dumps(attempted(credential(credentialStatus=status_entry(str(index))))).decode()
        series.control(
            "index", text, "An index at an edge, clear.", beside(attempted(status_list(bits=bits_with(1, 131_070))))
        )
    number = dumps(attempted(credential(credentialStatus=status_entry(INDEX)))).decode()
    series.control("index", number, "1EdTech's sample writes the index as a number.", clear)
    for changes in ({"validUntil": None}, {"validFrom": None}, {"validUntil": "2026-11-26T12:00:01Z"}):
        series.control("dates", TEXT, "The list is current.", beside(attempted(status_list(**changes))))
    series.control("longer", TEXT, "A list of a million entries.", beside(attempted(status_list(bits=bytes(131_072)))))
    hold = status_entry(str(INDEX), statusPurpose="suspension")
    text = dumps(attempted(credential(credentialStatus=hold))).decode()
    document = attempted(status_list(subject={"statusPurpose": "suspension"}))
    series.control("suspension", text, "Another purpose, and the bit is clear.", beside(document))


def _withdrawn(series: Series) -> None:
    revoked = beside(attempted(status_list(bits=bits_with(INDEX))))
    series.hostile("revoked", TEXT, {"revoked"}, "status.revoked", "The issuer revoked it.", revoked)
    as_token = token(credential(credentialStatus=status_entry(str(INDEX))))
    series.hostile("revoked", as_token, {"revoked"}, "status.revoked", "The issuer revoked it.", revoked)
    for index in (0, 1, 7, 8, 131_071):
        text = dumps(attempted(credential(credentialStatus=status_entry(str(index))))).decode()
        document = attempted(status_list(bits=bits_with(index)))
        series.hostile("revoked", text, {"revoked"}, "status.revoked", "Its bit alone is set.", beside(document))
    everything = beside(attempted(status_list(bits=b"\xff" * SHORT)))
    series.hostile("revoked", TEXT, {"revoked"}, "status.revoked", "All bits are set.", everything)
    hold = attempted(credential(credentialStatus=status_entry(str(INDEX), statusPurpose="suspension")))
    held = beside(attempted(status_list(bits=bits_with(INDEX), subject={"statusPurpose": "suspension"})))
    series.hostile("suspended", dumps(hold).decode(), {"suspended"}, "status.suspended", "It is on hold.", held)
    series.hostile("suspended", dumps(hold).decode(), COULD_NOT, UNSURE, "The list is of another purpose.", revoked)
    clear = status_entry("5")
    for entries in (
        [clear, status_entry(str(INDEX))],
        [status_entry(str(INDEX)), clear],
        [clear] * 3 + [status_entry(str(INDEX))],
    ):
        text = dumps(attempted(credential(credentialStatus=entries))).decode()
        series.hostile("one-of-several", text, {"revoked"}, "status.revoked", "One of its entries says so.", revoked)
    many = [status_entry(str(number)) for number in range(40)] + [status_entry(str(INDEX))]
    text = dumps(attempted(credential(credentialStatus=many))).decode()
    series.hostile(
        "one-of-many", text, {"revoked", "not_accepted"} | COULD_NOT, (), "The entry that counts is the last.", revoked
    )


def _unreliable(series: Series, group: str, document: Forged, why: str) -> None:
    series.unknown(group, TEXT, UNSURE, why, beside(document))


def _not_the_list(series: Series) -> None:
    good = status_list()
    changes: list[tuple[Forged, str]] = [
        ({"id": "https://academy.example/status/2"}, "Another list of the same issuer."),
        ({"id": None}, "The list does not say which it is."),
        ({"issuer": ATTACKER.did}, "Another issuer's list."),
        ({"issuer": None}, "The list names no issuer."),
        ({"issuer": {"id": ATTACKER.did}}, "Another issuer's list."),
        ({"subject": {"statusPurpose": "suspension"}}, "Another purpose."),
        ({"subject": {"statusPurpose": ["suspension"]}}, "Another purpose."),
        ({"subject": {"statusPurpose": None}}, "No purpose."),
        ({"subject": {"type": "StatusList2021"}}, "Another kind of list than the entry says."),
        ({"subject": {"type": None}}, "The subject has no type."),
        ({"subject": {"encodedList": None}}, "There is no list in it."),
        ({"credentialSubject": None}, "There is no subject."),
    ]
    for change, why in changes:
        _unreliable(series, "other-list", attempted(status_list(**change)), why)
    _unreliable(series, "unsigned", good, "Nobody signed the list.")
    _unreliable(series, "unsigned", {**good, "proof": []}, "Nobody signed the list.")
    _unreliable(series, "other-key", attempted(good, ATTACKER), "Another signed the list.")
    _unreliable(
        series,
        "other-key",
        {**good, "proof": proof(good, ATTACKER, verificationMethod=ACADEMY.method())},
        "A forged signature.",
    )
    revoked = attempted(status_list(bits=bits_with(INDEX)))
    cleared = edited(revoked, lambda d: d["credentialSubject"].update(encodedList=encode_list(bits_with())))
    _unreliable(series, "changed", cleared, "The bit was cleared after signing.")
    _unreliable(
        series,
        "changed",
        edited(revoked, lambda d: d.update(validUntil="2099-01-01T00:00:00Z")),
        "Made to last longer.",
    )
    _unreliable(
        series, "changed", edited(revoked, lambda d: d["credentialSubject"].update(colour="x")), "A word was added."
    )
    _unreliable(series, "replayed", {**good, "proof": at(BADGE, "proof")}, "The signature is the badge's own.")
    _unreliable(series, "replayed", BADGE, "The badge itself stands in the place of the list.")
    _unreliable(series, "purpose", attempted(good, proofPurpose="authentication"), "Signed for another purpose.")
    _unreliable(series, "expired-proof", attempted(good, expires="2026-01-01T00:00:00Z"), "The list's proof has ended.")
    _unreliable(
        series, "two-proofs", {**good, "proof": [proof(good), proof(credential())]}, "One of two proofs does not fit."
    )
    _odd_lists(series, good)


def _odd_lists(series: Series, good: Forged) -> None:
    withdrawn_key = ACADEMY.did_document()
    edited_key = edited(withdrawn_key, lambda d: d["verificationMethod"][0].update(revoked="2026-01-01T00:00:00Z"))
    as_token = token(credential(credentialStatus=status_entry(str(INDEX))))
    world = ISSUER | World({ACADEMY.document_url: edited_key, LIST_URL: attempted(good)})
    series.unknown("withdrawn-key", as_token, UNSURE, "The key that signed the list is withdrawn.", world)
    for value in each([], "x", 1, None):
        document: Forged = {**good, "credentialSubject": value}
        series.unknown(
            "shape", TEXT, UNSURE, "It is no list.", beside({**document, "proof": at(attempted(good), "proof")})
        )


def _dates(series: Series) -> None:
    for changes, why in (
        ({"validUntil": "2026-11-26T12:00:00Z"}, "The list ends this second."),
        ({"validUntil": "2026-11-26T11:59:59Z"}, "The list is stale."),
        ({"validUntil": "2026-01-01T00:00:00Z", "validFrom": "2025-12-01T00:00:00Z"}, "The list is stale."),
        ({"validFrom": "2026-11-26T12:00:01Z"}, "The list is not valid yet."),
        ({"validFrom": "2099-01-01T00:00:00Z", "validUntil": None}, "The list is not valid yet."),
        ({"validUntil": "soon"}, "The end of the list is no date."),
        ({"validUntil": "2026-12-20"}, "The end of the list is no date and time."),
        ({"validFrom": "", "validUntil": "2026-12-20T00:00:00Z"}, "The start of the list is no date."),
    ):
        _unreliable(series, "stale", attempted(status_list(**changes)), why)


def _encodings(series: Series) -> None:
    packed = gzip.compress(bits_with(), mtime=0)
    bomb = gzip.compress(bytes(200 * 2**20), mtime=0)
    encoded = {
        "It is not compressed.": "u" + base64url_encode(bits_with()),
        "It is cut off.": "u" + base64url_encode(packed[:-9]),
        "Its checksum is wrong.": "u" + base64url_encode(packed[:-8] + bytes(4) + packed[-4:]),
        "Something follows it.": "u" + base64url_encode(packed + b"x"),
        "A second member follows it.": "u" + base64url_encode(packed + packed),
        "It has no multibase letter.": base64url_encode(packed),
        "It has another multibase letter.": "z" + base64url_encode(packed),
        "It is padded.": "u" + base64url_encode(packed) + "=",
        "It is zlib.": "u" + base64url_encode(zlib.compress(bits_with())),
        "It is empty.": "",
        "It is a letter.": "u",
        "Too few entries would tell who is meant.": "u" + base64url_encode(gzip.compress(bytes(SHORT - 1), mtime=0)),
        "One entry only.": "u" + base64url_encode(gzip.compress(b"\0", mtime=0)),
        "No entry at all.": "u" + base64url_encode(gzip.compress(b"", mtime=0)),
        "It inflates to 200 MB.": "u" + base64url_encode(bomb),
        "It inflates to 3 MB.": "u" + base64url_encode(gzip.compress(bytes(3 * 2**20), mtime=0)),
    }
    for why, text in encoded.items():
        document = status_list(bits=text or "u")
        document = replaced(document, ("credentialSubject", "encodedList"), text)
        _unreliable(series, "encoding", attempted(document), why)
    for value in each(1, [], None, True):
        document = replaced(attempted(status_list()), ("credentialSubject", "encodedList"), value)
        _unreliable(series, "encoding", document, "The list is no text.")


def _indexes(series: Series) -> None:
    world = beside(attempted(status_list(bits=bits_with(INDEX))))
    for index in ("131072", "999999999", "4294967296", "9999999999"):
        text = dumps(attempted(credential(credentialStatus=status_entry(index)))).decode()
        series.unknown("index", text, UNSURE, "The index lies outside the list.", world)
    tricks: tuple[Any, ...] = (
        "0094567", "94567 ", "+94567", "9_4567", "94567.0", "0x17167", "９４５６７",
        "-36505", 94567.5, "94567e0", ["94567"],
        -1, 10**30, "1" * 5000,
    )  # fmt: skip
    for trick in tricks:
        document = credential(credentialStatus=status_entry(trick))
        text = dumps(attempted(document)).decode()
        states = {"not_accepted", "revoked", "altered", "unreadable"} | COULD_NOT
        series.hostile("index-spelling", text, states, (), "Another spelling of a number.", world)


def _entries(series: Series) -> None:
    world = beside(attempted(status_list()))
    for kind in ("UnknownList2030", "RevocationList2020Status", "BitstringStatusListEntry2", "TokenStatusList"):
        as_token = token(credential(credentialStatus=status_entry(str(INDEX), type=kind)))
        series.unknown("unknown-type", as_token, "status.unknown_type", "The kind of list is not known.", world)
    for purpose in ("refresh", "revocation ", "Revocation", "delivery"):
        text = dumps(attempted(credential(credentialStatus=status_entry(str(INDEX), statusPurpose=purpose)))).decode()
        series.unknown("purpose", text, UNSURE, "The list is of another purpose.", world)
    removed = edited(BADGE, lambda d: d.pop("credentialStatus"))
    series.hostile("removed", dumps(removed).decode(), {"altered"}, "proof.invalid", "The entry was removed.", world)
    moved = edited(BADGE, lambda d: d["credentialStatus"].update(statusListIndex="5"))
    series.hostile("moved", dumps(moved).decode(), {"altered"}, "proof.invalid", "The index was changed.", world)
    url = "https://attacker.example/status/1"
    foreign = attempted(credential(credentialStatus=status_entry(str(INDEX), statusListCredential=url)))
    clear = attempted({**status_list(ATTACKER), "id": url}, ATTACKER)
    series.unknown(
        "foreign",
        dumps(foreign).decode(),
        UNSURE,
        "The list is another's, though the issuer chose it.",
        beside(clear, url),
    )


def _older_kinds(series: Series) -> None:
    """StatusList2021Entry and 1EdTechRevocationList, which issue C asks to be read."""
    entry = status_entry(str(INDEX), type="StatusList2021Entry")
    text = token(credential(credentialStatus=entry))
    clear, revoked = (attempted(_list_2021(bits)) for bits in (bits_with(), bits_with(INDEX)))
    series.control("2021", text, "A list of the kind of 2021.", beside(clear))
    series.hostile("2021", text, {"revoked"}, "status.revoked", "Its bit is set.", beside(revoked))
    for document, why in (
        (_list_2021(bits_with()), "Nobody signed the list."),
        (attempted(_list_2021(bits_with()), ATTACKER), "Another signed the list."),
        (replaced(clear, ("credentialSubject", "encodedList"), "x"), "It was changed after signing."),
        (attempted({**_list_2021(bits_with()), "expirationDate": "2026-11-26T12:00:00Z"}), "The list is stale."),
        (attempted(status_list()), "It is a list of the newer kind."),
    ):
        series.unknown("2021", text, UNSURE, why, beside(document))
    _revocation_lists(series)


def _list_2021(bits: bytes) -> Forged:
    return {
        "@context": [CREDENTIALS_V1, STATUS_LIST_2021_V1, DATA_INTEGRITY_V2],
        "id": LIST_URL,
        "type": ["VerifiableCredential", "StatusList2021Credential"],
        "issuer": ACADEMY.did,
        "issuanceDate": "2026-11-20T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST_URL}#list",
            "type": "StatusList2021",
            "statusPurpose": "revocation",
            "encodedList": base64url_encode(gzip.compress(bits, mtime=0)),
        },
    }


def _revocation_lists(series: Series) -> None:
    url = "https://academy.example/revoked.json"
    badge = credential(credentialStatus={"id": url, "type": "1EdTechRevocationList"})
    text, itself = token(badge), badge["id"]

    def listing(entries: Any) -> World:
        return beside({"id": url, "issuer": ACADEMY.did, "revokedCredential": entries}, url)

    for entries in each([], [{"id": "urn:x:y"}], [{"id": itself, "revoked": False}]):
        series.control("1edtech", text, "Its list does not name it.", listing(entries))
    revoked = each(
        [{"id": itself, "revoked": True}], [{"id": itself}], [{"id": itself, "revoked": False}, {"id": itself}],
        [{"id": "urn:x:y"}, {"id": itself, "revocationReason": "By mistake"}],
    )  # fmt: skip
    for entries in revoked:
        series.hostile("1edtech", text, {"revoked"}, "status.revoked", "Its list names it.", listing(entries))
    for broken in each(
        "x", 1, None, [1], {"id": itself}, [{}], ["x"], [{"id": 1}], [{"id": "urn:x:y", "revoked": "no"}]
    ):
        series.unknown("1edtech-broken", text, UNSURE, "It is no list.", listing(broken))
    for changes in ({"id": "https://academy.example/other"}, {"issuer": ATTACKER.did}):
        document: Forged = {"id": url, "issuer": ACADEMY.did, "revokedCredential": [], **changes}
        series.unknown("1edtech-other", text, UNSURE, "It is another's list.", beside(document, url))
    series.unknown("1edtech-unreachable", text, UNSURE, "Nothing answers at the list's address.", ISSUER)


def _unreachable(series: Series) -> None:
    series.unknown("unreachable", TEXT, UNSURE, "Nothing answers at the list's address.", ISSUER)
    answers = {
        "An error of the server.": Answer(b"", 500),
        "It is gone.": Answer(b"", 404),
        "A page for people.": Answer(b"<!doctype html><title>x</title>", 200, {"Content-Type": "text/html"}),
        "Not JSON.": Answer(b"{", 200),
        "A list of values.": Answer(b"[]", 200),
        "Three megabytes.": Answer(b'{"x":"' + b"x" * 3_000_000 + b'"}', 200),
        "A member twice.": Answer(dumps(attempted(status_list())).replace(b'{"', b'{"id":"x","', 1), 200),
        "A token that nobody signed.": Answer(b"eyJhbGciOiJub25lIn0.e30.", 200, {"Content-Type": "application/vc+jwt"}),
        "Elsewhere on another host.": Answer(b"", 302, {"Location": "https://attacker.example/list"}),
        "A loop.": Answer(b"", 302, {"Location": LIST_URL}),
        "To the metadata service.": Answer(b"", 302, {"Location": "http://169.254.169.254/latest/meta-data/"}),
    }
    for why, answer in answers.items():
        series.unknown("answer", TEXT, UNSURE, why, ISSUER | World(answers={LIST_URL: answer}))
    for url in (
        "http://127.0.0.1/status", "https://localhost/status", "https://10.0.0.1/status", "file:///etc/passwd",
        "https://[::1]/status",
        "http://academy.example/status/1", "ftp://academy.example/status", "https://169.254.169.254/",
        "https://academy.example:22/status",
    ):  # fmt: skip
        document = attempted(credential(credentialStatus=status_entry(str(INDEX), statusListCredential=url, id=None)))
        series.unknown("address", dumps(document).decode(), UNSURE, "Such an address is not asked.", ISSUER)
