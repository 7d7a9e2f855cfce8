"""docs/verification.md, the registry and the code name the same codes, states and headlines."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import openbadges
from openbadges.codes import CODES, GROUPS
from openbadges.headlines import headline
from openbadges.report import CHECK_IDS, PRECEDENCE, outcome_of

SOURCES = Path(openbadges.__file__).parent
DOCUMENT = (SOURCES.parent / "docs" / "verification.md").read_text("utf-8")
FAMILIES = {code.split(".")[0] for code in CODES}


def codes_in_source() -> Iterator[str]:
    """Every string constant that is written like a code: family, dot, words."""
    for path in SOURCES.rglob("*.py"):
        if path.name == "codes.py":
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                matched = re.fullmatch(r"([a-z_]+)\.[a-z][a-z_0-9]*", node.value)
                if matched and matched[1] in FAMILIES:
                    yield node.value


def test_every_code_in_the_source_is_registered() -> None:
    found = set(codes_in_source())
    assert len(found) > 90
    assert found - CODES.keys() == set()


def test_codes_made_of_parts_are_registered() -> None:
    assert {f"{check_id}.not_reached" for check_id in CHECK_IDS if check_id != "read"} <= CODES.keys()
    assert {f"read.{state}" for state in ("unclaimed", "private", "not_found", "erased")} <= CODES.keys()


def test_no_code_stands_in_two_groups() -> None:
    assert sum(len(group) for group in GROUPS.values()) == len(CODES)


def test_the_document_lists_the_registry_line_by_line() -> None:
    listed = re.findall(r"^\| `([a-z_.0-9]+)` \| (.*) \| (.*) \|$", DOCUMENT, re.MULTILINE)
    assert listed == [(code, words.meaning, words.advice) for code, words in CODES.items()]


def test_the_document_lists_states_in_their_precedence_with_outcome_and_headline() -> None:
    rows = re.findall(r"^\| ([a-z_]+) \| (valid|invalid|unknown) \| (.*) \|$", DOCUMENT, re.MULTILINE)
    assert [(state, outcome) for state, outcome, _ in rows] == [(state, outcome_of(state)) for state in PRECEDENCE]
    for state, (_, _, words) in zip(PRECEDENCE, rows, strict=True):
        assert words.startswith(headline(state, codes=frozenset(), when=None).removesuffix(" by the issuer"))
