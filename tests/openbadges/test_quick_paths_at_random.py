"""What is read quickly is what a slow reader, written for clearness alone, reads; random inputs, near the limits.

FUZZ_SECONDS (environment variable) is how long each of these goes on, FUZZ_SEED where it starts.
"""

import base64
import json
import os
import random
import string
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import orjson
import pytest

from openbadges import canonical, kinds, shapes, structure
from openbadges.errors import JsonInvalid, OpenBadgesError
from openbadges.json_types import JsonObject
from openbadges.multiformats import EncodingInvalid, base58btc_decode, base58btc_encode, base64url_decode
from openbadges.parts import Part, with_parts
from openbadges.plain import is_plain
from openbadges.strict_json import loads
from tests.openbadges.samples import eu_complete

SECONDS = float(os.environ.get("FUZZ_SECONDS", "2"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
pytestmark = pytest.mark.timeout(SECONDS + 60)


def chances() -> Iterator[random.Random]:
    """A source of chance for each try, as long as there is time. A failing test shows the state of `seed`."""
    seed, end = SEED, time.monotonic() + SECONDS
    while time.monotonic() < end:
        yield random.Random(seed)
        seed += 1


def outcome(read: Callable[[Any], Any], given: Any) -> tuple[str, Any]:
    try:
        return "read", read(given)
    except (JsonInvalid, EncodingInvalid) as error:
        return "refused", error.code


# JSON

LEAVES = [
    "null", "true", "false", "0", "-0", "-0.0", "1.0", "1e5", "1E+2", "1e400", "-1e400", "1e-400", "0e-999", "0.0e5",
    "5e-324", "2e-324", "1e16", "1.5e300", "9007199254740993", "18446744073709551615", "18446744073709551616", "01",
    "-9223372036854775809", "9" * 30, "9" * 31, "-" + "9" * 29, "-" + "9" * 30, "0." + "1" * 28, "0." + "1" * 29,
    "1.", ".5", "+1", "NaN", "-Infinity", '""', '"a"', '"\\u0061"', '"\\ud83d\\ude00"', '"\\ud800"', '"\\uD800\\u0041"',
    '"\\\\ud800"', '"\\/"', '"\u2028"', '"\x7f"', '"\t"', '"\\u0000"', '"\\u00e9"', '"é"', '"😀"', "[]", "{}", "\ufeff",
    "\u00a01", '"\\x"', "'a'", "١", "1_0", "0x1", "tru", "[1,]", "{,}",
]  # fmt: skip
NAMES = ['"a"', '"\\u0061"', '"b"', '"é"', '"e\u0301"', '"\\u00e9"', '""', '"\\ud800"', "a", "1"]
SPACES = ["", "", "", " ", "\n", "\t\r", "\u00a0", "\f"]


def json_text(chance: random.Random, depth: int = 0) -> str:
    kind = chance.random()
    space = chance.choice(SPACES) if chance.random() < 0.1 else ""
    if depth > 4 or kind < 0.5:
        return space + chance.choice(LEAVES)
    inner = [json_text(chance, depth + 1) for _ in range(chance.randrange(4))]
    if kind < 0.7:
        return f"[{space}{','.join(inner)}]"
    return "{" + ",".join(f"{chance.choice(NAMES)}{space}:{value}" for value in inner) + "}"


def limits_text(chance: random.Random) -> str:
    """Near 64 levels, or near 20,000 members, compact or not."""
    if chance.random() < 0.7:
        depth = chance.choice((62, 63, 64, 65, 66))
        core = chance.choice(("", "1", "{}", "[]", '{"a":1}', '"\\n' + "  " * 64 + '"'))
        if chance.random() < 0.5:
            return "[" * depth + core + "]" * depth
        return '{"a":' * depth + (core or "1") + "}" * depth
    count = chance.choice((19_998, 19_999, 20_000, 20_001))
    return chance.choice((",", ", ")).join(["0"] * count).join("[]")


class Refused(Exception):
    pass


def slow_loads(data: bytes | str) -> Any:
    """Strict JSON once more: by the standard library's reader and one walk for each rule."""
    try:
        text = data.decode("utf-8") if isinstance(data, bytes) else data
        text.encode("utf-8")
    except UnicodeError:
        raise Refused from None

    def number(written: str) -> Any:
        if len(written) > 30:
            raise Refused
        if not set(written) & set(".eE"):
            return int(written)
        value = float(written)
        if value in (float("inf"), float("-inf")) or (value == 0 and Decimal(written) != 0):
            raise Refused
        return value

    def members(pairs: list[tuple[str, Any]]) -> Any:
        if len({name for name, _ in pairs}) < len(pairs):
            raise Refused
        return dict(pairs)

    def refuse(_: str) -> Any:
        raise Refused

    try:
        value = json.loads(
            text.removeprefix("\ufeff"), parse_int=number, parse_float=number, parse_constant=refuse,
            object_pairs_hook=members,
        )  # fmt: skip
        json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        raise Refused from None
    if depth_of(value) > 64 or members_in(value) > 20_000:
        raise Refused
    return value


def depth_of(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth_of, inner), default=0) if isinstance(value, (dict, list)) else 0


def members_in(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value
    return len(value) + sum(map(members_in, inner)) if isinstance(value, (dict, list)) else 0


def test_strict_json_is_what_the_slow_reader_reads() -> None:
    read = 0
    for chance in chances():
        text = limits_text(chance) if chance.random() < 0.01 else json_text(chance)
        given: bytes | str = text
        if chance.random() < 0.6:
            given = text.encode("utf-8", "surrogatepass")
        if chance.random() < 0.05:
            given = b"\xef\xbb\xbf" + given if isinstance(given, bytes) else "\ufeff" + given
        if chance.random() < 0.05 and isinstance(given, bytes) and given:
            place = chance.randrange(len(given))
            given = given[:place] + bytes([chance.randrange(256)]) + given[place + 1 :]
        kind, value = outcome(loads, given)
        try:
            expected = slow_loads(given)
        except Refused:
            assert kind == "refused", given[:200]
        else:
            assert kind == "read", given[:200]
            assert repr(value) == repr(expected), given[:200]  # 1, 1.0 and true are equal to Python; so are the zeros
            read += 1
    assert read > SECONDS


BADGE = eu_complete().to_json()
ISSUER = orjson.dumps(BADGE["issuer"]).decode()
ACHIEVEMENT = orjson.dumps(BADGE["credentialSubject"]["achievement"]).decode()  # type: ignore[index,call-overload]
PIECES = [
    ISSUER, ACHIEVEMENT, f'"issuer":{ISSUER}', f'"achievement":{ACHIEVEMENT}', f',"issuer":{ISSUER}',
    f',"\\u0069ssuer":{ISSUER}', '"urn:part:issuer"', '"urn:part:achievement"', '"urn\\u003apart:issuer"',
    '"urn:part\\u003aachievement"', '"issuer":', '"achievement":', "{", "}", "[", "]", ",", " ", '"', "\\", "1", "null",
    '"x":', '{"issuer":', f'"a":{{"issuer":{ISSUER}}},', f'"a":{{"achievement":{ACHIEVEMENT}}},', "\ufeff", "é",
    "\ud800",
]  # fmt: skip


def near_badge(chance: random.Random) -> str:
    """A badge with some of its parts, or texts that look like parts, put in, taken out or doubled."""
    text = orjson.dumps({**BADGE, "name": chance.choice(PIECES[:-1])} if chance.random() < 0.3 else BADGE).decode()
    for _ in range(chance.choice((0, 1, 1, 2, 3))):
        piece, places = chance.choice(PIECES), [text.find(one) for one in (*PIECES, '"evidence":', '"id":', '"name":')]
        place = chance.choice([place for place in places if place >= 0])
        place += chance.choice((0, 0, 1, len(ISSUER), len(ACHIEVEMENT)))
        gone = chance.choice((0, 0, 0, 1, len(piece), len(ISSUER)))
        text = text[:place] + piece + text[place + gone :]
    return text


def test_a_text_read_around_its_parts_is_what_all_of_it_reads() -> None:
    with_parts(BADGE)
    read = around = 0
    for chance in chances():
        text = near_badge(chance)
        kind, value = outcome(kinds.loads, text)
        assert (kind, repr(value)) == (kind, repr(outcome(loads, text)[1])), text
        assert kind == outcome(loads, text)[0], text
        read += kind == "read"
        around += kind == "read" and isinstance(value, dict) and isinstance(value.get("issuer"), Part)
    assert read > around > SECONDS


PROOF = {
    "type": "DataIntegrityProof", "created": "2026-03-12T09:30:00Z", "verificationMethod": "did:web:a.example#key-1",
    "cryptosuite": "eddsa-rdfc-2022", "proofPurpose": "assertionMethod", "proofValue": "z5zV",
}  # fmt: skip
OTHER_TEXTS = [
    "", "a", "_:b0", "_:", "a_:b", "é", "😀", "\u00a0", "\u2028", "\x7f", "\n", "\t", '"', '\\"', "\\", "%", ",", ":",
    "{", "<a>",
    "2026-03-12T09:30:00Z", "2026-03-12", "urn:x:a", "https://a.example/b", "https://a.example/ b", "urn:part:issuer",
    "did:web:a.example", "z", "_:c14n0", "\ufffe", "\U0010ffff", "achievement", "@id", "sec:proof",
]  # fmt: skip


def with_changed_texts(chance: random.Random, value: Any, share: float) -> Any:
    if isinstance(value, str):
        return chance.choice((*OTHER_TEXTS, value + chance.choice(OTHER_TEXTS))) if chance.random() < share else value
    if isinstance(value, list):
        return [with_changed_texts(chance, item, share) for item in value]
    if isinstance(value, dict):
        kept = ("issuer", "achievement") if chance.random() < 0.95 else ()
        return {
            name: item if name in kept else with_changed_texts(chance, item, share / 4 if name == "type" else share)
            for name, item in value.items()
        }
    return value


def sibling(chance: random.Random) -> str:
    """A signed badge like another but for some texts, now and then with something else changed."""
    badge = json.loads(WHOLE)
    document = {**badge, "proof": [PROOF]} if chance.random() < 0.8 else {"proof": PROOF, **badge}
    document = with_changed_texts(chance, document, chance.choice((0.0, 0.05, 0.2)))
    if chance.random() < 0.2:
        place = chance.choice(objects_in(document))
        place[chance.choice((*place, "name", "x", "type"))] = json.loads(json.dumps(chance.choice(VALUES)))
    text = orjson.dumps(document).decode()
    if chance.random() < 0.2:
        place = chance.randrange(len(text))
        letter = chance.choice(('"', "\\", ",", "\n", "\ud800", "\u00a0", '\\"', '""', ""))
        text = text[:place] + letter + text[place + chance.randrange(2) :]
    return text


def made_canonical(document: JsonObject) -> bytes | str:
    try:
        return canonical.rdfc_sha256(document)
    except OpenBadgesError as error:
        return error.code


def test_a_badge_of_a_known_kind_is_what_any_other_reader_finds() -> None:
    with_parts(BADGE)
    of_a_kind = 0
    for chance in chances():
        text = sibling(chance)
        kind, value = outcome(kinds.loads, text)
        plain = outcome(loads, text)[1]
        assert (kind, repr(value)) == (outcome(loads, text)[0], repr(plain)), text
        if isinstance(value, kinds.Kindred):
            of_a_kind += 1
            unsecured = kinds.without_proof(value)
            for document in (value, unsecured):
                assert isinstance(document, kinds.Kindred)
                assert kinds.take_apart(document)[:2] == (document.kind.shape, list(document.texts)), text
            assert unsecured == {name: item for name, item in plain.items() if name != "proof"}
            assert is_plain(value) == is_plain(with_parts(plain)), text
            assert structure.examine(value) == structure.examine(plain), text
            assert made_canonical(unsecured) == made_canonical(dict(unsecured)), text
    assert of_a_kind > SECONDS


# Base58 and base64url

ODD_LETTERS = "0OIl+/=-_ \n\t\r\0é١Ａ１🄰\u00a0\ud800"


def near_base(chance: random.Random, written: str) -> str:
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        place = chance.randrange(len(written) + 1)
        letter = chance.choice(chance.choice((ODD_LETTERS, string.ascii_letters + string.digits)))
        written = written[:place] + letter * chance.randrange(2) + written[place + chance.randrange(2) :]
    return written


def slow_base64url(text: str) -> bytes:
    if not set(text) <= set(string.ascii_letters + string.digits + "-_") or len(text) % 4 == 1:
        raise EncodingInvalid("", code="encoding.invalid")
    data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64.urlsafe_b64encode(data).decode().rstrip("=") != text:
        raise EncodingInvalid("", code="encoding.invalid")
    return data


def slow_base58(text: str) -> bytes:
    alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
    number, digits = 0, []
    for letter in text:
        if letter not in alphabet:
            raise EncodingInvalid("", code="encoding.invalid")
        number = number * 58 + alphabet.index(letter)
    while number:
        number, digit = divmod(number, 256)
        digits.append(digit)
    return bytes(len(text) - len(text.lstrip("1"))) + bytes(reversed(digits))


def test_base64url_and_base58_are_what_the_slow_readers_read() -> None:
    for chance in chances():
        data = bytes(chance.choice((0, 0, chance.randrange(256))) for _ in range(chance.randrange(40)))
        text = near_base(chance, base64.urlsafe_b64encode(data).decode().rstrip("="))
        assert outcome(base64url_decode, text) == outcome(slow_base64url, text), text
        written = base58btc_encode(data)
        assert base58btc_decode(written) == data
        text = near_base(chance, written)
        assert outcome(base58btc_decode, text) == outcome(slow_base58, text), text


# Shapes of documents

VALUES: list[Any] = [
    None, True, 0, 1.5, "", "a", "urn:x:a", "https://a.example/ b", "_:b0", [], ["a"], [[]], [None], {}, [{}],
    ["a", "b"],
    "2026-03-12T09:30:00Z", "2026-03-12", "urn:", "urn:x:\n", {"id": "urn:x:a", "type": ["Image"]}, {"type": "Image"},
    {"@context": "x"}, {"a:b": "c"}, {"@id": "x"}, {"id": "_:b"}, [[{"@type": "x"}]], {"type": ["Profile", 1]},
]  # fmt: skip
NAMES_OF_MEMBERS = sorted({name for shape in shapes.SHAPES.values() for name in shape.members} | {"type", "@x", "a:b"})


def objects_in(value: Any) -> list[Any]:
    found = [value] if isinstance(value, dict) else []
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return found + [place for item in inner for place in objects_in(item)]


def spoiled(chance: random.Random) -> JsonObject:
    document: JsonObject = json.loads(WHOLE)
    for _ in range(chance.choice((1, 1, 2))):
        place = chance.choice(objects_in(document))
        name = chance.choice((chance.choice(NAMES_OF_MEMBERS), *place))
        change = chance.randrange(4)
        if change == 0:
            place.pop(name, None)
        elif change == 1 and name in place:
            place[name] = [place[name]] * chance.randrange(3)
        else:
            place[name] = json.loads(json.dumps(chance.choice(VALUES)))
    return document


WHOLE = json.dumps(eu_complete().to_json())


def test_what_is_plain_at_a_glance_has_no_problems(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = 0
    for chance in chances():
        document = spoiled(chance)
        found = [examination(document), examination(with_parts(document))]
        at_a_glance = is_plain(document)
        monkeypatch.setattr(structure, "is_plain", lambda _: False)
        monkeypatch.setattr(structure, "_ORDINARY", frozenset())
        slow = list(shapes.problems(document))
        expected = examination(document)
        monkeypatch.undo()
        assert not (at_a_glance and slow), document
        assert found == [expected, expected], document  # in their order, too: the first one is told
        plain += at_a_glance
    assert plain


def examination(document: JsonObject) -> tuple[shapes.Problem, ...]:
    return structure.examine(document).problems if isinstance(document.get("@context"), list) else ()
