"""`manage.py verify`: the same verdicts on the command line, offline if wanted, with other platforms' documents."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from credentials.models import Award
from openbadges import contexts, status, strict_json
from openbadges.json_types import JsonObject
from openbadges.keys import PrivateKey
from tests.verification.foreign import did_document, foreign_badge, status_list
from verification import evidence, limited

pytestmark = pytest.mark.django_db
Verdicts = list[dict[str, Any]]


def run(*inputs: str, **options: Any) -> tuple[int, str]:
    """Exit status and what was printed."""
    out = io.StringIO()
    try:
        call_command("verify", *inputs, stdout=out, **options)
    except SystemExit as end:
        assert isinstance(end.code, int)
        return end.code, out.getvalue()
    return 0, out.getvalue()


def verdicts(*inputs: str, **options: Any) -> tuple[int, Verdicts]:
    code, printed = run(*inputs, json=True, **options)
    return code, [json.loads(line) for line in printed.splitlines()]


def test_a_valid_badge_ends_with_0_and_a_line_for_each_check(award: Award) -> None:
    code, printed = run(award.address)
    first, *checks = printed.splitlines()
    assert code == 0
    assert first == f"Valid credential  ({award.address})"
    assert len(checks) == 10
    assert checks[0].startswith("  ✓ read: ") and checks[0].endswith("[read.ok]")


@pytest.mark.parametrize("given", ["hello", "https://elsewhere.example/badge", "{}", "0000-0000-0000", ""])
def test_anything_but_valid_ends_with_1(given: str) -> None:
    code, printed = run(given)
    assert code == 1 and printed


def test_each_input_has_its_json_line_and_one_bad_one_decides_the_exit_status(award: Award) -> None:
    code, lines = verdicts(award.address, "hello", award.code)
    assert code == 1
    assert [(line["input"], line["outcome"]) for line in lines] == [
        (award.address, "valid"),
        ("hello", "invalid"),
        (award.code, "valid"),
    ]
    assert list(lines[0]) == [
        "input",
        "outcome",
        "state",
        "headline",
        "checked_at",
        "checks",
        "credential",
        "receipt",
    ]


@pytest.mark.parametrize("kind", ["json", "jwt", "png", "svg"])
def test_a_file_is_read_by_its_name(award: Award, client: Client, tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"badge.{kind}"
    path.write_bytes(client.get(f"/c/{award.public_id}.{kind}").content)
    code, lines = verdicts(str(path))
    assert (code, lines[0]["state"], lines[0]["input"]) == (0, "valid", str(path))


def test_text_may_be_given_in_place_of_a_file(award: Award) -> None:
    code, lines = verdicts(award.document, evidence.token_text(award))
    assert code == 0
    assert [line["credential"]["format"] for line in lines] == ["ob3-di", "ob3-jwt"]


def test_offline_prints_json_by_itself(award: Award) -> None:
    code, printed = run(award.document, offline=True)
    assert code == 0 and json.loads(printed)["state"] == "valid"


def test_a_file_above_the_limit_and_a_folder_are_answered_too(tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    large.write_bytes(b" " * (6 * 2**20))
    code, lines = verdicts(str(large), str(tmp_path))
    assert code == 1
    assert [line["state"] for line in lines] == ["unreadable", "unreadable"]
    assert "larger" in lines[0]["checks"][0]["message"]


def test_bytes_that_are_no_text_and_nul_are_answered_too() -> None:
    code, lines = verdicts("caf\udce9", "a\x00b")
    assert code == 1 and [line["input"] for line in lines] == ["caf?", "a\x00b"]


# Other platforms, by documents that were supplied


@pytest.fixture
def held(tmp_path: Path) -> Callable[..., Path]:
    """A folder of documents, as `--evidence` takes it."""

    def write(*documents: object) -> Path:
        folder = tmp_path / "evidence"
        folder.mkdir()
        for number, document in enumerate(documents):
            (folder / f"{number}.json").write_text(json.dumps(document))
        return folder

    return write


def judged(folder: Path | None, **changes: Any) -> dict[str, Any]:
    code, lines = verdicts(strict_json.dumps(foreign_badge(**changes)).decode(), offline=True, evidence=folder)
    assert code == (0 if lines[0]["outcome"] == "valid" else 1)
    return lines[0]


def codes(line: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["code"] for check in line["checks"]}


def test_a_badge_from_elsewhere_is_valid_with_its_issuers_keys_and_list(held: Callable[..., Path]) -> None:
    line = judged(held(did_document(), status_list()))
    assert line["state"] == "valid", codes(line)
    assert line["credential"]["issuer"]["proven_by"] == ["did:web"]
    assert line["credential"]["issuer"]["name"] is None


def test_without_its_issuers_keys_nothing_was_checked() -> None:
    line = judged(None)
    assert (line["outcome"], line["state"], line["credential"]) == ("unknown", "not_checked", None)


def test_without_its_list_the_status_is_unknown(held: Callable[..., Path]) -> None:
    line = judged(held(did_document()))
    assert (line["outcome"], line["state"]) == ("unknown", "not_checked")
    assert codes(line)["status"] == "status.not_held"


def test_a_set_bit_revokes(held: Callable[..., Path]) -> None:
    assert judged(held(did_document(), status_list(status.set_bit(status.empty(), 7))))["state"] == "revoked"


def test_a_bit_beside_it_does_not(held: Callable[..., Path]) -> None:
    assert judged(held(did_document(), status_list(status.set_bit(status.empty(), 6))))["state"] == "valid"


UNUSABLE_LISTS: dict[str, Callable[[], JsonObject]] = {
    "signed by somebody else": lambda: status_list(signed_by=PrivateKey.from_bytes("Ed25519", bytes(32))),
    "over": lambda: status_list(age=timedelta(days=8)),
    "not yet valid": lambda: status_list(age=-timedelta(days=1)),
    "unsigned": lambda: {name: value for name, value in status_list().items() if name != "proof"},
    "changed": lambda: {**status_list(), "name": "changed"},
    "of another issuer": lambda: {**status_list(), "issuer": "did:web:elsewhere.example"},
    "with a strange date": lambda: {**status_list(), "validFrom": "yesterday"},
    "with a list that is none": lambda: {**status_list(), "credentialSubject": ["x"]},
}


@pytest.mark.parametrize("name", UNUSABLE_LISTS)
def test_a_list_that_cannot_be_relied_on_says_nothing(held: Callable[..., Path], name: str) -> None:
    line = judged(held(did_document(), UNUSABLE_LISTS[name]()))
    assert line["outcome"] != "valid" and line["state"] != "revoked"
    assert codes(line)["status"] == "status.list_invalid"


def test_keys_of_somebody_else_do_not_fit(held: Callable[..., Path]) -> None:
    line = judged(held(did_document(PrivateKey.from_bytes("Ed25519", bytes(32))), status_list()))
    assert (line["outcome"], line["credential"]) == ("invalid", None)


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b'{"id": 1}', b"\xff"])
def test_evidence_that_cannot_be_used_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "broken.json").write_bytes(content)
    with pytest.raises(CommandError, match=r"broken\.json cannot be used as evidence"):
        run("hello", evidence=tmp_path)


def test_a_folder_of_evidence_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="missing is not a folder"):
        run("hello", evidence=tmp_path / "missing")


# Contexts and further forms of evidence


CONTEXT_URL = "https://university.example/extension/v1"
CONTEXT: JsonObject = {"@context": {"campus": "https://university.example/terms#campus"}}


@pytest.fixture
def _no_context_stays(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(contexts, "_supplied", {})
    yield
    limited._pool.supply(b"")


def extended_badge() -> str:
    """A badge with a word of its issuer's own context, signed while that context is known."""
    contexts.supply({CONTEXT_URL: CONTEXT})
    base = foreign_badge()
    base_contexts = base["@context"]
    assert isinstance(base_contexts, list)
    extended = foreign_badge(**{"@context": [*base_contexts, CONTEXT_URL], "campus": "North"})
    contexts._supplied.clear()
    return strict_json.dumps(extended).decode()


