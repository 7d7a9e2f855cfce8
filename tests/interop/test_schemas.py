"""Everything we issue fits the official JSON Schemas of 1EdTech (draft 2019-09), formats included."""

import json
from functools import cache
from typing import Any

import jsonschema_rs
import pytest

from openbadges import jose, strict_json
from tests.conftest import FIXTURES
from tests.interop.world import Published

SCHEMAS = FIXTURES / "1edtech-openbadges-specification" / "schemas"
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"The schemas (TOUCHSTONE_FIXTURES) are not in {SCHEMAS}"),
]


@cache
def validator(name: str) -> jsonschema_rs.Draft201909Validator:
    schema = json.loads((SCHEMAS / f"ob_v3p0_{name}_schema.json").read_text("utf-8"))
    return jsonschema_rs.Draft201909Validator(schema, validate_formats=True)


def problems(name: str, document: Any) -> list[str]:
    return [f"{list(error.instance_path)}: {error.message}" for error in validator(name).iter_errors(document)]


def test_each_credential_fits_in_both_forms(everything: Published) -> None:
    assert len(everything.credentials) >= 25 + 12
    for item in everything.credentials:
        assert problems("achievementcredential", item.document) == [], item.label
        assert problems("achievementcredential", jose.credential_of(jose.parse_token(item.token))) == [], item.label


def test_both_forms_say_the_same(everything: Published) -> None:
    for item in everything.credentials:
        unsigned = {member: value for member, value in item.document.items() if member != "proof"}
        enveloped = jose.credential_of(jose.parse_token(item.token))
        assert strict_json.dumps(unsigned) == strict_json.dumps(enveloped)


def test_each_issuer_document_is_a_profile(everything: Published) -> None:
    profiles = {url: page for url, page in everything.pages.items() if "/issuers/" in url}
    assert len(profiles) >= 4
    for url, page in profiles.items():
        assert problems("profile", page) == [], url
        assert page["name"] and page["verificationMethod"]
        assert page == everything.documents[f"{url}/did.json"]


def test_each_definition_is_the_one_in_its_credentials(everything: Published) -> None:
    for item in everything.credentials:
        subject: Any = item.document["credentialSubject"]
        achievement = subject["achievement"]
        page = everything.pages[achievement["id"]]
        assert {member: value for member, value in page.items() if member != "@context"} == achievement


def test_a_wrong_shape_is_told(everything: Published) -> None:
    document = everything.credentials[0].document
    assert problems("achievementcredential", {**document, "validFrom": "yesterday"})
    assert problems("achievementcredential", {**document, "credentialSubject": {"type": ["AchievementSubject"]}})
    assert problems("profile", {"type": ["Profile"]})
