"""Receipts: what they say, whose they are, and that nothing but the whole text under a listed key is read."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbadges import jose
from openbadges.did import VerificationMethod, build_did_document
from openbadges.errors import OpenBadgesError
from openbadges.facts import Evidence, StatusFact
from openbadges.inputs import Badge, read_badge
from openbadges.json_types import JsonObject
from openbadges.judge import judge
from openbadges.keys import PrivateKey
from openbadges.receipts import LONGEST_RECEIPT, Receipt, issuer_of_receipt, read_receipt, sign_receipt
from openbadges.report import CHECK_IDS
from openbadges.status_entry import worst_of
from openbadges.strict_json import dumps
from tests.openbadges import cases

DID = "did:web:touchstone.example"
METHOD = f"{DID}#receipt-1"
KEY, OTHER = PrivateKey.generate("P-256"), PrivateKey.generate("P-256")
TEXT = dumps(cases.signed_sample()).decode()


def document(key: PrivateKey = KEY, did: str = DID, **terms: Any) -> JsonObject:
    return build_did_document(did, [VerificationMethod(f"{did}#receipt-1", did, key.public, **terms)])


def receipt() -> Receipt:
    status = worst_of([StatusFact(False, list_age_seconds=60), StatusFact(None, code="status.unreachable")])
    report = judge(cases.Presented(cases.signed_sample()).elsewhere(status=status), now=cases.NOW)
    return Receipt.of(report, issuer=DID, presented=b" " + TEXT.encode(), credential=TEXT)


def signed(claims: JsonObject, *, typ: str = "receipt+jwt", kid: str = METHOD, key: PrivateKey = KEY) -> str:
    return jose.sign_claims(claims, key, kid=kid, alg="ES256", typ=typ)


def code_of(call: Callable[[], object]) -> str:
    with pytest.raises(OpenBadgesError) as refusal:
        call()
    return refusal.value.code


def test_a_receipt_says_digests_outcome_codes_ages_and_time() -> None:
    claims = receipt().to_claims()
    assert list(claims) == [
        "iss",
        "iat",
        "input_sha256",
        "credential_sha256",
        "outcome",
        "state",
        "checks",
        "status_list_ages",
    ]
    assert (claims["iss"], claims["iat"]) == (DID, int(cases.NOW.timestamp()))
    assert claims["input_sha256"] == sha256(b" " + TEXT.encode()).hexdigest()
    assert claims["credential_sha256"] == sha256(TEXT.encode()).hexdigest()
    assert (claims["outcome"], claims["state"], claims["status_list_ages"]) == ("unknown", "unreachable", [60, None])
    checks = claims["checks"]
    assert isinstance(checks, list) and [check["id"] for check in checks if isinstance(check, dict)] == list(CHECK_IDS)
    assert all(isinstance(check, dict) and list(check) == ["id", "result", "code"] for check in checks)


def test_a_receipt_comes_back_as_it_was_signed() -> None:
    text = sign_receipt(receipt(), KEY, kid=METHOD)
    assert read_receipt(text, document()) == receipt()
    assert issuer_of_receipt(text) == DID
    assert jose.parse_jws(text).header == {"alg": "ES256", "kid": METHOD, "typ": "receipt+jwt"}


def test_a_fraction_of_a_second_is_cut_off() -> None:
    report = judge(Evidence("json"), now=datetime(2026, 11, 26, 1, 2, 3, 999_999, tzinfo=UTC))
    found = Receipt.of(report, issuer=DID, presented="hello", credential="")
    assert Receipt.from_claims(found.to_claims()) == found
    assert (found.issued_at.microsecond, found.credential_sha256, found.state) == (0, None, "unreadable")


def test_text_and_bytes_have_one_digest() -> None:
    report = judge(Evidence("json"), now=cases.NOW)
    first, second = (Receipt.of(report, issuer=DID, presented=one, credential="") for one in ("ä", "ä".encode()))
    assert first == second


def test_ages_are_told_only_where_the_signature_fits() -> None:
    changed = {**cases.signed_sample(), "name": "Another"}
    status = worst_of([cases.CLEAR])
    assert judge(cases.Presented(cases.signed_sample()).elsewhere(status=status), now=cases.NOW).status_list_ages == (
        60,
    )
    assert judge(cases.Presented(changed).elsewhere(status=status), now=cases.NOW).status_list_ages == ()


def test_a_badge_keeps_its_text() -> None:
    found = read_badge(TEXT)
    assert isinstance(found, Badge) and (found.text, found.size) == (TEXT, len(TEXT))
    assert TEXT not in repr(found)


def test_a_receipt_is_no_credential_and_a_credential_no_receipt() -> None:
    text = sign_receipt(receipt(), KEY, kid=METHOD)
    assert code_of(lambda: jose.parse_token(text)) == "token.type"
    token = cases.token_text(cases.signed_sample())
    assert code_of(lambda: read_receipt(token, document())) == "receipt.type"


def test_every_change_of_a_letter_is_refused() -> None:
    text = sign_receipt(receipt(), KEY, kid=METHOD)
    for place in range(0, len(text), 7):
        changed = text[:place] + ("A" if text[place] != "A" else "B") + text[place + 1 :]
        with pytest.raises(OpenBadgesError):
            read_receipt(changed, document())


WRONG_KEYS: dict[str, tuple[JsonObject, str]] = {
    "another key under the same name": (document(OTHER), "token.signature"),
    "another installation": (document(did="did:web:other.example"), "receipt.issuer"),
    "no keys": (build_did_document(DID, []), "receipt.key"),
    "a revoked key": (document(revoked=cases.NOW), "receipt.key"),
    "a key of another kind": (document(PrivateKey.generate("Ed25519")), "token.key_type"),
    "no document": ({}, "did.document_invalid"),
}


@pytest.mark.parametrize("name", WRONG_KEYS)
def test_only_a_key_that_the_installation_lists_counts(name: str) -> None:
    listed, code = WRONG_KEYS[name]
    text = sign_receipt(receipt(), KEY, kid=METHOD)
    assert code_of(lambda: read_receipt(text, listed)) == code


NO_RECEIPTS: dict[str, tuple[str, str]] = {
    "nothing": ("", "token.malformed"),
    "a sentence": ("Valid credential", "token.malformed"),
    "padding": ("e30=.e30=.AA==", "token.encoding"),
    "no signature algorithm": (f"{'eyJhbGciOiJub25lIn0'}.e30.AA", "token.algorithm"),
    "too long": ("a" * (LONGEST_RECEIPT + 1), "receipt.type"),
    "another type": (signed(receipt().to_claims(), typ="JWT"), "receipt.type"),
    "a key of another": (signed(receipt().to_claims(), kid=f"{DID}#key-2"), "receipt.key"),
    "no issuer": (signed({}), "receipt.claims"),
}


@pytest.mark.parametrize("name", NO_RECEIPTS)
def test_what_is_no_receipt_is_refused_with_its_code(name: str) -> None:
    text, code = NO_RECEIPTS[name]
    assert code_of(lambda: issuer_of_receipt(text) and read_receipt(text, document())) == code


def checks_with(**members: Any) -> list[Any]:
    checks: Any = receipt().to_claims()["checks"]
    return [{**checks[0], **members}, *checks[1:]]


WRONG_CLAIMS: dict[str, dict[str, Any]] = {
    "no digest": {"input_sha256": None},
    "a short digest": {"input_sha256": "ab"},
    "a digest in capitals": {"input_sha256": "A" * 64},
    "a digest that is a number": {"credential_sha256": 7},
    "another outcome than the state's": {"outcome": "valid"},
    "no state": {"state": "splendid"},
    "no checks": {"checks": []},
    "checks that are words": {"checks": ["read"] * 10},
    "one check too few": {"checks": checks_with()[1:]},
    "checks in another order": {"checks": checks_with()[::-1]},
    "a result that is none": {"checks": checks_with(result="maybe")},
    "a sentence for a code": {"checks": checks_with(code="It fits.")},
    "no time": {"iat": None},
    "a truth for a time": {"iat": True},
    "a time far away": {"iat": 2**40},
    "a fraction of a second": {"iat": 1.5},
    "an age in words": {"status_list_ages": ["new"]},
}


@pytest.mark.parametrize("name", WRONG_CLAIMS)
def test_claims_of_another_kind_are_refused(name: str) -> None:
    claims = {**receipt().to_claims(), **WRONG_CLAIMS[name]}
    assert code_of(lambda: read_receipt(signed(claims), document())) == "receipt.claims"


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(name=st.sampled_from(sorted(receipt().to_claims())), value=JSON)
def test_any_value_of_a_claim_is_read_or_refused(name: str, value: Any) -> None:
    claims = {**receipt().to_claims(), name: value}
    try:
        found = Receipt.from_claims(claims)
    except OpenBadgesError as error:
        assert error.code == "receipt.claims"
    else:
        assert Receipt.from_claims(found.to_claims()) == found


@given(text=st.text() | st.builds("{}.{}.{}".format, st.text(), st.text(), st.text()))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(OpenBadgesError):
        read_receipt(text, document())


def test_members_of_later_versions_are_passed_over() -> None:
    assert read_receipt(signed({**receipt().to_claims(), "tree_head": "x"}), document()) == receipt()


def test_only_es256_signs() -> None:
    other = PrivateKey.generate("Ed25519")
    assert code_of(lambda: sign_receipt(receipt(), other, kid=METHOD)) == "token.key_type"


def test_the_longest_receipt_is_within_the_limit() -> None:
    did = "did:web:" + ".".join(["a" * 60] * 4) + "%3A65535"
    lengthy = replace(receipt(), issuer=did, status_list_ages=(10**9,) * 8)
    assert len(sign_receipt(lengthy, KEY, kid=f"{did}#receipt-2026-01234567")) < LONGEST_RECEIPT // 2
