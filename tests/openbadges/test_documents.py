"""What we sign: the exact shapes, what constructors refuse, and agreement with the official JSON Schema."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges.canonical import rdfc
from openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_3_0_3
from openbadges.data_integrity import add_proof
from openbadges.documents import (
    Achievement,
    Address,
    Alignment,
    Criteria,
    DocumentInvalid,
    Evidence,
    IdentityObject,
    Image,
    OpenBadgeCredential,
    Profile,
    Result,
    ResultDescription,
    StatusEntry,
    status_list_credential,
)
from openbadges.json_types import JsonObject
from openbadges.status import empty, encode_list
from tests.conftest import FIXTURES
from tests.openbadges.cases import ED25519, ED25519_METHOD
from tests.openbadges.samples import AWARDED, ISSUER_DID, STATUS_LIST, eu_complete, issuer

SCHEMAS = FIXTURES / "1edtech-openbadges-specification" / "schemas"


def signed() -> JsonObject:
    return add_proof(eu_complete().to_json(), ED25519, verification_method=ED25519_METHOD, created=AWARDED)


@pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"The published schemas are not in {SCHEMAS}")
def test_the_signed_sample_fits_the_official_schema() -> None:
    schema = json.loads((SCHEMAS / "ob_v3p0_achievementcredential_schema.json").read_text("utf-8"))
    validator = jsonschema.Draft201909Validator(schema, format_checker=jsonschema.FormatChecker())
    assert [error.message for error in validator.iter_errors(signed())] == []


def test_the_sample_is_eu_complete_in_size_and_passes_safe_mode() -> None:
    quads = rdfc(eu_complete().to_json()).decode().splitlines()
    blank = {word for quad in quads for word in quad.split() if word.startswith("_:c14n")}
    assert 180 <= len(quads) <= 230
    assert 18 <= len(blank) <= 26
    assert 7_000 <= len(json.dumps(signed(), separators=(",", ":"))) <= 9_000


def test_a_credential_is_written_in_the_shapes_of_the_standard() -> None:
    document = eu_complete().to_json()
    assert document["@context"] == [CREDENTIALS_V2, OPEN_BADGES_3_0_3]
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert document["validFrom"] == document["awardedDate"] == "2026-03-12T09:30:00Z"
    assert isinstance(document["evidence"], list)
    assert document["credentialStatus"] == {
        "id": f"{STATUS_LIST}#94567",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "94567",
        "statusListCredential": STATUS_LIST,
    }
    subject = document["credentialSubject"]
    assert isinstance(subject, dict) and isinstance(subject["identifier"], list)
    assert subject["identifier"][0] == {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": "Ada Sample",
        "identityType": "name",
    }
    achievement = subject["achievement"]
    assert isinstance(achievement, dict)
    assert achievement["creator"] == {"id": ISSUER_DID, "type": ["Profile"], "name": "Sample IT Academy (SAMPLE)"}
    assert achievement["image"] == {
        "id": f"{achievement['id']}/image.png",
        "type": "Image",
        "caption": "Badge: Networking basics (SAMPLE), Sample IT Academy",
    }
    assert (achievement["creditsAvailable"], subject["creditsEarned"]) == (2, 2)


def test_reading_gives_back_the_value_that_was_written() -> None:
    credential = eu_complete(valid_until=None)
    assert OpenBadgeCredential.from_json(credential.to_json()) == credential
    assert OpenBadgeCredential.from_json(signed()) == eu_complete()


@given(
    name=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), min_size=1),
    index=st.integers(0, 131_071),
    seconds=st.integers(0, 4 * 10**9),
)
def test_writing_then_reading_is_the_identity(name: str, index: int, seconds: int) -> None:
    start = datetime.fromtimestamp(seconds, UTC)
    credential = eu_complete(name=name, status_index=index, valid_from=start, valid_until=start + timedelta(days=1))
    document = credential.to_json()
    assert OpenBadgeCredential.from_json(json.loads(json.dumps(document))) == credential
    assert OpenBadgeCredential.from_json(document).to_json() == document


def test_an_address_is_trimmed_lower_cased_and_hashed_with_its_salt() -> None:
    # printf 'ada@example.orgsalt' | sha256sum
    expected = "sha256$a014001d5b097167917a72429dd5a82f1753a805174e3d74f47086d6459b96a1"
    first, second = (
        IdentityObject.of_email(" Ada@Example.org", "salt"),
        IdentityObject.of_email("ada@example.org", "salt"),
    )
    assert first == second
    assert first.identity_hash == expected
    assert IdentityObject.of_email("ada@example.org", "pepper") != first


REFUSED: list[tuple[Callable[[], object], str]] = [
    (lambda: replace(issuer(), name=""), "name"),
    (lambda: replace(issuer(), name="A\x00B"), "name"),
    (lambda: replace(issuer(), name="A\x1bB"), "name"),
    (lambda: replace(issuer(), name="A\x7fB"), "name"),
    (lambda: replace(issuer(), name="A\ufffeB"), "name"),
    (lambda: replace(issuer(), name="A\U0010ffffB"), "name"),
    (lambda: replace(issuer(), name="A\ud800B"), "name"),
    (lambda: replace(issuer(), id="issuers/1"), "id"),
    (lambda: replace(issuer(), id="javascript:alert(1)"), "id"),
    (lambda: replace(issuer(), url="ftp://example.org/"), "url"),
    (lambda: replace(issuer(), url="https://example.org/a b"), "url"),
    (lambda: replace(issuer(), url="https:///path"), "url"),
    (lambda: replace(issuer(), url="https://example.org/\n"), "url"),
    (lambda: replace(issuer(), other_identifier=[]), "otherIdentifier"),  # type: ignore[arg-type]
    (lambda: Image(id="data:image/png;base64,AAAA"), "id"),
    (lambda: Address(address_country_code="NLD"), "addressCountryCode"),
    (Criteria, "criteria"),
    (lambda: Evidence(digest_sri="md5-AAAA"), "digestSRI"),
    (lambda: Result(status="Done"), "status"),
    (lambda: Alignment(target_name="a", target_url="https://a.example", target_type="workload"), "targetType"),
    (lambda: ResultDescription(id="urn:uuid:1", name="a", result_type="Grade"), "resultType"),
    (lambda: IdentityObject(hashed=True, identity_hash="a", identity_type="e-mail"), "identityType"),
    (lambda: StatusEntry(status_list_credential=STATUS_LIST, index=131_072), "statusListIndex"),
    (lambda: StatusEntry(status_list_credential=STATUS_LIST, index=-1), "statusListIndex"),
    (lambda: StatusEntry(status_list_credential=STATUS_LIST, index=True), "statusListIndex"),
    (lambda: eu_complete(valid_from=datetime(2026, 1, 1)), "validFrom"),  # noqa: DTZ001 - that is the point
    (lambda: eu_complete(valid_from=datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=1)))), "validFrom"),
    (lambda: eu_complete(valid_from=datetime(2026, 1, 1, 0, 0, 0, 5, tzinfo=UTC)), "validFrom"),
    (lambda: eu_complete(valid_until=AWARDED), "validUntil"),
    (lambda: eu_complete(name=3), "identityHash"),  # type: ignore[arg-type]
    (lambda: with_credits("1e16"), "creditsAvailable"),
    (lambda: with_credits("0.00000001"), "creditsAvailable"),
    (lambda: with_credits("1.234567890123456"), "creditsAvailable"),
    (lambda: with_credits("NaN"), "creditsAvailable"),
    (lambda: with_credits("Infinity"), "creditsAvailable"),
    (lambda: replace(achievement(), in_language="english"), "inLanguage"),
    (lambda: replace(achievement(), achievement_type="Medal"), "achievementType"),
    (lambda: replace(achievement(), creator="did:web:a.example"), "creator"),  # type: ignore[arg-type]
    (lambda: replace(achievement(), tag=("",)), "tag"),
]


def achievement() -> Achievement:
    return Achievement(
        id="urn:uuid:1", name="a", description="b", criteria=Criteria(narrative="c"), achievement_type="ext:Medal"
    )


def with_credits(number: str) -> Achievement:
    return replace(achievement(), credits_available=Decimal(number))


@pytest.mark.parametrize(("make", "member"), REFUSED)
def test_what_must_not_be_signed_cannot_be_built(make: Callable[[], object], member: str) -> None:
    with pytest.raises(DocumentInvalid) as refusal:
        make()
    assert refusal.value.member == member
    assert refusal.value.code == "document.invalid"


@pytest.mark.parametrize("text", ["two\nlines", "tab\there", "Zoë Ångström", "محمد", "李小龍", "🎓", "e\u0301"])
def test_text_of_any_script_may_be_signed(text: str) -> None:
    assert Profile(id=ISSUER_DID, name=text).to_json()["name"] == text


@pytest.mark.parametrize(("number", "written"), [("2", 2), ("2.0", 2), ("2.5", 2.5), ("0.1", 0.1), ("0", 0)])
def test_credits_are_plain_numbers(number: str, written: float) -> None:
    document = with_credits(number).to_json()
    assert json.dumps(document["creditsAvailable"]) == json.dumps(written)
    assert Achievement.from_json(document).to_json() == document


@pytest.mark.parametrize(
    "change",
    [
        {"@context": [CREDENTIALS_V2]},
        {"type": "OpenBadgeCredential"},
        {"validFrom": "2026-03-12T09:30:00+00:00"},
        {"validFrom": "2026-03-12"},
        {"validFrom": None},
        {"evidence": {"type": ["Evidence"]}},
        {"evidence": []},
        {"credentialStatus": []},
        {"credentialStatus": {"statusListIndex": 1}},
        {"refreshService": {"type": "1EdTechCredentialRefresh"}},
        {"issuer": ISSUER_DID},
    ],
)
def test_reading_refuses_any_other_shape(change: JsonObject) -> None:
    with pytest.raises(DocumentInvalid):
        OpenBadgeCredential.from_json({**eu_complete().to_json(), **change})
    with pytest.raises(DocumentInvalid):
        OpenBadgeCredential.from_json(["not an object"])


def test_reading_refuses_a_missing_member() -> None:
    for member in ("id", "issuer", "awardedDate", "credentialSubject", "credentialStatus"):
        document = {name: value for name, value in eu_complete().to_json().items() if name != member}
        with pytest.raises(DocumentInvalid, match=member):
            OpenBadgeCredential.from_json(document)


def test_a_status_list_credential_has_its_own_shape() -> None:
    encoded = encode_list(empty())
    published = status_list_credential(
        list_url=STATUS_LIST,
        issuer=ISSUER_DID,
        encoded_list=encoded,
        valid_from=AWARDED,
        valid_until=AWARDED + timedelta(days=7),
    )
    assert published.to_json() == {
        "@context": [CREDENTIALS_V2],
        "id": STATUS_LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": ISSUER_DID,
        "validFrom": "2026-03-12T09:30:00Z",
        "validUntil": "2026-03-19T09:30:00Z",
        "credentialSubject": {
            "id": f"{STATUS_LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded,
        },
    }
    assert type(published).from_json(published.to_json()) == published
    assert rdfc(published.to_json()).count(b"\n") == 9
    with pytest.raises(DocumentInvalid):
        replace(published.credential_subject, encoded_list="zabc")
