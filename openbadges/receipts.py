"""Receipts: what an installation found out about a badge, signed so that others can rely on it later.

A receipt is a compact JWS (`typ` "receipt+jwt", ES256) under a key of the installation's DID document. It names the
badge by digests only and carries codes in place of sentences, so nothing in it is about a person.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TypeVar, get_args

from openbadges import jose
from openbadges.did import parse_did_document
from openbadges.errors import ReceiptInvalid
from openbadges.json_types import JsonObject, JsonValue
from openbadges.keys import PrivateKey
from openbadges.report import CHECK_IDS, PRECEDENCE, CheckId, Outcome, Report, Result, State, outcome_of
from openbadges.shapes import as_list

RECEIPT_TYPE = "receipt+jwt"
LONGEST_RECEIPT = 8_192
"""Letters; ten checks and a long host name need a third of that."""

Word = TypeVar("Word", bound=str)

_DIGEST = re.compile(r"[0-9a-f]{64}")
_CODE = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+)?")


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """One check of the report, without its sentence, which may quote the badge."""

    id: CheckId
    result: Result
    code: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a receipt says.

    issuer: the installation's DID. issued_at: when the badge was judged, in whole seconds. input_sha256: of the bytes
    that were presented. credential_sha256: of the text of the credential in them, or behind the link; None where none
    was found. Digests are 64 hexadecimal digits. status_list_ages: Report.status_list_ages.
    """

    issuer: str
    issued_at: datetime
    input_sha256: str
    credential_sha256: str | None
    outcome: Outcome
    state: State
    checks: tuple[CheckedLine, ...]
    status_list_ages: tuple[int | None, ...]

    @classmethod
    def of(cls, report: Report, *, issuer: str, presented: bytes | str, credential: str) -> Receipt:
        """The receipt of a report. credential: the text that was judged, "" where there was none."""
        return cls(
            issuer=issuer,
            issued_at=report.checked_at.astimezone(UTC).replace(microsecond=0),
            input_sha256=_digest(presented),
            credential_sha256=_digest(credential) if credential else None,
            outcome=report.outcome,
            state=report.state,
            checks=tuple(CheckedLine(check.id, check.result, check.code) for check in report.checks),
            status_list_ages=report.status_list_ages,
        )

    def to_claims(self) -> JsonObject:
        """The payload. Members are only ever added to."""
        return {
            "iss": self.issuer,
            "iat": int(self.issued_at.timestamp()),
            "input_sha256": self.input_sha256,
            "credential_sha256": self.credential_sha256,
            "outcome": self.outcome,
            "state": self.state,
            "checks": [{"id": check.id, "result": check.result, "code": check.code} for check in self.checks],
            "status_list_ages": list(self.status_list_ages),
        }

    @classmethod
    def from_claims(cls, claims: JsonObject) -> Receipt:
        """Read a payload; members that are not known are passed over. Raises ReceiptInvalid (receipt.claims)."""
        issuer, state = claims.get("iss"), _one_of(PRECEDENCE, claims.get("state"))
        _require(isinstance(issuer, str) and claims.get("outcome") == outcome_of(state))
        checks = tuple(_checked_line(value) for value in as_list(claims.get("checks")))
        _require(tuple(check.id for check in checks) == CHECK_IDS)
        credential = claims.get("credential_sha256")
        return cls(
            issuer=str(issuer),
            issued_at=_moment(claims.get("iat")),
            input_sha256=_matched(_DIGEST, claims.get("input_sha256")),
            credential_sha256=None if credential is None else _matched(_DIGEST, credential),
            outcome=outcome_of(state),
            state=state,
            checks=checks,
            status_list_ages=tuple(_age(value) for value in as_list(claims.get("status_list_ages"))),
        )


def sign_receipt(receipt: Receipt, key: PrivateKey, *, kid: str) -> str:
    """Return the receipt as a compact JWS in ES256. kid: the key's id in the installation's DID document."""
    return jose.sign_claims(receipt.to_claims(), key, kid=kid, alg="ES256", typ=RECEIPT_TYPE)


def issuer_of_receipt(text: str) -> str:
    """Return the DID of the installation whose receipt this says to be; nothing is proven by that.

    Raises ReceiptInvalid (receipt.type, receipt.claims), and what jose.parse_jws raises.
    """
    issuer = _parse(text).payload.get("iss")
    _require(isinstance(issuer, str))
    return str(issuer)


def read_receipt(text: str, document: JsonObject) -> Receipt:
    """Read a receipt that was signed under a key in `document`, the DID document of the installation's `iss`.

    Raises ReceiptInvalid: receipt.type, receipt.issuer (the document is another's), receipt.key (it lists no such
    key), receipt.claims; TokenInvalid (token.signature, token.key_type) and what jose.parse_jws raises; DidInvalid
    for a document that cannot be read.
    """
    token, did = _parse(text), parse_did_document(document)
    if token.payload.get("iss") != did.id:
        raise ReceiptInvalid("The receipt was signed by another installation.", code="receipt.issuer")
    method = did.method(token.kid or "")
    if method is None or method.id not in did.assertion_method or method.controller != did.id:
        raise ReceiptInvalid("The installation does not list the key of the receipt.", code="receipt.key")
    jose.verify_token(token, method.key)
    return Receipt.from_claims(token.payload)


def _parse(text: str) -> jose.Token:
    if len(text) > LONGEST_RECEIPT:
        raise ReceiptInvalid("No receipt is as long as this.", code="receipt.type")
    token = jose.parse_jws(text)
    if token.header.get("typ") != RECEIPT_TYPE:
        raise ReceiptInvalid("The token is something other than a receipt.", code="receipt.type")
    return token


def _digest(data: bytes | str) -> str:
    return sha256(data.encode("utf-8", "replace") if isinstance(data, str) else data).hexdigest()


# --- claims, one kind of value each -----------------------------------------------------------------------------


def _require(condition: bool) -> None:
    if not condition:
        raise ReceiptInvalid("The token does not say what a receipt says.")


def _one_of(words: tuple[Word, ...], value: JsonValue) -> Word:
    found = next((word for word in words if word == value), None)
    if found is None:
        raise ReceiptInvalid("The token does not say what a receipt says.")
    return found


def _checked_line(value: JsonValue) -> CheckedLine:
    line: JsonObject = value if isinstance(value, dict) else {}
    results: tuple[Result, ...] = get_args(Result)
    code = _matched(_CODE, line.get("code"))
    return CheckedLine(_one_of(CHECK_IDS, line.get("id")), _one_of(results, line.get("result")), code)


def _matched(pattern: re.Pattern[str], value: JsonValue) -> str:
    _require(isinstance(value, str) and pattern.fullmatch(value) is not None)
    return str(value)


def _moment(value: JsonValue) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**34:
        raise ReceiptInvalid("The token does not say what a receipt says.")
    return datetime.fromtimestamp(value, UTC)


def _age(value: JsonValue) -> int | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise ReceiptInvalid("The token does not say what a receipt says.")
    return value