@pytest.mark.usefixtures("_no_context_stays")
@pytest.mark.parametrize("by", ["index", "name"])
def test_a_context_that_is_supplied_is_used_and_nowhere_else(held: Callable[..., Path], by: str) -> None:
    badge = extended_badge()
    folder = held(did_document(), status_list())
    _, lines = verdicts(badge, offline=True, evidence=folder)
    assert (lines[0]["state"], codes(lines[0])["structure"]) == ("not_checked", "structure.context_not_pinned")

    name = "context.json" if by == "index" else f"{quote(CONTEXT_URL, safe='')}.json"
    (folder / name).write_text(json.dumps(CONTEXT))
    if by == "index":
        (folder / "index.json").write_text(json.dumps({CONTEXT_URL: name}))
    _, lines = verdicts(badge, offline=True, evidence=folder)
    assert lines[0]["state"] == "valid", codes(lines[0])


@pytest.mark.usefixtures("_no_context_stays")
def test_a_pinned_context_cannot_be_replaced(held: Callable[..., Path]) -> None:
    folder = held(did_document(), status_list())
    url = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
    (folder / f"{quote(url, safe='')}.json").write_text(json.dumps(CONTEXT))
    assert judged(folder)["state"] == "valid"


@pytest.mark.parametrize("content", ['{"https://a.example/": 1}', "[]", "{"])
def test_an_index_that_is_none_is_named(held: Callable[..., Path], content: str) -> None:
    folder = held(did_document())
    (folder / "index.json").write_text(content)
    with pytest.raises(CommandError, match=r"index\.json cannot be used"):
        run("hello", evidence=folder)


def test_what_is_printed_hides_nothing() -> None:
    _, printed = run("gnp\u202e.json")
    assert "\u202e" not in printed and "U+202E" in printed
