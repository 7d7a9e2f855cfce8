"""Whatever others published as an example gets a verdict: in the service, at the API, never an exception."""

import json
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from openbadges.report import CHECK_IDS, outcome_of
from tests.conftest import FIXTURES
from tests.interop.world import NOW
from verification.services import verify

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FIXTURES.is_dir(), reason=f"The examples (TOUCHSTONE_FIXTURES) are not at {FIXTURES}"),
]
KINDS = {".json", ".jsonld", ".png", ".svg", ".jws", ".jwt", ".html", ".txt", ".nq"}
VALIDATOR = FIXTURES / "1edtech-public-validator" / "ob30"
EXAMPLES = FIXTURES / "1edtech-openbadges-specification" / "examples"


def examples() -> list[Path]:
    return [path for path in sorted(FIXTURES.rglob("*")) if path.suffix in KINDS]


def test_every_published_file_gets_a_verdict() -> None:
    assert len(examples()) > 200
    for path in examples():
        report = verify(path.read_bytes(), now=NOW).report
        assert [check.id for check in report.checks] == list(CHECK_IDS), path
        assert report.outcome == outcome_of(report.state) != "valid", path  # no one here is known to us
        assert json.dumps(report.to_json()) and report.headline and report.explanation, path


def test_the_api_answers_for_each_badge() -> None:
    client = Client()
    for path in [*EXAMPLES.glob("*.json"), *VALIDATOR.iterdir()]:
        upload = SimpleUploadedFile(path.name, path.read_bytes())
        response = client.post("/api/v1/verify", {"file": upload})
        assert response.status_code == 200, path
        assert response.json()["outcome"] in ("invalid", "unknown"), path


def test_the_examples_of_the_specification_are_read_as_badges() -> None:
    """They are read, and refused for their signature or issuer only: none of them is called unreadable."""
    states = {path.name: verify(path.read_bytes(), now=NOW).report.state for path in EXAMPLES.glob("*.json")}
    assert "basicOpenBadgeCredential-1.json" in states
    assert set(states.values()) <= {"not_accepted", "altered", "not_checked", "issuer_unproven"}, states


@pytest.mark.parametrize("name", ["simple.json", "simple-json.png", "simple-jwt.svg", "simple-jwt.jws"])
def test_the_validators_samples_name_an_issuer_that_nobody_asked(name: str) -> None:
    """Expected valid there, where a key in the document counts for its issuer. Here its issuer has to be looked up."""
    report = verify((VALIDATOR / name).read_bytes(), now=NOW).report
    assert (report.outcome, report.check("read").result) == ("unknown", "passed")
